import json

import numpy as np
import pytest

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.explorers import style_explorer, widget
from fsdl_hwr.explorers.style_explorer import SIDE, StylePlane
from fsdl_hwr.generation.conditional_vae import ConditionalVAE


@pytest.fixture(scope="module")
def plane():
    rng = np.random.default_rng(0)
    writers = np.repeat(np.arange(10), 4)
    styles = rng.normal(size=(10, 3))[writers] * [3.0, 1.0, 0.1]
    return StylePlane(ConditionalVAE(2, style_size=3, width=16), "AB", styles, writers)


def test_the_plane_shows_where_writers_differ_most(plane):
    first, second = plane.directions
    assert abs(first[0]) == np.abs(plane.directions).max()
    assert np.linalg.norm(first) > np.linalg.norm(second)
    assert plane.style(SIDE // 2, SIDE // 2) == pytest.approx(plane.middle, abs=1e-5)
    assert plane.letters("B").shape[:2] == (SIDE, SIDE)


def test_a_word_is_written_from_left_to_right(plane):
    short, long = (
        pen_ink.bounding_box(plane.write(word, plane.style(0, 0))) for word in ("A", "A A")
    )
    assert short[0] == long[0] == 0
    assert long[2] > 2 * short[2]


@pytest.mark.parametrize("word", ["", "  ", "ABC", "A" * 15])
def test_what_cannot_be_written_is_said(plane, word):
    with pytest.raises(ValueError, match="1 to 14 of the letters AB"):
        plane.write(word, plane.style(0, 0))


def test_the_page_has_every_style_and_the_word(plane):
    data = style_explorer.page_data(plane, "A", {"x": 1, "y": 2, "word": "AB"})
    assert [len(row) for row in data["letters"]] == [SIDE] * SIDE
    assert data["line"]
    assert "Column 2, row 3" in data["sentence"]
    json.dumps(data)


def test_the_static_figure_has_every_style(plane):
    assert len(style_explorer.draw_plane(plane, "A", "A").axes) == SIDE**2


def test_the_widget_starts_in_the_middle(plane):
    explorer = style_explorer.explore(plane, "A", "AB")
    assert explorer.state == {"x": SIDE // 2, "y": SIDE // 2, "word": "AB"}
    assert "export default" in explorer._esm


def test_nothing_raises_without_anywidget(plane, monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert style_explorer.explore(plane, "A", "AB") is None
