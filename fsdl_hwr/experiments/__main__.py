"""Run one lab from the command line: `python -m fsdl_hwr.experiments LAB --set epochs=2`."""

import argparse
import signal
import sys
import time
from pathlib import Path

from fsdl_hwr.experiments import notebooks, parameter_cells, results
from fsdl_hwr.experiments.notebooks import RunError


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
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="stop a run that takes longer, as failed"
    )
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    # A time limit from outside ends the notebook as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        lab = Path(options.lab).expanduser()
        parameters = parameter_cells.read_parameters(options.parameters, options.set, lab)
        folder = options.folder  # parameters from a file make a run of their own
        if options.parameters and not folder and not parameters.get("run_folder"):
            folder = Path("runs") / Path(options.parameters).stem
        folder = notebooks.run_notebook(lab, parameters, folder, minutes=options.minutes)
    except (RunError, ValueError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; run the same command again.", file=sys.stderr)
        return 130
    stem = Path(options.lab).stem
    print(f"\n{options.lab} ran to its end, and left")
    for path in (folder / f"{stem}.ipynb", folder / f"{stem}.html", folder / results.RESULTS):
        print(path)
    for name, value in results.read(folder)["metrics"].items():
        print(f"  {name:<24} {_rounded(value)}")
    print(f"{time.perf_counter() - began:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
