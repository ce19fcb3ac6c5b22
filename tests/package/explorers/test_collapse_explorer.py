import json

import pytest
from matplotlib.patches import Rectangle

from fsdl_hwr.explorers import collapse_explorer, widget


def test_both_steps_are_kept():
    steps = collapse_explorer.collapse("hheel-lloo")
    assert "".join(run.character for run in steps.runs) == "hel-lo"
    assert [(run.start, run.end) for run in steps.runs] == [
        (0, 2), (2, 4), (4, 5), (5, 6), (6, 8), (8, 10),
    ]  # fmt: skip
    assert steps.text == "hello"
    assert collapse_explorer.collapse("") == ("", [], "")


@pytest.mark.parametrize("path", ["hheel-lloo", "----", "", "a $b$ "])
def test_the_figure_has_a_cell_for_every_frame_run_and_character(path):
    steps = collapse_explorer.collapse(path)
    axes = collapse_explorer.draw_collapse(path).axes[0]
    cells = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(cells) == len(path) + len(steps.runs) + len(steps.text)
    words = [text.get_text() for text in axes.texts]
    assert words.count("dropped") == len(steps.runs) - len(steps.text)
    assert repr(steps.text) in axes.get_title("left")
    axes.figure.canvas.draw()


def test_the_widget_starts_from_the_path():
    explorer = collapse_explorer.explore("aa-b")
    assert explorer.state == {"path": "aa-b", "step": 0}
    json.dumps([explorer.data, explorer.state])
    assert "export default" in explorer._esm


def test_nothing_raises_without_anywidget(monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert collapse_explorer.explore("aa-b") is None
