"""The figures on single characters: every value that they are given is drawn, with its name."""

import dataclasses
import io

import numpy as np
import pytest

from fsdl_hwr import metrics
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.figures import single_characters


def texts(figure):
    """Save the figure, as `drawing.show` does, and collect what is written in it."""
    figure.savefig(io.BytesIO(), format="png")
    found = [figure.get_suptitle()]
    for axes in figure.axes:
        ticks = axes.get_xticklabels() + axes.get_yticklabels()
        found += [axes.get_title(), axes.get_title("left"), axes.get_xlabel(), axes.get_ylabel()]
        found += [text.get_text() for text in [*axes.texts, *ticks]]
        if axes.get_legend():
            found += [text.get_text() for text in axes.get_legend().get_texts()]
    return found


def test_a_sheet_shows_every_image_at_its_place(rng):
    images = rng.integers(0, 256, (2, 3, 28, 28), dtype=np.uint8)
    figure = single_characters.draw_sheet(images, ["first", "second"], list("abc"), "A sheet")
    assert {"first", "second", "a", "b", "c", "A sheet"} <= set(texts(figure))
    drawn = figure.axes[0].images[0].get_array()
    side = 28 + single_characters.GAP
    assert np.array_equal(drawn[side : side + 28, 2 * side : 2 * side + 28], images[1, 2])


def test_counts_curves_and_losses_name_what_they_show():
    counts = single_characters.draw_counts(np.array([3, 5]), "ab", "Counts")
    assert {"a", "b", "images"} <= set(texts(counts))
    history = {key: [2.0, 1.0] for key in ("loss", "val_loss", "accuracy", "val_accuracy")}
    curves = single_characters.draw_curves({"mlp": history, "lenet": history}, "Curves")
    assert {"mlp", "lenet", "epoch", "accuracy"} <= set(texts(curves))
    steps = single_characters.draw_losses({"right": [1, 2]}, np.array([1, 2]), "step", "Losses")
    assert "right" in texts(steps)
    assert steps.axes[0].get_xscale() == "linear"
    rates = single_characters.draw_losses({"range": [1, 2]}, np.array([1e-5, 1]), "rate", "Range")
    assert rates.axes[0].get_xscale() == "log"


def test_rates_are_drawn_with_their_intervals_also_where_a_kind_is_missing():
    rate = metrics.accuracy("aabb", "aaba")
    rates = {"baseline": {"exact": rate}, "network": {"exact": rate, "folded": rate}}
    figure = single_characters.draw_rates(rates, "Rates")
    found = texts(figure)
    assert {"baseline", "network", "exact", "folded"} <= set(found)
    assert sum("75.0%" in text for text in found) == 3
    (first, *_) = figure.axes[0].containers
    segments = first.lines[2][0].get_segments()  # the horizontal bars
    assert np.allclose(segments[0][:, 0], [rate.low, rate.high])


def test_confusions_are_shares_of_the_true_class_without_the_diagonal():
    counts = np.array([[6, 2], [0, 4]])
    figure = single_characters.draw_confusions(counts, "ab", "Confusions")
    texts(figure)
    shares = np.ma.filled(figure.axes[0].images[0].get_array(), np.nan)
    assert shares[0, 1] == 2 / 8
    assert shares[1, 0] == 0
    assert np.isnan(np.diag(shares)).all()
    assert counts[0, 0] == 6  # what was given is left as it was


def test_a_reading_stands_over_its_characters():
    page = np.full((40, 90), 200, np.uint8)
    boxes = [(10, 8, 20, 30), (50, 8, 66, 30)]
    figure = single_characters.draw_reading(page, boxes, "a7", "Read")
    assert {"a", "7"} <= set(texts(figure))
    middles = sorted(text.get_position()[0] for text in figure.axes[0].texts)
    assert middles == [15, 58]


def test_a_page_without_characters_is_drawn_too():
    figure = single_characters.draw_reading(np.full((40, 90), 200, np.uint8), [], "", "Blank")
    assert "Blank" in texts(figure) and not figure.axes[0].texts


@pytest.fixture
def glyphs(rng):
    """Three classes; writer 0 wrote them all, writer 1 lacks the last, nobody is known for two."""
    images = rng.integers(1, 256, (7, 28, 28), dtype=np.uint8)
    writers = np.array([0, 0, 0, 1, 1, -1, -1])
    return Glyphs(images, np.array([0, 1, 2, 0, 1, 2, 2]), writers, "abc", source="test")


def test_a_sheet_by_class_shows_only_glyphs_of_the_class(glyphs):
    figure = single_characters.draw_classes(glyphs, "Classes", per_class=2)
    assert {"a", "b", "c", "Classes"} <= set(texts(figure))
    sheet = figure.axes[0].images[0].get_array()
    for column, label in enumerate((0, 1, 2)):
        for row in range(2):
            top, left = row * 30, column * 30
            tile = sheet[top : top + 28, left : left + 28]
            assert any(
                np.array_equal(tile, image) for image in glyphs.images[glyphs.labels == label]
            )


def test_many_classes_go_into_two_bands(rng):
    characters = "".join(chr(0x0391 + k) for k in range(44) if k != 17)
    images = rng.integers(0, 256, (43, 28, 28), dtype=np.uint8)
    labels = np.arange(43)
    glyphs = Glyphs(images, labels, labels, characters, source="test")
    figure = single_characters.draw_classes(glyphs, "Classes", per_class=1)
    first, second = (axes.images[0].get_array() for axes in figure.axes)
    assert np.array_equal(second[:28, :28], images[22])
    assert not second[:, 21 * 30 :].any()  # 43 classes fill one place less than two bands have


def test_a_sheet_by_writer_has_a_row_per_writer_and_white_for_what_one_lacks(glyphs):
    figure = single_characters.draw_writers(glyphs, "ac", "Writers")
    sheet = figure.axes[0].images[0].get_array()
    assert np.array_equal(sheet[:28, 30:58], glyphs.images[2])
    assert np.array_equal(sheet[30:58, :28], glyphs.images[3])
    assert not sheet[30:58, 30:58].any()


def test_a_source_without_writers_has_no_sheet_by_writer(glyphs):
    nobodys = dataclasses.replace(glyphs, writers=np.full(7, -1))
    with pytest.raises(ValueError, match="does not say who wrote"):
        single_characters.draw_writers(nobodys, "abc", "Writers")
