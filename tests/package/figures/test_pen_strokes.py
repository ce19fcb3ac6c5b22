"""Figures on pen strokes: a dot, a stroke and many of them can be drawn."""

import numpy as np

from fsdl_hwr.figures import pen_strokes

LINE = np.array([[0, 0], [4, 1], [8, 0]], np.float32)
DOT = np.array([[4, -3]], np.float32)


def test_records_stand_under_their_images():
    images = np.zeros((2, 28, 28), np.uint8)
    figure = pen_strokes.draw_records(images, [[LINE, DOT], [DOT]], "title")
    assert len(figure.axes) == 4
    numbers = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert [n for n in numbers if n] == ["1", "2", "1"]


def test_points_in_the_air_have_a_color_of_their_own():
    figure = pen_strokes.draw_points([LINE, DOT], (6, 12), "title")
    _, *resampled = figure.axes
    for axes, count in zip(resampled, (6, 12), strict=True):
        _, drawn, in_the_air = axes.lines
        assert len(drawn.get_xdata()) + len(in_the_air.get_xdata()) == count
        assert len(in_the_air.get_xdata()) > 0


def test_a_curve_and_a_bar_for_every_name():
    shares = np.array([0.5, 1.0])
    figure = pen_strokes.draw_earliness(shares, {"a": [0.1, 0.9], "b": [0.2, 1.0]}, "title")
    assert [line.get_label() for line in figure.axes[0].lines] == ["a", "b"]
    figure = pen_strokes.draw_by_group({"a": {"cC": 0.5}, "b": {"cC": 1.0}}, "title")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [0.5, 1.0]
