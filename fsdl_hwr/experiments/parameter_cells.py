"""Parameters of a notebook: its tagged cell, and the files and texts that fill it."""

import contextlib
import functools
import hashlib
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path


def read_parameters(
    path: str | os.PathLike | None, settings: Iterable[str] = (), lab: Path | None = None
) -> dict:
    """Read parameters from a YAML file, then from `name=value` texts, which win.

    lab: the notebook; what it takes as text stays as it was written (YAML would make 12:30 a
    number), and a dictionary or a list needs no brackets on the command line.
    Raises `FileNotFoundError` or `ValueError` that says what is wrong.
    """
    known = known_parameters(lab) if lab else {}
    types = {name: _base(parameter["inferred_type_name"]) for name, parameter in known.items()}
    parameters: dict = {}
    if path:
        path = Path(path).expanduser()
        content = path.read_bytes()  # YAML knows UTF-8 and UTF-16 by their first bytes
        parameters = _read_yaml(content, str(path)) or {}
        if not isinstance(parameters, dict):
            raise ValueError(f"{path} must hold lines of `name: value`; got {parameters!r}.")
        written = _read_yaml(content, str(path), plain=True) or {}
        for name, value in parameters.items():
            if types.get(name) == "str" and not isinstance(value, list | dict):
                parameters[name] = "" if value is None else written[name]
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"--set takes name=value; got {setting!r}.")
        name = name.strip()
        parameters[name] = _setting(setting, value, types.get(name, ""))
    return parameters


def _setting(setting: str, value: str, type_name: str):
    """Read the value of a --set."""
    if type_name == "str" or not value:
        return value
    brackets, separator = {"dict": ("{%s}", ":"), "list": ("[%s]", ",")}.get(type_name, ("%s", ""))
    if separator and separator in value and not value.lstrip().startswith(brackets[0]):
        value = brackets % value
    return _read_yaml(value, f"--set {setting!r}")


def _read_yaml(content: str | bytes, where: str, plain: bool = False):
    """Read YAML whose only numbers and bools are 1, -2.5, 1e-3, true, false; plain: all is text."""
    import yaml

    try:
        return yaml.load(content, yaml.BaseLoader if plain else _loader())
    except (yaml.YAMLError, UnicodeError) as error:
        problem = " ".join(str(error).split())
        raise ValueError(f"{where} is not YAML: {problem}") from error


@functools.cache
def _loader():
    """Make the loader of YAML 1.2's plain types: 1.1 takes `no` for False and 12:30 for 750."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: dict = {}

    def scalar(tag: str, convert: Callable, pattern: str, first: str) -> None:
        Loader.add_implicit_resolver(tag, re.compile(rf"(?:{pattern})$"), list(first))
        Loader.add_constructor(tag, lambda self, node: convert(self.construct_scalar(node)))

    def mapping(self, node):  # a name twice: YAML takes the last without a word
        names = [key.value for key, _ in node.value]
        if twice := [name for name in names if names.count(name) > 1]:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]} is there twice")
        yield from yaml.SafeLoader.construct_yaml_map(self, node)

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    digits = "-+0123456789"
    scalar("!null", lambda text: None, "null|~", "n~")
    Loader.add_implicit_resolver("!null", re.compile("$"), [""])  # no value at all
    scalar("!bool", lambda text: text.lower() == "true", "true|True|TRUE|false|False|FALSE", "tTfF")
    scalar("!int", int, r"[-+]?\d+", digits)
    scalar("!float", float, r"[-+]?(\.\d+|\d+\.?\d*)([eE][-+]?\d+)?", digits + ".")
    return Loader


def check_parameters(lab: Path, parameters: Mapping) -> dict:
    """Return the parameters in the types that the notebook's annotations name.

    Raises `FileNotFoundError`, and `ValueError` that lists what the notebook knows.
    """
    known = known_parameters(lab)
    unknown = sorted(set(parameters) - set(known))
    if unknown and not known:
        raise ValueError(
            f"{lab} takes no parameters: no cell of it has the tag `parameters`. Give the tag to "
            "the cell that sets them, run_folder among them."
        )
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


def code_digest(lab: Path) -> str:
    """Return a checksum of a notebook's code, which decides its results as its parameters do."""
    cells = _read_notebook(lab).cells
    code = "\0".join(cell.source for cell in cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()


def _read_notebook(lab: Path):
    import nbformat

    if not lab.is_file():
        raise FileNotFoundError(f"There is no notebook {lab}.")
    try:
        return nbformat.read(lab, as_version=4)
    except Exception as error:  # many kinds: no JSON, no text, no cells
        problem = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{lab} is not a notebook that can be read: {problem[:200]}") from error


def known_parameters(lab: Path) -> dict[str, dict]:
    """Read a notebook's `parameters` cell as papermill does. Raises `FileNotFoundError`."""
    import papermill  # takes a second

    _read_notebook(lab)
    return papermill.inspect_notebook(str(lab))


def _base(type_name: str) -> str:
    return type_name.split("[")[0].strip()  # list[int] is a list


def _typed(name: str, value, type_name: str):
    """Read a value as its annotation says: 3 for a float is 3.0, and 2019 for a text '2019'."""
    wanted = {t.__name__: t for t in (int, float, str, bool, list, dict)}.get(_base(type_name))
    value = value.item() if hasattr(value, "item") else value  # NumPy's numbers
    if wanted is None or (type(value) is wanted and wanted is not float):
        return value
    if wanted is str and isinstance(value, os.PathLike):
        return os.fspath(value)
    if wanted is str and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if wanted is list and isinstance(value, tuple):
        return list(value)
    if wanted is float and isinstance(value, int | float | str) and not isinstance(value, bool):
        with contextlib.suppress(ValueError, OverflowError):
            if math.isfinite(float(value)):
                return float(value)
    raise ValueError(f"The parameter {name} takes {type_name}; it was given {value!r}.")
