"""The model gate's power in the page: how often it answers, by lines, writers and difference."""

import functools
from dataclasses import replace

from fsdl_hwr.explorers import widget
from fsdl_hwr.gate import verdict
from fsdl_hwr.gate.verdict import Workload

EFFECTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)  # of the champion's CER
TRIALS = 200
START = {"writers": 20, "lines": 15, "error": 10, "effect": 10}


@functools.lru_cache(256)
def shares(writers: int, lines: int, error: int) -> tuple[dict[str, float], ...]:
    """Simulate the gate's answers at every effect; error is the champion's CER in percent."""
    workload = replace(Workload(), writers=writers, lines=lines, error=error / 100)
    return tuple(verdict.answers(workload, effect, TRIALS) for effect in EFFECTS)


def page_data(state: dict) -> dict:
    """Return what the page draws for a choice of writers, lines of each, and CER."""
    found = shares(state["writers"], state["lines"], state["error"])
    return {
        "effects": [round(100 * effect) for effect in EFFECTS],
        "worse": [share[verdict.WORSE] for share in found],
        "better": [share[verdict.BETTER] for share in found],
        "trials": TRIALS,
    }


def explore():
    """Open the power curve in the page; `.state` of what it returns holds the sliders."""
    return widget.open_explorer("power_explorer", page_data(START), START, page_data)
