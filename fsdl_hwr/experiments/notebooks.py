"""One run of a lab: the notebook with its parameters, executed, and what it leaves in a folder.

`python -m fsdl_hwr.experiments labs/03_line_recognizer.ipynb --set epochs=2` executes a notebook in
a process of its own and writes the executed notebook, an HTML report and `results.json`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from fsdl_hwr import files
from fsdl_hwr.experiments import parameter_cells, reports, results

KERNEL = "python3"
SECONDS_TO_STOP = 20  # for papermill to end its kernel after an interrupt
START_ATTEMPTS = 3  # kernels that start at the same time can race for ports
INTERRUPTED = 130  # the status of a process that Ctrl-C ended
RUNNING: set[subprocess.Popen] = set()  # the papermills that this process waits for


class RunError(RuntimeError):
    """A notebook did not run to its end; the message says which cell failed, and why."""


def run_notebook(
    lab: str | os.PathLike,
    parameters: Mapping | None = None,
    folder: str | os.PathLike = "",
    environment: Mapping[str, str] | None = None,
    output: str | os.PathLike | None = None,
) -> Path:
    """Execute one notebook in its own process, and return the folder with what it left there.

    parameters: values by name for the notebook's `parameters` cell. folder: where the run goes,
    `runs/<lab>` by default; the notebook gets it as its parameter `run_folder`. environment:
    variables for its process. output: a file that gets what it prints. Afterwards the folder
    holds `<lab>.ipynb` (executed), `<lab>.html` (a report that needs no other file and no
    network) and `results.json`.
    Raises `FileNotFoundError`, `ValueError` for unknown parameters or wrong types, both before
    anything runs, and `RunError` for a failed cell, with the cells so far in `<lab>.partial.ipynb`.
    """
    lab = Path(lab)
    folder = Path(folder or Path("runs") / lab.stem)
    values = parameter_cells.check_parameters(
        lab, {**(parameters or {}), "run_folder": str(folder)}
    )
    executed, report, partial = _paths(lab, folder)
    if lab.resolve() in (executed.resolve(), partial.resolve()):
        raise ValueError(f"The run folder {folder} holds the lab itself: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for path in (executed, report, partial, folder / results.RESULTS):
        path.unlink(missing_ok=True)  # so that an older run's files are not taken for this one's

    for attempt in range(START_ATTEMPTS):
        time.sleep(attempt)
        status = _execute(lab, partial, values, dict(environment or {}), output)
        if status != 1 or not _no_kernel(partial):
            break
    if status != 0:
        raise RunError(_failure(lab, partial, status))
    os.replace(partial, executed)
    write_report(lab, folder)
    if not (folder / results.RESULTS).is_file():
        raise RunError(
            f"{lab} ran to its end but left no {folder / results.RESULTS}: its last cell must call "
            "experiments.write_results."
        )
    return folder


def is_finished(lab: str | os.PathLike, folder: str | os.PathLike) -> bool:
    """Say whether a lab ran to its end in a folder; its report may still be missing."""
    executed, _, _ = _paths(Path(lab), Path(folder))
    return executed.is_file() and (Path(folder) / results.RESULTS).is_file()


def write_report(lab: str | os.PathLike, folder: str | os.PathLike) -> Path:
    """Write the HTML report beside an executed notebook, and return its path."""
    executed, report, _ = _paths(Path(lab), Path(folder))
    with files.write_atomically(report) as temporary:
        temporary.write_text(
            reports.html_report(executed, images=Path(lab).parent), encoding="utf-8"
        )
    return report


def _paths(lab: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Name what a run leaves: the executed notebook, its report, the notebook while it runs."""
    stem = folder / lab.stem
    return Path(f"{stem}.ipynb"), Path(f"{stem}.html"), Path(f"{stem}.partial.ipynb")


def _execute(lab: Path, partial: Path, parameters: dict, environment: dict, output) -> int:
    """Run papermill in a process of its own; what cells print is shown as it is printed."""
    import yaml

    child = "from fsdl_hwr.experiments.notebooks import be_papermill; be_papermill()"
    command = [sys.executable, "-c", child, str(lab), str(partial), "--kernel", KERNEL]
    command += ["--parameters_yaml", yaml.safe_dump(parameters)]
    command += ["--progress-bar", "--stdout-file", "-"]
    # The kernel of this interpreter comes first, whatever others a user has installed.
    kernels = os.pathsep.join(
        filter(None, [str(Path(sys.prefix, "share", "jupyter")), os.environ.get("JUPYTER_PATH")])
    )
    # Cells differ by minutes: how long the rest takes, the bar cannot know.
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
                    process.kill()
                    process.wait()
            RUNNING.discard(process)
            if process.stdin:
                process.stdin.close()


def be_papermill() -> None:
    """Be papermill, in a process that ends when the one that started it is gone.

    Kernels end by themselves when their papermill is gone. So nothing goes on in the run folder
    after a kill, and a second run in a folder waits until the first has left it.
    """
    import click
    from papermill.cli import papermill

    arguments = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    threading.Thread(target=_follow, daemon=True).start()
    try:
        with files.lock(Path(arguments[1]).parent, "run"):
            papermill(arguments, standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)


def _follow() -> None:
    """Wait for the end of standard input, which the starting process holds; then stop."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(SECONDS_TO_STOP)
    os._exit(INTERRUPTED)


def _code_cells(partial: Path) -> list:
    """Read how far a notebook came; nothing where a kill left no whole file."""
    import nbformat

    try:
        cells = nbformat.read(partial, as_version=4).cells
    except (OSError, ValueError):
        return []
    return [cell for cell in cells if cell.cell_type == "code"]


def _no_kernel(partial: Path) -> bool:
    """Say whether papermill got no further than the start of a kernel."""
    cells = _code_cells(partial)
    return bool(cells) and not any(c.metadata.get("papermill", {})["start_time"] for c in cells)


def _failure(lab: Path, partial: Path, status: int) -> str:
    """Say what stopped a notebook: the error of the failed cell, as the partial notebook has it."""
    if not partial.is_file():
        return f"{lab} did not start: papermill ended with status {status}; see its message above."
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
        f"{lab} was stopped (papermill's status {status}; was memory exhausted?). "
        f"What ran until then is in {partial}."
    )
