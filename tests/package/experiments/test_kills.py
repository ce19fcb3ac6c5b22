"""The fault harness: kill -9 at random moments, a full disk, a read-only folder, a clock set back.

`make faults` runs it alone and prints how many faults of each kind were made; FAULTS=5 makes fewer.
Nothing may be lost, and nothing may be read that was not written.
"""

import collections
import http.server
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import unipen_tree
from paths import TESTS
from tiny_lab import make_lab, wait_for

from fsdl_hwr.datasets import unipen
from fsdl_hwr.experiments import sweeps, tracking
from fsdl_hwr.recognizers import training

pytestmark = [pytest.mark.long, pytest.mark.notebook]
FAULTS = int(os.environ.get("FAULTS", 50))  # kills in all, shared out among the four kinds
SHARES = {"training": 0.16, "sweep": 0.24, "conversion": 0.3, "download": 0.3}
COUNTS: collections.Counter = collections.Counter()
CONTENT = bytes(range(256)) * 4000  # what the host sends: 1 MB

TRAINING = """
import sys
sys.path.insert(0, sys.argv[2])
import small
from fsdl_hwr.datasets import lines
sixteen = lines.make_lines(small.MAKER, small.TEXTS, 0)
small.tiny().fit(sixteen, sixteen, epochs=30, folder=sys.argv[1])
print("done")
"""
SWEEP = """
import sys
from fsdl_hwr.experiments import sweeps
runs = sweeps.grid(size=range(3))
sweeps.sweep(sys.argv[2], runs, sys.argv[1], {"epochs": 4, "pause": 0.25})
print("done")
"""
CONVERSION = """
from fsdl_hwr.datasets import unipen
unipen._converted()
print("done")
"""
DOWNLOAD = """
import sys
from fsdl_hwr.datasets import downloads
words = {"description": "a", "license": "b", "otherwise": "c"}
downloads.download([sys.argv[2]], None, "data.bin", size=1_024_000, **words)
print("done")
"""


@pytest.fixture(scope="module", autouse=True)
def report(pytestconfig):
    yield
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\nfaults made, nothing lost, nothing read wrong:", dict(COUNTS))


def number(kind):
    return max(1, round(SHARES[kind] * FAULTS))


def kill_at_random(kind, rng, longest, code, *arguments, begun=lambda: True, after=lambda: None):
    """Start a process again and again, kill it, and look at what it left; then let it finish."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    for _ in range(number(kind)):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda p=process: begun() or p.poll() is not None)
        time.sleep(rng.uniform(0, longest))
        process.send_signal(signal.SIGKILL)
        process.wait()
        COUNTS[f"kill -9, {kind}"] += 1
        after()
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.endswith("done\n"), done.stderr[-2000:]


def test_trainings_are_killed(tmp_path, rng):
    epochs = [0]

    def look():
        if (tmp_path / training.LAST).is_file():
            checkpoint = training.Checkpoint(tmp_path, {}, lambda path: None)
            history = checkpoint._state()["history"]
            assert len(history["loss"]) == len(history["val_cer"]) >= epochs[-1]
            epochs.append(len(history["loss"]))

    kill_at_random("training", rng, 15, TRAINING, tmp_path, TESTS, after=look)
    look()
    assert epochs[-1] == 30


def test_sweeps_are_killed(tmp_path, rng):
    folder, done = tmp_path / "runs", {}

    def look():
        for row in tracking.load_runs(folder) if folder.is_dir() else []:
            losses = row["history"].get("loss", [])
            assert losses == [row["size"] / (k + 1) for k in range(row["epoch"])]
            assert row["epoch"] >= done.get(row["run"], 0)
            done[row["run"]] = row["epoch"]

    kill_at_random("sweep", rng, 4, SWEEP, folder, make_lab(tmp_path), after=look)
    look()
    assert list(done.values()) == [4, 4, 4]


def test_conversions_are_killed(tmp_path, rng, monkeypatch):
    labels = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    unipen_tree.write_tree(tmp_path / "unipen", unipen_tree.three_writers(labels))
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    cached = tmp_path / "cache" / "unipen"

    def look():
        for path in cached.glob("*.npz"):
            if not path.name.startswith("."):
                assert unipen._load.__wrapped__(path)["count"] > 0
            path.unlink()  # so that the next one converts again

    kill_at_random("conversion", rng, 1.5, CONVERSION, after=look)
    (path,) = cached.glob("[!.]*.npz")
    whole = unipen._load.__wrapped__(path)
    assert set("".join(map(str, whole["character_labels"]))) >= set(labels)


class Host(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        try:
            for start in range(0, len(CONTENT), 1 << 15):
                self.wfile.write(CONTENT[start : start + (1 << 15)])
                time.sleep(0.02)
        except OSError:
            pass

    def log_message(self, *args):
        pass


@pytest.fixture
def address(monkeypatch):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield f"http://127.0.0.1:{server.server_port}/data.bin"
    server.shutdown()
    server.server_close()


def test_downloads_are_killed(tmp_path, rng, monkeypatch, address):
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path))
    monkeypatch.delenv("FSDL_HWR_DATA", raising=False)
    path = tmp_path / "data.bin"

    def look():
        assert not path.exists() or path.read_bytes() == CONTENT
        path.unlink(missing_ok=True)
        for left in tmp_path.glob("tmp*"):
            left.unlink()

    def begun():
        return any(tmp_path.glob("tmp*"))

    kill_at_random("download", rng, 0.8, DOWNLOAD, tmp_path, address, begun=begun, after=look)
    assert path.read_bytes() == CONTENT


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop()),) * 2)
"""


@pytest.mark.parametrize("limit", [100, 20_000, 200_000])
def test_a_disk_that_is_full_loses_nothing(tmp_path, address, monkeypatch, limit):
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    run = tracking.start(tmp_path / "record", {})
    for epoch in range(20):
        run.log(epoch, {"loss": epoch})
    run.finish()
    before = tracking.load_run(tmp_path / "record")["history"]
    codes = {
        "download": (DOWNLOAD, [tmp_path, address]),
        "training": (TRAINING, [tmp_path / "training", TESTS]),
        "record": (
            "import sys\nfrom fsdl_hwr.experiments import tracking\n"
            "tracking.start(sys.argv[1], {}).log(20, {'loss': 20}, ['a' * 1000] * 1000)",
            [tmp_path / "record"],
        ),
    }
    for kind, (code, arguments) in codes.items():
        command = [sys.executable, "-c", FULL + code, *map(str, arguments), str(limit)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode, kind
        COUNTS[f"disk full, {kind}"] += 1
    assert not (tmp_path / "cache/data.bin").exists()
    assert not list((tmp_path / "training").glob("*.keras"))
    tracking.start(tmp_path / "record", {}).finish()  # mends the line that was cut
    assert tracking.load_run(tmp_path / "record")["history"]["loss"][:20] == before["loss"]


def test_a_folder_that_cannot_be_written_to_is_said_first(tmp_path):
    (tmp_path / "file").touch()  # no folder can be made under a file, not even by root
    folder = tmp_path / "file" / "run"
    for kind, start in (
        ("record", lambda: tracking.start(folder, {})),
        ("sweep", lambda: sweeps.sweep(make_lab(tmp_path), [{"size": 1}], folder)),
    ):
        try:
            table = start()
        except OSError as error:
            assert str(folder) in str(error)
        else:
            assert table[0]["state"] == "failed" and str(folder) in table[0]["error"]
        COUNTS[f"read-only, {kind}"] += 1


def test_a_clock_that_was_set_back_costs_nothing(tmp_path, monkeypatch):
    now = time.time()
    for back in (0, 3600, 20 * 365 * 86400):
        monkeypatch.setattr(time, "time", lambda back=back: now - back)
        run = tracking.start(tmp_path / "run", {})
        done = tracking.load_run(tmp_path / "run")["epoch"]
        run.log(done, {"loss": done})
        run.finish()
        COUNTS["clock set back"] += 1
    row = tracking.load_run(tmp_path / "run")
    np.testing.assert_array_equal(row["history"]["loss"], [0, 1, 2])
    assert row["state"] == "finished"
