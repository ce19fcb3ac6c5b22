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
