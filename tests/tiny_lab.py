"""A notebook that takes no time, for what runs notebooks, and a look at its processes."""

import concurrent.futures
import contextlib
import threading
import time
from pathlib import Path

import nbformat
import psutil  # comes with ipykernel

PARAMETERS = """\
size: int = 8  # told apart by it
rate: float = 0.1  # and by it
epochs: int = 2  # to log
pause: float = 0.0  # seconds of an epoch
broken: bool = False  # whether it fails
resume: bool = False  # go on
run_folder: str = ""  # where the run goes
"""
BEGIN = """\
import os
import time
from fsdl_hwr import experiments
from fsdl_hwr.experiments import tracking
with open(f"{run_folder}/processes.txt", "a") as file:
    print(os.getpid(), os.getppid(), file=file)
"""
WORK = """\
config = {"size": size, "rate": rate, "epochs": epochs}
run = tracking.start(run_folder, config, resume=resume)
for epoch in range(tracking.load_run(run_folder)["epoch"], epochs):
    time.sleep(pause)
    run.log(epoch, {"loss": size / (epoch + 1)})
assert not broken, "it was told to"
"""
END = """\
metrics = {"score": size * rate, "threads": int(os.environ.get("OMP_NUM_THREADS", 0))}
metrics["gpu"] = int(os.environ.get("CUDA_VISIBLE_DEVICES", -1))
experiments.write_results(run_folder, lab="tiny", parameters=config, metrics=metrics)
run.finish()
"""


def make_lab(folder: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    tagged = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook.cells = [tagged, *map(nbformat.v4.new_code_cell, cells or (BEGIN, WORK, END))]
    nbformat.write(notebook, folder / "tiny.ipynb")
    return folder / "tiny.ipynb"


def starts(row) -> list[list[int]]:
    """List the (kernel, papermill) processes that a run has had, the latest last."""
    path = row["folder"] / "processes.txt"
    return [list(map(int, line.split())) for line in path.open()] if path.exists() else []


def living(folders) -> list[list[int]]:
    """List the (kernel, papermill) processes that run now."""
    found = []
    for pair in (starts({"folder": folder})[-1:] for folder in folders):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [p for p in pair if psutil.Process(p[0]).ppid() == p[1]]
    return found


def wait_for(condition):
    for _ in range(6000):  # two minutes, in which a machine that sleeps has no share
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


class Later(concurrent.futures.Executor):
    """An executor as of a cluster: its futures never say that they run."""

    def __init__(self, work=lambda: None):
        self.work = work

    def submit(self, function, *arguments):
        future = concurrent.futures.Future()

        def run():
            try:
                self.work()
                future.set_result(function(*arguments))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future
