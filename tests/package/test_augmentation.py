import dataclasses

import numpy as np
import pytest

from fsdl_hwr import augmentation
from fsdl_hwr.augmentation import Augmentation
from fsdl_hwr.paper import on_paper

NOTHING = Augmentation(rotation=0, shear=0, scale=0, shift=0, stroke=0, elastic=0)


@pytest.fixture
def square():
    image = np.zeros((28, 28), np.uint8)
    image[8:20, 8:20] = 255
    return image


def test_size_and_type_stay_and_ink_too(square, rng):
    for _ in range(20):
        changed = Augmentation()(square, rng)
        assert changed.shape == (28, 28) and changed.dtype == np.uint8
        assert 0.5 < changed.sum() / square.sum() < 2
    assert square.sum() == 12 * 12 * 255  # a copy was changed


def test_images_need_not_be_square(rng):
    assert Augmentation()(np.zeros((20, 61), np.uint8), rng).shape == (20, 61)


def test_equal_seeds_change_alike(square):
    a, b, c = (Augmentation()(square, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert (a != c).any()


def test_nothing_asked_for_changes_nothing(square, rng):
    np.testing.assert_array_equal(NOTHING(square, rng), square)


@pytest.mark.parametrize("name, amount", [("rotation", 30), ("shear", 0.5), ("scale", 0.4),
                                          ("shift", 0.2), ("elastic", 2.0)])  # fmt: skip
def test_each_change_acts_alone(name, amount, square, rng):
    assert (dataclasses.replace(NOTHING, **{name: amount})(square, rng) != square).any()


def test_shift_moves_and_keeps_the_shape(square, rng):
    rows, columns = np.nonzero(dataclasses.replace(NOTHING, shift=0.25)(square, rng) > 127)
    assert (np.ptp(rows), np.ptp(columns)) == pytest.approx((11, 11), abs=1)
    assert abs(rows.mean() - 13.5) <= 7.5 and abs(columns.mean() - 13.5) <= 7.5


def test_scale_works_about_the_center(square, rng):
    for _ in range(10):
        rows, columns = np.nonzero(dataclasses.replace(NOTHING, scale=0.3)(square, rng) > 127)
        assert (rows.mean(), columns.mean()) == pytest.approx((13.5, 13.5), abs=0.6)
        assert 12 * 0.7 - 1.5 <= np.ptp(rows) + 1 <= 12 * 1.3 + 1.5


def test_strokes_become_thinner_and_thicker(square, rng):
    change = dataclasses.replace(NOTHING, stroke=1.0)
    sums = [change(square, rng).sum() / square.sum() for _ in range(20)]
    assert min(sums) < 0.95 and max(sums) > 1.05


def test_paper_is_bright_uneven_and_keeps_the_ink_in_its_place():
    image = np.zeros((60, 200), np.uint8)
    image[20:40, 80:100] = 255
    page = on_paper(image, np.random.default_rng(3))
    assert page.shape == image.shape and page.dtype == np.uint8
    paper = page[image == 0].astype(float)
    assert page[25:35, 85:95].mean() < paper.mean() - 80  # dark on light
    corners = [
        page[y, x].mean() for y in (slice(10), slice(50, 60)) for x in (slice(20), slice(180, 200))
    ]
    assert max(corners) - min(corners) > 20  # unevenly lit
    assert 3 < paper[:200].std() < 30  # grain
    assert np.array_equal(page, on_paper(image, np.random.default_rng(3)))


def test_variation_keeps_strokes_points_and_times():
    ink = [np.random.default_rng(k).normal(size=(5 + k, 3)).astype(np.float32) for k in range(3)]
    changed = augmentation.PenVariation()(ink, np.random.default_rng(0))
    assert [stroke.shape for stroke in changed] == [stroke.shape for stroke in ink]
    for before, after in zip(ink, changed, strict=True):
        assert np.array_equal(before[:, 2], after[:, 2])
        assert not np.allclose(before[:, :2], after[:, :2])
    assert augmentation.PenVariation()([], np.random.default_rng(0)) == []
    still = augmentation.PenVariation(shear=0, rotation=0, stretch=0, wobble=0)
    for before, after in zip(ink, still(ink, np.random.default_rng(0)), strict=True):
        assert np.allclose(before, after, atol=1e-6)


def test_points_vary_each_ink_in_its_own_way_and_stay_near():
    points = np.tile(np.linspace([0, 0], [4, 10], 30, dtype=np.float32), (5, 1, 1))
    changed = augmentation.PointVariation()(points, np.random.default_rng(0))
    again = augmentation.PointVariation()(points, np.random.default_rng(0))
    assert changed.shape == points.shape and changed.dtype == np.float32
    np.testing.assert_array_equal(changed, again)
    assert len({ink.tobytes() for ink in changed}) == 5
    assert np.abs(changed - points).max() < 5


def test_points_without_any_variation_stay_as_they_are():
    points = np.random.default_rng(0).normal(size=(3, 20, 2)).astype(np.float32)
    nothing = augmentation.PointVariation(rotation=0, shear=0, stretch=0, wobble=0)
    changed = nothing(points, np.random.default_rng(1))
    np.testing.assert_allclose(changed, points, atol=1e-5)
    dot = np.zeros((1, 20, 2), np.float32)
    assert np.isfinite(augmentation.PointVariation()(dot, np.random.default_rng(1))).all()
