"""Parameters of a notebook: its tagged cell, and the files and texts that fill it."""

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path


def read_parameters(path: str | os.PathLike | None, settings: Iterable[str] = ()) -> dict:
    """Read parameters from a YAML file, then from `name=value` texts, which win.

    Raises `FileNotFoundError` or `ValueError` that says what is wrong.
    """
    import yaml

    parameters: dict = {}
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
    wanted = {t.__name__: t for t in (int, float, str, bool, list, dict)}.get(type_name)
    if wanted is None or type(value) is wanted:
        return value
    if wanted is str and isinstance(value, int | float):
        return str(value)
    if wanted is float and isinstance(value, int | str) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            return float(value)
    raise ValueError(f"The parameter {name} takes {type_name}; it was given {value!r}.")
