"""Streams that go wrong are pictures still."""

import numpy as np
import pytest

from fsdl_hwr.datasets import strokes
from fsdl_hwr.serving import streams


@pytest.fixture(scope="module")
def picture():
    return next(streams.usual(["ink on paper"], strokes.writers("test", 1), 0))


def test_a_usual_picture_is_dark_on_light_and_repeats(picture):
    again = next(streams.usual(["ink on paper"], strokes.writers("test", 1), 0))
    assert np.array_equal(picture, again)
    assert picture.dtype == np.uint8 and np.median(picture) > 100 > picture.min()


@pytest.mark.parametrize("name", streams.FAULTS)
def test_a_fault_changes_a_picture(picture, rng, name):
    wrong = streams.FAULTS[name](picture, rng)
    assert wrong.dtype == np.uint8 and wrong.ndim == 2
    assert wrong.shape != picture.shape or not np.array_equal(wrong, picture)


def test_what_each_fault_does(picture, rng):
    assert streams.several_lines(picture, rng).shape[0] == 2 * picture.shape[0]
    assert np.array_equal(streams.inverted(streams.inverted(picture, rng), rng), picture)
    assert np.ptp(streams.blank(picture, rng)) < 40
    contrast = np.median(picture) - np.percentile(picture, 0.5)
    faint = streams.faint(picture, rng)
    assert np.median(faint) - np.percentile(faint, 0.5) < 0.7 * contrast
