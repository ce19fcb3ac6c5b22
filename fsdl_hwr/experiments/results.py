"""What a run leaves for others, as `results.json`: parameters, metrics, versions, promises kept."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import fsdl_hwr
from fsdl_hwr import files

RESULTS = "results.json"
_expected: dict[str, dict[str, float]] = {}  # what `expect` was told in this process, by name


def expect(name: str, value, low: float, high: float, form: str = "") -> None:
    """Print a value beside the range that a lab promises for it, and whether it lies within it.

    The range holds for the lab's default parameters. `write_results` records value and range, and
    a test fails if a run with the defaults leaves a range.

    Args:
        name: what was measured, unique in the lab.
        value: a number, or a `Rate`, which is printed with its interval.
        low, high: the range, both ends included, in the value's unit.
        form: how numbers are printed, as in an f-string; ".1%" for a `Rate`, ".3g" otherwise.
    """
    if low > high:
        raise ValueError(f"{name}: the range from {low} to {high} is empty.")
    has_interval = hasattr(value, "low")
    form = form or (".1%" if has_interval else ".3g")
    _expected[name] = {"value": float(value), "low": low, "high": high}
    interval = f" ({value.low:{form}} to {value.high:{form}})" if has_interval else ""
    verdict = "yes" if is_as_expected(_expected[name]) else "NO (it holds for the defaults)"
    print(
        f"{name}: {float(value):{form}}{interval}   "
        f"expected {low:{form}} to {high:{form}}: {verdict}"
    )


def is_as_expected(expectation: Mapping[str, float]) -> bool:
    """Return whether a value lies in its range: one entry of `expected` in results.json."""
    return expectation["low"] <= expectation["value"] <= expectation["high"]


def write_results(
    folder: str | os.PathLike, lab: str, parameters: Mapping, metrics: Mapping
) -> Path:
    """Write what a run leaves to `<folder>/results.json`, atomically, and return the path.

    That is its parameters, metrics and versions, and `expected`: by name, each value and range
    that `expect` was told. Raises `TypeError` or `ValueError` for what JSON cannot hold, such as a
    NaN.

    Args:
        folder: of the run.
        lab: the notebook's name.
        parameters: by name; NumPy scalars and arrays are allowed.
        metrics: by name; likewise.
    """
    record = {
        "lab": lab,
        "parameters": dict(parameters),
        "metrics": dict(metrics),
        "expected": _expected,
        "versions": versions(),
    }
    path = Path(folder) / RESULTS
    write_json(path, record)
    return path


def read(folder: str | os.PathLike) -> dict:
    """Read what `write_results` wrote to a folder; `ValueError` names a file that is none of it."""
    path = Path(folder) / RESULTS
    try:
        record = files.parse_json(path.read_text("utf-8"))
        missing = {"lab", "parameters", "metrics"} - set(record)
        if missing or not isinstance(record, dict):
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is not what a run leaves ({error!r:.200}): delete it.") from error
    return record


def to_json(value, indent: int | None = None) -> str:
    """Return a value with NumPy scalars, arrays and paths in it as JSON, as `write_results` does.

    Raises `TypeError` or `ValueError` for what JSON cannot hold, such as a NaN.
    """
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False, default=_plain)


def write_json(path: str | os.PathLike, value) -> str:
    """Write what `to_json` makes of a value to a file, whole or not at all; return that text."""
    text = to_json(value, indent=2)
    with files.write_atomically(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    return text


def versions() -> dict[str, str]:
    """Return the versions that a result depends on; the backend's only if Keras is in use."""
    numbers = {
        "fsdl_hwr": fsdl_hwr.__version__,
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "keras": metadata.version("keras"),
    }
    if "keras" in sys.modules:
        numbers["backend"] = sys.modules["keras"].backend.backend()
        # The module knows its version whatever the package is called: tensorflow, tensorflow-cpu.
        numbers[numbers["backend"]] = sys.modules[numbers["backend"]].__version__
    return numbers


def _plain(value):
    if hasattr(value, "tolist"):  # NumPy
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"A record cannot hold {value!r}: give numbers, texts, lists or dicts.")
