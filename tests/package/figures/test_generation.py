import numpy as np
import pytest

from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.figures import generation
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.scores import Score


@pytest.fixture
def images(rng):
    return rng.integers(0, 255, (12, 28, 28)).astype(np.uint8)


def test_a_sheet_has_a_column_per_class_and_rows_per_set(images):
    labels = np.array([0, 1, 2] * 4, np.int32)
    made = Glyphs(images, labels, labels, "ABC", "made")
    figure = generation.draw_made({"real": made, "made": made[:2]}, "Letters")
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["A", "B", "C"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["real", "", "made", ""]


def test_points_in_the_air_are_hollow(rng):
    row = rng.uniform(-1, 1, (letters.NUM_POINTS, 3)).astype(np.float32)
    row[:, 2] = np.where(np.arange(letters.NUM_POINTS) % 12 == 5, -1, 1)
    figure = generation.draw_rows(row[None].repeat(2, axis=0), ["A", "B"], "Points")
    *_, paper, air = figure.axes[0].lines
    assert len(air.get_xdata()) == 4
    assert len(paper.get_xdata()) == letters.NUM_POINTS - 4


def test_spectra_stand_below_their_images(images):
    figure = generation.draw_spectra({"one": images, "two": images}, "Spectra")
    assert len(figure.axes) == 4
    assert figure.axes[2].get_title().startswith("grid")


def test_the_nearest_is_shown_below(images):
    figure = generation.draw_nearest(images[:3], images, "Copies")
    texts = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert texts == ["0.00"] * 3


def test_lines_and_curves_have_what_was_asked_for():
    inks = {"first": [np.zeros((2, 2))], "last": [np.ones((2, 2))]}
    assert len(generation.draw_line(inks, "A walk").axes) == 2
    score = Score(1.0, 1.0, 2.0, 0.9, 0.8, 0.7, 0.1)
    assert len(generation.draw_guidance({0.0: score, 1.0: score}, "Guidance").axes[0].lines) == 4
