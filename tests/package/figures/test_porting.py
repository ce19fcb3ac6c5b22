"""The figures of lab 12 show the numbers that they are given."""

import numpy as np
import pytest

from fsdl_hwr.figures import porting


def test_a_budget_is_passed_by_the_names_that_need_more():
    figure = porting.draw_frame_budget({"names": [2, 4, 4, 8]}, {"few": 4, "many": 8}, "Title")
    axes = figure.axes[0]
    (curve,) = [line for line in axes.lines if line.get_label() == "names"]
    shares = dict(zip(*curve.get_data(), strict=True))
    assert shares[1] == 1 and shares[2] == 0.75 and shares[4] == 0.25 and shares[8] == 0
    assert {text.get_text().strip() for text in axes.texts} == {"few", "many"}
    figure.canvas.draw()


def test_equal_stages_are_drawn_at_the_foot_of_the_ladder():
    ports = {"right": {"conv0": 0.0, "logits": 1e-6}, "wrong": {"conv0": 0.5, "logits": 3.0}}
    axes = porting.draw_ladder(ports, "Title").axes[0]
    heights = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert heights["right"] == [porting.LEAST, 1e-6]
    assert heights["wrong"] == [0.5, 3.0]


def test_the_matrix_says_which_tests_fail():
    failed = np.array([[True, False], [True, True]])
    axes = porting.draw_fault_matrix(failed, ["reshape", "blank"], "Title").axes[0]
    found = {text.get_position(): text.get_text() for text in axes.texts}
    assert [found[test, fault] == "fails" for fault, test in np.ndindex(2, 2)] == [
        True, False, True, True,
    ]  # fmt: skip


def test_seeds_stand_beside_their_mean():
    axes = porting.draw_seeds({"relu": [0.2, 0.4], "mish": [0.3]}, "CER", "Title").axes[0]
    means = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"]
    assert means == pytest.approx([0.3, 0.3])
    (noise,) = axes.patches
    assert (noise.get_x(), noise.get_width()) == pytest.approx((0.2, 0.2))


def test_groups_have_a_bar_per_kind():
    groups = {"in the lexicon": {"greedy": 0.5, "forced": 1.0}, "not in it": {"greedy": 0.4}}
    axes = porting.draw_groups(groups, "names right", "Title").axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["", "100%", "40%", "50%"]
