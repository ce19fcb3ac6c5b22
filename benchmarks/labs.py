"""Execute labs by papermill, and report how long each takes and the memory of all its processes.

Run `python benchmarks/labs.py [labs/03_line_recognizer.ipynb …]`; without names, all labs, one
after the other, with their default parameters. The memory is summed five times a second over the
notebook's kernel, the processes that it starts, and papermill. The runs lie where `make site` takes
them from. Writes runs/benchmarks/labs.json.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

import psutil

from fsdl_hwr import experiments

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "runs" / "benchmarks" / "labs.json"
SECONDS_BETWEEN = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    every = sorted(path.relative_to(ROOT) for path in ROOT.glob("labs/*.ipynb"))
    parser.add_argument("labs", nargs="*", type=Path, default=every, help="all, unless named")
    measured = {}
    for lab in parser.parse_args().labs:
        folder = ROOT / "runs" / "site" / lab.stem
        shutil.rmtree(folder, ignore_errors=True)
        peak, seconds = execute(lab, folder, sys.executable)
        measured[lab.stem] = {"peak_memory_mb": round(peak), "seconds": round(seconds)}
    record = {
        "labs": measured,
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, record)
    for name, found in measured.items():
        print(f"{name:30}{found['seconds']:6} s{found['peak_memory_mb']:8} MB")
    print(OUTPUT)


def execute(
    lab: str | Path, folder: str | Path, python: str | Path, environment: dict | None = None
) -> tuple[float, float]:
    """Run a lab with an interpreter; return its peak memory (MB, all processes) and its seconds."""
    command = [python, "-m", "fsdl_hwr.experiments", lab, "--folder", folder]
    began, peak = time.perf_counter(), 0.0
    process = psutil.Popen(list(map(str, command)), cwd=ROOT, env=environment)
    while process.poll() is None:
        held = 0
        for part in [process, *_children(process)]:
            try:
                held += part.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak = max(peak, held / 2**20)
        time.sleep(SECONDS_BETWEEN)
    if process.returncode:
        sys.exit(f"{lab} failed; see above.")
    return peak, time.perf_counter() - began


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:  # it ended just now
        return []


if __name__ == "__main__":
    main()
