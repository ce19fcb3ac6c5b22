"""From labeled pages to lines, and their variations; training itself is lab 07's."""

from dataclasses import replace

import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.labeling import learning
from fsdl_hwr.recognizers.reader import LineReader


@pytest.fixture
def reader():
    return LineReader(lambda images: images, Alphabet(), LineGeometry(32, 800), num_frames=200,
                      frame_width=4, trims=False)  # fmt: skip


def test_lines_are_cut_out_with_plain_transcripts(reader):
    page = bars(height=320, rows=(60, 120, 180, 240))
    texts = ("\u201cDear Sir\u201d", "21^st^ M\u00e4rz", "PRINT", "x" * 400)
    kinds = ("handwritten", "handwritten", "print", "handwritten")
    lines = [replace(line, transcript=text, kind=kind)
             for line, text, kind in zip(page.lines, texts, kinds, strict=True)]  # fmt: skip
    found = learning.line_set([replace(page, lines=tuple(lines))], reader)
    assert found.lines.transcripts == ('"Dear Sir"', "21st Mrz")
    assert found.dropped_characters == "\u00e4" and found.dropped_lines == 2
    assert found.pages.tolist() == [0, 0]
    assert (found.lines.ink_widths > 100).all()


def test_pages_without_text_give_no_lines(reader):
    page = bars()
    empty = replace(page, lines=tuple(replace(line, transcript="") for line in page.lines))
    found = learning.line_set([empty], reader)
    assert len(found.lines) == 0 and found.dropped_lines == 2


def test_a_line_is_varied_and_stays_a_line(rng):
    image = np.zeros((32, 400), np.uint8)
    for x in range(10, 200, 9):
        image[8:24, x : x + 4] = 255
    lines = Lines(image[None], ("bars",), np.array([200], np.int32))
    maker = learning.Varied(lines)
    one, two = maker("bars", rng), maker("bars", rng)
    assert one.shape == image.shape and one.dtype == np.uint8
    assert not np.array_equal(one, two)
    for varied in (one, two):
        assert 0.5 < varied.sum() / image.sum() < 2
        assert np.flatnonzero(varied.max(axis=0) > 100)[0] < 12


def test_a_line_without_ink_is_left_alone(rng):
    blank = Lines(np.zeros((1, 32, 100), np.uint8), ("a",), np.array([0], np.int32))
    assert not learning.Varied(blank)("a", rng).any()
