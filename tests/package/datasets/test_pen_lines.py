"""Lines of text as ink."""

import pytest

from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import pen_lines
from fsdl_hwr.ink import LineGeometry


def test_lines_repeat_for_equal_seeds_and_are_other_ones_in_another_split():
    alphabet = Alphabet()
    first, again = (pen_lines.load("numbers", "train", 5, alphabet) for _ in range(2))
    other = pen_lines.load("numbers", "test", 5, alphabet)
    assert first.transcripts == again.transcripts
    assert first.inks[0][0].tobytes() == again.inks[0][0].tobytes()
    assert not set(first.writer_names) & set(other.writer_names)


def test_the_same_lines_as_images():
    lines = pen_lines.load("numbers", "test", 3, Alphabet())
    images = pen_lines.images(lines, LineGeometry(width=320))
    assert images.images.shape == (3, 28, 320)
    assert list(images.transcripts) == lines.transcripts


def test_an_unknown_source_is_named():
    with pytest.raises(ValueError, match="'iam'"):
        pen_lines.load("iam", "train", 1, Alphabet())
