"""A board of runs: which of a class reads best, from the results.json that everybody's run left.

    fsdl-hwr board runs/ ../others/        # or: python -m fsdl_hwr board runs/

One table per lab, the best run on top; runs are told apart by their folders.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from fsdl_hwr.experiments import results, tables

# In a metric's name: less is better.
FALLING = {"cer", "wer", "error", "errors", "loss", "seconds", "alarms", "change", "disagreement"}
FALLING |= {"p50", "p99", "refused"}


def add_board(commands) -> None:
    """Add the command `board` to the subparsers of an `argparse` parser."""
    parser = commands.add_parser(
        "board",
        help="rank runs by what they measured",
        description="Rank the runs in some folders by a metric of their results.json.",
    )
    parser.add_argument("folders", nargs="*", default=["runs"], metavar="FOLDER", help="runs")
    parser.add_argument("--lab", default="", help="only runs of this lab, such as 03")
    parser.add_argument("--by", default="", metavar="METRIC", help="the lab's first, by default")
    parser.set_defaults(run=board)


def board(arguments: argparse.Namespace) -> int:
    """Print the boards; return the exit status, 1 if there is nothing to rank."""
    try:
        runs = read_runs(arguments.folders)
        labs = sorted({run["lab"] for run in runs if run["lab"].startswith(arguments.lab)})
        if not labs:
            raise ValueError(f"No run of lab {arguments.lab}: there are {_listed(runs)}.")
    except (FileNotFoundError, ValueError) as error:
        _complain(error)
        return 1
    ranked = 0
    for lab in labs:
        try:
            print(f"{lab}\n{rank([run for run in runs if run['lab'] == lab], arguments.by)}\n")
            ranked += 1
        except ValueError as error:  # this lab lacks the metric, another may have it
            _complain(error)
    return 0 if ranked else 1


def read_runs(folders: Iterable[str | os.PathLike]) -> list[dict]:
    """Read every results.json below some folders: `run`, `lab`, `parameters`, `metrics`.

    Metrics of metrics go by both names: `test_cer.baseline`. A file that no run has left is passed
    over, with a line on standard error. Raises `FileNotFoundError` if there is no other.
    """
    runs = []
    places = [Path(folder) for folder in folders]
    for path in (found for place in places for found in sorted(place.rglob(results.RESULTS))):
        try:
            record = results.read(path.parent)
        except ValueError:
            _complain(f"{path} is not what a run leaves: it is left out.")
            continue
        metrics = _flat(record["metrics"])
        kept = {"lab": record["lab"], "parameters": record["parameters"], "metrics": metrics}
        runs.append({"run": str(path.parent), **kept})
    if not runs:
        named = ", ".join(map(str, places))
        raise FileNotFoundError(f"No {results.RESULTS} in {named}: run a lab first (make run).")
    return runs


def rank(runs: list[dict], by: str = "") -> tables.Table:
    """Order one lab's runs by a metric, the best first, beside the parameters that differ.

    by: a metric that is one number; by default the first of the runs' that is no time. Raises
    `ValueError` with those that there are.
    """
    numbers = dict.fromkeys(
        name for run in runs for name, value in run["metrics"].items() if _is_number(value)
    )
    qualities = [name for name in numbers if "seconds" not in _words(name)]
    by = by or next(iter([*qualities, *numbers]), "")
    if by not in numbers:
        known = ", ".join(numbers) or "no number"
        raise ValueError(f"No run of {runs[0]['lab']} has {by or 'a metric'}: {known}.")
    sign = 1 if _words(by) & FALLING else -1
    measured = [run for run in runs if _is_number(run["metrics"].get(by))]
    names = dict.fromkeys(name for run in measured for name in run["parameters"])
    differ = [
        name for name in names if len({repr(run["parameters"].get(name)) for run in measured}) > 1
    ]
    rows = [
        {"place": place, "run": run["run"], by: run["metrics"][by]}
        | _interval(run["metrics"], by)
        | {name: run["parameters"].get(name) for name in differ}
        for place, run in enumerate(sorted(measured, key=lambda run: sign * run["metrics"][by]), 1)
    ]
    return tables.Table(rows)


def _flat(metrics: Mapping) -> dict:
    """Give the entries of dictionaries a name each, beside the metrics that are none."""
    flat: dict = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{part}": inner for part, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _words(name: str) -> set[str]:
    return set(re.split(r"[\W_]+", name.lower()))


def _complain(error: Exception | str) -> None:
    print(f"fsdl-hwr: {error}", file=sys.stderr)


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _interval(metrics: Mapping, by: str) -> dict[str, str]:
    bounds = metrics.get(f"{by}_interval")
    return {"95% interval": f"{bounds[0]:.4g} to {bounds[1]:.4g}"} if bounds else {}


def _listed(runs: Iterable[Mapping]) -> str:
    return ", ".join(sorted({run["lab"] for run in runs}))
