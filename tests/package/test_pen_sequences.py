"""Ink as a sequence: evenly along the way, and nothing of what is not drawn yet."""

import numpy as np
import pytest

from fsdl_hwr import pen_sequences

SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], np.float32)


def line(x0, y0, x1, y1, count=9):
    return np.linspace([x0, y0], [x1, y1], count).astype(np.float32)


def drawn(ink, unit=1.0, **options):
    points, pen = pen_sequences.steps(ink, unit, **options)
    ended = np.zeros_like(pen)
    return pen_sequences.step_features(points[None], pen[None], ended[None])[0]


def test_points_lie_at_equal_distances_along_the_ink():
    points, pen = pen_sequences.resample([SQUARE], 13)
    np.testing.assert_allclose(np.linalg.norm(np.diff(points, axis=0), axis=1), 1.0, atol=1e-6)
    assert pen.tolist() == [1] * 13


def test_the_way_between_strokes_is_in_the_air():
    _, pen = pen_sequences.resample([line(0, 0, 2, 0), line(4, 0, 6, 0)], 7)
    assert pen.tolist() == [1, 1, 1, 0, 0, 1, 1]


def test_a_sampling_rate_changes_nothing():
    coarse, fine = [line(0, 0, 3, 0, 2), line(3, 3, 0, 3, 3)], [line(0, 0, 3, 0, 40)]
    fine.append(line(3, 3, 0, 3, 77))
    for way in (pen_sequences.resample, lambda ink: pen_sequences.steps(ink, 1.0)):
        for a, b in zip(way(coarse), way(fine), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_dot_is_one_place_however_often_it_was_reported(count):
    dot = [np.full((count, 2), 3, np.float32)]
    points, pen = pen_sequences.resample(dot)
    assert (points == 3).all() and (pen == 1).all()
    assert np.isfinite(pen_sequences.character_features(points[None], pen[None], np.zeros(1))).all()
    assert np.isfinite(drawn(dot)).all()
    assert pen_sequences.line_unit(dot) > 0


def test_place_and_size_of_a_finished_character_count_only_in_its_size():
    points, pen = pen_sequences.resample([SQUARE])
    moved = 5 + 3 * points
    features = [
        pen_sequences.character_features(p[None], pen[None], np.array([size]))
        for p, size in [(points, 1.0), (moved, 3.0)]
    ]
    np.testing.assert_allclose(features[0][..., :-1], features[1][..., :-1], atol=1e-5)
    np.testing.assert_allclose(features[1][..., -1], np.log(3), atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_appended_points_change_no_earlier_row_by_a_bit(seed):
    rng = np.random.default_rng(seed)
    ink = [np.cumsum(rng.normal(0, 3, (30, 2)), axis=0).astype(np.float32) for _ in range(2)]
    longer = [ink[0], np.concatenate([ink[1], rng.normal(0, 90, (50, 2)).astype(np.float32)])]
    now, later = drawn(ink, 60.0, lifted=False), drawn(longer, 60.0, lifted=False)
    assert len(later) > len(now)
    assert now.tobytes() == later[: len(now)].tobytes()
    another_stroke = drawn([*ink, ink[0] + 5], 60.0)
    lifted = drawn(ink, 60.0)
    assert lifted.tobytes() == another_stroke[: len(lifted)].tobytes()


def test_lifting_the_pen_is_a_row_of_its_own():
    held = pen_sequences.steps([line(0, 0, 1, 0)], 1.0, lifted=False)
    lifted = pen_sequences.steps([line(0, 0, 1, 0)], 1.0)
    assert len(lifted[1]) == len(held[1]) + 1 and lifted[1][-1] == 0


def test_a_scribble_has_a_limit():
    rng = np.random.default_rng(0)
    scribble = [rng.uniform(0, 280, (100_000, 2)).astype(np.float32)]
    points, _ = pen_sequences.steps(scribble, 120.0)
    assert len(points) == pen_sequences.MAX_STEPS
    assert len(pen_sequences.resample(scribble)[0]) == pen_sequences.NUM_POINTS


def test_broken_points_are_dropped():
    broken = np.array([[0, 0], [np.nan, 1], [1, np.inf], [1e30, 0], [2, 2]], np.float32)
    (stroke,) = pen_sequences.clean([broken, np.zeros((0, 2)), np.full((2, 2), np.nan)])
    assert stroke.tolist() == [[0, 0], [2, 2]]


def test_times_that_run_backwards_or_are_missing_count_nothing():
    timed = np.column_stack([SQUARE, [3, 2, np.nan, 0]])
    (stroke,) = pen_sequences.clean([timed])
    np.testing.assert_array_equal(stroke, SQUARE)


@pytest.mark.parametrize("ink", [[], [np.zeros((0, 2))], [np.full((3, 2), np.nan)]])
def test_an_ink_without_points_is_refused(ink):
    with pytest.raises(ValueError, match="draw something first"):
        pen_sequences.clean(ink)


def test_a_writers_unit_is_the_median_of_their_own_letters():
    units = pen_sequences.writer_units(np.array([1, 5, 3, 10.0]), np.array([0, 0, 0, 7]))
    assert units.tolist() == [3, 3, 3, 10]


def test_a_line_unit_is_about_the_height_of_its_small_letters():
    zigzag = np.array([[k, 10 * (k % 2)] for k in range(30)], np.float32)
    ascender = line(40, -30, 40, 10)
    assert 6 < pen_sequences.line_unit([zigzag, ascender]) < 11
