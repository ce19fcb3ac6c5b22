"""Reading from end to end: with a network that is made by hand, and with the one that ships."""

import functools

import numpy as np

from fsdl_hwr import metrics, weights
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, strokes
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers.reader import LineReader
from fsdl_hwr.serving import onnx

FRAME = 8  # px
TEXTS = ("The pen was dry.", "seven letters", "Monday at noon", "A quiet street")


def _bright_frames(images: np.ndarray) -> np.ndarray:
    """Return logits that write 'a' in frames with ink, the blank between, and 'b' on paper."""
    frames = images.reshape(len(images), images.shape[1], -1, FRAME).max(axis=(1, 3)) > 0
    logits = np.zeros((*frames.shape, 3), np.float32)
    logits[frames, 1] = 9.0
    logits[~frames, 2] = 9.0
    return logits


def _by_hand() -> LineReader:
    geometry = LineGeometry(28, 10 * FRAME)
    return LineReader(_bright_frames, Alphabet("ab"), geometry, num_frames=10, frame_width=FRAME,
                      trims=False)  # fmt: skip


def _read(first: int, last: int) -> str:
    """Read a line with ink in the columns from `first` up to `last`."""
    image = np.zeros((1, 28, 10 * FRAME), np.uint8)
    image[:, 8:20, first:last] = 255
    return _by_hand().read(lines.Lines(image, ("",), lines.ink_widths(image)))[0]


def test_nothing_is_read_beyond_the_ink():
    """Read a short line with a network that writes 'b' on paper."""
    text = _read(0, 3 * FRAME)
    assert text == "a", f"'a' with paper after it is read as {text!r}: beyond the ink is no text"


def test_the_last_letter_is_read():
    """Read lines whose last letter has one column in its frame."""
    text = _read(2 * FRAME, 2 * FRAME + 1)
    assert text.endswith("a"), f"the last letter has 1 px in its frame and is lost: {text!r}"


@functools.cache
def _sample() -> tuple[LineReader, lines.Lines]:
    """Load the recognizer that ships, and write some plain lines for it."""
    hands = [line_makers.RuledHand(w) for w in strokes.writers("test", 8)]
    maker = line_makers.PenLineMaker(hands, LineGeometry(64, 1000))
    return onnx.load(weights.ONNX, threads=1), lines.make_lines(maker, TEXTS, 0)


def _error(change) -> float:
    reader, sample = _sample()
    read = reader.read_lines([change(image) for image in sample.images])
    return metrics.character_error_rate(sample.transcripts, read).value


def test_the_shipped_recognizer_reads_plain_lines():
    """Read dark ink on light paper, with margins (a minimum functionality test)."""
    error = _error(lambda image: np.pad(255 - image, 12, constant_values=255))
    assert error < 0.25, f"plain lines are read with a CER of {error:.0%}"
