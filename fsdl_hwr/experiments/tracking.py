"""The record of a run: what it was told, what it measured and what it read, epoch after epoch.

`start` opens a run in its folder, `Run.callbacks` logs every epoch of a training, `load_runs` reads
any number of runs into one table. The record is `record.jsonl`, JSON Lines: the first line holds
configuration, environment and git state, every other one an event. A line is only ever added, so
whatever a kill leaves can be read. Weights & Biases can log the same beside it, on request.
"""

import contextlib
import json
import math
import os
import platform
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

from fsdl_hwr import files
from fsdl_hwr.experiments import results, tables, wandb_runs
from fsdl_hwr.experiments.tables import Table

RECORD = "record.jsonl"
LINES = "lines"  # the folder of the line images that a run's predictions belong to
MODES = ("online", "offline", "disabled")
WORKER = "FSDL_HWR_WORKER"  # the variable that names who runs a run of a sweep
LOCK = "recording"  # what a folder is kept for while its run is recorded
PATIENCE = 30.0  # seconds for the process before to end, after a kill say
_held: dict[str, Callable[[], None]] = {}  # by folder, what gives it back to other processes


def start(
    folder: str | os.PathLike,
    config: Mapping,
    *,
    resume: bool = True,
    wandb_mode: str = "disabled",
    project: str = "fsdl-hwr",
) -> "Run":
    """Start a run in its folder, or go on with the run that a kill left there.

    A run holds its folder until `finish`, or until its process ends. Raises `ValueError` for
    another mode, and for a folder that holds a run of another config; `ModuleNotFoundError` if
    wandb is wanted and missing; `TimeoutError` if another process records a run in the folder.

    Args:
        folder: of the run; its record goes there.
        config: what the run was told; NumPy scalars and paths may be in it.
        resume: as for `Recognizer.fit`; False starts again and removes the older record.
        wandb_mode: 'online' (if logged in and the server answers, 'offline' otherwise; never a
            question), 'offline' or 'disabled'.
        project: W&B's name for a group of runs.
    """
    if wandb_mode not in MODES:
        raise ValueError(f"wandb_mode is {wandb_mode!r}: choose one of {', '.join(MODES)}.")
    if wandb_mode != "disabled":
        wandb_runs.check_installed()
    folder = Path(folder).expanduser()
    files.check_writable(folder)
    told = json.loads(results.to_json(dict(config)))
    _hold(folder)
    try:
        return _start(folder, told, resume, wandb_mode, project)
    except BaseException:
        _release(folder)
        raise


def _start(folder: Path, told: dict, resume: bool, wandb_mode: str, project: str) -> "Run":
    events = _mend(folder) if resume else []
    if not events:  # what an older run left must not pass for this one's
        for path in [folder / results.RESULTS, folder / RECORD, *folder.glob(f"{LINES}/*.png")]:
            path.unlink(missing_ok=True)
    elif (held := _opening(events, told)["config"]) != told:
        names = [n for n in {**held, **told} if held.get(n) != told.get(n)]
        changes = ", ".join(f"{n}: {held.get(n)!r}, now {told.get(n)!r}" for n in names)
        raise ValueError(
            f"{folder} holds a run with another configuration ({changes}). "
            "Choose another run folder, or start again with resume=False."
        )
    return Run(folder, told, events, wandb_mode, project)


def _hold(folder: Path) -> None:
    """Keep other processes out; in this one a later start replaces an earlier."""
    _release(folder)
    _held[str(folder.resolve())] = files.hold(folder, LOCK, PATIENCE)


def _release(folder: Path) -> None:
    _held.pop(str(folder.resolve()), lambda: None)()


class Run:
    """A run that is being recorded; `start` makes it.

    Args:
        folder: of the run; it exists.
        config: what the run was told, as JSON.
        events: what the record holds of earlier sessions.
        wandb_mode, project: see `start`.
    """

    def __init__(self, folder: Path, config: dict, events: list[dict], wandb_mode: str, project):
        self.folder = folder
        self.config = config
        sessions = [e for e in events if e["event"] in ("start", "resume")]
        now = time.strftime("%Y%m%d-%H%M%S")
        self.id = sessions[0]["run"] if sessions else f"{now}-{uuid.uuid4().hex[:4]}"
        self.wandb = None
        logged = None
        if wandb_mode != "disabled":
            self.wandb, logged = wandb_runs.start(self, sessions, wandb_mode, project)
        self._append(
            "resume" if sessions else "start",
            run=self.id,
            config=config,
            environment=environment(),
            git=git_state(),
            wandb=logged,
        )
        if sessions:
            print(f"resumed the record of {self.id} in {folder}", flush=True)

    def log(self, epoch: int, metrics: Mapping, predictions: Sequence[str] = ()) -> None:
        """Record one epoch, counted from 0: numbers by name, and what the run's lines read as.

        An epoch that is logged again, because a kill came before its checkpoint, counts once.
        """
        self._record(epoch, metrics, predictions)
        if self.wandb:
            named = {f"epoch/{name}": value for name, value in metrics.items()}
            self.wandb.log({"epoch/epoch": epoch, **named})

    def _record(self, epoch: int, metrics: Mapping, predictions: Sequence[str]) -> None:
        numbers = {name: float(value) for name, value in metrics.items()}
        # NaN and infinity are not JSON; a gap in a curve says the same.
        values = {name: v if math.isfinite(v) else None for name, v in numbers.items()}
        self._append("epoch", epoch=epoch, metrics=values, predictions=list(predictions))

    def keep_lines(self, images: Sequence, texts: Sequence[str]) -> None:
        """Keep the line images (n, height, width) whose predictions `log` is going to be given."""
        import cv2

        for k, image in enumerate(images):
            with files.write_atomically(self.folder / LINES / f"{k:03}.png") as temporary:
                cv2.imwrite(str(temporary), 255 - image)  # dark on light
        self._append("lines", texts=list(texts))

    def callbacks(self, reader=None, lines=None) -> list:
        """Make the Keras callbacks that log a training: `fit(..., callbacks=run.callbacks(...))`.

        Every epoch: what `fit` measures, learning rate, throughput, peak memory (MB). reader,
        lines: a `Recognizer` and a few validation lines; their predicted text is logged as well.
        """
        import keras  # takes seconds, which reading a record should not

        run = self

        class EpochLog(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                if lines is not None:
                    run.keep_lines(lines.images, lines.transcripts)

            def on_epoch_begin(self, epoch, logs=None):
                self.began = time.perf_counter()

            def on_epoch_end(self, epoch, logs=None):
                logs.setdefault("seconds", time.perf_counter() - self.began)
                if self.params.get("steps"):
                    logs["batches_per_second"] = self.params["steps"] / logs["seconds"]
                rate = self.model.optimizer.learning_rate
                logs["learning_rate"] = float(keras.ops.convert_to_numpy(rate))
                logs["peak_memory_mb"] = peak_memory()
                read = reader.read(lines) if lines is not None else ()
                run._record(epoch, logs, read)
                if run.wandb and lines is not None:
                    run.wandb.log({"epoch/epoch": epoch, "lines": wandb_runs.table(lines, read)})

        callbacks = [EpochLog()]
        if self.wandb:
            callbacks.append(wandb_runs.callback(self))
        return callbacks

    def finish(self, metrics: Mapping | None = None) -> None:
        """Say that the run has done all it was to do; metrics: for the summary in W&B."""
        self._append("finish")
        _release(self.folder)
        if self.wandb:
            self.wandb.summary.update(dict(metrics or {}))
            self.wandb.finish()

    def _append(self, event: str, **values) -> None:
        line = results.to_json({"event": event, "time": _now(), **values})
        with open(self.folder / RECORD, "ab") as file:
            file.write(line.encode() + b"\n")  # in one piece, and the kernel's when this returns


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def peak_memory() -> float:
    """Return the most megabytes that this process has held; NaN if the platform does not say."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: what getrusage says there counts the process before, too
        (line,) = [row for row in status.read_text().splitlines() if row.startswith("VmHWM")]
        return int(line.split()[1]) / 2**10
    try:
        import resource
    except ImportError:  # Windows
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def environment() -> dict:
    """Return what a run runs on: versions, machine, threads and devices it was given, packages."""
    given = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "CUDA_VISIBLE_DEVICES", "KERAS_BACKEND",
             WORKER)  # fmt: skip
    return {
        "versions": results.versions(),
        "platform": platform.platform(),
        "cpu_cores": os.cpu_count(),
        "variables": {name: os.environ[name] for name in given if name in os.environ},
        "packages": {d.name: d.version for d in metadata.distributions()},
    }


def git_state() -> dict | None:
    """Return the commit, the branch and the files that differ; None outside a repository."""

    def git(*arguments):
        command = ["git", *arguments]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout.rstrip("\n")

    try:
        return {
            "commit": git("rev-parse", "HEAD"),
            "branch": git("rev-parse", "--abbrev-ref", "HEAD"),
            "changed": git("status", "--porcelain").splitlines(),
        }
    except (OSError, subprocess.SubprocessError):  # no git, no repository, no commit yet
        return None


def read_events(folder: str | os.PathLike) -> list[dict]:
    """Read the whole lines of a run's record; what a kill cut short is left out."""
    path = Path(folder) / RECORD
    if not path.is_file():
        return []
    events = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        with contextlib.suppress(ValueError):  # a damaged disk: the other lines still count
            event = files.parse_json(line)
            kind = event.get("event") if isinstance(event, dict) else None
            if kind and (kind != "epoch" or {"epoch", "metrics"} <= set(event)):
                events.append(event)
    return events


def _opening(events: list[dict], config: Mapping) -> dict:
    """Find the event that a run opened with, or went on with; config: used if none is left."""
    return next((event for event in events if "config" in event), {"config": config})


def _mend(folder: Path) -> list[dict]:
    """Cut off the line that a kill cut short, so that the next one starts on its own."""
    path = folder / RECORD
    if path.is_file() and not (content := path.read_bytes()).endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)
    return read_events(folder)


def load_run(folder: str | os.PathLike) -> dict:
    """Read what a run has left so far, also while it runs, as one row of `load_runs`."""
    folder = Path(folder).expanduser()
    events = read_events(folder)
    results_path = folder / results.RESULTS
    record = results.read(folder) if results_path.is_file() else {}
    first = _opening(events, record.get("parameters", {}))
    by_epoch = {e["epoch"]: e for e in events if e["event"] == "epoch"}  # the last one counts
    epochs = [by_epoch[k] for k in sorted(by_epoch)]
    names = dict.fromkeys(name for e in epochs for name in e["metrics"])
    finished = bool(record) or (bool(events) and events[-1]["event"] == "finish")
    return {
        "run": folder.name,
        "state": "finished" if finished else "unfinished",
        "epoch": len(epochs),
        **(epochs[-1]["metrics"] if epochs else {}),
        **first["config"],
        **record.get("metrics", {}),
        "folder": folder,
        "id": first.get("run"),
        "sessions": sum(e["event"] in ("start", "resume") for e in events),
        "config": first["config"],
        "history": {name: [e["metrics"].get(name) for e in epochs] for name in names},
        "predictions": [e["predictions"] for e in epochs],
        "texts": next((e["texts"] for e in events if e["event"] == "lines"), []),
        "environment": first.get("environment", {"versions": record.get("versions", {})}),
        "git": first.get("git"),
    }


def load_runs(folder: str | os.PathLike = "runs") -> "Table":
    """Read every run in a folder and its subfolders into a table, one row per run.

    A row is a dict: `run` (its folder), `state`, `epoch` (how many are done), the last epoch's
    metrics, the configuration (which wins if names meet), the metrics of results.json; and,
    not printed, `history` (lists by metric, a value per epoch; None if it was not finite),
    `predictions` (texts by epoch), `texts`, `config`, `environment`, `git`, `id`, `sessions`,
    `folder`. Printed are the settings that differ. Raises `FileNotFoundError`.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: no run has been started in it.")
    found = {p.parent for name in (RECORD, results.RESULTS) for p in folder.rglob(name)}
    rows = []
    for path in sorted(found):
        name = folder.name if path == folder else path.relative_to(folder).as_posix()
        rows.append({**load_run(path), "run": name})
    settings = dict.fromkeys(name for row in rows for name in row["config"])
    differ = [n for n in settings if len({repr(row["config"].get(n)) for row in rows}) > 1]
    return Table(rows, tables.columns_of(rows, ["run", *differ]))


def predictions(folder: str | os.PathLike) -> Table:
    """Show a run's validation lines, with what was read in them after every epoch."""
    run = load_run(folder)
    return _predictions(run, {f"epoch {k + 1}": p for k, p in enumerate(run["predictions"])})


def compare_predictions(folders: Sequence[str | os.PathLike]) -> Table:
    """Show validation lines with what each run read in them after its last epoch.

    Raises `ValueError` if the runs kept different lines.
    """
    runs = [load_run(folder) for folder in folders]
    if any(run["texts"] != runs[0]["texts"] for run in runs):
        raise ValueError("The runs kept different lines: give them the same ones.")
    return _predictions(runs[0], {r["run"]: r["predictions"][-1] for r in runs if r["predictions"]})


def _predictions(run: dict, columns: Mapping[str, Sequence[str]]) -> Table:
    rows = []
    for k, text in enumerate(run["texts"]):
        image = run["folder"] / LINES / f"{k:03}.png"
        read = {name: texts[k] for name, texts in columns.items() if k < len(texts)}
        rows.append({"image": image, "transcript": text, **read})
    return Table(rows, ["image", "transcript", *columns])
