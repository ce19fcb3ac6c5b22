"""Figures of what a reader makes of a picture."""

import numpy as np

from fsdl_hwr.figures import pictures
from fsdl_hwr.metrics import Rate
from fsdl_hwr.recognizers.picture import Picture, PictureLine
from fsdl_hwr.recognizers.reader import Reading


def test_a_picture_shows_a_box_and_a_strip_per_line():
    corners = ((2.0, 3.0), (50.0, 3.0), (50.0, 20.0), (2.0, 20.0))
    line = PictureLine(Reading("$5 & more", (0.9, 0.7)), corners, np.zeros((48, 90), np.uint8))
    image = np.full((60, 80), 200, np.uint8)
    figure = pictures.draw_picture(image, Picture((line, line)), "A note")
    page, *strips = figure.axes
    assert page.get_title("left") == "A note" and len(page.patches) == 2
    assert [axes.get_title(loc="left") for axes in strips] == ["$5 & more   (80% sure)"] * 2
    assert len(pictures.draw_picture(image, Picture(()), "Blank").axes) == 1


def test_before_and_after_are_a_pair_per_set():
    rates = {
        "this hand": (Rate(20, 100, 0.1, 0.3), Rate(10, 100, 0.05, 0.15)),
        "others": (Rate(10, 100, 0.05, 0.15), Rate(15, 100, 0.1, 0.2)),
    }
    (axes,) = pictures.draw_before_after(rates, "Ten lines").axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["this hand", "others"]
    assert [text.get_text() for text in axes.texts] == ["20%", "10%", "10%", "15%"]


def test_reliability_stands_beside_the_diagonal():
    rows = [[0.4, 0.35, 10], [0.9, 0.8, 90]]
    figure = pictures.draw_reliability({"lines": rows}, "Promises")
    (axes,) = figure.axes
    assert [line.get_xdata()[-1] for line in axes.lines] == [1, 0.9]
    assert axes.collections[0].get_offsets().tolist() == [[0.4, 0.35], [0.9, 0.8]]
