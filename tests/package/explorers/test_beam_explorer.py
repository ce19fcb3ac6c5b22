"""The beam stepper: what it traces, its figure, its answers to the page."""

import numpy as np
import pytest

from fsdl_hwr import ctc
from fsdl_hwr.explorers import beam_explorer, widget


@pytest.mark.parametrize("width", [1, 2, 3, 1000])
def test_the_trace_finds_what_the_packages_beam_search_finds(rng, width):
    log_probs = ctc.log_softmax(rng.normal(0, 1.5, (5, 4)))
    columns = beam_explorer.trace(log_probs, width)
    found = [prefix for prefix in columns[-1] if prefix.kept]
    expected = ctc.beam_search(log_probs, width)
    assert [prefix.label for prefix in found] == [label for label, _ in expected]
    masses = [prefix.mass for prefix in found]
    np.testing.assert_allclose(masses, np.exp([score for _, score in expected]), rtol=1e-9)
    for column in columns[1:]:
        assert sum(prefix.kept for prefix in column) == min(width, len(column))
        for prefix in column:
            assert sum(mass for _, _, mass in prefix.sources) == pytest.approx(prefix.mass)


def test_with_a_wide_beam_no_mass_is_lost(rng):
    for column in beam_explorer.trace(ctc.log_softmax(rng.normal(0, 1, (4, 3))), 1000):
        assert sum(prefix.mass for prefix in column) == pytest.approx(1.0)


def test_greedy_is_wrong_in_the_two_frames():
    empty, a = (), (1,)
    start, first, second = beam_explorer.trace(beam_explorer.TWO_FRAMES)
    assert [prefix.label for prefix in start] == [empty]
    assert [prefix.label for prefix in first] == [empty, a]
    best = second[0]
    assert best.label == a and best.mass == pytest.approx(0.64)
    roads = {(first[row].label, written): mass for row, written, mass in best.sources}
    assert roads == pytest.approx(
        {(empty, "new"): 0.24, (a, "blank"): 0.24, (a, "repeat"): 0.16}
    )  # fmt: skip
    path, probability = beam_explorer.greedy(beam_explorer.TWO_FRAMES)
    assert path == [0, 0] and probability == pytest.approx(0.36)
    with pytest.raises(ValueError, match="beam_width is 0"):
        beam_explorer.trace(beam_explorer.TWO_FRAMES, 0)


def test_the_beams_figure_names_every_prefix_and_both_answers():
    figure = beam_explorer.draw_beam(
        beam_explorer.TWO_FRAMES, "a", "The best path is not the best text"
    )
    words = [text.get_text() for text in figure.axes[0].texts]
    assert {"start", "after frame 1", "'a'  0.640", "''  0.360"} <= set(words)
    assert "greedy: the path -- alone, 0.36, says ''" in figure.get_suptitle()
    assert "the beam's best is 'a', 0.64" in figure.get_suptitle()
    bars = figure.axes[0].patches
    assert max(bar.get_width() for bar in bars) == pytest.approx(0.6)  # a mass of 1, at the start
    figure.canvas.draw()


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_the_stepper_answers_another_beam_width(rng):
    log_probs = ctc.log_softmax(rng.normal(0, 1, (4, 3)))
    explorer = beam_explorer.explore({"two frames": beam_explorer.TWO_FRAMES, "four": log_probs})
    assert explorer.data["greedy"]["text"] == ""
    assert explorer.data["columns"][-1][0]["text"] == "a"
    explorer.state = {**explorer.state, "example": "four", "width": 1}
    explorer.asked += 1
    assert [sum(p["kept"] for p in column) for column in explorer.data["columns"]] == [1] * 5


def test_without_anywidget_nothing_opens_and_nothing_raises(monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert beam_explorer.explore() is None
