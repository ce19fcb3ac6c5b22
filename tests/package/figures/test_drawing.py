"""Figures that all labs share: what they are given is drawn, and described to who cannot see it."""

import numpy as np

from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.figures import drawing

LINES = Lines(np.zeros((2, 28, 90), np.uint8), ("a $b$", "cd"), np.array([90, 90]))


def test_a_figure_is_shown_with_its_alternative_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    drawing.show(drawing.draw_lines(LINES), "two lines")
    (image,) = shown
    assert image.alt == "two lines" and image.data.startswith(b"\x89PNG")


def test_a_sheet_has_a_place_for_every_glyph(rng):
    glyphs = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    figure = drawing.draw_glyphs(glyphs, list("abcde"), columns=3, title="Five")
    drawn = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in drawn] == list("abcde")
    assert all(
        np.array_equal(a.images[0].get_array(), g) for a, g in zip(drawn, glyphs, strict=True)
    )
    assert figure.get_suptitle() == "Five"


def test_what_is_read_is_told_right_from_wrong():
    figure = drawing.draw_lines(LINES, predictions=["a $b$", "ca"])
    right, wrong = [axes.get_title(loc="left") for axes in figure.axes]
    assert right == "a $b$   (right)"
    assert wrong == "ca   (wrong; the transcript: cd)"
    figure.canvas.draw()  # a dollar sign is no formula


def test_a_history_has_losses_and_errors_over_epochs():
    history = {"loss": [3.0, 1.0], "val_loss": [4.0, 2.0], "val_cer": [0.5, 0.25]}
    losses, errors = drawing.draw_history(history, "Two epochs").axes
    assert [line.get_label() for line in losses.lines] == ["training", "validation"]
    assert errors.lines[0].get_ydata().tolist() == [50, 25]  # percent


def test_an_alignment_has_a_band_per_character_and_a_row_per_class():
    alphabet, label = Alphabet("ab "), [1, 3, 2]
    best = np.array([1, 0, 3, 3, 2, 0])  # a, blank, space, space, b, blank
    log_probs = np.log(np.full((6, 4), 0.1) + 0.6 * np.eye(4)[best])
    figure = drawing.draw_alignment(LINES.images[0], log_probs, label, alphabet, 8, "Aligned")
    line, heat = figure.axes
    assert [text.get_text() for text in line.texts] == ["a", "\u2423", "b"]
    assert [tick.get_text() for tick in heat.get_yticklabels()] == ["blank", "a", "\u2423", "b"]
    np.testing.assert_allclose(heat.images[0].get_array()[0, [1, 5]], 0.7)


def test_classes_are_named_as_they_are_seen():
    alphabet = Alphabet("ab ")
    assert [drawing.name_of(alphabet, k) for k in range(4)] == ["blank", "a", "b", "\u2423"]
