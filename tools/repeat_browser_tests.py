"""Run the browser tests again and again: `python tools/repeat_browser_tests.py 20 --busy 2`.

A test that fails by chance shows itself only so, and best on a machine that has other work to do:
`--busy` processes compute beside the tests. Ends with how many of the runs passed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=int)
    parser.add_argument("--busy", type=int, default=0, help="processes that compute meanwhile")
    parser.add_argument("--tests", default="tests/browser", help="a folder, a module, or a test")
    told = parser.parse_args()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(told.busy)]
    try:
        command = [sys.executable, "-m", "pytest", told.tests]
        passed = sum(not subprocess.call(command, cwd=ROOT) for _ in range(told.runs))
    finally:
        for process in busy:
            process.kill()
    print(f"{passed} of {told.runs} runs passed, beside {told.busy} busy processes.")
    return 0 if passed == told.runs else 1


if __name__ == "__main__":
    sys.exit(main())
