"""What a lab's `source` means: glyphs, sentences, held-out and training lines."""

import numpy as np
import pytest
from boxes import boxes

from fsdl_hwr import augmentation
from fsdl_hwr.alphabet import EMNIST_CHARACTERS, Alphabet
from fsdl_hwr.datasets import line_makers, lines, sources
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import LineGeometry


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "bible"}, "Unknown text source 'bible': choose one of faker, brown"),
        ({"split": "dev"}, "Unknown split 'dev'"),
        ({"num": 0}, "num=0"),
        ({"max_length": 1}, "max_length=1"),
    ],
)
def test_wrong_requests_are_named(change, message):
    request = {"source": "faker", "split": "train", "num": 1, "max_length": 34} | change
    with pytest.raises(ValueError, match=message):
        sources.sentences(
            request.pop("source"), request.pop("split"), alphabet=Alphabet(), **request
        )


SIZE = {"height": 40, "width": 400}


DIGITS = Alphabet("0123456789 ")


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
        line_makers.PenLineMaker([])


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


def test_lines_as_ink_repeat_for_equal_seeds_and_are_other_ones_in_another_split():
    alphabet = Alphabet()
    first, again = (sources.load_text_lines("numbers", "train", 5, alphabet) for _ in range(2))
    other = sources.load_text_lines("numbers", "test", 5, alphabet)
    assert first.transcripts == again.transcripts
    assert first.inks[0][0].tobytes() == again.inks[0][0].tobytes()
    assert not set(first.writer_names) & set(other.writer_names)


def test_the_same_lines_as_images():
    ink_lines = sources.load_text_lines("numbers", "test", 3, Alphabet())
    images = sources.lines_of(ink_lines.inks, ink_lines.transcripts, LineGeometry(width=320))
    assert images.images.shape == (3, 28, 320)
    assert list(images.transcripts) == ink_lines.transcripts


def test_characters_to_classify_have_the_classes_of_their_source(tmp_path):
    characters = sources.load_characters("strokes", "test", num_writers=2)
    assert characters.characters == EMNIST_CHARACTERS and set(characters.labels) == set(range(62))
    with pytest.raises(FileNotFoundError, match="absent"):
        sources.load_characters("folder", "train", path=tmp_path / "absent")
    with pytest.raises(ValueError, match="'quills': choose one of strokes, unipen, emnist, folder"):
        sources.load_characters("quills", "train")


def test_unknown_lines_of_ink_are_named():
    with pytest.raises(ValueError, match="'iam'"):
        sources.load_text_lines("iam", "train", 1, Alphabet())
