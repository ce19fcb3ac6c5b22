"""In which order lines are read: column by column, from top to bottom, notes in the margin last."""

from collections.abc import Sequence

import numpy as np

from fsdl_hwr.datasets.pages import TextLine

UPRIGHT, TURNED = 0, 1  # two ways that a gutter may run
BESIDE = 0.5  # of the shorter line: how far two lines of one row may overlap
GUTTER = 1.0  # x-heights of paper between columns, at least
NARROW = -0.5  # the same if lines of both stand side by side: found ones reach beyond their ink
STRAY = 10  # lines of such a column, of which one may run on across the gutter
SLANTED = 12  # degrees from the page's own slope: a note in the margin
ROWS = 3  # lines that make a column


def reading_order(lines: Sequence[TextLine]) -> list[int]:
    """Return the indices of lines in reading order.

    The page is cut where a gap of paper runs through: first across, then down, and so on (an XY
    cut); lines that nothing parts are ordered by height, and in one row from left to right. Lines
    aslant to the rest come last. The slope of the writing is taken out first; a gutter may stand
    upright, as on paper that lies straight, or lean with the lines, as on a page that was turned.
    """
    if not lines:
        return []
    slope, angles = page_slope(lines)
    slanted = np.abs(np.degrees(angles) - np.degrees(slope)) > SLANTED
    boxes = np.array([_box(line, float(np.tan(slope))) for line in lines])
    body = [k for k in range(len(lines)) if not slanted[k]]
    notes = [k for k in range(len(lines)) if slanted[k]]
    x_height = float(np.median([line.x_height for line in lines]))
    return _cut(body, boxes, x_height) + sorted(
        notes, key=lambda k: tuple(boxes[k, UPRIGHT, 1::-1])
    )


def page_slope(lines: Sequence[TextLine]) -> tuple[float, np.ndarray]:
    """Return the slope of most lines, weighted by length, and each line's own; in radians."""
    ways = np.array([line.baseline[-1] - line.baseline[0] for line in lines], np.float64)
    angles = np.arctan2(ways[:, 1], ways[:, 0])
    lengths = np.linalg.norm(ways, axis=1)
    order = np.argsort(angles)
    middle = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
    return float(angles[order][min(middle, len(order) - 1)]), angles


def _box(line: TextLine, slope: float) -> np.ndarray:
    """Return left, top, right, bottom of a level line, on an upright page and on a turned one."""
    x, y = line.baseline.T
    bottom = np.median(y - slope * x)
    top = bottom - line.x_height
    turned = x + slope * y
    return np.array([[x.min(), top, x.max(), bottom], [turned.min(), top, turned.max(), bottom]])


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
    return _by_rows(indices, boxes[:, UPRIGHT], x_height)


def _columns(indices, boxes, x_height) -> list[list[int]]:
    """Split lines into two columns by the widest gutter, or return nothing."""
    best, parts = -np.inf, []
    for lean in (UPRIGHT, TURNED):
        order = sorted(indices, key=lambda k: boxes[k, lean, 0])
        begins, ends = boxes[order, lean, 0], boxes[order, lean, 2]
        across = np.tril(ends + NARROW * x_height > begins[:, None], -1).sum(axis=1)
        for place in range(ROWS, len(order) - ROWS + 1):
            if across[place] > place // STRAY:
                continue
            left, right = order[:place], order[place:]
            gap = _gutter(left, right, boxes[:, lean], x_height)
            if gap > best:
                best, parts = gap, [left, right]
    return parts


def _gutter(left, right, boxes, x_height) -> float:
    """Return the width of the paper between two groups of lines, or -inf if it is no gutter."""
    begin = min(boxes[k, 0] for k in right)
    ends = np.sort(boxes[left, 2])
    gap, most = begin - ends[-1], begin - ends[-1 - len(ends) // STRAY]
    if gap > GUTTER * x_height:
        return gap
    shared = most > NARROW * x_height and _are_columns(left, right, boxes)
    return most if shared else -np.inf


def _are_columns(left, right, boxes) -> bool:
    """Return whether lines of two groups stand side by side, and the right ones begin in one place.

    What fills in a form begins behind its label instead: now here, now there.
    """
    gaps = [
        boxes[k, 0] - max(boxes[j, 2] for j in left if _level(boxes[j], boxes[k]))
        for k in right
        if any(_level(boxes[j], boxes[k]) for j in left)
    ]
    return len(gaps) >= ROWS and np.std(boxes[right, 0]) < np.std(gaps)


def _level(a, b) -> bool:
    """Return whether two lines share some of their height."""
    return min(a[3], b[3]) > max(a[1], b[1])


def _full_width_parts(indices, boxes, x_height) -> list[list[int]]:
    """Part a page below or above columns, if cutting across leaves a part with columns."""
    order = sorted(indices, key=lambda k: boxes[k, UPRIGHT, 1])
    for place in range(1, len(order)):
        above, below = order[:place], order[place:]
        gap = boxes[below, UPRIGHT, 1].min() - boxes[above, UPRIGHT, 3].max()
        if gap > -0.5 * x_height and (
            _columns(below, boxes, x_height) or _columns(above, boxes, x_height)
        ):
            return [above, below]
    return []


def _by_rows(indices, boxes, x_height) -> list[int]:
    """Order lines by height; those that stand side by side at one height from left to right."""
    rows: list[list[int]] = []
    for k in sorted(indices, key=lambda k: boxes[k, 3]):
        row = rows[-1] if rows else []
        level = row and boxes[k, 3] - boxes[row[0], 3] < x_height
        if level and all(_apart(boxes[j], boxes[k]) for j in row):
            row.append(k)
        else:
            rows.append([k])
    return [k for row in rows for k in sorted(row, key=lambda k: boxes[k, 0])]


def _apart(a, b) -> bool:
    """Return whether two lines overlap from left to right by less than half of the shorter one."""
    overlap = min(a[2], b[2]) - max(a[0], b[0])
    return overlap < BESIDE * min(a[2] - a[0], b[2] - b[0])
