"""Run a command as a part of `make test`, and note its time: `python tools/part.py lint make lint`.

The tests print the parts that were noted, in runs/parts.txt, before their own.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

PARTS = Path(__file__).parents[1] / "runs" / "parts.txt"  # name, seconds by the clock, of CPU


def main() -> int:
    name, *command = sys.argv[1:]
    began = time.perf_counter()
    status = subprocess.call(command)
    wall, cpu = time.perf_counter() - began, sum(os.times()[2:4])  # of children
    PARTS.parent.mkdir(exist_ok=True)
    with PARTS.open("a") as parts:
        print(name, f"{wall:.1f} {cpu:.1f}", file=parts)
    return status


if __name__ == "__main__":
    sys.exit(main())
