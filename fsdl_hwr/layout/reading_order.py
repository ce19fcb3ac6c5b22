"""In which order lines are read: column by column, from top to bottom, notes in the margin last."""

from collections.abc import Sequence

import numpy as np

from fsdl_hwr.datasets.pages import TextLine

BESIDE = 0.5  # x-heights that two lines of one row may differ in height
GUTTER = 1.0  # x-heights of paper between columns, at least
SLANTED = 12  # degrees from the page's own slope: a note in the margin
ROWS = 3  # lines that stand side by side with others make a column


def reading_order(lines: Sequence[TextLine]) -> list[int]:
    """Return the indices of lines in reading order.

    The page is cut where a gap of paper runs through: first across, then down, and so on (an XY
    cut); lines that nothing parts are ordered by height, and in one row from left to right. Lines
    aslant to the rest come last. The page's slope is taken out first, so drift does no harm.
    """
    if not lines:
        return []
    slope, angles = _slopes(lines)
    slanted = np.abs(np.degrees(angles) - np.degrees(slope)) > SLANTED
    turn = np.array([[np.cos(slope), np.sin(slope)], [-np.sin(slope), np.cos(slope)]])
    boxes = np.array([_box(line, turn) for line in lines])  # left, top, right, bottom
    body = [k for k in range(len(lines)) if not slanted[k]]
    notes = [k for k in range(len(lines)) if slanted[k]]
    x_height = float(np.median([line.x_height for line in lines]))
    return _cut(body, boxes, x_height) + sorted(notes, key=lambda k: (boxes[k][1], boxes[k][0]))


def _slopes(lines: Sequence[TextLine]) -> tuple[float, np.ndarray]:
    """Return the slope of most lines, weighted by length, and each line's own; in radians."""
    ways = np.array([line.baseline[-1] - line.baseline[0] for line in lines], np.float64)
    angles = np.arctan2(ways[:, 1], ways[:, 0])
    lengths = np.linalg.norm(ways, axis=1)
    order = np.argsort(angles)
    middle = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
    return float(angles[order][min(middle, len(order) - 1)]), angles


def _box(line: TextLine, turn: np.ndarray) -> np.ndarray:
    points = line.baseline @ turn.T
    top = np.median(points[:, 1]) - line.x_height
    return np.array([points[:, 0].min(), top, points[:, 0].max(), top + line.x_height])


def _cut(indices: list[int], boxes: np.ndarray, x_height: float) -> list[int]:
    """Part lines by the widest gutter that runs past several of them, else order them by rows."""
    if len(indices) < 2:
        return list(indices)
    columns = _columns(indices, boxes, x_height)
    if columns:
        return [k for column in columns for k in _cut(column, boxes, x_height)]
    head = _full_width_parts(indices, boxes, x_height)
    if head:
        return [k for part in head for k in _cut(part, boxes, x_height)]
    return _by_rows(indices, boxes, x_height)


def _columns(indices, boxes, x_height) -> list[list[int]]:
    """Split lines into two columns by a gutter, or return nothing: at least `ROWS` on each side."""
    order = sorted(indices, key=lambda k: boxes[k][0])
    right, best = boxes[order[0]][2], None
    for place, k in enumerate(order[1:], start=1):
        gap = boxes[k][0] - right
        if gap > GUTTER * x_height and (best is None or gap > best[0]):
            best = gap, place
        right = max(right, boxes[k][2])
    if best is None:
        return []
    parts = [order[: best[1]], order[best[1] :]]
    return parts if min(map(len, parts)) >= ROWS else []


def _full_width_parts(indices, boxes, x_height) -> list[list[int]]:
    """Part a page below or above columns, if cutting across leaves a part with columns."""
    order = sorted(indices, key=lambda k: boxes[k][1])
    for place in range(1, len(order)):
        above, below = order[:place], order[place:]
        gap = boxes[below].min(axis=0)[1] - boxes[above].max(axis=0)[3]
        if gap > -BESIDE * x_height and (
            _columns(below, boxes, x_height) or _columns(above, boxes, x_height)
        ):
            return [above, below]
    return []


def _by_rows(indices, boxes, x_height) -> list[int]:
    """Order lines by height; those that stand side by side at one height from left to right."""
    rows: list[list[int]] = []
    for k in sorted(indices, key=lambda k: boxes[k][1]):
        row = rows[-1] if rows else []
        level = row and boxes[k][1] - boxes[row[0]][1] < (0.5 + BESIDE) * x_height
        beside = all(
            min(boxes[k][2], boxes[j][2]) - max(boxes[k][0], boxes[j][0]) < x_height for j in row
        )
        if level and beside:
            row.append(k)
        else:
            rows.append([k])
    return [k for row in rows for k in sorted(row, key=lambda k: boxes[k][0])]
