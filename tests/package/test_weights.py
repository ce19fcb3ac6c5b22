"""The files that ship: small, of one recognizer, and read alike."""

import json

import numpy as np
import pytest

from fsdl_hwr import metrics, weights
from fsdl_hwr.datasets import canvas_ink, lines, strokes
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.recognizers.line import Recognizer
from fsdl_hwr.recognizers.reader import Beam
from fsdl_hwr.serving import onnx

TEXTS = ("meet me at noon", "The year 1905, Friday", "Why not?", "(416) 555-0199", "quick foxes")


@pytest.fixture(scope="module")
def written():
    """Lines drawn on the canvas by writers of the test split, each text by three of them."""
    hands, rng = strokes.writers("test", 15), np.random.default_rng(0)
    texts = TEXTS * 3
    inks = [
        canvas_ink.drawn(hand.write(text, rng), "line", rng)
        for hand, text in zip(hands, texts, strict=True)
    ]
    geometry = onnx.load(weights.ONNX).geometry
    images = np.stack([canvas_ink.line_image(ink, geometry) for ink in inks])
    return lines.Lines(images, texts, lines.ink_widths(images))


def test_each_file_is_at_most_four_megabytes():
    for path in (weights.ONNX, weights.KERAS, weights.NGRAM):
        assert 10_000 < path.stat().st_size <= 4_000_000, path


def test_both_files_read_the_same_texts_and_read_well(written):
    reader, recognizer = onnx.load(weights.ONNX, threads=1), Recognizer.load(weights.KERAS)
    assert reader.geometry == recognizer.geometry and reader.alphabet == recognizer.alphabet
    texts = reader.read(written)
    assert texts == recognizer.read(written)
    apart = np.abs(reader.logits(written, 1) - recognizer.logits(written, 1)).max(axis=-1)
    frames = reader.frames(written.ink_widths)  # beyond lies paper
    assert max(row[:n].max() for row, n in zip(apart, frames, strict=True)) < 1e-3
    assert float(metrics.character_error_rate(written.transcripts, texts)) < 0.12


def test_the_beam_reads_no_worse_and_says_how_sure_it_is(written):
    reader = onnx.load(weights.ONNX, threads=1)
    greedy = metrics.character_error_rate(written.transcripts, reader.read(written))
    settings = json.loads(weights.DECODING.read_text())
    reader.beam = Beam(CharacterNgram.load(weights.NGRAM), **settings)
    readings = reader.read_each(written)
    texts = [reading.text for reading in readings]
    assert texts == reader.read(written)
    assert float(metrics.character_error_rate(written.transcripts, texts)) <= float(greedy) + 0.02
    for reading in readings:
        assert len(reading.confidences) == len(reading.text)
        assert all(0 < confidence <= 1 for confidence in reading.confidences)


def test_what_ships_says_where_it_comes_from():
    card = (weights.FOLDER / "README.md").read_text()
    for words in ("UNIPEN", "CC BY 4.0", "10.5281/zenodo.1195803", "cannot read"):
        assert words in card, words


def test_paper_that_is_left_out_changes_no_text(written):
    """A line alone is cut behind its ink: it must read as it does on its whole width."""
    reader = onnx.load(weights.ONNX, threads=1)
    whole = reader.decode(reader.session(written.images), written.ink_widths)
    for k, text in enumerate(whole):
        alone = lines.Lines(written.images[k : k + 1], ("",), written.ink_widths[k : k + 1])
        assert reader.trim(alone.images, alone.ink_widths).shape[2] < written.images.shape[2]
        assert reader.read(alone) == [text]
