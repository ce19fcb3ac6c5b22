"""`python -m fsdl_hwr.gate`: plant every defect, run every test, and say what was caught."""

import argparse
import json
import sys
from pathlib import Path

from fsdl_hwr.gate import matrix, suite


def main(arguments: list[str] | None = None) -> int:
    """Run the tests, then the kill matrix; returns 1 if a test fails, a defect lives, a test idles.

    arguments: `--kinds units,data`, `--processes 2`, `--json FILE`.
    """
    parser = argparse.ArgumentParser(prog="fsdl_hwr.gate", description=main.__doc__)
    parser.add_argument("--kinds", default=",".join(suite.KINDS), help="of tests, by commas")
    parser.add_argument("--processes", type=int, default=2, help="that share the defects")
    parser.add_argument("--json", type=Path, help="a file to write the table to")
    given = parser.parse_args(arguments)
    kinds = tuple(given.kinds.split(","))
    failing = [f"{test} fails: {said}" for test, said in suite.run(kinds).items() if said]
    if failing:  # nothing is planted in what is not sound
        print("\n".join(failing))
        return 1
    found = matrix.run(kinds=kinds, processes=given.processes)
    print(as_text(found))
    if given.json:
        rows = [dict(zip(found.tests, row, strict=True)) for row in found.findings]
        names = [defect.name for defect in found.defects]
        given.json.write_text(json.dumps(dict(zip(names, rows, strict=True)), indent=1))
    return 1 if found.survivors or found.idle or found.unnamed else 0


def as_text(found: matrix.Matrix) -> str:
    """Write a matrix as lines: a letter per test over the columns, an x where it fails."""
    lines = [f"{chr(65 + k % 26)}{k // 26 or ''}  {test}" for k, test in enumerate(found.tests)]
    for defect, row in zip(found.defects, found.killed, strict=True):
        marks = "".join("x" if cell else "." for cell in row)
        lines.append(f"{defect.name:<32}{marks}")
    for what, names in [
        ("survives", found.survivors),
        ("catches nothing", found.idle),
        ("is caught, and not named", found.unnamed),
    ]:
        lines += [f"{name} {what}" for name in names]
    killed = len(found.defects) - len(found.survivors)
    lines.append(
        f"{killed} of {len(found.defects)} defects killed by {len(found.tests)} tests, "
        f"in {found.seconds:.0f} s"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
