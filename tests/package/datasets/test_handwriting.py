"""Inks of many hands: from the real data if it is there."""

import numpy as np
import pytest

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS
from fsdl_hwr.datasets import handwriting, unipen
from fsdl_hwr.datasets.handwriting import Handwriting, band


def word(x_height, descender):
    """A zigzag from the baseline at 100 to the x-height, and a tail below."""
    x = np.linspace(0, 80, 161)
    y = 100 - x_height * np.abs(x / 8 % 2 - 1)
    tail = np.linspace(100 - x_height, 100 + descender, 30)
    strokes = np.stack([x, y], 1), np.stack([np.full(30, 80), tail], 1)
    return [stroke.astype(np.float32) for stroke in strokes]


@pytest.mark.parametrize("text, descender", [("nun", 0), ("nung", 40)])
def test_the_baseline_is_found_with_and_without_descenders(text, descender):
    baseline, x_height = band(word(30, descender), text)
    assert abs(baseline - 100) < 8
    assert 15 < x_height < 45


@pytest.fixture(scope="module")
def source():
    try:
        return Handwriting()
    except (unipen.downloads.DownloadError, OSError, ValueError):
        pytest.skip("UNIPEN is absent: FSDL_HWR_DATA names a folder that has unipen/")


def test_every_way_gives_ink_and_a_transcript_in_the_alphabet(source, rng):
    ways = [source.line, source.spelled, source.invented, source]
    ways += [source.word, source.row] if source.words else []
    for way in ways:
        for _ in range(5):
            ink, text = way(rng)
            assert set(text) <= set(DEFAULT_CHARACTERS) and text == text.strip() != ""
            assert sum(map(len, ink)) > 0 and all(s.shape[1] == 2 for s in ink)


def test_held_out_contributors_are_in_no_training(source):
    writers = {writer.split("/")[0] for _, _, writer in source.lines + source.words}
    assert not writers & set(handwriting.NEVER_SEEN)


def test_texts_are_many_and_short(source, rng):
    texts = [source.text(rng) for _ in range(300)]
    assert len(set(texts)) > 250 and max(map(len, texts)) <= handwriting.LONGEST
