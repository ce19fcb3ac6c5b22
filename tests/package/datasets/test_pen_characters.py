"""Single characters as ink: whose they are, and how large."""

import numpy as np
import pytest

from fsdl_hwr.datasets import sources, syriac

LETTERS = "cCil1"


@pytest.fixture(scope="module")
def characters():
    return sources.load_pen_characters("strokes", "train", characters=LETTERS, num_writers=12)


def test_splits_share_no_writer_and_tell_each_ones_size(characters):
    others = sources.load_pen_characters("strokes", "test", characters=LETTERS, num_writers=2)
    assert not {i[0].tobytes() for i in characters.inks} & {i[0].tobytes() for i in others.inks}
    assert characters.text[:10] == 2 * LETTERS
    small, large = (characters.sizes[characters.labels == k].mean() for k in (0, 1))
    assert small < 0.8 * large  # c and C
    assert np.median(characters.sizes[:5]) == pytest.approx(1)


def test_a_choice_of_characters_keeps_what_belongs_together(characters):
    chosen = characters[characters.labels == 2]
    assert chosen.text == "i" * 12 and len(set(chosen.writers)) == 12


def test_an_unknown_source_is_named():
    with pytest.raises(ValueError, match="'emnist'"):
        sources.load_pen_characters("emnist", "train")


def test_glyphs_are_the_same_characters_as_images(characters):
    glyphs = characters.glyphs()
    assert glyphs.images.shape == (60, 28, 28) and glyphs.images.any(axis=(1, 2)).all()
    assert glyphs.labels.tolist() == characters.labels.tolist()


def test_copies_differ_and_are_by_the_same_hand():
    twice = sources.load_pen_characters("strokes", "test", characters="ab", num_writers=1, copies=2)
    assert twice.text == "abab" and set(twice.writers) == {0}
    assert not np.array_equal(twice.inks[0][0], twice.inks[2][0])


def test_syriac_letters_have_their_scribes():
    letters = syriac.LETTERS[:5]
    few = sources.load_pen_characters("syriac", "test", characters=letters, num_writers=3, copies=2)
    assert sorted(few.text) == sorted(letters * 6)
    assert len(set(few.writers)) == 3
    assert few.glyphs().images.max(axis=(1, 2)).min() > 100


def test_a_source_without_the_characters_says_so():
    with pytest.raises(ValueError, match="syriac has none of the characters 'ABC'"):
        sources.load_pen_characters("syriac", "test", characters="ABC", num_writers=2)
