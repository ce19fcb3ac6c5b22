"""The service as people run it: processes of its own, bad files, load, and a dead worker."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import small

from fsdl_hwr import __main__ as command_line
from fsdl_hwr.datasets import strokes
from fsdl_hwr.serving import serve_command, streams
from fsdl_hwr.serving.settings import ENVIRONMENT

uvicorn = pytest.importorskip("uvicorn", reason="needs the extra serve")
from fsdl_hwr.serving import load  # noqa: E402


@pytest.fixture(scope="module")
def bodies():
    pictures = streams.usual(["meet me at noon", "two eggs"], strokes.writers("test", 2), 0)
    return [cv2.imencode(".png", picture)[1].tobytes() for picture in pictures]


@pytest.fixture(scope="module")
def server():
    """Two workers: the address, and the process above them."""
    with load.service("--workers", "2") as found:
        yield found


def workers_of(process):
    """List the processes that read; another below is Python's tracker of resources."""
    below = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in below if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_patient_client_is_served(server, bodies):
    found = load.closed_loop(f"{server[0]}/read", bodies, 20)
    assert (found.statuses == 200).all() and found.percentile(50) < 1.0
    assert found.throughput > 1 and "read per second" in str(found)


def test_too_much_load_is_refused_and_what_is_accepted_is_answered(server, bodies):
    found = small.run_async(load.open_loop(f"{server[0]}/read", bodies, rate=400, seconds=1))
    assert set(found.statuses) == {200, 503}
    assert found.share_refused > 0.2
    again = load.closed_loop(f"{server[0]}/read", bodies, 5)
    assert (again.statuses == 200).all()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the workers")
def test_a_killed_worker_is_replaced_and_retries_succeed(server, bodies):
    async def kill_under_load():
        sending = asyncio.create_task(
            load.open_loop(f"{server[0]}/read", bodies, rate=8, seconds=3, retries=50)
        )
        await asyncio.sleep(1)
        os.kill(workers_of(server[1])[0], signal.SIGKILL)
        return await sending

    found = small.run_async(kill_under_load())
    assert (found.statuses == 200).all()


def test_a_missing_or_damaged_recognizer_is_one_sentence(tmp_path, capsys):
    assert command_line.main(["serve", "--weights", str(tmp_path / "none.onnx")]) == 2
    assert "There is no recognizer" in capsys.readouterr().err
    (tmp_path / "bad.onnx").write_bytes(b"text")
    assert command_line.main(["serve", "--weights", str(tmp_path / "bad.onnx")]) == 2
    assert "damaged" in capsys.readouterr().err


def test_a_missing_package_is_named_before_anything_starts(monkeypatch, capsys):
    monkeypatch.setattr(serve_command, "NEEDED", ("fastapi", "a_package_of_nobody"))
    assert command_line.main(["serve"]) == 2
    assert "'a_package_of_nobody': python -m pip install" in capsys.readouterr().err


def test_the_process_above_the_workers_imports_no_fastapi():
    code = "import sys, fsdl_hwr.__main__; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_workers_send_their_answers_at_once(monkeypatch):
    found = []

    class Above:
        def __init__(self, config, sockets):
            found.extend(sockets)

        def run(self):
            pass

    monkeypatch.setattr("uvicorn.supervisors.Multiprocess", Above)
    serve_command._run(uvicorn.Config("", host="127.0.0.1", port=0, workers=2))
    with found[0] as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("option", ["--candidate", "--reference"])
def test_other_files_are_looked_at_before_anything_starts(option, tmp_path, capsys):
    absent = str(tmp_path / "absent.onnx")
    assert command_line.main(["serve", "--workers", "2", option, absent]) == 2
    assert absent in capsys.readouterr().err


def test_an_address_of_version_6_may_be_called(monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "{}")
    monkeypatch.setattr(serve_command, "_run", lambda config: None)
    assert command_line.main(["serve", "--host", "::1"]) == 0
    assert "[::1]" in json.loads(os.environ[ENVIRONMENT])["hosts"]
