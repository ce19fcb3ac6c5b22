"""Figures of lab 11 show what they are given."""

import numpy as np

from fsdl_hwr.datasets import syriac
from fsdl_hwr.figures import manuscripts


def test_rows_of_letters_of_any_type_stand_under_each_other():
    images = np.zeros((3, 28, 28), np.uint8)
    rows = {"photo": images, "mask": images > 0, "drawn": images / 255}
    figure = manuscripts.draw_rows(rows, "Letters", ["a", "b", "c"])
    (axes,) = figure.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == ["photo", "mask", "drawn"]


def test_long_names_over_the_columns_are_turned_so_that_they_do_not_overlap():
    rows = {"one": np.zeros((22, 28, 28), np.uint8)}
    long, short = (
        manuscripts.draw_rows(rows, "Letters", names).axes[0].get_xticklabels()
        for names in (syriac.NAMES, "abcdefghijklmnopqrstuv")
    )
    assert all(name.get_rotation() > 0 for name in long)
    assert not any(name.get_rotation() for name in short)


def test_suspicious_files_are_marked():
    figure = manuscripts.draw_agreement(np.eye(3), [1], "Files")
    weights = [t.get_fontweight() for t in figure.axes[0].get_yticklabels()]
    assert weights[1] == "bold" != weights[0]


def test_dates_say_how_far_off_they_are():
    years = np.array([500, 700, 900])
    panels = {"10 letters": (years + 20.0, 30.0), "100 letters": (years - 5.0, 3.0)}
    figure = manuscripts.draw_dates(years, panels, "Dates")
    assert [a.get_title() for a in figure.axes] == [
        "10 letters: off by 20 years",
        "100 letters: off by 5 years",
    ]


def test_activations_of_two_networks_share_one_axis():
    means = {"no penalty": np.linspace(0, 1, 9), "sparse": np.full(9, 0.05)}
    figure = manuscripts.draw_activations(means, 0.05, "Units")
    assert len(figure.axes) == 1 and len(figure.axes[0].get_legend().get_texts()) == 2
