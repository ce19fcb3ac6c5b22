import numpy as np
import pytest

from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.line_makers import GlyphLineMaker, WrittenLineMaker
from fsdl_hwr.datasets.lines import LineStream, make_lines


def boxes(characters, per_character=1, value=255, source="boxes"):
    """Glyphs that fill their whole image; the n-th of all has brightness `value - n`."""
    n = len(characters) * per_character
    brightness = value - np.arange(n)
    return Glyphs(
        images=np.broadcast_to(brightness[:, None, None], (n, 28, 28)).astype(np.uint8),
        labels=np.repeat(np.arange(len(characters), dtype=np.int32), per_character),
        writers=np.arange(n, dtype=np.int32),
        characters=characters,
        source=source,
        writer_names=tuple(f"writer {k}" for k in range(n)),
    )


def test_glyphs_lie_side_by_side(rng):
    image = GlyphLineMaker(boxes("ab"), overlap=(0, 0), width=112)("ab a", rng)
    assert image.shape == (28, 112) and image.dtype == np.uint8
    assert image[0, [0, 27, 28, 55, 56, 83, 84, 111]].tolist() == [
        255,
        255,
        254,
        254,
        0,
        0,
        255,
        255,
    ]


def test_every_line_draws_one_overlap_from_the_range(rng):
    maker = GlyphLineMaker(boxes("a"), overlap=(0.0, 0.33), width=280)
    made = make_lines(maker, ["aaaaaaaaaa"] * 200, 1)
    strides = (made.ink_widths - 28) / 9
    assert np.all(strides == np.round(strides))  # one stride a line
    assert strides.min() == round(28 * 0.67) and strides.max() == 28
    assert len(np.unique(strides)) == 28 - 19 + 1


def test_crossing_strokes_never_overflow(rng):
    glyphs = boxes("a", 8, value=200)
    image = GlyphLineMaker(glyphs, overlap=(0.9, 0.9), width=112)("aaaa", rng)
    assert image.max() <= 200  # a sum would be 400, and as uint8 144
    assert image[:, :37].min() >= 193


def test_an_overlap_near_one_still_moves_on(rng):
    image = GlyphLineMaker(boxes("a"), overlap=(0.99, 0.99), width=112)("aaaa", rng)
    assert lines.ink_widths(image[None]).tolist() == [31]


def test_every_repeat_is_another_glyph_while_there_are_some(rng):
    maker = GlyphLineMaker(boxes("ab", 5), overlap=(0, 0), width=952)
    image = maker("abaabaa b", rng)
    a = image[0, [0, 2 * 28, 3 * 28, 5 * 28, 6 * 28]]
    assert sorted(a.tolist()) == [251, 252, 253, 254, 255]
    b = image[0, [28, 4 * 28, 8 * 28]]
    assert len(set(b.tolist())) == 3
    many = maker("a" * 12, rng)[0, ::28][:12]  # more than there are: each again before a third time
    assert all(2 <= np.sum(many == value) <= 3 for value in range(251, 256))


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


@pytest.mark.parametrize("overlap", [(0, 1), (1, 1.5), (-0.1, 0.3), (0.4, 0.2)])
def test_impossible_overlap(overlap):
    with pytest.raises(ValueError, match="share of a glyph's width"):
        GlyphLineMaker(boxes("a"), overlap=overlap)


def test_what_cannot_be_written_is_named(rng):
    maker = GlyphLineMaker(boxes("ab"), overlap=(0, 0), width=112)
    with pytest.raises(ValueError, match="'boxes' has no glyph of '!'.*'ab!'.*borrow_missing"):
        maker("ab!", rng)
    with pytest.raises(ValueError, match="'ababa' has 5 characters and needs 140 px.*112"):
        maker("ababa", rng)
    with pytest.raises(ValueError, match="corpus is empty"):
        make_lines(maker, [], 0)
    with pytest.raises(ValueError, match="corpus is empty"):
        LineStream(maker, [], 10, seed=0)
    with pytest.raises(ValueError, match="at least one line; got 0"):
        LineStream(maker, ["a"], 0, seed=0)
    with pytest.raises(ValueError, match="'none' holds no glyphs"):
        GlyphLineMaker(boxes("", source="none"))
    with pytest.raises(ValueError, match="at least one writer"):
        WrittenLineMaker([])


def test_34_characters_always_fit():
    maker = GlyphLineMaker(boxes("a", 40))
    assert make_lines(maker, ["a" * line_makers.MAX_CHARACTERS] * 5, 0).images.shape == (5, 28, 952)


def test_change_is_called_on_every_glyph_but_not_on_the_source(rng):
    glyphs = boxes("ab")
    maker = GlyphLineMaker(glyphs, (0, 0), 112, change=lambda image, rng: image // 5)
    image = maker("a b", rng)
    assert image[0, ::28].tolist() == [51, 0, 50, 0]
    assert glyphs.images.max() == 255


def test_borrowed_characters_keep_their_shape_and_are_told():
    glyphs = boxes("ab!", 2)  # and no image of "!", as EMNIST has none
    glyphs = Glyphs(
        glyphs.images[:4], glyphs.labels[:4], glyphs.writers[:4], "ab!", "few", glyphs.writer_names
    )
    lender = boxes("?a!x", 2, value=99, source="lender")
    joined = sources.borrow_missing(glyphs, lender)
    assert joined.characters == "ab!?x"
    assert joined.counts().tolist() == [2, 2, 2, 2, 2]
    brightness = {c: set() for c in joined.characters}
    for image, label in zip(joined.images, joined.labels, strict=True):
        brightness[joined.characters[label]].add(int(image[0, 0]))
    assert brightness == {
        "a": {255, 254},
        "b": {253, 252},
        "!": {95, 94},
        "?": {99, 98},
        "x": {93, 92},
    }
    assert joined.writers.tolist() == [0, 1, 2, 3] + [-1] * 6
    assert joined.notes == ("few has no ? ! x: borrowed from lender.",)
    assert sources.borrow_missing(joined, lender) is joined  # nothing is missing now


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


def test_written_lines():
    maker = WrittenLineMaker(strokes.writers("train", 2), width=500)
    texts = ["Hello, it is", "me"]
    made = make_lines(maker, texts, 0)
    assert made.images.shape == (2, 28, 500) and made.images.dtype == np.uint8
    assert made.images.max() > 200
    assert 20 < made.ink_widths[1] < made.ink_widths[0] <= 500
    np.testing.assert_array_equal(made.images, make_lines(maker, texts, 0).images)
    with pytest.raises(ValueError, match="'much too much for it'"):
        make_lines(WrittenLineMaker(maker.writers, width=56), ["much too much for it"], 0)
