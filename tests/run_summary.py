"""What a run of the tests ends with: the skips by reason, and the time that each part took."""

import os
import time
from collections import Counter

import pytest
from paths import ROOT, RUNS

OTHER = "starting and collecting"
EARLIER = RUNS / "parts.txt"  # of `tools/part.py`: what ran before the tests


def part_of(path) -> str:
    """Name the part of the project that a test or a notebook's cell belongs to."""
    folders = path.relative_to(ROOT).parts
    if folders[0] == "labs":
        return f"labs/{path.stem}"  # with its defaults
    if folders[1] == "labs" and folders[-1][5:7].isdigit():  # test_03.py
        return "small runs of labs"
    return f"tests/{folders[1]}"


def cpu_seconds() -> float:
    """CPU time of this process, and of its children that have ended."""
    return sum(os.times()[:4])


def skips_by_reason(reports) -> str:
    """Say in one line how often tests were skipped, the commonest reason first."""
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)
    return "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common())


class RunSummary:
    """A plugin of pytest that adds up over the workers of xdist.

    A child's CPU time counts once it has been waited for: a kernel's with the last of its cells.
    """

    def __init__(self, config):
        self.worker = getattr(config, "workeroutput", None)  # None unless xdist has workers
        self.wall, self.cpu = Counter(), Counter()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        wall, cpu = time.perf_counter(), cpu_seconds()
        yield
        part = part_of(item.path)
        self.wall[part] += time.perf_counter() - wall
        self.cpu[part] += cpu_seconds() - cpu

    def pytest_sessionfinish(self):
        self.cpu[OTHER] += cpu_seconds() - self.cpu.total()
        if self.worker is not None:
            self.worker["parts"] = [dict(self.wall), dict(self.cpu)]

    def pytest_testnodedown(self, node):
        done = getattr(node, "workeroutput", {})  # a worker that crashed has none
        for total, part in zip((self.wall, self.cpu), done.get("parts", ({}, {})), strict=True):
            total.update(part)

    def pytest_terminal_summary(self, terminalreporter):
        skipped = terminalreporter.stats.get("skipped", [])
        if skipped:
            terminalreporter.write_line(f"Skipped: {skips_by_reason(skipped)}")
        if os.environ.get("LABS_RAN"):
            terminalreporter.section("minutes by the clock, and of CPU")
            for line in self.table():
                terminalreporter.write_line(line)

    def table(self) -> list[str]:
        """One line per part, and their sum; workers run at once, so their clocks add up too."""
        rows = [(name, self.wall[name], self.cpu[name]) for name in sorted(self.cpu)]
        if EARLIER.is_file():
            for line in EARLIER.read_text().splitlines():
                name, wall, cpu = line.rsplit(maxsplit=2)
                rows.insert(0, (name, float(wall), float(cpu)))
        rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
        return [f"{name:30}{wall / 60:8.1f}{cpu / 60:8.1f}" for name, wall, cpu in rows]
