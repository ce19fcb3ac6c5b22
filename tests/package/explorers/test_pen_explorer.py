"""Watch it think: thoughts grow with the ink, and no ink breaks them."""

import numpy as np
import pytest
import small

from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import pen_explorer
from fsdl_hwr.recognizers.pen_reader import PenReader

pytest.importorskip("anywidget")
LETTERS = "ABRt"


@pytest.fixture(scope="module")
def reader():
    return PenReader(small.growing(4), LETTERS)


@pytest.fixture(scope="module")
def samples():
    return canvas_ink.embedded_samples("character", list(LETTERS))


@pytest.fixture
def thinking(reader, samples):
    return pen_explorer.explore(reader, np.full(4, 20.0), samples)


def test_thoughts_grow_with_the_ink_and_earlier_ones_stay(thinking, samples):
    strokes = canvas_ink.to_lists(samples[0].ink)
    half = small.ask(thinking, strokes=[strokes[0][: len(strokes[0]) // 2]], lifted=False)["rows"]
    whole = small.ask(thinking, strokes=strokes, lifted=True)["rows"]
    ended = small.ask(thinking, strokes=strokes, lifted=True, ended=True)["rows"]
    assert 0 < len(half) < len(whole) == len(ended) - 1
    assert whole[: len(half)] == half and ended[:-1] == whole
    for row in whole:
        assert 0 <= row["entropy"] <= 2 and 0 < row["progress"] <= 1
        assert sum(share for _, share in row["likely"]) == pytest.approx(1, abs=0.05)


def test_the_paper_can_be_empty_again(thinking, samples):
    small.ask(thinking, strokes=canvas_ink.to_lists(samples[0].ink))
    assert small.ask(thinking, strokes=[], lifted=True)["rows"] == []
    assert thinking.problem == ""


@pytest.mark.parametrize(
    "strokes",
    [
        [[[140, 140, 0]]],
        [[[140, 140, 0], [140, 140, 0]]],
        [[[0, 0, 3], [50, 90, 2], [200, 10, 1]]],
    ],
    ids=["a dot", "two equal points", "times backwards"],
)
def test_any_ink_is_thought_about(thinking, strokes):
    assert small.ask(thinking, strokes=strokes, lifted=True)["rows"]
    assert thinking.problem == ""


@pytest.mark.parametrize("strokes", small.REFUSED_INK.values(), ids=list(small.REFUSED_INK))
def test_what_nobody_draws_is_a_sentence_and_not_an_error(thinking, samples, strokes):
    small.ask(thinking, strokes=strokes, lifted=True)
    assert "clear it" in thinking.problem
    assert small.ask(thinking, strokes=canvas_ink.to_lists(samples[0].ink), lifted=True)["rows"]
    assert thinking.problem == ""


def test_eight_moments_are_drawn(reader, samples):
    trace = reader.trace(samples[2].ink, pen_explorer.UNIT, ended=True)
    figure = pen_explorer.draw_moments(trace, LETTERS, np.full(4, 20.0), "R")
    assert len(figure.axes) == 9
    dot = reader.trace([np.zeros((1, 3), np.float32)], pen_explorer.UNIT)
    pen_explorer.draw_moments(dot, LETTERS, np.full(4, 20.0), "a dot")
