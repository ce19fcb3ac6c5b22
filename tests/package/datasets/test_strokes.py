import numpy as np
import pytest

from fsdl_hwr import ink
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS
from fsdl_hwr.datasets import letter_curves, strokes
from fsdl_hwr.datasets.line_makers import PenLineMaker, RuledHand
from fsdl_hwr.datasets.splits import SPLITS
from fsdl_hwr.ink import LineGeometry

INKED = DEFAULT_CHARACTERS.replace(" ", "")


@pytest.fixture(scope="module")
def writer():
    return strokes.writers("train", 1)[0]


def rng():
    return np.random.default_rng(7)


def written(text, writer, height=28, width=952):
    """A line on ruled paper, uint8 (height, width)."""
    return PenLineMaker([RuledHand(writer)], LineGeometry(height, width))(text, rng())


def test_equal_seeds_give_equal_data():
    first, again = (strokes.glyphs("train", num_writers=3, seed=1) for _ in range(2))
    np.testing.assert_array_equal(first.images, again.images)
    other = strokes.glyphs("train", num_writers=3, seed=2)
    assert (first.images != other.images).any()
    a, b = strokes.writers("test", 2)
    line = written("Equal seeds", a)
    np.testing.assert_array_equal(line, written("Equal seeds", a))
    assert (line != written("Equal seeds", b)).any()


def test_a_writer_does_not_depend_on_how_many_others_there_are_or_on_what_it_wrote():
    few, many = strokes.writers("validation", 2), strokes.writers("validation", 5)
    assert few == many[:2]
    many[1].write("something else first", rng())
    a, b = few[1].draw("k", rng()), many[1].draw("k", rng())
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_splits_and_seeds_share_no_writer():
    seeds = [w.seed for split in SPLITS for s in (0, 1) for w in strokes.writers(split, 50, seed=s)]
    assert len(set(seeds)) == len(seeds) == 300
    slants = {w.slant for split in SPLITS for w in strokes.writers(split, 50)}
    assert len(slants) > 140  # seeds differ, and so do the hands (a few slants are clipped)


@pytest.mark.parametrize("split", SPLITS)
def test_every_class_has_ink_in_every_split(split):
    glyphs = strokes.glyphs(split, num_writers=2, glyphs_per_character=1)
    counts = dict(zip(glyphs.characters, glyphs.counts(), strict=True))
    assert counts.pop(" ") == 0
    assert set(counts.values()) == {2}
    assert glyphs.images.max(axis=(1, 2)).min() > 150
    assert set(glyphs.writers) == {0, 1} and len(glyphs.writer_names) == 2


def test_every_form_of_every_character_is_smooth_and_within_its_em():
    assert set(strokes.HAND_FORMS) == set(INKED)
    for character in INKED:
        for form in letter_curves.forms(character):
            points = np.concatenate(form.strokes)
            assert np.abs(points).max() < 1.5, (character, form.family)
            assert -1.05 < points[:, 1].min() and points[:, 1].max() < 0.65, character
            for stroke in form.strokes:
                steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
                assert (steps < 3 * letter_curves.STEP).all(), character


def test_draw_gives_em_units_on_the_baseline(writer):
    left, top, right, bottom = ink.bounding_box(writer.draw("H", rng()))
    assert abs(bottom) < 0.2 and -1.3 < top < -0.5 and right - left > 0.2
    assert writer.draw(" ", rng()) == []
    assert all(stroke.dtype == np.float32 for stroke in writer.draw("a", rng()))
    with pytest.raises(ValueError, match="'é'"):
        writer.draw("é", rng())


def test_a_writer_varies_less_than_writers_differ():
    glyphs = strokes.glyphs("train", characters="aegknRS25", num_writers=20, glyphs_per_character=6)
    images = glyphs.images.reshape(20, 9, 6, -1).astype(float)
    within = images.var(axis=2).mean()
    between = images.mean(axis=2).var(axis=0).mean()
    assert 0 < within < between


def test_strokes_of_a_line_come_in_writing_order():
    hand = next(w for w in strokes.writers("train", 60) if w.style == "print")
    centers = [stroke[:, 0].mean() for stroke in hand.write("Hill to hill", rng())]
    assert np.corrcoef(centers, np.arange(len(centers)))[0, 1] > 0.98


def test_script_letters_are_connected_and_print_letters_are_not():
    def mean_strokes(style):
        hands = [w for w in strokes.writers("train", 60) if w.style == style][:5]
        return np.mean([len(w.write("numnumnum", rng())) for w in hands])

    assert mean_strokes("script") < 5 < 9 <= mean_strokes("print")


def test_a_line_keeps_near_its_baseline_and_words_keep_apart(writer):
    near = writer.write("nn nn nn nn nn nn nn", rng())
    assert np.ptp([stroke[:, 1].max() for stroke in near if len(stroke) > 5]) < 0.5
    narrow, wide = (ink.bounding_box(writer.write(t, rng()))[2] for t in ("nn", "n n"))
    assert wide > narrow + 0.2
    assert writer.write("", rng()) == [] == writer.write("   ", rng())


def test_written_line_fits_any_height_and_starts_at_the_left(writer):
    for height, width in ((28, 952), (64, 1600)):
        image = written("Quickly, jumping: (f)", writer, height, width)
        assert image.shape == (height, width) and image.dtype == np.uint8
        assert image[:, : height // 3].max() == 255
        assert height < ink.ink_width(image) < width
        assert max(image[0].max(), image[-1].max()) < 255  # nothing is cut off
    assert written("", writer).max() == 0


def test_every_writer_fits_a_full_line_of_34_characters():
    for hand in strokes.writers("test", 20):
        image = written("Would you mind, Mr. Wagamama & Co?", hand)
        assert 200 < ink.ink_width(image) <= 952


def test_written_line_squeezes_a_little_and_then_refuses(writer):
    text = "a line of some length"
    natural = ink.ink_width(written(text, writer))
    squeezed = written(text, writer, width=round(0.85 * natural))
    assert ink.ink_width(squeezed) <= round(0.85 * natural)
    with pytest.raises(ValueError, match=f"'{text}' does not fit. The line needs"):
        written(text, writer, width=natural // 2)


def test_unknown_splits_and_empty_ones_are_refused():
    with pytest.raises(ValueError, match="dev"):
        strokes.writers("dev", 3)
    with pytest.raises(ValueError, match="num_writers=0"):
        strokes.glyphs("train", num_writers=0)
