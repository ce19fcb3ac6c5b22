"""What a camera makes of a line, and that its ink is found again."""

import numpy as np
import pytest

from fsdl_hwr import camera, paper
from fsdl_hwr.datasets import strokes


@pytest.fixture
def line(rng):
    """A pen that writes one line, differently each time: an ink of height 1."""
    writers = strokes.writers("train", 5)

    def write():
        hand = writers[int(rng.integers(len(writers)))]
        return camera.vary([s[:, :2] for s in hand.write("Have you seen it?", rng)], rng)

    return write


def test_variations_keep_the_strokes_and_scale_the_height(line, rng):
    ink = [np.array([[0, 0], [300, 90]], np.float32), np.array([[50, 20]], np.float32)]
    varied = camera.vary(ink, rng)
    assert [len(stroke) for stroke in varied] == [2, 1]
    assert 0.7 < np.ptp(np.concatenate(varied)[:, 1]) < 1.4


def test_photographs_differ_and_are_reproducible(line):
    ink = line()
    photos = [camera.photograph(ink, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert all(photo.dtype == np.uint8 and photo.ndim == 2 for photo in photos)
    assert np.array_equal(photos[0], photos[1])
    assert photos[0].shape != photos[2].shape or not np.array_equal(photos[0], photos[2])


def test_most_lines_are_found_again_where_the_pen_was(line, rng):
    found = 0
    for _ in range(30):
        photo = camera.photograph(line(), rng, line)
        ink = camera.found_again(photo)
        if ink is not None:
            share = (ink >= paper.STROKE_LEVEL).mean()
            found += 0.01 < share < 0.35
    assert found >= 26


def test_a_drawing_is_ink_on_black(line, rng):
    drawing = camera.draw(line(), rng)
    assert drawing.max() == 255 and np.median(drawing) == 0
    endless = [np.array([[0, 0], [500, 1]], np.float32)]
    assert camera.draw(endless, rng) is None
