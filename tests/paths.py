"""Where the project's parts lie, for every test."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
LABS = ROOT / "labs"
RUNS = ROOT / "runs"
TESTS = ROOT / "tests"
APART = ("04b_many_machines",)  # it starts a cluster: make cluster runs it, and make test does not
