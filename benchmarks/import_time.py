"""Time `import fsdl_hwr` in fresh processes, in turns with a Python that imports nothing.

Run `python benchmarks/import_time.py`. Writes runs/benchmarks/import_time.json.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from fsdl_hwr import experiments

ROUNDS = 9
CODE = {"bare python": "pass", "import fsdl_hwr": "import fsdl_hwr"}
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "import_time.json"


def main() -> None:
    seconds = {name: [] for name in CODE}
    for measured in range(-1, ROUNDS):  # the first round, which is not counted, reads the disk
        for name, code in CODE.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            if measured >= 0:
                seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    bare, imported = medians["bare python"], medians["import fsdl_hwr"]
    record = {
        "seconds": {name: round(value, 4) for name, value in medians.items()},
        "import_seconds": round(imported - bare, 4),
        "ratio": round(imported / bare, 2),
        "rounds": ROUNDS,
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, record)
    for name, value in medians.items():
        print(f"{name:16} {1000 * value:6.0f} ms")
    print(f"the import itself {1000 * (imported - bare):5.0f} ms, ratio {imported / bare:.2f}")
    print(OUTPUT)


if __name__ == "__main__":
    main()
