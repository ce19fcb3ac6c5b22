"""Where the project's parts lie, for every test."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
LABS = ROOT / "labs"
RUNS = ROOT / "runs"
TESTS = ROOT / "tests"
