"""Suspect labels: the most suspect first, and what was decided."""

import numpy as np

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.explorers import suspect_explorer

LINES = Lines(np.zeros((4, 8, 40), np.uint8), ("a", "b", "c", "d"), np.full(4, 20, np.int32))


def test_the_most_suspect_come_first():
    scores = np.array([0.1, np.inf, 0.5, 0.2])
    found = suspect_explorer.suspects(LINES, ["x", "y", "z", "w"], scores, 2)
    assert [(s["index"], s["label"], s["reading"]) for s in found] == [(1, "b", "y"), (2, "c", "z")]
    assert found[0]["score"] == 1000  # JSON knows no infinity


def test_what_was_fixed_is_fixed_and_what_was_dropped_is_gone():
    verdicts = {"0": ["fix", "A"], "2": ["drop", "c"], "3": ["keep", "d"]}
    assert suspect_explorer.decided(LINES, verdicts).transcripts == ("A", "b", "d")
    assert suspect_explorer.decided(LINES, {}).transcripts == LINES.transcripts
