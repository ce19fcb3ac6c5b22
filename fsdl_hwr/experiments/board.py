"""A board of runs: which of a class reads best, from the results.json that everybody's run left.

    fsdl-hwr board runs/ ../others/        # or: python -m fsdl_hwr board runs/

One table per lab, the best run on top; runs are told apart by their folders.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from fsdl_hwr.experiments import results, tables

FALLING = ("cer", "wer", "error", "loss", "seconds")  # in a metric's name: less is better


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
        for lab in labs:
            print(f"{lab}\n{rank([run for run in runs if run['lab'] == lab], arguments.by)}\n")
    except (FileNotFoundError, ValueError) as error:
        print(f"fsdl-hwr: {error}", file=sys.stderr)
        return 1
    return 0


def read_runs(folders: Iterable[str | os.PathLike]) -> list[dict]:
    """Read every results.json below some folders: `run`, `lab`, `parameters`, `metrics`.

    Raises `FileNotFoundError` if there is none, `ValueError` for a file that is none of ours.
    """
    runs = []
    places = [Path(folder) for folder in folders]
    for path in (found for place in places for found in sorted(place.rglob(results.RESULTS))):
        record = results.read(path.parent)
        kept = {name: record[name] for name in ("lab", "parameters", "metrics")}
        runs.append({"run": str(path.parent), **kept})
    if not runs:
        named = ", ".join(map(str, places))
        raise FileNotFoundError(f"No {results.RESULTS} in {named}: run a lab first (make run).")
    return runs


def rank(runs: list[dict], by: str = "") -> tables.Table:
    """Order one lab's runs by a metric, the best first, beside the parameters that differ.

    by: a metric that is one number; the first of the runs' by default. Raises `ValueError` with
    those that there are.
    """
    numbers = dict.fromkeys(
        name for run in runs for name, value in run["metrics"].items() if _is_number(value)
    )
    by = by or next(iter(numbers), "")
    if by not in numbers:
        raise ValueError(
            f"No run of {runs[0]['lab']} has {by or 'a metric'}: {', '.join(numbers)}."
        )
    sign = 1 if any(part in by.lower() for part in FALLING) else -1
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


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _interval(metrics: Mapping, by: str) -> dict[str, str]:
    bounds = metrics.get(f"{by}_interval")
    return {"95% interval": f"{bounds[0]:.4g} to {bounds[1]:.4g}"} if bounds else {}


def _listed(runs: Iterable[Mapping]) -> str:
    return ", ".join(sorted({run["lab"] for run in runs}))
