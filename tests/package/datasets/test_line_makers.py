import numpy as np
import pytest
from boxes import boxes

from fsdl_hwr import augmentation, ink
from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.datasets.line_makers import GlyphLineMaker, PenLineMaker
from fsdl_hwr.datasets.lines import LineStream, make_lines
from fsdl_hwr.ink import LineGeometry

GEOMETRY = LineGeometry(height=40, width=400)


def hand(seed=0):
    return line_makers.Hand(strokes.writers("train", 1, seed)[0])


def inks_of(text, hands=3):
    by_character = {}
    for k in range(hands):
        rng = np.random.default_rng(k)
        for character in text:
            drawn = strokes.writers("train", hands)[k].draw(character, rng)
            by_character.setdefault(character, []).append(drawn)
    return by_character


def test_a_line_fills_the_height_at_any_height():
    for height in (28, 40, 64):
        maker = PenLineMaker([hand()], LineGeometry(height, 10 * height))
        image = maker("type", np.random.default_rng(0))
        assert image.shape == (height, 10 * height) and image.dtype == np.uint8
        rows = np.flatnonzero(image.max(axis=1) >= ink.INK_LEVEL)
        assert rows[0] <= 3 and rows[-1] >= height - 4


def test_the_frame_width_stretches_what_ctc_could_not_write():
    text = "1111"  # seven frames: four characters, three blanks between them
    narrow = PenLineMaker([hand()], GEOMETRY)(text, np.random.default_rng(0))
    wide = PenLineMaker([hand()], GEOMETRY, frame_width=40)(text, np.random.default_rng(0))
    assert ink.ink_width(narrow) < 7 * 40 - 8
    assert abs(ink.ink_width(wide) - 7 * 40) <= 4


def test_variation_changes_the_image_and_is_decided_by_the_seed():
    change = augmentation.PenVariation()
    maker = PenLineMaker([hand()], GEOMETRY, change=change)
    first, again, other = (maker("hand", np.random.default_rng(k)) for k in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_recordings_give_one_of_the_inks_of_the_text():
    inks = [[np.full((2, 2), k, np.float32)] for k in range(3)]
    pen = line_makers.Recordings(inks, ["a", "b", "a"])
    rng = np.random.default_rng(0)
    given = {int(pen("a", rng)[0][0, 0]) for _ in range(30)}
    assert given == {0, 2}
    with pytest.raises(ValueError, match="'c' is none of the 2 texts that were recorded"):
        pen("c", rng)


def test_spelled_characters_stand_in_order_at_the_proportions_of_a_line():
    characters = inks_of("lap,")
    pen = line_makers.Speller(characters, characters)
    rng = np.random.default_rng(0)
    boxes = {}
    for text in ("l", "a", "p", ","):
        boxes[text] = ink.bounding_box(pen(text, rng))
    heights = {text: bottom - top for text, (_, top, _, bottom) in boxes.items()}
    assert heights["l"] > 1.3 * heights["a"] > 2 * heights[","]
    assert boxes["p"][3] > boxes["a"][3] + 0.1  # a descender goes below the line
    line = pen("la", rng)
    assert ink.bounding_box(line)[2] > boxes["a"][2] - boxes["a"][0]


def test_a_speller_borrows_what_its_writer_lacks():
    own, everybody = inks_of("a"), inks_of("ab")
    assert line_makers.Speller(own, everybody)("ab", np.random.default_rng(0))
    with pytest.raises(ValueError, match="'ab' has 'b', which nobody wrote"):
        line_makers.Speller(own, own)("ab", np.random.default_rng(0))


def test_a_glyph_row_makes_all_characters_equally_large():
    pen = line_makers.GlyphRow(inks_of("al"))
    for text in "al":
        left, top, right, bottom = ink.bounding_box(pen(text, np.random.default_rng(0)))
        assert max(right - left, bottom - top) == pytest.approx(23 / 28, abs=0.01)
    assert pen("a a", np.random.default_rng(0))
    with pytest.raises(ValueError, match="'lab' has 'b', which nobody wrote"):
        pen("lab", np.random.default_rng(0))


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


def test_34_characters_always_fit():
    maker = GlyphLineMaker(boxes("a", 40))
    assert make_lines(maker, ["a" * line_makers.MAX_CHARACTERS] * 5, 0).images.shape == (5, 28, 952)


def test_change_is_called_on_every_glyph_but_not_on_the_source(rng):
    glyphs = boxes("ab")
    maker = GlyphLineMaker(glyphs, (0, 0), 112, change=lambda image, rng: image // 5)
    image = maker("a b", rng)
    assert image[0, ::28].tolist() == [51, 0, 50, 0]
    assert glyphs.images.max() == 255


def test_written_lines():
    pens = sources.pens("written", "train", 2)
    maker = PenLineMaker(pens, LineGeometry(28, 500))
    texts = ["Hello, it is", "me"]
    made = make_lines(maker, texts, 0)
    assert made.images.shape == (2, 28, 500) and made.images.dtype == np.uint8
    assert made.images.max() > 200
    assert 20 < made.ink_widths[1] < made.ink_widths[0] <= 500
    np.testing.assert_array_equal(made.images, make_lines(maker, texts, 0).images)
    with pytest.raises(ValueError, match="'much too much for it'"):
        make_lines(PenLineMaker(pens, LineGeometry(28, 56)), ["much too much for it"], 0)
