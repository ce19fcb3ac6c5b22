import numpy as np
import pytest
from boxes import boxes

from fsdl_hwr.datasets.line_makers import GlyphLineMaker
from fsdl_hwr.datasets.lines import Lines, LineStream, make_lines


def test_ink_widths_and_choice_of_lines():
    maker = GlyphLineMaker(boxes("ab"), overlap=(0, 0), width=112)
    made = make_lines(maker, ["a", "abb", "a  b", " ", ""], 0)
    assert made.images.shape == (5, 28, 112)
    assert made.ink_widths.dtype == np.int32
    assert made.ink_widths.tolist() == [28, 84, 112, 0, 0]
    assert len(made) == 5
    chosen = made[np.array([2, 0])]
    assert chosen.transcripts == ("a  b", "a") and chosen.ink_widths.tolist() == [112, 28]
    np.testing.assert_array_equal(made[1:3].images, made.images[1:3])


def test_a_stream_is_decided_by_seed_epoch_and_index():
    maker = GlyphLineMaker(boxes("abcd", 4), width=112)
    texts = ["abc", "dd", "cab", "bad", "a b"]
    stream = LineStream(maker, texts, 100, seed=3)
    assert len(stream) == 100
    first = stream.batch(0, 0, 16)
    stream.batch(1, 2, 16)  # what was asked for in between does not matter
    again = LineStream(maker, texts, 100, seed=3).batch(0, 0, 16)
    assert first.transcripts == again.transcripts
    np.testing.assert_array_equal(first.images, again.images)
    others = [
        stream.batch(1, 0, 16),
        stream.batch(0, 1, 16),
        LineStream(maker, texts, 100, seed=4).batch(0, 0, 16),
    ]
    assert len({first.transcripts, *(other.transcripts for other in others)}) == 4


def test_equal_seeds_make_equal_lines():
    maker = GlyphLineMaker(boxes("ab", 9), width=224)
    a, b, c = (make_lines(maker, ["abab", "bb"], seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a.images, b.images)
    assert (a.images != c.images).any()


def test_lines_are_uint8_complete_and_in_nfc():
    images, widths = np.zeros((1, 28, 90), np.uint8), np.zeros(1, np.int32)
    assert Lines(images, ["cafe\u0301"], widths).transcripts == ("caf\u00e9",)
    with pytest.raises(ValueError, match="type float32; they are uint8, ink 255 on 0"):
        Lines(images.astype(np.float32), ("a",), widths)
    with pytest.raises(TypeError, match="Transcript 1 is None"):
        Lines(np.zeros((2, 28, 90), np.uint8), ("a", None), np.zeros(2, np.int32))
    for of_one_text in (
        lambda: Lines(images, "a", widths),
        lambda: make_lines(lambda text, rng: images[0], "two words", 0),
        lambda: LineStream(lambda text, rng: images[0], "two words", 4, 0),
    ):
        with pytest.raises(TypeError, match="is one text: give a list"):
            of_one_text()
    with pytest.raises(ValueError, match="1 line images need as many transcripts"):
        Lines(images, ("a", "b"), widths)
