"""Many runs of one lab: a queue over processes or GPUs that outlives the death of any of them.

Everything that `sweep` knows of a run lies in the run's own folder. So the same call again, after
a kill or another day, finishes what is not finished, and shows the table of all.
"""

import concurrent.futures
import contextlib
import hashlib
import itertools
import json
import os
import queue
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from fsdl_hwr.experiments import labs, notebooks, parameter_cells, results, tables, tracking

OUTPUT = "output.txt"  # in a run's folder: what its notebook prints
SECONDS_TO_LOOK = 1.0  # between two looks at the runs' records
# Read by NumPy's and PyTorch's libraries, by TensorFlow and by OpenCV.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
           "TF_NUM_INTEROP_THREADS", "OPENCV_FOR_THREADS_NUM")  # fmt: skip


def grid(**values: Iterable) -> list[dict]:
    """List every combination: `grid(batch_size=[8, 32], learning_rate=[1e-3, 3e-3])` has four."""
    return [dict(zip(values, run, strict=True)) for run in itertools.product(*values.values())]


def sample(number: int, seed: int, **values: Sequence | Callable) -> list[dict]:
    """Draw different runs at random: each value from a list, or by a function of the generator.

    `sample(6, seed=0, batch_size=[8, 32], learning_rate=lambda rng: 10 ** rng.uniform(-4, -2))`;
    rng is a `random.Random`. Raises `ValueError` where there are not so many different runs.
    """
    rng = random.Random(seed)
    runs = []
    for _ in range(100 * number):
        run = {n: v(rng) if callable(v) else rng.choice(list(v)) for n, v in values.items()}
        if run not in runs:
            runs.append(run)
        if len(runs) == number:
            return runs
    raise ValueError(f"Only {len(runs)} different runs were found; {number} were asked for.")


def sweep(
    lab: str | os.PathLike,
    runs: Iterable[Mapping],
    folder: str | os.PathLike = "",
    parameters: Mapping | None = None,
    *,
    processes: int = 2,
    gpus: Sequence[int | str] = (),
    executor: concurrent.futures.Executor | None = None,
    show: Sequence[str] = (),
) -> tables.Table:
    """Run a lab with each of many parameters, and return the table of the runs.

    runs: parameters by name for each run, from `grid`, `sample` or by hand. folder: where the
    runs' folders go, `runs/<lab>_sweep` by default. parameters: what all runs share. processes:
    how many run at once, each with its share of the cores. gpus: ids; one run a GPU at once.
    executor: where to run instead, any of `concurrent.futures`' shape; it shares out by itself.
    show: what the table prints of what was measured, such as 'val_cer'; everything by default.

    Runs that are finished are not repeated; all others are started with `resume = True` where the
    lab has that parameter. A run that dies is 'failed' in the table and costs no other; the same
    call again tries it again. Raises `FileNotFoundError` and `ValueError` before anything runs.
    """
    lab = Path(lab)
    folder = Path(folder or Path("runs") / f"{lab.stem}_sweep")
    jobs = _jobs(lab, runs, dict(parameters or {}), folder)
    if executor:
        return _run(jobs, lambda *job: executor.submit(run_one, *job), show)
    shares = _shares(processes, list(gpus))
    slots: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
    for share in shares:
        slots.put(share)
    with concurrent.futures.ThreadPoolExecutor(len(shares)) as threads:
        return _run(jobs, lambda *job: threads.submit(_run_in_slot, slots, *job), show)


def start_in_background(
    lab: str | os.PathLike,
    runs: Iterable[Mapping],
    folder: str | os.PathLike,
    parameters: Mapping | None = None,
    *,
    processes: int = 1,
) -> subprocess.Popen:
    """Start a `sweep`, with the same arguments, in a process of its own, and return the process."""
    arguments = {
        "lab": lab,
        "runs": list(runs),
        "folder": folder,
        "parameters": parameters,
        "processes": processes,
    }
    code = "import json, sys; from fsdl_hwr.experiments import sweeps as s; "
    code += "s.sweep(**json.loads(sys.argv[1]))"
    command = [sys.executable, "-c", code, results.to_json(arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def kill(process: subprocess.Popen) -> list[int]:
    """End a process and all that it started at once, untold, as a lack of memory does.

    Returns the ids of the processes that were killed.
    """
    import psutil  # comes with Jupyter

    parent = psutil.Process(process.pid)
    doomed = [*parent.children(recursive=True), parent]
    for each in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    process.wait()
    return [each.pid for each in doomed]


def _run(jobs: list[dict], submit: Callable, show: Sequence[str]) -> tables.Table:
    """Submit all jobs, and show how they come on until all have ended; return their table."""
    screen = _Screen()
    futures = []
    try:
        futures += [submit(job["lab"], job["parameters"], job["folder"]) for job in jobs]
        while True:
            unfinished = concurrent.futures.wait(futures, SECONDS_TO_LOOK).not_done
            table = _table(jobs, futures, show)
            screen.show(table, last=not unfinished)
            if not unfinished:
                return table
    except BaseException:  # Ctrl-C
        for future in futures:
            future.cancel()
        # Twice or more: a run that was about to start is stopped in the next round.
        while concurrent.futures.wait(futures, 0.5).not_done and notebooks.RUNNING:
            for process in list(notebooks.RUNNING):
                process.send_signal(signal.SIGINT)
            concurrent.futures.wait(futures, notebooks.SECONDS_TO_STOP)
        raise


def run_one(
    lab: Path, parameters: Mapping, folder: Path, environment: Mapping | None = None
) -> None:
    """Finish one run, in whatever state it is. Raises what `experiments.run_notebook` raises."""
    if notebooks.is_finished(lab, folder):
        if not (folder / f"{lab.stem}.html").is_file():  # the kill came between the two
            notebooks.write_report(lab, folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    notebooks.run_notebook(lab, parameters, folder, environment, folder / OUTPUT)


def _run_in_slot(slots: queue.SimpleQueue, lab: Path, parameters: Mapping, folder: Path) -> None:
    environment = slots.get()
    try:
        run_one(lab, parameters, folder, environment)
    finally:
        slots.put(environment)


def _shares(processes: int, gpus: list) -> list[dict[str, str]]:
    """Share the cores out among the runs of one moment, and give each its GPU."""
    number = len(gpus) or processes
    if number < 1:
        raise ValueError(f"Nothing can run in {number} processes: give at least 1.")
    counted = hasattr(os, "sched_getaffinity")  # Linux: only those that we may use
    cores = len(os.sched_getaffinity(0)) if counted else os.cpu_count() or 1
    if (given := os.environ.get("OMP_NUM_THREADS", "")).isdigit():
        cores = min(cores, int(given))  # a sweep within a run of another shares out its share
    share = dict.fromkeys(THREADS, str(max(1, cores // number)))
    share |= labs.SHARED_GPU
    return [{**share, "CUDA_VISIBLE_DEVICES": str(gpu)} for gpu in gpus] or [share] * number


def _jobs(lab: Path, runs: Iterable[Mapping], shared: dict, folder: Path) -> list[dict]:
    """Check all runs before any starts; name each run's folder by what it is told."""
    known = parameter_cells.known_parameters(lab)
    resume = {"resume": True} if "resume" in known else {}
    jobs: list[dict] = []
    for run in runs:
        if "run_folder" in {**shared, **run}:
            raise ValueError("A sweep gives each run its own run_folder: leave it out.")
        # As JSON has them, so that NumPy's numbers are numbers, and files can be compared.
        told = json.loads(results.to_json({**shared, **run}))
        told = parameter_cells.check_parameters(lab, told)
        digest = hashlib.sha256(results.to_json(sorted(told.items())).encode()).hexdigest()
        readable = ",".join(f"{name}={_short(told[name])}" for name in run)
        name = re.sub(r"[^\w.,=+-]", "_", readable)[:80] + f"-{digest[:8]}"
        job = {"lab": lab, "parameters": {**resume, **told}, "folder": folder / name.strip("-")}
        job["run"] = {name: told[name] for name in run}
        if any(job["folder"] == other["folder"] for other in jobs):
            raise ValueError(f"Two runs are the same: {job['run']}.")
        jobs.append(job)
    return jobs


def _short(value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(jobs: list[dict], futures: list, show: Sequence[str]) -> tables.Table:
    rows = []
    for job, future in zip(jobs, futures, strict=True):
        row = {**tracking.load_run(job["folder"]), **job["run"], "error": None}
        if not future.done():
            row["state"] = "running" if future.running() else "waiting"
        elif future.cancelled():
            row["state"] = "waiting"
        elif error := future.exception():
            told = str(error) if isinstance(error, notebooks.RunError) else repr(error)
            row |= {"state": "failed", "error": " ".join(told.split())}
        rows.append(row)
    settings = list(dict.fromkeys(name for job in jobs for name in job["run"]))
    columns = [*settings, "state", "epoch", *show] if show else tables.columns_of(rows, settings)
    return tables.Table(rows, columns + ["error"] * any(row["error"] for row in rows))


class _Screen:
    """Shows a table while it changes: in place in a notebook, elsewhere a line for every change."""

    def __init__(self):
        self.states = {}
        self.text = self.handle = None
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        self.notebook = hasattr(shell, "kernel")

    def show(self, table: tables.Table, last: bool) -> None:
        if self.notebook:
            self._show_in_place(table)
            return
        finished = sum(row["state"] == "finished" for row in table)
        for row in table:
            name, state = row["run"], row["state"]
            if state != self.states.get(name, "waiting"):
                about = f": {row['error']}" if row["error"] else ""
                print(f"{finished} of {len(table)} finished · {name} {state}{about}", flush=True)
            self.states[name] = state
        if last:
            print(table, flush=True)

    def _show_in_place(self, table: tables.Table) -> None:
        from IPython.display import display

        if self.handle is None:
            self.handle = display(table, display_id=True)
        elif str(table) != self.text:
            self.handle.update(table)
        self.text = str(table)
