"""Thresholds on stained paper, and the scores of cleaning."""

import numpy as np
import pytest

from fsdl_hwr import binarization


def stroke(height=28, width=28):
    mask = np.zeros((height, width), bool)
    mask[10:14, 4:24] = True
    return mask


def photo(mask, paper=200, ink=60):
    return np.where(mask, ink, paper).astype(np.uint8)


@pytest.mark.parametrize("clean", [binarization.otsu, binarization.sauvola])
def test_a_clean_photo_gives_its_ink(clean):
    assert (clean(photo(stroke())) == stroke()).all()


@pytest.mark.parametrize("clean", [binarization.otsu, binarization.sauvola])
@pytest.mark.parametrize("gray", [0, 1, 255])
def test_a_photo_of_one_gray_has_no_ink(clean, gray):
    assert not clean(np.full((28, 28), gray, np.uint8)).any()


def test_a_local_threshold_stands_a_shadow_that_a_global_one_does_not():
    shadow = np.linspace(1, 0.3, 28)
    shaded = (photo(stroke()) * shadow).astype(np.uint8)
    f_otsu, f_sauvola = (
        binarization.f_scores(clean(shaded)[None], stroke()[None])[0]
        for clean in (binarization.otsu, binarization.sauvola)
    )
    assert f_otsu < 0.6 < f_sauvola


def test_f_scores_by_hand():
    true = stroke()[None]
    half = true.copy()
    half[:, :, 14:] = False
    assert binarization.f_scores(half, true)[0] == pytest.approx(2 / 3)
    assert binarization.f_scores(true, true)[0] == 1
    assert binarization.f_scores(~true, true)[0] == 0
    blank = np.zeros_like(true)
    assert binarization.f_scores(blank, blank)[0] == 1


def test_pseudo_f_forgives_thin_strokes_and_minds_broken_ones():
    true = stroke()[None]
    line = binarization.skeletons(true)
    gap = true.copy()
    gap[:, :, 10:14] = False
    assert binarization.pseudo_f_scores(line, true)[0] == pytest.approx(1)
    assert binarization.f_scores(line, true)[0] < 0.5
    assert binarization.pseudo_f_scores(gap, true)[0] < 0.92


def test_skeletons_are_one_pixel_wide_and_stay_inside():
    ring = np.hypot(*(np.indices((28, 28)) - 14))
    masks = np.stack([stroke(), (ring > 6) & (ring < 11)])
    lines = binarization.skeletons(masks)
    assert not (lines & ~masks).any()
    assert lines[0].sum(0).max() == 1 and lines[0].sum() >= 14
    assert 35 < lines[1].sum() < 80


def test_psnr_of_one_pixel_in_a_hundred():
    true = np.zeros((1, 10, 10), bool)
    found = true.copy()
    found[0, 3, 3] = True
    assert binarization.psnr(found, true)[0] == pytest.approx(20)
    assert binarization.psnr(true, true)[0] == binarization.MAX_PSNR


def test_the_interval_holds_the_mean():
    mean, low, high = binarization.mean_with_interval(np.random.default_rng(0).random(200))
    assert low < mean < high < low + 0.12


def test_masks_of_two_kinds_are_refused():
    with pytest.raises(ValueError, match="bool"):
        binarization.f_scores(np.zeros((1, 4, 4)), np.zeros((1, 4, 4), bool))
