"""Keystrokes of a simulated annotator, and the order in which lines are labeled."""

import numpy as np

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.labeling import cost
from fsdl_hwr.recognizers.reader import Reading


def test_keystrokes_are_edits_and_enter():
    assert cost.keystrokes(["kitten", "", "same"], ["sitting", "abc", "same"]).tolist() == [4, 4, 1]
    assert cost.saving(["same"], ["same"]) == 1 - 1 / 5
    assert cost.saving([""], ["same"]) == 0
    assert cost.saving(["utterly other"], ["same"]) < 0


def lines_of(images):
    return Lines(images, ("",) * len(images), np.full(len(images), images.shape[2], np.int32))


def test_doubt_comes_first_and_diversity_passes_over_what_looks_alike(rng):
    images = (255 * (rng.random((4, 12, 60)) < 0.3)).astype(np.uint8)
    images[1] = images[0]
    readings = [Reading("ab", (c, c)) for c in (0.2, 0.3, 0.6, 0.9)]
    lines = lines_of(images)
    assert cost.order_by_doubt(readings, lines, diverse=False) == [0, 1, 2, 3]
    assert cost.order_by_doubt(readings, lines) == [0, 2, 3, 1]


def test_a_budget_is_kept_and_filled():
    assert cost.within_budget([2, 0, 1], np.array([5, 9, 4]), 9) == [2, 0]
    assert cost.within_budget([1, 2, 0], np.array([5, 9, 4]), 10) == [1]
