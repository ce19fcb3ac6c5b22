"""Time a sweep of short runs in one process against two, each run pinned to one thread.

Run `python benchmarks/run_queue.py [--runs 6]`. A run is a small notebook: its kernel starts, it
multiplies matrices for some seconds, its report is written. One process and two take turns, each
with half of the runs at a time, so that a busy moment of the machine meets both. Writes
runs/benchmarks/run_queue.json.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import nbformat

from fsdl_hwr import experiments
from fsdl_hwr.experiments import sweeps

PRODUCTS = 250  # of 1000×1000 matrices, some seconds on one thread
ROUNDS = 2
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "run_queue.json"
PARAMETERS = """\
products: int = 1  # work
number: int = 0  # of the run
run_folder: str = ""  # where the run goes
"""
WORK = """\
import time
import numpy as np
from fsdl_hwr import experiments
began = time.perf_counter()
matrix = np.random.default_rng(number).normal(size=(1000, 1000)) / 1000
for _ in range(products):
    matrix = matrix @ matrix
seconds = time.perf_counter() - began
experiments.write_results(run_folder, "work", {"number": number}, {"work_seconds": seconds})
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=6, help="for one process, and for two")
    number = max(2, parser.parse_args().runs)
    os.environ["OMP_NUM_THREADS"] = "1"  # also for the one run that could have all cores
    seconds, work = {1: 0.0, 2: 0.0}, {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        lab = write_lab(Path(folder))
        for turn in range(ROUNDS):
            runs = sweeps.grid(number=range(turn, number, ROUNDS))
            for processes in seconds:
                began = time.perf_counter()
                table = sweeps.sweep(
                    lab,
                    runs,
                    Path(folder) / f"{processes}",
                    {"products": PRODUCTS},
                    processes=processes,
                )
                seconds[processes] += time.perf_counter() - began
                assert all(row["state"] == "finished" for row in table)
                work[processes] += [row["work_seconds"] for row in table]
    record = {
        "runs": number,
        "seconds": {n: round(s, 1) for n, s in seconds.items()},
        "ratio": round(seconds[1] / seconds[2], 2),
        "work_seconds_of_a_run": {n: round(sum(w) / number, 2) for n, w in work.items()},
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, record)
    for processes, total in seconds.items():
        mean = record["work_seconds_of_a_run"][processes]
        print(f"{processes} at a time: {number} runs in {total:.1f} s, {mean:.2f} s of work each")
    print(f"ratio {record['ratio']:.2f}")
    print(OUTPUT)


def write_lab(folder: Path) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    tagged = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    notebook.cells = [tagged, nbformat.v4.new_code_cell(WORK)]
    nbformat.write(notebook, folder / "work.ipynb")
    return folder / "work.ipynb"


if __name__ == "__main__":
    main()
