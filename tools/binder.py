"""Build Binder's environment here, run a lab in it, and report the memory that it takes.

Run `make binder`, or `python benchmarks/binder.py [--lab labs/01_codebase_tour.ipynb]`. Reads
environment.yml as Binder does (conda's Python becomes a virtual environment of the same version,
the pip section is installed as it stands), runs postBuild in it, executes a lab by papermill and
sums the memory of all its processes (`labs.py`). Binder gives a user one to two gigabytes.
Writes runs/benchmarks/binder.json; the environment stays in .binder/ until `make clean`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

import labs  # beside this script
from fsdl_hwr import experiments

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".binder"
OUTPUT = ROOT / "runs" / "benchmarks" / "binder.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lab", default="labs/01_codebase_tour.ipynb")
    lab = parser.parse_args().lab
    packages, version = read_environment()
    python = find_python(version)
    print(f"{python} stands for conda's Python {version}", flush=True)
    subprocess.run([python, "-m", "venv", "--clear", ENVIRONMENT], check=True)
    own = ENVIRONMENT / "bin"
    environment = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"VIRTUAL_ENV": str(ENVIRONMENT)}
    install = [own / "python", "-m", "pip", "install", "--quiet", *packages]
    subprocess.run(install, check=True, cwd=ROOT)
    subprocess.run(["bash", "postBuild"], check=True, cwd=ROOT, env=environment)
    peak, seconds = labs.execute(lab, ENVIRONMENT / "run", own / "python", environment)
    versions = [own / "python", "-m", "pip", "freeze", "--exclude-editable"]
    frozen = subprocess.run(versions, check=True, capture_output=True, text=True).stdout
    record = {
        "lab": lab,
        "python": version,
        "peak_memory_mb": round(peak),
        "seconds": round(seconds),
        "packages": frozen.split(),
    }
    experiments.write_json(OUTPUT, record)
    print(f"{lab}: at most {peak:.0f} MB in all processes, {seconds:.0f} s")
    print(OUTPUT)


def read_environment() -> tuple[list[str], str]:
    """Give the requirements of environment.yml's pip section, and its Python version."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (packages,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    (python,) = [e for e in entries if isinstance(e, str) and e.startswith("python=")]
    return packages, python.removeprefix("python=")


def find_python(version: str) -> str:
    """Find an interpreter of a version, or stop with what to do."""
    places = [shutil.which(f"python{version}")]
    if re.match(rf"{re.escape(version)}\b", sys.version):
        places.append(sys.executable)
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    places += sorted(versions.glob(f"{version}*/bin/python"))
    found = [str(place) for place in places if place and _runs(place)]
    if not found:
        sys.exit(f"Binder's Python {version} is not here: install it (pyenv, uv, conda) first.")
    return found[0]


def _runs(python: str | Path) -> bool:
    """Say whether an interpreter starts: a shim may stand for one that is not there."""
    return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0


if __name__ == "__main__":
    main()
