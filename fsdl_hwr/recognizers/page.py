"""From a page to its text: find the lines, cut them out, read them, in order. No Keras."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fsdl_hwr import page_ink, paper
from fsdl_hwr.datasets.pages import Page, TextLine, quarter_turn
from fsdl_hwr.layout import columns, crops, ownership, profile
from fsdl_hwr.layout.finder import FindLines
from fsdl_hwr.layout.reading_order import reading_order
from fsdl_hwr.recognizers.reader import LineReader, Reading

WIDEST = 6  # lines that are read to find out how a page was turned
CONVINCING = 1.2  # times: how much better a turned page must read than an upright one
MAX_PIXELS = 200_000_000  # of a page; a large scan is scaled down at once


@dataclass(frozen=True)
class PageReading:
    """What was read on a page.

    page: the page as it is read, upright, scaled down if it was large; its lines carry their
    transcripts, in reading order. crops: one image per line. readings: text and confidence of each.
    quarters: counterclockwise quarter turns that made it upright. scale: px of `page` per px of
    the image that was given.
    """

    page: Page
    crops: tuple[np.ndarray, ...]
    readings: tuple[Reading, ...]
    quarters: int
    scale: float

    @property
    def text(self) -> str:
        """Return the text, a row per line; empty if the page is."""
        return self.page.transcript

    def lines_on_original(self) -> list[TextLine]:
        """Return the lines in px of the image that was given."""
        height, width = self.page.image.shape
        back = quarter_turn(-self.quarters, height, width)
        return [line.moved(back).scaled(1 / self.scale) for line in self.page.lines]

    def to_dict(self) -> dict:
        """Return the reading as JSON takes it; points are px of the image that was given."""
        lines = [
            {
                "text": reading.text,
                "confidence": round(reading.confidence, 4),
                "baseline": np.rint(line.baseline).astype(int).tolist(),
                "polygon": np.rint(line.polygon).astype(int).tolist(),
            }
            for line, reading in zip(self.lines_on_original(), self.readings, strict=True)
        ]
        return {"text": self.text, "quarter_turns": self.quarters, "lines": lines}


def read_page(
    image: np.ndarray,
    reader: LineReader,
    find_lines: FindLines = profile.find_lines,
    quarters: int | None = 0,
) -> PageReading:
    """Read a page: uint8 (height, width), or with 1, 3 or 4 channels, dark ink on light or not.

    Args:
        image: the page, of any size; one of over 2,000 px is scaled down.
        reader: reads line images.
        find_lines: finds lines on a gray page.
        quarters: counterclockwise quarter turns that make the page upright; None finds out, by
            reading its widest lines under every turn.

    A blank page reads as no lines. Raises what `paper.gray` raises for what is no image.
    """
    gray, scale = working_page(image)
    if quarters is None:
        quarters = upright_turn(gray, reader, find_lines)
    page = find_on_page(np.ascontiguousarray(np.rot90(gray, quarters)), find_lines)
    cut = crops.crop_lines(_dark_on_light(page.image), page.owners, page.lines)
    readings = _read(reader, cut)
    lines = tuple(
        replace(line, transcript=reading.text, polygon=crops.outline(line))
        for line, reading in zip(page.lines, readings, strict=True)
    )
    return PageReading(replace(page, lines=lines), tuple(cut), tuple(readings), quarters % 4, scale)


def find_on_page(image: np.ndarray, find_lines: FindLines) -> Page:
    """Find the lines of a gray page, their ink and their order; lines without ink are dropped."""
    ink = page_ink.ink_mask(image)
    found = columns.cut_at_gutters(find_lines(image), ink) if ink.any() else []
    found = [found[k] for k in reading_order(found)]
    owners = ownership.claim(ink, found)
    written = np.bincount(owners.ravel(), minlength=len(found) + 1)[1:] > 0
    number = np.zeros(len(found) + 1, np.int32)
    number[1:] = np.cumsum(written) * written
    lines = tuple(line for line, has_ink in zip(found, written, strict=True) if has_ink)
    return Page(image, lines, number[owners])


def upright_turn(gray: np.ndarray, reader: LineReader, find_lines: FindLines) -> int:
    """Return how many counterclockwise quarter turns make a page upright, 0 to 3.

    The widest lines are read under every turn; the sum of confidence times characters decides.
    The page as it is wins unless another is 1.2 times as good.
    """
    scores = []
    for quarters in range(4):
        page = find_on_page(np.ascontiguousarray(np.rot90(gray, quarters)), find_lines)
        order = sorted(range(len(page.lines)), key=lambda k: -page.lines[k].length)[:WIDEST]
        image = _dark_on_light(page.image)
        cut = [crops.unroll(image, page.owners, page.lines[k], k + 1) for k in order]
        readings = _read(reader, cut)
        scores.append(sum(reading.confidence**2 * len(reading.text) for reading in readings))
    best = int(np.argmax(scores))
    return best if scores[best] > CONVINCING * scores[0] else 0


def working_page(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Turn an image into a gray page of bounded size: uint8 (height, width), and its scale.

    A scan of over 50 million px is thinned out first, so that memory stays bounded; one of over
    200 million is refused with `ValueError`.
    """
    image = np.asarray(image)
    pixels = int(np.prod(image.shape[:2])) if image.ndim >= 2 else 0
    if pixels > MAX_PIXELS:
        raise ValueError(
            f"The page has {pixels:,} pixels, more than {MAX_PIXELS:,}: scan it at 300 dpi."
        )
    step = 1
    while pixels / step**2 > paper.MAX_PIXELS:
        step += 1
    gray = paper.gray(image[::step, ::step], "The page")
    gray, scale = page_ink.working_size(gray)
    return gray, scale / step


def _read(reader: LineReader, cut: Sequence[np.ndarray]) -> list[Reading]:
    """Read crops, which are a line each even if the ink of a neighbor looks in."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".* rows of writing")
        return reader.readings(cut) if len(cut) else []


def _dark_on_light(image: np.ndarray) -> np.ndarray:
    return image if page_ink.is_light(image) else 255 - image


def texts(readings: Sequence[Reading]) -> list[str]:
    """Return the texts of several readings."""
    return [reading.text for reading in readings]
