import numpy as np
import pytest

from fsdl_hwr import augmentation
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, sources, strokes

SIZE = {"height": 40, "width": 400}
DIGITS = Alphabet("0123456789 ")


def hand(seed=0):
    return strokes.writers("train", 1, seed)[0].write


def inks_of(text, hands=3):
    by_character = {}
    for k in range(hands):
        rng = np.random.default_rng(k)
        for character in text:
            ink = strokes.writers("train", hands)[k].draw(character, rng)
            by_character.setdefault(character, []).append(ink)
    return by_character


def test_a_line_fills_the_height_at_any_height():
    for height in (28, 40, 64):
        maker = line_makers.PenLineMaker([hand()], height, 10 * height)
        image = maker("type", np.random.default_rng(0))
        assert image.shape == (height, 10 * height) and image.dtype == np.uint8
        rows = np.flatnonzero(image.max(axis=1) >= pen_ink.INK_LEVEL)
        assert rows[0] <= 3 and rows[-1] >= height - 4


def test_the_frame_width_stretches_what_ctc_could_not_write():
    text = "1111"  # seven frames: four characters, three blanks between them
    narrow = line_makers.PenLineMaker([hand()], 40, 400)(text, np.random.default_rng(0))
    wide = line_makers.PenLineMaker([hand()], 40, 400, frame_width=40)(
        text, np.random.default_rng(0)
    )
    assert pen_ink.ink_width(narrow) < 7 * 40 - 8
    assert abs(pen_ink.ink_width(wide) - 7 * 40) <= 4


def test_variation_changes_the_image_and_is_decided_by_the_seed():
    change = augmentation.PenVariation()
    maker = line_makers.PenLineMaker([hand()], **SIZE, change=change)
    first, again, other = (maker("hand", np.random.default_rng(k)) for k in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_recordings_give_one_of_the_inks_of_the_text():
    inks = [[np.full((2, 2), k, np.float32)] for k in range(3)]
    pen = line_makers.Recordings(inks, ["a", "b", "a"])
    rng = np.random.default_rng(0)
    given = {int(pen("a", rng)[0][0, 0]) for _ in range(30)}
    assert given == {0, 2}


def test_spelled_characters_stand_in_order_at_the_proportions_of_a_line():
    characters = inks_of("lap,")
    pen = line_makers.Speller(characters, characters)
    rng = np.random.default_rng(0)
    boxes = {}
    for text in ("l", "a", "p", ","):
        boxes[text] = pen_ink.bounding_box(pen(text, rng))
    heights = {text: bottom - top for text, (_, top, _, bottom) in boxes.items()}
    assert heights["l"] > 1.3 * heights["a"] > 2 * heights[","]
    assert boxes["p"][3] > boxes["a"][3] + 0.1  # a descender goes below the line
    line = pen("la", rng)
    assert pen_ink.bounding_box(line)[2] > boxes["a"][2] - boxes["a"][0]


def test_a_speller_borrows_what_its_writer_lacks():
    own, everybody = inks_of("a"), inks_of("ab")
    assert line_makers.Speller(own, everybody)("ab", np.random.default_rng(0))
    with pytest.raises(KeyError):
        line_makers.Speller(own, own)("ab", np.random.default_rng(0))


def test_a_glyph_row_makes_all_characters_equally_large():
    pen = line_makers.GlyphRow(inks_of("al"))
    for text in "al":
        left, top, right, bottom = pen_ink.bounding_box(pen(text, np.random.default_rng(0)))
        assert max(right - left, bottom - top) == pytest.approx(23 / 28, abs=0.01)
    assert pen("a a", np.random.default_rng(0))


@pytest.mark.parametrize("source", ["numbers", "strokes"])
def test_embedded_lines_differ_between_splits_and_repeat_by_seed(source):
    alphabet = DIGITS if source == "numbers" else Alphabet()
    held = {
        split: sources.held_out_lines(source, split, 20, alphabet, 0, **SIZE)
        for split in ("validation", "test")
    }
    assert not set(held["validation"].transcripts) & set(held["test"].transcripts)
    again = sources.held_out_lines(source, "test", 20, alphabet, 0, **SIZE)
    assert np.array_equal(again.images, held["test"].images)
    stream = sources.training_lines(source, 16, alphabet, 0, num_writers=2, frame_width=4, **SIZE)
    assert isinstance(stream, lines.LineStream) and len(stream) == 16
    assert not set(stream.transcripts) & set(held["test"].transcripts)


def test_unknown_sources_are_refused():
    with pytest.raises(ValueError, match="choose one of"):
        sources.pens("quills", "train")
    with pytest.raises(ValueError, match="choose one of"):
        sources.held_out_lines("quills", "test", 1, Alphabet(), 0, **SIZE)
    with pytest.raises(ValueError, match="at least one pen"):
        line_makers.PenLineMaker([], 40, 400)


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


def test_a_line_too_long_is_squeezed_and_blank_paper_is_blank():
    ink = [np.array([[0, 0], [1000, 10]], np.float32)]
    image = pen_ink.line_image(ink, 40, 200)
    assert 190 <= pen_ink.ink_width(image) <= 200
    assert not pen_ink.line_image([], 40, 200).any()


# Real lines


@pytest.fixture
def unipen_data(real_data):
    if not any((real_data / "unipen").glob("*train_r01_v07*")):
        pytest.skip("FSDL_HWR_DATA holds no UNIPEN")


def test_real_lines_are_held_out_by_writer_and_each_drawn_once(unipen_data):
    everything = sources.held_out_lines("unipen", "validation", 0, Alphabet(), 0, **SIZE)
    some = sources.held_out_lines("unipen", "validation", 50, Alphabet(), 0, **SIZE)
    assert len(some) == 50 < len(everything)
    assert np.array_equal(some.images, everything.images[:50])
    assert everything.ink_widths.min() > 0


@pytest.mark.parametrize("source", ["unipen", "glyphs", "spelled", "mixed"])
def test_real_pens_write_training_lines(unipen_data, source):
    change = augmentation.PenVariation()
    stream = sources.training_lines(
        source, 8, Alphabet(), 0, num_writers=2, change=change, frame_width=4, **SIZE
    )
    batch = stream.batch(0, 0, 8)
    assert batch.images.shape == (8, 40, 400)
    assert batch.ink_widths.min() > 0
