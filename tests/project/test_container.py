"""The Containerfile: its form, its pins, and its steps carried out in an empty folder.

No container engine is needed, and none is tried: what is left untested is the base image.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from paths import ROOT

FILE = ROOT / "Containerfile"
KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
         "CMD"}  # fmt: skip
TOO_HEAVY = {"keras", "tensorflow", "torch", "jax", "matplotlib", "jupyterlab"}


def steps():
    """List the instructions as (name, rest); comments and blank lines are none."""
    text = FILE.read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    return [tuple(line.split(" ", 1)) for line in lines]


def pins(name):
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return [line for line in lines if line and line[0] not in "# "]


def test_it_has_two_stages_no_root_and_a_health_check():
    names = [name for name, _ in steps()]
    assert set(names) <= KNOWN and names.count("FROM") == 2
    last = steps()[len(names) - 1 - names[::-1].index("FROM") :]
    told = dict(last)
    assert re.fullmatch(r"[1-9]\d+", told["USER"])  # a number, so that a cluster can check it
    assert json.loads(told["CMD"])[1:4] == ["-m", "fsdl_hwr", "serve"]  # exec form: gets signals
    assert "/healthz" in told["HEALTHCHECK"] and told["STOPSIGNAL"] == "SIGTERM"
    assert not [rest for name, rest in last if name == "RUN"]  # no pip in what is shipped
    for _, image in [step for step in steps() if step[0] == "FROM"]:
        assert re.match(r"\S+/python:3\.\d+-slim", image)


def test_a_linter_finds_nothing_here_and_something_in_careless_steps(tmp_path):
    linter = shutil.which("hadolint", path=Path(sys.executable).parent)
    if not linter:
        pytest.skip("hadolint has no wheel for this system")
    lint = [linter, "--no-color"]
    done = subprocess.run([*lint, FILE], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    careless = tmp_path / "Containerfile"
    careless.write_text("FROM python\nRUN apt-get install curl\nCMD fsdl-hwr serve\n")
    said = subprocess.run([*lint, careless], capture_output=True, text=True).stdout
    for rule in ("DL3006", "DL3008", "DL3025"):  # no tag; no version; a shell that eats signals
        assert rule in said


def test_it_installs_the_tested_versions_and_nothing_heavy():
    service = pins("serve.txt")
    assert set(service) <= set(pins("all.txt"))
    assert not TOO_HEAVY & {re.match(r"[\w.-]+", line).group().lower() for line in service}


def test_what_is_copied_exists_and_is_not_ignored():
    kept = [line[1:] for line in (ROOT / ".containerignore").read_text().split() if line[0] == "!"]
    for name, rest in steps():
        if name == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists() and source in kept


@pytest.mark.long
def test_its_steps_make_a_service_that_reads(tmp_path):
    """Every step is done under a folder that stands for the image's root."""
    place, environment = tmp_path, {**os.environ, "PYTHONPATH": ""}
    command, health = [], []
    for name, rest in steps():
        here = rest.replace("/opt/service", f"{tmp_path}/opt/service")
        if name == "WORKDIR":
            place = tmp_path / rest.strip("/")
            place.mkdir(parents=True, exist_ok=True)
        elif name == "COPY" and "--from" not in rest:
            *sources, target = rest.split()
            for source in sources:
                copy(ROOT / source, place / target)
        elif name == "RUN":
            shell = ["sh", "-ec", re.sub(r"(^|&& +)python ", rf"\g<1>{sys.executable} ", here)]
            subprocess.run(shell, cwd=place, env=environment, check=True, timeout=600)
        elif name == "CMD":
            command = json.loads(here)
        elif name == "HEALTHCHECK":
            health = json.loads(here[here.index("[") :])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command[command.index("8000")] = port
    health[-1] = health[-1].replace("8000", port)
    assert command[0].startswith(str(tmp_path)), "the service would run outside of the image"
    service = subprocess.Popen(command, cwd=tmp_path, env=environment)
    try:
        began = time.monotonic()
        while subprocess.run(health, env=environment, capture_output=True).returncode:
            assert time.monotonic() - began < 60 and service.poll() is None
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10)
        assert json.load(answer)["status"] == "ready"
    finally:
        service.terminate()
        service.wait(20)
    installed = {path.name.lower() for path in tmp_path.glob("opt/service/lib/*/site-packages/*")}
    assert not TOO_HEAVY & installed
    done = subprocess.run(["du", "-sm", tmp_path / "opt"], capture_output=True, text=True)
    print(f"the environment has {done.stdout.split()[0]} MB")


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
