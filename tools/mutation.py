"""Mutate the theory that needs no Keras, and list the mutants that its tests let live (mutmut).

    python tools/mutation.py                   alphabet, metrics and ctc
    python tools/mutation.py metrics --without tests/package/test_mutants.py

It works in a folder of its own, with these modules and their tests alone: mutmut forks after it
has imported the tests, and TensorFlow does not survive that. Functions that only Keras' loss calls
have no tests there and do not count. Needs mutmut (the extra `dev`), and a system that can fork.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ("alphabet", "metrics", "ctc")
TESTS = (
    "tests/package/test_alphabet.py",
    "tests/package/test_metrics.py",
    "tests/package/test_ctc.py",
    "tests/package/test_mutants.py",
    "fsdl_hwr/gate/suite/units.py",
)
HELPERS = ("tests/ctc_paths.py",)  # what the tests import
CONFIGURATION = """\
[tool.mutmut]
source_paths = ["fsdl_hwr"]
only_mutate = [{modules}]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
track_dependencies = false
use_git_change_detection = false
timeout_multiplier = 60.0
[tool.pytest.ini_options]
testpaths = ["tests"]
"""
COUNTED = ("killed", "survived", "timeout", "suspicious", "segfault")
RESULT = re.compile(r"\s*fsdl_hwr\.(\w+)\.(\S+): (.+)")


def prepare(folder: Path, modules: list[str], tests: list[str]) -> None:
    """Write a package of the theory's modules, their tests, and mutmut's configuration."""
    (folder / "fsdl_hwr").mkdir()
    (folder / "tests").mkdir()
    for name in ("__init__", *MODULES):
        shutil.copy(ROOT / "fsdl_hwr" / f"{name}.py", folder / "fsdl_hwr")
    for test in tests:
        name = Path(test).name
        name = name if name.startswith("test_") else f"test_{name}"
        shutil.copy(ROOT / test, folder / "tests" / name)
    for helper in HELPERS:
        shutil.copy(ROOT / helper, folder / "tests")
    files = ", ".join(f'"fsdl_hwr/{module}.py"' for module in modules)
    (folder / "pyproject.toml").write_text(CONFIGURATION.format(modules=files))


def run_mutmut(folder: Path, *arguments: str) -> str:
    """Run a command of mutmut in a folder: what it printed."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(
            f"mutmut {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-3000:]}"
        )
    return done.stdout


def main(arguments: list[str] | None = None) -> None:
    """Print each module's score, and the change of every survivor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=MODULES, help="of alphabet, metrics, ctc")
    parser.add_argument("--without", nargs="*", default=(), help="test files to leave out")
    given = parser.parse_args(arguments)
    tests = [test for test in TESTS if test not in given.without and (ROOT / test).is_file()]
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place)
        prepare(folder, list(given.modules), tests)
        run_mutmut(folder, "run", "--max-children", "1")
        counts: Counter = Counter()
        survivors = []
        for line in run_mutmut(folder, "results", "--all", "true").splitlines():
            if found := RESULT.fullmatch(line):
                module, mutant, status = found.groups()
                counts[module, status] += 1
                if status == "survived":
                    survivors.append(f"fsdl_hwr.{module}.{mutant}")
        for name in survivors:
            changed = run_mutmut(folder, "show", name).splitlines()
            lines = [line for line in changed if re.match(r"[+-](?![+-])", line)]
            print(f"{name}\n" + "\n".join(lines))
    for module in given.modules:
        total = sum(counts[module, status] for status in COUNTED)
        lived = counts[module, "survived"]
        print(
            f"{module}: {total - lived} of {total} mutants killed ({1 - lived / max(1, total):.1%})"
        )


if __name__ == "__main__":
    main()
