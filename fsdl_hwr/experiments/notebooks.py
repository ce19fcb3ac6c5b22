"""One run of a lab: the notebook with its parameters, executed, and what it leaves in a folder.

`python -m fsdl_hwr.experiments labs/03_line_recognizer.ipynb --set epochs=2` executes a notebook in
a process of its own and writes the executed notebook, an HTML report and `results.json`.
"""

import contextlib
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from fsdl_hwr import files
from fsdl_hwr.experiments import parameter_cells, reports, results

KERNEL = "python3"
SECONDS_TO_STOP = 20  # for papermill to end its kernel after an interrupt
START_ATTEMPTS = 3  # kernels that start at the same time can race for ports
# Statuses of a process: ended by Ctrl-C, by its time limit, by a lab that wrote no results.
INTERRUPTED, TOO_LONG, NO_RESULTS = 130, 124, 66
LOCK = "run"  # what a folder is kept for while its notebook runs
RUNNING: set[subprocess.Popen] = set()  # the papermills that this process waits for


class RunError(RuntimeError):
    """A notebook did not run to its end; the message says which cell failed, and why."""


def run_notebook(
    lab: str | os.PathLike,
    parameters: Mapping | None = None,
    folder: str | os.PathLike = "",
    environment: Mapping[str, str] | None = None,
    output: str | os.PathLike | None = None,
    *,
    minutes: float = 0.0,
    token: Path | None = None,
    keep_finished: bool = False,
) -> Path:
    """Execute one notebook in its own process, and return the folder with what it left there.

    Afterwards the folder holds `<lab>.ipynb` (executed), `<lab>.html` (a report that needs no other
    file and no network) and `results.json`.
    Raises `FileNotFoundError`, `ValueError` for unknown parameters or wrong types, both before
    anything runs, and `RunError` for a failed cell, with the cells so far in `<lab>.partial.ipynb`.

    Args:
        lab: the notebook.
        parameters: values by name for its `parameters` cell.
        folder: where the run goes, `runs/<lab>` by default; the notebook gets it as `run_folder`.
        environment: variables for its process.
        output: a file that gets what it prints.
        minutes: after which it is stopped, and counts as failed; 0 for no limit.
        token: a file; when it goes away, the run is stopped.
        keep_finished: does nothing if the folder's run is finished.
    """
    lab = Path(lab).expanduser()
    parameters = dict(parameters or {})
    check_minutes(minutes)
    folder = _folder(lab, folder, parameters.pop("run_folder", ""))
    values = parameter_cells.check_parameters(lab, {**parameters, "run_folder": str(folder)})
    executed, _, partial = paths(lab, folder)
    if lab.resolve() in (executed.resolve(), partial.resolve()):
        raise ValueError(f"The run folder {folder} holds the lab itself: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    limits = {"minutes": minutes, "token": token, "keep_finished": keep_finished}
    for attempt in range(START_ATTEMPTS):
        time.sleep(attempt)
        status, reason = _execute(lab, folder, values, limits, dict(environment or {}), output)
        if status != 1 or not _no_kernel(partial):
            break
    if status == TOO_LONG:
        raise RunError(f"{lab} took longer than {minutes:g} minutes and was stopped.")
    if status == NO_RESULTS:
        raise RunError(
            f"{lab} ran to its end but left no {folder / results.RESULTS}: its last cell must call "
            "experiments.write_results."
        )
    if status != 0:
        raise RunError(_failure(lab, executed, partial, status, reason))
    return folder


def check_minutes(minutes: float) -> None:
    """Raise `ValueError` for a time limit that is none."""
    if not 0 <= minutes < math.inf:
        raise ValueError(f"A run may take {minutes} minutes: give a number above 0, or 0 for ever.")


def _folder(lab: Path, folder: str | os.PathLike, named: str) -> Path:
    """Choose the run folder: as an argument or as the parameter `run_folder`, not both."""
    if folder and named and Path(folder) != Path(named):
        raise ValueError(
            f"The run folder is given twice: {folder}, and {named} as run_folder. Leave one out."
        )
    return Path(folder or named or Path("runs") / lab.stem).expanduser()


def is_finished(lab: str | os.PathLike, folder: str | os.PathLike) -> bool:
    """Return whether a lab ran to its end in a folder; its report may still be missing."""
    executed, _, _ = paths(Path(lab), Path(folder))
    return executed.is_file() and (Path(folder) / results.RESULTS).is_file()


def write_report(lab: str | os.PathLike, folder: str | os.PathLike) -> Path:
    """Write the HTML report beside an executed notebook, and return its path."""
    executed, report, _ = paths(Path(lab), Path(folder))
    with files.write_atomically(report) as temporary:
        temporary.write_text(
            reports.html_report(executed, images=Path(lab).parent), encoding="utf-8"
        )
    return report


def paths(lab: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Return the paths of the executed notebook, its report, and the notebook while it runs."""
    stem = folder / lab.stem
    return Path(f"{stem}.ipynb"), Path(f"{stem}.html"), Path(f"{stem}.partial.ipynb")


def remove_older(lab: Path, folder: Path) -> None:
    """Remove what an older run left, so that it is not taken for this one's."""
    for path in (*paths(lab, folder), folder / results.RESULTS):
        path.unlink(missing_ok=True)


def kill_children(process: int) -> list[int]:
    """End all that a process started at once, untold; return the ids of what was killed."""
    import psutil  # comes with Jupyter

    try:
        doomed = psutil.Process(process).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    for each in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(doomed, SECONDS_TO_STOP)
    return [each.pid for each in doomed]


def _execute(
    lab: Path, folder: Path, parameters: dict, limits: dict, environment: dict, output
) -> tuple[int, str]:
    """Run papermill in a process of its own, which shows what cells print; say how it ended."""
    import yaml

    with tempfile.TemporaryDirectory() as elsewhere:  # the run folder's disk may be full
        reason = Path(elsewhere) / "reason"
        command = [sys.executable, "-m", "fsdl_hwr.experiments.papermill_child"]
        command += [str(lab), str(folder), str(reason), results.to_json(limits)]
        command += ["--kernel", KERNEL]
        command += ["--parameters_yaml", yaml.safe_dump(parameters)]
        command += ["--progress-bar", "--stdout-file", "-"]
        status = _wait_for(command, environment, output)
        return status, reason.read_text("utf-8") if reason.is_file() else ""


def _wait_for(command: list[str], environment: dict, output) -> int:
    # The kernel of this interpreter comes first, whatever others a user has installed.
    kernels = os.pathsep.join(
        filter(None, [str(Path(sys.prefix, "share", "jupyter")), os.environ.get("JUPYTER_PATH")])
    )
    # Cells differ by minutes, so the bar cannot know how long the rest takes.
    bar = "{desc} {n_fmt} of {total_fmt} cells, {elapsed}"
    environment = {"TQDM_BAR_FORMAT": bar, **os.environ, **environment, "JUPYTER_PATH": kernels}
    with contextlib.ExitStack() as stack:
        stdout = stderr = None
        if output is not None:
            stdout = stack.enter_context(open(output, "ab"))
            stderr = subprocess.STDOUT
        # Its standard input ends when this process does.
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr
        )
        RUNNING.add(process)
        try:
            return process.wait()
        finally:
            if process.poll() is None:  # interrupted: papermill ends its kernel, then itself
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(SECONDS_TO_STOP)
                except subprocess.TimeoutExpired:
                    kill_children(process.pid)
                    process.kill()
                    process.wait()
            RUNNING.discard(process)
            if process.stdin:
                process.stdin.close()


def _code_cells(partial: Path) -> list:
    """Read how far a notebook came; nothing if a kill left no whole file."""
    import nbformat

    try:
        cells = nbformat.read(partial, as_version=4).cells
    except (OSError, ValueError):
        return []
    return [cell for cell in cells if cell.cell_type == "code"]


def _no_kernel(partial: Path) -> bool:
    """Return whether papermill got no further than the start of a kernel."""
    cells = _code_cells(partial)
    return bool(cells) and not any(c.metadata.get("papermill", {})["start_time"] for c in cells)


def _failure(lab: Path, executed: Path, partial: Path, status: int, reason: str) -> str:
    """Return what stopped a notebook: the failed cell's error, as the partial notebook has it.

    Args:
        lab: the notebook.
        executed, partial: where it is when it has run, and while it runs.
        status: of papermill's process.
        reason: the error that ended it, as it told.
    """
    reason = (reason.strip().splitlines() or [""])[-1]
    if executed.is_file():
        return f"{lab} ran to its end, but its report was not written ({reason})."
    if not partial.is_file():
        reason = reason or "see its message above"
        return f"{lab} did not start: papermill ended with status {status} ({reason})."
    if _no_kernel(partial):
        return f"{lab} did not start: its kernel died or was stopped; see what it printed."
    for cell in _code_cells(partial):
        for output in cell.outputs:
            if output.output_type == "error":
                return (
                    f"{lab} failed in cell [{cell.execution_count}], which begins "
                    f"{cell.source.splitlines()[0]!r}\n  {output.ename}: {output.evalue}\n"
                    f"What ran until then is in {partial}."
                )
    return (
        f"{lab} was stopped (papermill's status {status}; {reason or 'was memory exhausted?'}). "
        f"What ran until then is in {partial}."
    )
