import numpy as np

from fsdl_hwr.figures import gate
from fsdl_hwr.gate import defects, matrix, verdict
from fsdl_hwr.metrics import Rate


def test_the_matrix_has_a_square_per_kill_and_fills_the_own_test():
    planted = tuple(
        defects.Defect(name, "", "", "", "", test, "", "")
        for name, test in [("one", "test_a"), ("two", "test_b")]
    )
    rows = (("wrong", "worse"), ("", "wrong"))
    found = matrix.Matrix(planted, ("test_a", "test_b"), rows, {}, 1.0)
    axes = gate.draw_matrix(found, "Title").axes[0]
    filled = [patch.get_facecolor()[3] > 0 for patch in axes.patches]
    assert len(filled) == 3 and sum(filled) == 2
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]


def test_verdicts_are_intervals_with_their_answer():
    judged = verdict.Verdict(verdict.WORSE, 0.1, 0.12, 0.01, 0.03, 20, 300)
    axes = gate.draw_verdicts({"half": judged}, "Title").axes[0]
    interval = axes.lines[1].get_xdata()
    assert np.allclose(interval, [1, 3])
    assert axes.texts[0].get_text() == "worse"


def test_power_is_a_curve_per_effect():
    axes = gate.draw_power([50, 300], {"equal": [0, 0.04], "worse": [0.2, 0.8]}, "lines", "T").axes[
        0
    ]
    assert [line.get_label() for line in axes.lines[:2]] == ["equal", "worse"]
    assert axes.lines[1].get_ydata().tolist() == [0.2, 0.8]


def test_rates_of_all_groups_are_rows():
    rate = Rate(1, 10, 0.05, 0.2)
    axes = gate.draw_rates({"able": {"words": rate}, "stable": {"inverted": rate}}, "T").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["words", "inverted"]
    assert np.allclose(axes.lines[2].get_xdata(), [0.05, 0.2])
