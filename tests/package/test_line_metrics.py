import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr import line_metrics
from fsdl_hwr.datasets.pages import TextLine


def owners(*rows):
    return np.array(rows, np.int32)


def test_shared_ink_by_hand():
    true = owners([1, 1, 1, 1], [2, 2, 2, 0])
    found = owners([1, 1, 1, 0], [2, 2, 1, 0])
    np.testing.assert_allclose(line_metrics.shared_ink(true, found), [[3 / 5, 0], [1 / 6, 2 / 3]])


def test_a_line_found_in_two_halves_counts_as_neither():
    true = owners([1] * 10)
    found = owners([1] * 5 + [2] * 5)
    score = line_metrics.ink_score(true, found, 0.6)
    assert (score.matched, score.true, score.found) == (0, 1, 2) and score.f1 == 0


def test_two_lines_found_as_one_match_at_most_one():
    true = owners([1] * 8, [2] * 8)
    score = line_metrics.ink_score(true, np.ones_like(true), 0.5)
    assert score.matched == 1 and score.true == 2 and score.found == 1
    assert score.f1 == pytest.approx(2 / 3)


def test_ink_that_nobody_annotated_is_ignored_unless_strict():
    true = owners([1] * 8, [0] * 8)
    found = owners([1] * 8, [2] * 8)
    lenient = line_metrics.ink_score(true, found)
    strict = line_metrics.ink_score(true, found, strict=True)
    assert lenient.found == 1 and lenient.f1 == 1
    assert strict.found == 2 and strict.precision == 0.5


def test_lines_that_do_not_count_are_neither_missed_nor_wrongly_found():
    true = owners([1] * 8, [2] * 8)
    found = owners([1] * 8, [2] * 8)
    score = line_metrics.ink_score(true, found, counted=[True, False])
    assert (score.matched, score.true, score.found) == (1, 1, 1)
    missing = line_metrics.ink_score(true, owners([1] * 8, [0] * 8), counted=[True, False])
    assert missing.f1 == 1


def test_an_empty_page_and_a_page_on_which_nothing_was_found():
    nothing = np.zeros((4, 4), np.int32)
    assert line_metrics.ink_score(nothing, nothing).f1 == 1
    score = line_metrics.ink_score(owners([1, 1], [0, 0]), np.zeros((2, 2), np.int32))
    assert score.recall == 0 and score.f1 == 0


def test_scores_of_several_pages_are_pooled():
    one = line_metrics.LineScore(3, 4, 5)
    total = sum([one, line_metrics.LineScore(1, 1, 1)])
    assert (total.matched, total.true, total.found) == (4, 5, 6)
    assert total.recall == 0.8


def test_a_threshold_below_a_half_is_refused():
    with pytest.raises(ValueError, match="below .5"):
        line_metrics.ink_score(owners([1]), owners([1]), 0.3)
    with pytest.raises(ValueError, match="different pages"):
        line_metrics.shared_ink(owners([1]), owners([1, 1]))


def test_baselines_within_a_quarter_of_the_pitch_are_right():
    lines = bars().lines
    near = [line.moved([[1, 0, 0], [0, 1, 12]]) for line in lines]
    far = [line.moved([[1, 0, 0], [0, 1, 25]]) for line in lines]
    assert line_metrics.baseline_score(lines, near).f1 == pytest.approx(1)
    assert line_metrics.baseline_score(lines, far).f1 == pytest.approx(0)


def test_recall_of_baselines_lets_two_pieces_cover_a_line_and_precision_does_not():
    line = TextLine(np.array([[0, 50], [100, 50]], np.float32), 10)
    halves = [
        TextLine(np.array(p, np.float32), 10) for p in ([[0, 50], [50, 50]], [[50, 50], [100, 50]])
    ]
    score = line_metrics.baseline_score([line], halves)
    assert score.recall == pytest.approx(1) and score.precision == pytest.approx(0.5)


def test_box_iou_by_hand():
    assert line_metrics.box_iou((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert line_metrics.box_iou((0, 0, 10, 3), (0, 1, 10, 4)) == pytest.approx(0.5)
    assert line_metrics.box_iou((0, 0, 1, 1), (5, 5, 6, 6)) == 0
