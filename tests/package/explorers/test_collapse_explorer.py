import itertools
import json

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from fsdl_hwr import alphabet, ctc
from fsdl_hwr.explorers import collapse_explorer, widget

CLASSES = "-ab"


@pytest.mark.parametrize("num_frames", range(6))
def test_paths_are_counted_as_by_writing_them_all_down(num_frames):
    written = {}
    for path in itertools.product(CLASSES, repeat=num_frames):
        text = collapse_explorer.collapse("".join(path)).text
        written[text] = written.get(text, 0) + 1
    assert sum(written.values()) == 3**num_frames
    for text, count in written.items():
        assert ctc.count_paths(text, num_frames) == count, text
        assert alphabet.frames_needed(text) <= num_frames
    assert ctc.count_paths("ab" * 3, num_frames) == 0


@pytest.mark.parametrize("label", [[], [1], [1, 1], [1, 2, 2, 3], [3] * 4])
def test_the_lattice_of_equal_probabilities_counts_the_same_paths(label):
    log_probs = np.full((9, 4), np.log(1 / 4))
    total = np.exp(ctc.forward_backward(log_probs, label).log_likelihood) * 4**9
    text = "".join("-abc"[k] for k in label)
    assert round(total) == ctc.count_paths(text, 9)
    assert alphabet.frames_needed(text) == ctc.frames_needed(label)


def test_long_lines_are_counted_exactly():
    count = ctc.count_paths("Where does a letter end?", 119)
    assert isinstance(count, int)
    assert count > 2**63  # 39 digits, which no float holds


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
    assert repr(steps.text) in axes.get_title()
    axes.figure.canvas.draw()


def test_the_widget_starts_from_the_path():
    explorer = collapse_explorer.explore("aa-b")
    assert explorer.state == {"path": "aa-b", "step": 0}
    json.dumps([explorer.data, explorer.state])
    assert "export default" in explorer._esm


def test_nothing_raises_without_anywidget(monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert collapse_explorer.explore("aa-b") is None
