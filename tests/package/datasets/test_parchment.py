"""Letters on damaged parchment."""

import numpy as np
import pytest

from fsdl_hwr.datasets import parchment, syriac

GLYPHS = syriac.letters("train", num_scribes=2, letters_per_class=1).glyphs()


@pytest.mark.parametrize("kind", parchment.KINDS + parchment.UNSEEN_KINDS)
def test_ink_stays_darker_than_the_parchment_on_average(kind):
    photos = parchment.photographs(GLYPHS, [kind])
    assert photos.shape == GLYPHS.images.shape and photos.dtype == np.uint8
    ink = GLYPHS.images > 127
    differences = [photo[~mask].mean() - photo[mask].mean() for photo, mask in zip(photos, ink)]  # noqa: B905
    assert np.mean(differences) > 30


def test_equal_seeds_give_equal_photos_and_others_differ():
    one, same, other = (
        parchment.photographs(GLYPHS[:5], parchment.KINDS, seed) for seed in (1, 1, 2)
    )
    assert (one == same).all() and (one != other).any()


def test_what_shows_through_is_the_other_letter_mirrored():
    blank = np.zeros((28, 28), np.uint8)
    back = np.zeros((28, 28), np.uint8)
    back[8:20, 2:8] = 255  # left on the back is right in front
    mean = np.mean(
        [
            parchment.photograph(blank, back, "bled", np.random.default_rng(k)).astype(float)
            for k in range(40)
        ],
        axis=0,
    )
    assert mean[8:20, 20:26].mean() < mean[8:20, 2:8].mean() - 10


def test_blank_and_black_glyphs_make_photos_too():
    for value in (0, 255):
        glyph = np.full((28, 28), value, np.uint8)
        for kind in parchment.DAMAGES:
            photo = parchment.photograph(glyph, glyph, kind, np.random.default_rng(0))
            assert photo.dtype == np.uint8


def test_an_unknown_damage_is_refused():
    with pytest.raises(ValueError, match="burnt"):
        parchment.photograph(GLYPHS.images[0], GLYPHS.images[1], "burnt", np.random.default_rng(0))
