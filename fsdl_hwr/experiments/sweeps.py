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
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fsdl_hwr import files
from fsdl_hwr.experiments import cluster, notebooks, parameter_cells, results, tables, tracking

OUTPUT = "output.txt"  # in a run's folder: what its notebook prints
SECONDS_TO_LOOK = 1.0  # between two looks at the runs' records
SECONDS_TO_ASK = 60.0  # for the first worker to say whether it sees the folder
SILENT = 600.0  # seconds without a file's change, after which a run counts as stalled


@dataclass(frozen=True)
class Job:
    """One run of a sweep: its parameters as told, those that set it apart, and its folder."""

    lab: Path
    parameters: dict
    run: dict
    folder: Path


def grid(**values: Iterable) -> list[dict]:
    """List every combination: `grid(batch_size=[8, 32], learning_rate=[1e-3, 3e-3])` has four."""
    return [dict(zip(values, run, strict=True)) for run in itertools.product(*values.values())]


def sample(number: int, seed: int, **values: Sequence | Callable) -> list[dict]:
    """Draw different runs at random: each value from a list, or by a function of the generator.

    `sample(6, seed=0, batch_size=[8, 32], learning_rate=lambda rng: 10 ** rng.uniform(-4, -2))`;
    rng is a `random.Random`. Raises `ValueError` if there are not enough different runs.
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
    minutes: float = 0.0,
    show: Sequence[str] = (),
) -> tables.Table:
    """Run a lab with each of many parameters, and return the table of the runs.

    Runs that are finished are not repeated; all others are started with `resume = True` where the
    lab has that parameter. A run that dies is 'failed' in the table and costs no other; the same
    call again tries it again. A run that is silent for ten minutes is 'stalled'. A lab whose code
    was edited has other runs. Raises `FileNotFoundError`, `ValueError` and `PermissionError` before
    anything runs.

    Args:
        lab: the notebook.
        runs: parameters by name for each run, from `grid`, `sample` or by hand.
        folder: where the runs' folders go, `runs/<lab>_sweep` by default.
        parameters: what all runs share.
        processes: how many run at once, each with its share of the cores.
        gpus: ids; one run a GPU at once.
        executor: where to run instead, any of `concurrent.futures`' shape, on this machine or on
            others that share the folder (Dask's, say); how many run at once is its matter.
        minutes: after which a run is stopped and counts as failed; 0 for no limit.
        show: what the table prints of what was measured, such as 'val_cer'; everything by default.
    """
    lab = Path(lab).expanduser()
    folder = Path(folder or Path("runs") / f"{lab.stem}_sweep").expanduser()
    jobs = _jobs(lab, runs, dict(parameters or {}), folder)
    notebooks.check_minutes(minutes)
    files.check_writable(folder)
    if executor:
        with cluster.orders(lab, folder) as order:
            cluster.ask(executor, order, SECONDS_TO_ASK)

            def submit(job: Job) -> concurrent.futures.Future:
                where = order.lab, job.parameters, job.folder.resolve()
                return executor.submit(run_on_worker, order, *where, minutes)

            return _run(jobs, submit, show, order.token)
    shares = _shares(processes, list(gpus))
    slots: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
    for share in shares:
        slots.put(share)
    with concurrent.futures.ThreadPoolExecutor(len(shares)) as threads:
        return _run(jobs, lambda job: threads.submit(_run_in_slot, slots, job, minutes), show)


def start_in_background(
    lab: str | os.PathLike,
    runs: Iterable[Mapping],
    folder: str | os.PathLike,
    parameters: Mapping | None = None,
    *,
    processes: int = 1,
) -> subprocess.Popen:
    """Start a `sweep` in a process of its own, and return the process.

    Args:
        lab, runs, folder, parameters, processes: see `sweep`.
    """
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
    killed = notebooks.kill_children(process.pid)
    process.kill()
    process.wait()
    return [*killed, process.pid]


def _run(
    jobs: list["Job"], submit: Callable, show: Sequence[str], token: Path | None = None
) -> tables.Table:
    """Submit all jobs, and show how they come on until all have ended; return their table."""
    screen = _Screen()
    futures: list[concurrent.futures.Future] = []
    try:
        futures += map(submit, jobs)
        while True:
            unfinished = concurrent.futures.wait(futures, SECONDS_TO_LOOK).not_done
            table = _table(jobs, futures, show)
            screen.show(table, last=not unfinished)
            if not unfinished:
                return table
    except BaseException:  # Ctrl-C
        for future in futures:
            future.cancel()
        if token:  # a run on another machine ends when this file does
            token.unlink(missing_ok=True)
            concurrent.futures.wait(futures, notebooks.SECONDS_TO_STOP)
        # Twice or more: a run that was about to start is stopped in the next round.
        while concurrent.futures.wait(futures, 0.5).not_done and notebooks.RUNNING:
            for process in list(notebooks.RUNNING):
                process.send_signal(signal.SIGINT)
            concurrent.futures.wait(futures, notebooks.SECONDS_TO_STOP)
        raise


def run_one(
    lab: Path,
    parameters: Mapping,
    folder: Path,
    environment: Mapping | None = None,
    *,
    minutes: float = 0.0,
    token: Path | None = None,
) -> None:
    """Finish one run, in whatever state it is. Raises what `experiments.run_notebook` raises.

    Args:
        lab: the notebook.
        parameters: of the run.
        folder: of the run; it gets what the notebook prints, too.
        environment, minutes, token: see `run_notebook`.
    """
    if notebooks.is_finished(lab, folder):
        if not (folder / f"{lab.stem}.html").is_file():  # the kill came between the two
            notebooks.write_report(lab, folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    notebooks.run_notebook(
        lab, parameters, folder, environment, folder / OUTPUT,
        minutes=minutes, token=token, keep_finished=True,
    )  # fmt: skip


def run_on_worker(
    order: cluster.Order, lab: Path, parameters: Mapping, folder: Path, minutes: float
) -> None:
    """Finish one run of a sweep, in a process that an executor has chosen.

    Args:
        order: what the caller asks of every worker.
        lab, parameters, folder, minutes: see `run_one`.
    """
    cluster.check(order)
    if not order.token.exists():  # the caller was interrupted while this waited
        raise InterruptedError("The sweep was interrupted: call it again.")
    environment = cluster.environment()
    run_one(lab, parameters, folder, environment, minutes=minutes, token=order.token)


def _run_in_slot(slots: queue.SimpleQueue, job: "Job", minutes: float) -> None:
    environment = slots.get()
    try:
        run_one(job.lab, job.parameters, job.folder, environment, minutes=minutes)
    finally:
        slots.put(environment)


def _shares(processes: int, gpus: list) -> list[dict[str, str]]:
    """Share the cores out among the runs of one moment, and give each its GPU."""
    number = len(gpus) or processes
    if number < 1:
        raise ValueError(f"Nothing can run in {number} processes: give at least 1.")
    cores = cluster.cores()
    if (given := os.environ.get("OMP_NUM_THREADS", "")).isdigit():
        cores = min(cores, int(given))  # a sweep within a run of another shares out its share
    share = cluster.share(max(1, cores // number))
    shares = [{**share, "CUDA_VISIBLE_DEVICES": str(gpu)} for gpu in gpus] or [share] * number
    return [{**each, tracking.WORKER: f"slot {k + 1}"} for k, each in enumerate(shares)]


def _jobs(lab: Path, runs: Iterable[Mapping], shared: dict, folder: Path) -> list[Job]:
    """Check all runs before any starts; name each run's folder by what it is told."""
    known = parameter_cells.known_parameters(lab)
    code = parameter_cells.code_digest(lab)
    resume = {"resume": True} if "resume" in known else {}
    jobs: list[Job] = []
    for run in runs:
        if not isinstance(run, Mapping):
            raise ValueError(f"A run is a dictionary of parameters; got {run!r}.")
        if "run_folder" in {**shared, **run}:
            raise ValueError("A sweep gives each run its own run_folder: leave it out.")
        # As JSON has them, so that NumPy's numbers are numbers, and files can be compared.
        told = json.loads(results.to_json({**shared, **run}))
        told = parameter_cells.check_parameters(lab, told)
        identity = results.to_json([code, sorted(told.items())])
        digest = hashlib.sha256(identity.encode()).hexdigest()
        readable = ",".join(f"{name}={_short(told[name])}" for name in run)
        name = re.sub(r"[^\w.,=+-]", "_", readable)[:80] + f"-{digest[:8]}"
        place = folder / name.strip("-")
        job = Job(lab, {**resume, **told}, {name: told[name] for name in run}, place)
        if any(job.folder == other.folder for other in jobs):
            raise ValueError(f"Two runs are the same: {job.run}.")
        jobs.append(job)
    if not jobs:
        raise ValueError("A sweep needs at least one run: the list of runs is empty.")
    return jobs


def _short(value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(jobs: list[Job], futures: list, show: Sequence[str]) -> tables.Table:
    rows = []
    for job, future in zip(jobs, futures, strict=True):
        row = {**tracking.load_run(job.folder), **job.run, "error": None}
        if not future.done():
            row["state"] = _state(job.folder, future)
        elif future.cancelled():
            row["state"] = "waiting"
        elif error := future.exception():
            kind = "" if isinstance(error, notebooks.RunError) else f"{type(error).__name__}: "
            row |= {"state": "failed", "error": kind + " ".join(str(error).split())}
        rows.append(row)
    settings = list(dict.fromkeys(name for job in jobs for name in job.run))
    columns = [*settings, "state", "epoch", *show] if show else tables.columns_of(rows, settings)
    return tables.Table(rows, columns + ["error"] * any(row["error"] for row in rows))


def _state(folder: Path, future: concurrent.futures.Future) -> str:
    """Judge a run by what lies in its folder: a cluster's futures never say that they run."""
    if not (future.running() or files.is_held(folder, notebooks.LOCK)):
        return "waiting"
    with contextlib.suppress(OSError, ValueError):  # files come and go
        if time.time() - max(path.stat().st_mtime for path in folder.iterdir()) > SILENT:
            return "stalled"
    return "running"


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
