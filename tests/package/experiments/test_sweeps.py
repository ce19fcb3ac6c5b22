"""Sweeps of a small notebook without TensorFlow, one real training, and kills at random moments."""

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from paths import TESTS
from tiny_lab import Later, living, make_lab, starts, wait_for

from fsdl_hwr import experiments, files
from fsdl_hwr.experiments import cluster, notebooks, sweeps, tracking

pytestmark = pytest.mark.notebook

# A sweep in a process of its own, told by one JSON text; what it prints is kept.
# Ctrl-C works in it even where the tests run in the background, which ignores it.
SWEEP = """
import json, signal, sys
from fsdl_hwr.experiments import sweeps
signal.signal(signal.SIGINT, signal.default_int_handler)
told = json.loads(sys.argv[1])
sweeps.sweep(told["lab"], told["runs"], told["folder"], told.get("parameters"))
"""


# Which runs


def test_a_grid_has_every_combination_and_a_sample_different_ones():
    assert sweeps.grid(a=[1, 2], b="xy") == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]
    options = {"a": range(4), "b": lambda rng: rng.uniform(1, 2)}
    drawn = sweeps.sample(5, 0, **options)
    assert drawn == sweeps.sample(5, 0, **options) != sweeps.sample(5, 1, **options)
    assert {run["a"] for run in drawn} <= set(range(4))
    assert len({run["b"] for run in drawn}) == 5
    assert sorted(run["a"] for run in sweeps.sample(4, 0, a=range(4))) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="Only 4 different"):
        sweeps.sample(5, 0, a=range(4))


@pytest.mark.parametrize(
    "runs, message",
    [
        ([{"size": 1}, {"sice": 2}], "no parameter sice"),
        ([{"size": 1}, {"size": "two"}], "size takes int"),
        ([{"rate": 1}, {"rate": 1.0}], "same"),
        ([{"run_folder": "x"}], "run_folder"),
        ([], "at least one run"),
        (["size"], "dictionary of parameters; got 'size'"),
    ],
)
def test_all_runs_are_checked_before_any_starts(runs, message, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeps, "run_one", lambda *_: pytest.fail("something slow was started"))
    with pytest.raises(ValueError, match=message):
        sweeps.sweep(make_lab(tmp_path), runs, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


# A queue with made-up work


@pytest.fixture
def work(monkeypatch):
    """Replace the notebook: notes what runs beside what, and on which share of the machine."""

    class Work:
        calls, now, most, lock = [], [], 0, threading.Lock()

        def __call__(self, lab, parameters, folder, environment, output, **limits):
            environment = environment or {}
            with self.lock:
                self.calls.append(parameters)
                self.now.append(environment)
                self.most = max(self.most, len(self.now))
                gpus = [e["CUDA_VISIBLE_DEVICES"] for e in self.now if "CUDA_VISIBLE_DEVICES" in e]
                assert len(set(gpus)) == len(gpus), "two runs on one GPU"
            time.sleep(0.05)
            with self.lock:
                self.now.remove(environment)
            if parameters["size"] == 3:
                raise experiments.RunError("memory\n was exhausted")
            Path(folder, "tiny.ipynb").touch()
            Path(folder, "tiny.html").touch()
            metrics = {"share": environment, "score": parameters["size"] / 2}
            experiments.write_results(folder, "tiny", parameters, metrics)

    monkeypatch.setattr(sweeps, "SECONDS_TO_LOOK", 0.02)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(notebooks, "run_notebook", Work())
    return notebooks.run_notebook


SIZES = sweeps.grid(size=range(7))


def test_gpus_get_one_run_each_and_the_rest_waits(work, tmp_path):
    table = sweeps.sweep(make_lab(tmp_path), SIZES, tmp_path / "runs", gpus=["4", 7, "MIG-9"])
    assert work.most == 3
    used = {row["share"]["CUDA_VISIBLE_DEVICES"] for row in table if row["size"] != 3}
    assert used == {"4", "7", "MIG-9"}


def test_the_cores_are_shared_out(work, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    table = sweeps.sweep(make_lab(tmp_path), SIZES, tmp_path / "runs", processes=3)
    assert work.most == 3
    for row in table:
        if row["size"] != 3:
            assert {row["share"][name] for name in cluster.THREADS} == {"2"}
    monkeypatch.setenv("OMP_NUM_THREADS", "3")  # as in a run of another sweep
    within = sweeps.sweep(make_lab(tmp_path), SIZES[:2], tmp_path / "within", processes=1)
    assert {row["share"]["OMP_NUM_THREADS"] for row in within} == {"3"}
    with pytest.raises(ValueError, match="at least 1"):
        sweeps.sweep(make_lab(tmp_path), SIZES, tmp_path / "runs", processes=0)


def test_one_death_costs_one_run_and_finished_runs_are_not_repeated(work, tmp_path, capsys):
    lab = make_lab(tmp_path)
    table = sweeps.sweep(lab, SIZES, tmp_path / "runs", {"rate": 0.5})
    assert [row["state"] for row in table] == ["finished"] * 3 + ["failed"] + ["finished"] * 3
    assert table[3]["error"] == "memory was exhausted"
    assert [row["score"] for row in table if row["size"] != 3] == [0, 0.5, 1, 2, 2.5, 3]
    assert all(call["resume"] is True and call["rate"] == 0.5 for call in work.calls)
    shown = capsys.readouterr().out
    assert shown.endswith(f"{table}\n")
    assert "6 of 7 finished" in shown
    assert "failed: memory was exhausted" in shown

    del work.calls[:]
    more = sweeps.sweep(lab, sweeps.grid(size=np.arange(8)), tmp_path / "runs", {"rate": 0.5})
    assert sorted(call["size"] for call in work.calls) == [3, 7]  # the failed and the new one
    assert len(more) == 8
    del work.calls[:]
    sweeps.sweep(lab, SIZES[:2], tmp_path / "runs", {"rate": 0.25})
    assert len(work.calls) == 2  # told something else: other runs


def test_any_executor_will_do(work, tmp_path):
    class AtOnce(concurrent.futures.Executor):
        def submit(self, function, *arguments):
            future = concurrent.futures.Future()
            try:
                future.set_result(function(*arguments))
            except Exception as error:
                future.set_exception(error)
            return future

    lab, executor = make_lab(tmp_path), AtOnce()
    table = sweeps.sweep(lab, SIZES, tmp_path / "runs", executor=executor, show=["score"])
    assert work.most == 1
    assert table.columns == ["size", "state", "epoch", "score", "error"]  # one run fails
    assert [row["state"] for row in table].count("finished") == 6


def test_an_edited_notebook_has_other_runs(work, tmp_path):
    lab, runs = make_lab(tmp_path), SIZES[:1]
    (before,) = sweeps.sweep(lab, runs, tmp_path / "runs")
    notebook = nbformat.read(lab, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("A remark."))
    nbformat.write(notebook, lab)
    sweeps.sweep(lab, runs, tmp_path / "runs")
    assert len(work.calls) == 1
    notebook.cells[1].source += "\nsize += 1"
    nbformat.write(notebook, lab)
    (after,) = sweeps.sweep(lab, runs, tmp_path / "runs")
    assert len(work.calls) == 2 and after["folder"] != before["folder"]
    assert (before["folder"] / "results.json").is_file()


def test_the_state_of_a_run_is_that_of_its_folder(tmp_path, monkeypatch):
    waiting = concurrent.futures.Future()
    assert sweeps._state(tmp_path, waiting) == "waiting"
    (tmp_path / f".{notebooks.LOCK}").touch()  # as a kill leaves it
    assert sweeps._state(tmp_path, waiting) == "waiting"
    with files.lock(tmp_path, notebooks.LOCK):
        assert sweeps._state(tmp_path, waiting) == "running"
        monkeypatch.setattr(sweeps, "SILENT", -1)
        assert sweeps._state(tmp_path, waiting) == "stalled"


def test_a_worker_s_run_has_its_share_of_the_threads(work, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")  # as Dask's nanny and Ray set it
    (row,) = sweeps.sweep(make_lab(tmp_path), SIZES[:1], tmp_path / "runs", executor=Later())
    assert {row["share"][name] for name in cluster.THREADS} == {"3"}


def test_a_missing_report_is_written_without_a_run(work, tmp_path):
    lab = make_lab(tmp_path)
    (row,) = sweeps.sweep(lab, SIZES[:1], tmp_path / "runs")
    (row["folder"] / "tiny.ipynb").write_bytes(lab.read_bytes())
    (row["folder"] / "tiny.html").unlink()
    sweeps.sweep(lab, SIZES[:1], tmp_path / "runs")
    assert "run_folder" in (row["folder"] / "tiny.html").read_text()
    assert len(work.calls) == 1


# Real processes


def test_runs_in_processes_of_another_executor(tmp_path):
    runs = [{"size": 2}, {"size": 3, "broken": True}]
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        table = sweeps.sweep(make_lab(tmp_path), runs, tmp_path / "runs", executor=executor)
    assert [row["state"] for row in table] == ["finished", "failed"]
    assert "AssertionError: it was told to" in table[1]["error"]
    assert "AssertionError" in (table[1]["folder"] / "output.txt").read_text()
    assert (table[1]["folder"] / "tiny.partial.ipynb").is_file()


def test_a_run_that_hangs_fails_after_its_minutes_and_leaves_no_process(tmp_path):
    lab = make_lab(tmp_path)
    (row,) = sweeps.sweep(lab, [{"pause": 90.0}], tmp_path / "runs", minutes=0.15)
    assert (row["state"], "took longer than 0.15 minutes" in row["error"]) == ("failed", True)
    assert not living([row["folder"]])


def test_a_folder_that_cannot_be_written_to_is_said_before_any_run(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PermissionError, match="another run folder"):
        sweeps.sweep(make_lab(tmp_path), [{"size": 1}], tmp_path / "file" / "runs")


def test_two_sweeps_of_one_folder_do_each_run_once(tmp_path, start_sweep):
    told = {"lab": make_lab(tmp_path), "runs": SIZES[:2], "folder": tmp_path / "runs"}
    told["parameters"] = {"pause": 0.5}
    both = [start_sweep(told), start_sweep(told)]
    assert [process.wait(120) for process in both] == [0, 0]
    for row in load(tmp_path / "runs"):
        assert len(starts(row)) == 1 and row["state"] == "finished"


def test_a_kernel_that_dies_at_its_start_is_started_again(tmp_path, monkeypatch):
    """As when two kernels were given the same port."""
    (tmp_path / "sitecustomize.py").write_text(f"""
import os, sys
marker = {str(tmp_path / "died")!r}
if "ipykernel_launcher" in sys.orig_argv and not os.path.exists(marker):
    open(marker, "w").close()
    os._exit(1)
""")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (row,) = sweeps.sweep(make_lab(tmp_path), [{"size": 2}], tmp_path / "runs")
    assert (tmp_path / "died").exists()
    assert (row["state"], row["score"]) == ("finished", 0.2)
    assert len(starts(row)) == 1


@pytest.fixture
def start_sweep(tmp_path):
    """Start sweeps in processes of their own, none of which outlives the test."""
    started = []

    def start(told: dict) -> subprocess.Popen:
        with open(tmp_path / "sweeps.log", "a") as log:
            command = [sys.executable, "-c", SWEEP, json.dumps(told, default=str)]
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_ctrl_c_stops_every_run_of_a_sweep(tmp_path, start_sweep):
    told = {"lab": make_lab(tmp_path), "runs": SIZES[:3], "folder": tmp_path / "runs"}
    process = start_sweep({**told, "parameters": {"pause": 60}})
    wait_for(lambda: len(list(tmp_path.glob("runs/*/processes.txt"))) == 2)
    process.send_signal(signal.SIGINT)
    assert process.wait(120) != 0
    folders = list((tmp_path / "runs").iterdir())
    assert len(folders) == 2  # the third never began
    wait_for(lambda: not living(folders))


# Kills

VICTIMS = [
    "sweep",
    "kernel",
    "sweep",
    "papermill",
    "sweep",
    "sweep",
    "kernel",
    "papermill",
    "sweep",
]


def test_nine_kills_at_random_moments_lose_and_repeat_nothing(tmp_path, rng, start_sweep):
    """Kill -9 meets the sweep, a run's papermill or its kernel; then the sweep is called again."""
    epochs, folder = 4, tmp_path / "runs"
    told = {"lab": make_lab(tmp_path), "runs": sweeps.grid(size=range(5)), "folder": folder}
    told["parameters"] = {"epochs": epochs, "pause": 0.25}
    process, finished = start_sweep(told), {}
    for victim in VICTIMS:
        if process.poll() is not None:  # killed, or done with what it could do
            process = start_sweep(told)
        if victim == "sweep" and rng.random() < 0.3:
            time.sleep(rng.uniform(0, 2))  # perhaps before any kernel runs
        else:
            wait_for(lambda p=process: p.poll() is not None or living(folder.glob("*")))
            time.sleep(rng.uniform(0, 1.2))
        if victim == "sweep":
            process.kill()
            process.wait()
        else:
            for pair in living(folder.glob("*"))[:1]:
                os.kill(pair[victim == "papermill"], signal.SIGKILL)
        finished |= check_records(folder, finished)
    process.kill()
    process.wait()

    table = sweeps.sweep(**told)
    assert [row["state"] for row in table] == ["finished"] * 5
    check_records(folder, finished)
    for row in table:
        assert row["history"] == {"loss": [row["size"] / (k + 1) for k in range(epochs)]}
        assert row["score"] == pytest.approx(row["size"] * 0.1)
        assert {"tiny.ipynb", "tiny.html"} <= {path.name for path in row["folder"].iterdir()}
        events = tracking.read_events(row["folder"])
        assert [e["epoch"] for e in events if e["event"] == "epoch"] == list(range(epochs))
    assert sum(len(starts(row)) for row in table) > 5  # some were hit, and went on


def check_records(folder, finished) -> dict:
    """Read all that lies there after a kill; return the finished runs, with how each was started.

    finished: what this returned before.
    """
    now = {}
    for row in load(folder):
        losses = row["history"].get("loss", [])
        assert losses == [row["size"] / (k + 1) for k in range(row["epoch"])]
        if experiments.is_finished("tiny.ipynb", row["folder"]):
            now[row["run"]] = starts(row)
    assert all(now[name] == begun for name, begun in finished.items()), "a finished run started"
    return now


def load(folder):
    return tracking.load_runs(folder) if folder.is_dir() else []


TRAINING = """\
import sys
sys.path.insert(0, tests)
import small
from fsdl_hwr import experiments
from fsdl_hwr.experiments import tracking
from fsdl_hwr.datasets import lines
sixteen = lines.make_lines(small.MAKER, small.TEXTS, 0)
reader = small.tiny()
run = tracking.start(run_folder, {"epochs": epochs}, resume=resume)
"""
FIT = """\
history = reader.fit(
    sixteen, sixteen, epochs=epochs, folder=run_folder, resume=resume,
    callbacks=run.callbacks(reader, sixteen[:2]),
)
"""
SAVE = """\
experiments.write_results(run_folder, "tiny", run.config, {"last": history["val_cer"][-1]})
run.finish()
"""
TOLD = """\
tests: str = ""  # where the small recognizer is
epochs: int = 400  # passes
resume: bool = False  # go on
run_folder: str = ""  # where the run goes
"""


def test_a_training_that_was_killed_goes_on_as_the_same_run(tmp_path, rng, start_sweep):
    lab = make_lab(tmp_path, TRAINING, FIT, SAVE, parameters=TOLD)
    told = {"lab": lab, "runs": [{"epochs": 12}], "folder": tmp_path / "runs"}
    told["parameters"] = {"tests": str(TESTS)}
    process = start_sweep(told)
    wait_for(lambda: any(r["epoch"] for r in load(told["folder"])) or process.poll())
    time.sleep(rng.uniform(0, 0.5))
    process.kill()
    process.wait()
    (killed,) = load(told["folder"])
    assert killed["epoch"] >= 1
    (row,) = sweeps.sweep(**told)
    assert (row["state"], row["sessions"], row["id"]) == ("finished", 2, killed["id"])
    assert row["epoch"] == 12
    assert len(row["predictions"]) == 12
    begun = [e["epoch"] for e in tracking.read_events(row["folder"]) if e["event"] == "epoch"]
    assert sorted(set(begun)) == list(range(12))
    assert len(begun) <= 13  # at most the epoch whose checkpoint the kill met came twice
    assert row["history"]["val_cer"][-1] == row["last"]
    assert row["history"]["loss"][: killed["epoch"] - 1] == killed["history"]["loss"][:-1]
