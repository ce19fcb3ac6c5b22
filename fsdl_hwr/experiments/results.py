"""What a run leaves for others: parameters, metrics and versions, as `results.json`."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import fsdl_hwr
from fsdl_hwr.files import write_atomically

RESULTS = "results.json"


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
