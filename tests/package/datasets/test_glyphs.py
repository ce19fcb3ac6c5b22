"""The carrier of glyph images: its counts, and what it refuses."""

import numpy as np
import pytest
from boxes import boxes

from fsdl_hwr.datasets.glyphs import Glyphs


def test_images_are_counted_by_class():
    glyphs = boxes("abc", 2)
    assert len(glyphs) == 6
    some = Glyphs(glyphs.images[:3], glyphs.labels[:3], glyphs.writers[:3], "abc", "some")
    assert some.counts().tolist() == [2, 1, 0]


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28)), np.zeros((2, 28, 27), np.uint8)])
def test_other_images_are_refused(images):
    none = np.zeros(2, np.int32)
    with pytest.raises(ValueError, match="Glyph images are uint8 of shape"):
        Glyphs(images, none, none, "a", "wrong")


def test_labels_and_writers_belong_to_the_images():
    glyphs = boxes("ab")
    with pytest.raises(ValueError, match="2 images need as many labels and writers; got 1 and 2"):
        Glyphs(glyphs.images, glyphs.labels[:1], glyphs.writers, "ab", "wrong")


def test_glyphs_are_chosen_by_slice_indices_and_mask():
    glyphs = boxes("abc", 2)
    assert glyphs.text == "aabbcc"
    assert glyphs[1::2].text == "abc"
    assert glyphs[np.array([5, 0])].text == "ca"
    chosen = glyphs[np.array([c in "ac" for c in glyphs.text])]
    assert chosen.text == "aacc" and len(chosen) == 4
    assert chosen.images[:, 0, 0].tolist() == [255, 254, 251, 250]
    assert chosen.writers.tolist() == [0, 1, 4, 5]
    assert chosen.characters == "abc" and chosen.writer_names == glyphs.writer_names


def test_glyphs_are_added_by_their_characters():
    glyphs, others = boxes("abc"), boxes("cb", value=99, source="others")
    both = glyphs + others
    assert both.text == "abccb"
    assert both.images[:, 0, 0].tolist() == [255, 254, 253, 99, 98]
    assert both.writers.tolist() == [0, 1, 2, -1, -1] and both.source == glyphs.source
    assert both.labels.dtype == both.writers.dtype == np.int32
    with pytest.raises(ValueError, match="others has glyphs of c, which are no classes of few"):
        Glyphs(glyphs.images[:2], glyphs.labels[:2], glyphs.writers[:2], "ab", "few") + others
