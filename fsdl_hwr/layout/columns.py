"""Columns of a page: a line that runs on from one column into the next is cut between them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fsdl_hwr.datasets.pages import TextLine
from fsdl_hwr.layout import reading_order
from fsdl_hwr.layout.reading_order import ROWS

ALIGNED = 1.0  # x-heights within which the lines of a column begin
NARROWEST = 0.3  # x-heights of paper between columns, at least
CLEAR = 0.02  # of the px between columns, in a line's height, that may be ink


def cut_at_gutters(lines: Sequence[TextLine], ink: np.ndarray) -> list[TextLine]:
    """Cut every line that runs across a gutter in two.

    A gutter is where a column begins: several lines start there, each with another line before it.
    A line among them that runs across, and whose own ink leaves the gutter clear, was two.

    lines: in px of the page. ink: bool (height, width) of that page.
    """
    if not lines:
        return []
    slope = float(np.tan(reading_order.page_slope(lines)[0]))
    pieces = list(lines)
    for lean in (0.0, slope):  # an upright page, and one that was turned
        level = np.array([[1.0, lean], [-slope, 1.0]])  # acts on (x, y)
        for gutter in _gutters([line.baseline @ level.T for line in pieces], pieces):
            pieces = [part for line in pieces for part in _cut(line, level, gutter, ink)]
    return pieces


def _gutters(courses, lines) -> list[tuple[float, float, float, float]]:
    """Return left, right, top and bottom of each gutter, from level courses of the lines."""
    x_height = float(np.median([line.x_height for line in lines]))
    begins = [
        gap for k in range(len(courses)) if (gap := _paper_before(courses, k, x_height)) is not None
    ]
    gutters = []
    while begins:
        first = min(begins)[1]
        here = [gap for gap in begins if gap[1] - first < ALIGNED * x_height]
        begins = [gap for gap in begins if gap not in here]
        lefts, rights, heights = np.array(here).T
        left, right = lefts.max(), rights.min()
        if len(here) >= ROWS and right - left > NARROWEST * x_height:
            gutters.append((left, right, heights.min(), heights.max()))
    return gutters


def _paper_before(courses, k: int, x_height: float) -> tuple[float, float, float] | None:
    """Return where the line before line k in its row ends, where k begins, and its height."""
    x, y = courses[k][0]
    ends = [
        course[-1, 0]
        for course in courses
        if abs(course[-1, 1] - y) < x_height and course[-1, 0] < x
    ]
    return (max(ends), x, y) if ends else None


def _cut(line: TextLine, level: np.ndarray, gutter, ink: np.ndarray) -> list[TextLine]:
    """Cut a line at a gutter, or return it as it is."""
    left, right, top, bottom = gutter
    along, below = (line.baseline.astype(np.float64) @ level.T).T
    between = top < np.interp((left + right) / 2, along, below) < bottom
    if not between or not along[0] < left < right < along[-1] or (np.diff(along) <= 0).any():
        return [line]
    places = np.linspace(left + 1, right - 1, max(2, int(right - left)))
    x, y = (np.interp(places, along, line.baseline[:, k]) for k in (0, 1))
    rows = y[:, None] - np.arange(0, max(2, round(line.x_height)))
    rows, columns = (
        np.clip(np.rint(values), 0, side - 1).astype(int)
        for values, side in zip((rows, x), ink.shape, strict=True)
    )
    if ink[rows, columns[:, None]].mean() > CLEAR:
        return [line]
    ends = np.stack([x[[0, -1]], y[[0, -1]]], axis=1).astype(np.float32)
    return [
        replace(line, baseline=np.concatenate([line.baseline[along < left], ends[:1]])),
        replace(line, baseline=np.concatenate([ends[1:], line.baseline[along > right]])),
    ]
