"""What a recognizer can do, and what must not move it: CheckList's three kinds for handwriting.

Minimum functionality: plain lines of one kind each. Invariance: changes after which a line must
read as before. Direction: changes whose effect has a known sign. Each is a rate with its interval,
never one picture that must be read exactly. Source: Ribeiro et al.: "Beyond Accuracy: Behavioral
Testing of NLP Models with CheckList" (2020).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import metrics
from fsdl_hwr.datasets import line_makers, lines, strokes
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.metrics import Rate
from fsdl_hwr.recognizers.reader import LineReader

CAPABILITIES = {
    "words": ("a quiet street", "seven letters"),
    "digits": ("1905 and 2026", "43 78 16"),
    "capitals": ("MONDAY NOON", "THE QUIET PEN"),
    "punctuation": ("Well, is it?", "It's (nearly) dry!"),
    "narrow letters": ("little ill fill", "still lit tiles"),
    "double letters": ("a moon, a book", "coffee letters"),
    "a long line": ("the pen was dry and so was the well", "nobody came to the door at noon"),
    "one word": ("pen", "moon"),
}
MARGIN = 12  # px of paper around a line
GEOMETRY = LineGeometry(64, 1400)
Change = Callable[[np.ndarray], np.ndarray]  # of uint8 (height, width), dark on light


@dataclass(frozen=True)
class Pages:
    """Plain lines, dark on light: uint8 images of any width, their texts and their writers."""

    images: tuple[np.ndarray, ...]
    transcripts: tuple[str, ...]
    writers: tuple[int, ...]


def write(texts: Sequence[str], num_writers: int = 6, seed: int = 0) -> Pages:
    """Let invented writers of the test split write each text once."""
    images: list[np.ndarray] = []
    transcripts: list[str] = []
    writers: list[int] = []
    for number, writer in enumerate(strokes.writers("test", num_writers, seed)):
        maker = line_makers.PenLineMaker([line_makers.RuledHand(writer)], GEOMETRY)
        written = lines.make_lines(maker, texts, (seed, number))
        for image, width in zip(written.images, written.ink_widths, strict=True):
            paper = 255 - image[:, : width + 1]
            images.append(np.pad(paper, MARGIN, constant_values=255))
        transcripts += texts
        writers += [number] * len(texts)
    return Pages(tuple(images), tuple(transcripts), tuple(writers))


def functionality(
    reader: LineReader, capabilities: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Rate]:
    """Return the CER on plain lines of each capability."""
    rates = {}
    for name, texts in (capabilities or CAPABILITIES).items():
        written = write(texts)
        read = reader.read_lines(list(written.images))
        rates[name] = metrics.character_error_rate(written.transcripts, read)
    return rates


def invariance(reader: LineReader, written: Pages, changes: Mapping[str, Change]) -> dict:
    """Return how much of a reading changes with the picture: a CER between the two readings.

    It takes no transcript, so any unlabeled line will do.
    """
    before = reader.read_lines(list(written.images))
    rates = {}
    for name, change in changes.items():
        after = reader.read_lines([change(image) for image in written.images])
        rates[name] = metrics.character_error_rate(before, after)
    return rates


def shifted(image: np.ndarray) -> np.ndarray:
    """Add paper on the left and above."""
    return np.pad(image, ((9, 0), (17, 0)), constant_values=255)


def resized(factor: float) -> Change:
    """Return a change that scales a picture."""

    def change(image: np.ndarray) -> np.ndarray:
        return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)

    return change


def turned(degrees: float) -> Change:
    """Return a change that turns a picture about its middle, on a larger paper."""

    def change(image: np.ndarray) -> np.ndarray:
        image = np.pad(image, 20, constant_values=255)
        height, width = image.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return cv2.warpAffine(image, matrix, (width, height), borderValue=255)

    return change


def slanted(slope: float) -> Change:
    """Return a change that leans the writing to the right, px per px of height."""

    def change(image: np.ndarray) -> np.ndarray:
        room = int(abs(slope) * image.shape[0]) + 1
        image = np.pad(image, ((0, 0), (room, room)), constant_values=255)
        matrix = np.array([[1, -slope, slope * image.shape[0] / 2], [0, 1, 0]])
        return cv2.warpAffine(image, matrix, image.shape[::-1], borderValue=255)

    return change


def grayer(image: np.ndarray) -> np.ndarray:
    """Take paper that is gray and ink that is pale."""
    return (90 + 0.45 * image).astype(np.uint8)


def inverted(image: np.ndarray) -> np.ndarray:
    """Write with chalk."""
    return 255 - image


def jpeg(image: np.ndarray) -> np.ndarray:
    """Store as JPEG of quality 60, and load again."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))


def thicker(image: np.ndarray) -> np.ndarray:
    """Take a broader pen."""
    return cv2.erode(image, np.ones((2, 2), np.uint8))


INVARIANT: dict[str, Change] = {
    "shifted": shifted,
    "90% of the size": resized(0.9),
    "110% of the size": resized(1.1),
    "gray paper": grayer,
    "inverted": inverted,
    "JPEG 60": jpeg,
    "a broader pen": thicker,
    "turned by 1.5°": turned(1.5),
    "slanted by 0.15": slanted(0.15),
}


def blurred(image: np.ndarray, strength: float) -> np.ndarray:
    """Blur a picture; `strength` is the standard deviation in px, 0 for none."""
    return cv2.GaussianBlur(image, (0, 0), strength) if strength else image


def confidences(reader: LineReader, written: Pages, strengths: Sequence[float]) -> list[float]:
    """Return the mean confidence of lines that are blurred more and more: it must fall."""
    means = []
    for strength in strengths:
        found = reader.readings([blurred(image, strength) for image in written.images])
        means.append(float(np.mean([reading.confidence for reading in found])))
    return means


def covered(reader: LineReader, written: Pages, share: float = 0.4) -> Rate:
    """Cover the right part of each line: what is left must read as the beginning did.

    Returns the edits between each new reading and the beginning of the old one that is nearest to
    it, over the characters of the new readings.
    """
    before = reader.read_lines(list(written.images))
    halves = [image.copy() for image in written.images]
    for image in halves:
        image[:, int((1 - share) * image.shape[1]) :] = 255
    after = reader.read_lines(halves)
    beginnings = []
    for old, new in zip(before, after, strict=True):
        starts = [old[:k] for k in range(len(old) + 1)]
        beginnings.append(min(starts, key=lambda start: Levenshtein.distance(start, new)))
    return metrics.character_error_rate(beginnings, after)
