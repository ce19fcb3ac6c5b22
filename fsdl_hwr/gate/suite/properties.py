"""Properties: what holds for every input, tried on many that nobody chose."""

import numpy as np

from fsdl_hwr import paper
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, strokes
from fsdl_hwr.datasets.lines import LineStream

TRIALS = 50


def _texts(alphabet: Alphabet) -> list[str]:
    rng = np.random.default_rng(0)
    characters = list(alphabet.characters)
    return ["".join(rng.choice(characters, rng.integers(1, 12))) for _ in range(TRIALS)]


def test_labels_decode_to_their_text():
    """Encode random texts, and decode them again."""
    alphabet = Alphabet()
    for text in [alphabet.characters, *_texts(alphabet)]:
        found = alphabet.decode(alphabet.encode(text))
        assert found == text, f"{text!r} decodes to {found!r}: labels and characters disagree"


def test_no_label_holds_the_blank():
    """Look for class 0 in the labels of random texts."""
    alphabet = Alphabet("abc")
    for text in ["abc", *_texts(alphabet)]:
        assert 0 not in alphabet.encode(text), f"the label of {text!r} holds class 0, CTC's blank"


def test_overlapping_glyphs_lose_no_ink():
    """Set wide glyphs over one another: each pixel is at least as dark as either."""
    glyphs = strokes.glyphs("train", characters="MW", num_writers=2)
    gray = glyphs[:]
    gray.images[:] = np.minimum(gray.images, 180)
    maker = line_makers.GlyphLineMaker(gray, overlap=(0.5, 0.5), width=84)
    for seed in range(10):
        line = maker("MW", np.random.default_rng(seed))
        apart = line_makers.GlyphLineMaker(gray, overlap=(0, 0), width=84)
        single = apart("MW", np.random.default_rng(seed))
        over = np.zeros_like(line)
        over[:, :28], over[:, 14:42] = single[:, :28], np.maximum(over[:, 14:42], single[:, 28:56])
        over[:, :28] = np.maximum(over[:, :28], single[:, :28])
        lost = int((line < over).sum())
        assert lost == 0, f"{lost} px of ink vanish where two glyphs cross"


def test_transparent_paper_is_white():
    """Look at a picture whose paper is transparent, whatever color lies under it."""
    for under in (0, 128, 255):
        image = np.full((8, 8, 4), under, np.uint8)
        image[..., 3] = 0
        level = int(paper.gray(image).min())
        assert level == 255, f"transparent paper turns to gray level {level}, not to white"


def test_dark_on_light_reads_as_light_on_dark():
    """Extract the ink of lines and of their negatives."""
    maker = line_makers.PenLineMaker([line_makers.Hand(w) for w in strokes.writers("test", 3)])
    for seed in range(3):
        line = maker("polarity", np.random.default_rng(seed))
        for image in (line, 255 - line):
            ink = paper.extract_ink(image)
            share = float((ink > 127).mean())
            assert share < 0.5 and (ink > 127).sum() > 0.5 * (line > 127).sum(), (
                f"{share:.0%} of the picture is called ink: the polarity is wrong"
            )


def test_epochs_differ_and_repeat():
    """Ask a stream for a batch twice, and for another epoch's."""

    def blank(text, rng):
        return np.zeros((28, 28), np.uint8)

    def texts(epoch):
        stream = LineStream(blank, [str(k) for k in range(1000)], 64, seed=3)
        return stream.batch(epoch, 0, 32).transcripts

    assert texts(0) == texts(0), "batch 0 of epoch 0 is another one when it is asked for again"
    assert texts(0) != texts(1), "epochs 0 and 1 have the same lines"
