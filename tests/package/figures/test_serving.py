"""The figures of a service are drawn of what was measured."""

import numpy as np

from fsdl_hwr.figures import serving


def test_load_is_drawn_as_two_curves_each():
    figure = serving.draw_load([10, 20], [10, 15], [0.01, 0.1], [0.02, 0.3], [0, 0.25], "load")
    through, late = figure.axes
    assert list(through.lines[2].get_ydata()) == [0, 5]
    assert list(late.lines[1].get_ydata()) == [20, 300]


def test_streams_and_pictures_have_their_names():
    figure = serving.draw_streams({"blank": ([10, 20], [0.2, 9.0])}, 15, "drift")
    assert figure.axes[0].get_legend().get_texts()[0].get_text() == "blank"
    pictures = {"faint": np.zeros((4, 9), np.uint8), "blank": np.zeros((4, 9), np.uint8)}
    figure = serving.draw_pictures(pictures, "pictures")
    assert [axes.get_ylabel() for axes in figure.axes] == list(pictures)
