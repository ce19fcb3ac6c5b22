"""Run jobs of the workflow here, in a clean clone of the last commit: CI in a box.

    python tools/ci_box.py lint gate
    python tools/ci_box.py gate --defect "wrong polarity"

What `uses:` an action is done by hand: the checkout is a local clone, Python is the .venv that is
there. What has `run:` is run, by bash, until a step fails. --defect plants a defect of
`fsdl_hwr/gate/defects.toml` in the clone, to see the box turn red. Ends with the status of the
first step that failed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from fsdl_hwr.gate import defects

ROOT = Path(__file__).parents[1]
WORKFLOW = Path(".github", "workflows", "test.yml")
LONGEST = 900  # seconds for a step
TAIL = 15  # lines of a failed step's output


def clone(folder: Path) -> Path:
    """Clone the last commit, with the checkout's environment in it."""
    command = ["git", "clone", "--quiet", "--local", str(ROOT), str(folder)]
    subprocess.run(command, check=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    for name in ("requirements/locked.txt", "pyproject.toml"):  # older than .venv/ready, for make
        os.utime(folder / name, (0, 0))
    return folder


def plant(folder: Path, name: str) -> None:
    """Plant a defect in the clone, and commit nothing."""
    defect = defects.named(name)
    (folder / "fsdl_hwr" / defect.module).write_text(defect.source(), encoding="utf-8")


def steps_of(workflow: Path, job: str) -> list[dict]:
    """Return the steps of a job. Raises `ValueError` if the workflow has no such job."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    if job not in jobs:
        raise ValueError(f"{workflow.name} has no job {job!r}: choose of {', '.join(jobs)}.")
    return jobs[job]["steps"]


def run_step(step: dict, folder: Path) -> tuple[int, str]:
    """Run a step in the clone: its status, and what it printed."""
    if "uses" in step:
        return 0, ""
    if "lint-js" in step["run"] and shutil.which("npx") is None:
        step = {"run": step["run"].replace("lint-js", "")}  # as the README says: where there is npm
    environment = {**os.environ, "CI": "true"}
    environment.pop("PYTHONPATH", None)
    try:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=LONGEST,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 124, f"no end after {LONGEST} s"
    return done.returncode, done.stdout


def run_job(job: str, folder: Path) -> int:
    """Run a job's steps until one fails, and print each with its status and seconds."""
    for step in steps_of(folder / WORKFLOW, job):
        began = time.perf_counter()
        status, output = run_step(step, folder)
        name = step.get("run") or f"{step['uses'].partition('@')[0]} (here: by hand)"
        verdict = "red" if status else "green"
        print(f"{job}: {name}: {verdict}, {time.perf_counter() - began:.0f} s", flush=True)
        if status:
            print("\n".join(output.splitlines()[-TAIL:]))
            return status
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the jobs that are named; returns the status of the first that failed."""
    parser = argparse.ArgumentParser(description="CI in a box")
    parser.add_argument("jobs", nargs="+", help="of .github/workflows/test.yml: lint, gate, test")
    parser.add_argument("--defect", help="a defect's name, to be planted in the clone")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ci-") as place:
        folder = clone(Path(place, "kit"))
        if given.defect:
            plant(folder, given.defect)
        for job in given.jobs:
            if status := run_job(job, folder):
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
