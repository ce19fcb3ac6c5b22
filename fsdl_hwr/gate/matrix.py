"""The kill matrix: which test of the gate catches which planted defect."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fsdl_hwr.gate import defects, suite
from fsdl_hwr.gate.defects import Defect

WORKER = Path(__file__).with_name("worker.py")
PATIENCE = 120  # seconds for the tests on one defect, Keras' import included
HANGS = "hangs"  # the name of what fails if the tests do not end


@dataclass(frozen=True)
class Matrix:
    """What every test says of every defect, '' if it passes.

    defects: what was planted. tests: names, in their order. findings: (defects, tests) texts.
    sound: what each test says of the package as it is. seconds: that it took.
    """

    defects: tuple[Defect, ...]
    tests: tuple[str, ...]
    findings: tuple[tuple[str, ...], ...]
    sound: Mapping[str, str]
    seconds: float

    @property
    def killed(self) -> np.ndarray:
        """Say which test fails with which defect: bool (defects, tests)."""
        cells = [[bool(finding) for finding in row] for row in self.findings]
        return np.array(cells, bool).reshape(len(self.defects), len(self.tests))

    @property
    def survivors(self) -> list[str]:
        """Name the defects that no test catches."""
        return [d.name for d, row in zip(self.defects, self.killed, strict=True) if not row.any()]

    @property
    def idle(self) -> list[str]:
        """Name the tests that catch no defect."""
        return [t for t, column in zip(self.tests, self.killed.T, strict=True) if not column.any()]

    @property
    def unnamed(self) -> list[str]:
        """Name the defects whose own test does not say what it should."""
        missed = []
        for defect, row in zip(self.defects, self.findings, strict=True):
            said = dict(zip(self.tests, row, strict=True)).get(defect.test, "")
            if defect.says not in said:
                missed.append(defect.name)
        return missed

    def smallest_suite(self) -> list[str]:
        """Choose few tests that catch all that is caught: the most helpful first, greedily."""
        killed = self.killed
        chosen: list[str] = []
        while killed.any():
            best = int(killed.sum(axis=0).argmax())
            chosen.append(self.tests[best])
            killed = killed & ~killed[:, [best]]
        return chosen


def run(
    planted: Sequence[Defect] | None = None,
    kinds: Sequence[str] = suite.KINDS,
    processes: int = 2,
) -> Matrix:
    """Plant each defect in a copy of its own, and run the gate's tests there.

    Args:
        planted: all of the kit's by default.
        kinds: of tests, see `suite.KINDS`.
        processes: that share the defects.
    """
    began = time.perf_counter()
    planted = defects.load() if planted is None else tuple(planted)
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        copies = [defects.copy_package(Path(folder, "sound"))]
        copies += [
            defects.copy_package(Path(folder, str(k)), [defect]) for k, defect in enumerate(planted)
        ]
        shares = [copies[k::processes] for k in range(processes)]
        with ThreadPoolExecutor(processes) as pool:
            done = pool.map(lambda share: _test(share, kinds), shares)
            found = {place: findings for share in done for place, findings in share.items()}
    sound = found[copies[0]]
    tests = tuple(sound)
    rows = tuple(tuple(_row(found[copy], tests)) for copy in copies[1:])
    return Matrix(planted, tests, rows, sound, time.perf_counter() - began)


def _row(findings: Mapping[str, str], tests: Sequence[str]) -> list[str]:
    """Order findings by the tests; what could not even be run fails every test."""
    if set(findings) == set(tests):
        return [findings[test] for test in tests]
    ((what, why),) = findings.items()
    return [f"{what}: {why}"] * len(tests)


def _test(copies: Sequence[Path], kinds: Sequence[str]) -> dict[Path, dict[str, str]]:
    """Run a worker over some copies; one on which it hangs is noted, and the rest goes on."""
    found: dict[Path, dict[str, str]] = {}
    waiting = list(copies)
    while waiting:
        command = [sys.executable, str(WORKER), ",".join(kinds), *map(str, waiting)]
        with tempfile.TemporaryFile("w+") as errors:
            worker = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=_environment()
            )
            for row in _answers(worker):
                found[Path(row["folder"])] = row["findings"]
            errors.seek(0)
            why = errors.read()[-2000:]
        waiting = [copy for copy in waiting if copy not in found]
        if waiting and worker.returncode >= 0:
            raise RuntimeError(f"The gate's worker ended early:\n{why}")
        if waiting:  # it was killed, or crashed, on the first of these
            found[waiting.pop(0)] = {HANGS: "the tests did not end"}
    return found


def _answers(worker: subprocess.Popen) -> Iterator[dict]:
    """Read a worker's answers as they come; it is killed if one takes too long."""
    assert worker.stdout is not None
    while True:
        watchdog = threading.Timer(PATIENCE, worker.kill)
        watchdog.start()
        line = worker.stdout.readline()
        watchdog.cancel()
        if not line:
            worker.wait()
            return
        yield json.loads(line)


def _environment() -> dict[str, str]:
    one = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1")
    return {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **one}
