"""One run of a lab: the notebook with its parameters, executed, and what it leaves in a folder.

`python -m fsdl_hwr.experiments labs/03_line_recognizer.ipynb --set epochs=2` executes a notebook in
a process of its own and writes the executed notebook, an HTML report and `results.json`.
"""

import argparse
import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import fsdl_hwr
from fsdl_hwr.datasets.downloads import write_atomically

RESULTS = "results.json"
KERNEL = "python3"
WIDGET = "application/vnd.jupyter.widget-view+json"
SECONDS_TO_STOP = 20  # for papermill to end its kernel after an interrupt
START_ATTEMPTS = 3  # kernels that start at the same time can race for ports
INTERRUPTED = 130  # the status of a process that Ctrl-C ended
RUNNING: set[subprocess.Popen] = set()  # the papermills that this process waits for

# nbconvert's own template leaves out the alternative text that a figure brings.
REPORT_TEMPLATE = """\
{%- extends 'lab/index.html.j2' -%}
{%- block data_png -%}
<div class="jp-RenderedImage jp-OutputArea-output {{ extra_class }}">
<img src="data:image/png;base64,{{ output.data['image/png'] | escape_html }}"
alt="{{ (output | get_metadata('alt', 'image/png') or '') | escape_html }}">
</div>
{%- endblock -%}
"""


class RunError(RuntimeError):
    """A notebook did not run to its end; the message says which cell failed, and why."""


def write_results(
    folder: str | os.PathLike, lab: str, parameters: Mapping, metrics: Mapping
) -> Path:
    """Write a run's parameters, metrics and versions to `<folder>/results.json`, whole or not.

    Values may be NumPy scalars and arrays too. Returns the path. Raises `TypeError` or `ValueError`
    for what JSON cannot hold, such as a NaN.
    """
    record = {
        "lab": lab,
        "parameters": dict(parameters),
        "metrics": dict(metrics),
        "versions": versions(),
    }
    text = to_json(record, indent=2)
    path = Path(folder) / RESULTS
    with write_atomically(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    return path


def to_json(value, indent: int | None = None) -> str:
    """Turn a value with NumPy scalars, arrays and paths in it into JSON, as `write_results` does.

    Raises `TypeError` or `ValueError` for what JSON cannot hold, such as a NaN.
    """
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False, default=_plain)


def versions() -> dict[str, str]:
    """Name the versions that a result depends on; the backend's only where Keras is in use."""
    found = {
        "fsdl_hwr": fsdl_hwr.__version__,
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "keras": metadata.version("keras"),
    }
    if "keras" in sys.modules:
        found["backend"] = sys.modules["keras"].backend.backend()
        # The module knows its version whatever the package is called: tensorflow, tensorflow-cpu.
        found[found["backend"]] = sys.modules[found["backend"]].__version__
    return found


def _plain(value):
    if hasattr(value, "tolist"):  # NumPy
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"A record cannot hold {value!r}: give numbers, texts, lists or dicts.")


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
    holds `<lab>.ipynb` (executed), `<lab>.html` (a report that needs no other file; only formulas
    are set by MathJax from the network) and `results.json`.
    Raises `FileNotFoundError`, `ValueError` for unknown parameters or wrong types, both before
    anything runs, and `RunError` for a failed cell, with the cells so far in `<lab>.partial.ipynb`.
    """
    lab = Path(lab)
    folder = Path(folder or Path("runs") / lab.stem)
    values = check_parameters(lab, {**(parameters or {}), "run_folder": str(folder)})
    executed, report, partial = _paths(lab, folder)
    if lab.resolve() in (executed.resolve(), partial.resolve()):
        raise ValueError(f"The run folder {folder} holds the lab itself: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for path in (executed, report, partial, folder / RESULTS):
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
    if not (folder / RESULTS).is_file():
        raise RunError(
            f"{lab} ran to its end but left no {folder / RESULTS}: its last cell must call "
            "experiments.write_results."
        )
    return folder


def is_finished(lab: str | os.PathLike, folder: str | os.PathLike) -> bool:
    """Say whether a lab ran to its end in a folder; its report may still be missing."""
    executed, _, _ = _paths(Path(lab), Path(folder))
    return executed.is_file() and (Path(folder) / RESULTS).is_file()


def write_report(lab: str | os.PathLike, folder: str | os.PathLike) -> Path:
    """Write the HTML report beside an executed notebook, and return its path."""
    executed, report, _ = _paths(Path(lab), Path(folder))
    with write_atomically(report) as temporary:
        temporary.write_text(html_report(executed, images=Path(lab).parent), encoding="utf-8")
    return report


def _paths(lab: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Name what a run leaves: the executed notebook, its report, the notebook while it runs."""
    return tuple(folder / (lab.stem + end) for end in (".ipynb", ".html", ".partial.ipynb"))


def check_parameters(lab: Path, parameters: Mapping) -> dict:
    """Return the parameters in the types that the notebook's annotations name.

    Raises `FileNotFoundError`, and `ValueError` that lists what the notebook knows.
    """
    known = known_parameters(lab)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        lines = [
            f"  {p['name']}: {p['inferred_type_name']} = {p['default']}" for p in known.values()
        ]
        raise ValueError(
            f"{lab} has no parameter {', '.join(unknown)}. It knows:\n" + "\n".join(lines)
        )
    return {
        name: _typed(name, value, known[name]["inferred_type_name"])
        for name, value in parameters.items()
    }


def known_parameters(lab: Path) -> dict[str, dict]:
    """Read a notebook's `parameters` cell as papermill does. Raises `FileNotFoundError`."""
    import papermill  # takes a second

    if not lab.is_file():
        raise FileNotFoundError(f"There is no notebook {lab}.")
    return papermill.inspect_notebook(lab)


def _typed(name: str, value, type_name: str):
    """Read a value as its annotation says: YAML takes 1e-3 for a text and 2019 for a number."""
    wanted = {"int": int, "float": float, "str": str, "bool": bool}.get(type_name)
    if wanted is None or type(value) is wanted:
        return value
    if wanted is str and isinstance(value, int | float):
        return str(value)
    if wanted is float and isinstance(value, int | str) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            return float(value)
    raise ValueError(f"The parameter {name} takes {type_name}; it was given {value!r}.")


def _execute(lab: Path, partial: Path, parameters: dict, environment: dict, output) -> int:
    """Run papermill in a process of its own; what cells print is shown as it is printed."""
    import yaml

    child = "from fsdl_hwr.experiments import be_papermill; be_papermill()"
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
        streams = {"stdin": subprocess.PIPE}  # which ends when this process does
        if output is not None:
            file = stack.enter_context(open(output, "ab"))
            streams |= {"stdout": file, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, env=environment, **streams)
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
        _hold(Path(arguments[1]).parent)
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


def _hold(folder: Path) -> None:
    """Lock a folder as long as this process lives, once no other process has it locked."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Another run in {folder} has not ended: waiting for it.", flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:  # a network's file system may know no locks
        return


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


def html_report(notebook: str | os.PathLike, images: str | os.PathLike) -> str:
    """Turn an executed notebook into one HTML text that holds its pictures and styles itself.

    images: the folder from which the notebook's own image links start.
    """
    import nbformat
    from nbconvert import HTMLExporter

    notebook = Path(notebook)
    exporter = HTMLExporter(embed_images=True, raw_template=REPORT_TEMPLATE)
    resources = {"metadata": {"name": notebook.stem, "path": str(Path(images).resolve())}}
    content = without_widgets(nbformat.read(notebook, as_version=4))
    html, _ = exporter.from_notebook_node(content, resources)
    return html


def without_widgets(notebook):
    """Drop live widgets: a report has their static figures, and would load scripts for them."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]
    return notebook


def read_parameters(path: str | os.PathLike | None, settings: Iterable[str] = ()) -> dict:
    """Read parameters from a YAML file, then from `name=value` texts, which win.

    Raises `FileNotFoundError` or `ValueError` that says what is wrong.
    """
    import yaml

    parameters = {}
    if path:
        try:
            parameters = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise ValueError(f"{path} is not YAML: {error}") from error
        if not isinstance(parameters, dict):
            raise ValueError(f"{path} must hold lines of `name: value`; got {parameters!r}.")
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"--set takes name=value; got {setting!r}.")
        parameters[name.strip()] = yaml.safe_load(value) if value else ""
    return parameters


def _rounded(value):
    """Round the numbers of a metric to four digits, in lists and dicts too, to be looked at."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main(arguments: list[str] | None = None) -> int:
    """Run a lab from the command line, and print what came of it."""
    parser = argparse.ArgumentParser(
        prog="python -m fsdl_hwr.experiments", description="Run one lab with other parameters."
    )
    parser.add_argument("lab", help="the notebook")
    parser.add_argument("--parameters", metavar="FILE", help="YAML file of parameters")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="one parameter; repeatable"
    )
    parser.add_argument(
        "--folder", default="", help="where the run goes (runs/<lab>, or runs/<parameter file>)"
    )
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    # A time limit from outside ends the notebook as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        parameters = read_parameters(options.parameters, options.set)
        folder = options.folder  # parameters from a file make a run of their own
        if options.parameters and not folder:
            folder = Path("runs") / Path(options.parameters).stem
        folder = run_notebook(options.lab, parameters, folder)
    except (RunError, ValueError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; run the same command again.", file=sys.stderr)
        return 130
    stem = Path(options.lab).stem
    print(f"\n{options.lab} ran to its end, and left")
    for path in (folder / f"{stem}.ipynb", folder / f"{stem}.html", folder / RESULTS):
        print(path)
    for name, value in json.loads((folder / RESULTS).read_text("utf-8"))["metrics"].items():
        print(f"  {name:<24} {_rounded(value)}")
    print(f"{time.perf_counter() - began:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
