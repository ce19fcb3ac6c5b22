"""A box over a line, to be shifted: what box IoU says of it, and what the ink says.

`rows_of_ink` computes what both sides need, `shift_scores` the two scores, `draw_shifts` their
curves, and `explore` opens the box in the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import line_metrics
from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing

MARGIN = 1.0  # heights of the line's box that are shown above and below it


@dataclass(frozen=True)
class RowsOfInk:
    """One line's surroundings, row by row. In px of `image`.

    image: uint8 (height, width), ink 255 on 0, as wide as the line's box. own, other: int (rows,),
    px of ink of this line and of its neighbors. top, bottom: of the line's box.
    """

    image: np.ndarray
    own: np.ndarray
    other: np.ndarray
    top: int
    bottom: int


def rows_of_ink(page: Page, ink: np.ndarray, line: int) -> RowsOfInk:
    """Count the ink around `page.lines[line]` row by row. ink: bool (height, width)."""
    owned = page.owners * ink
    rows, columns = np.nonzero(owned == line + 1)
    if len(rows) == 0:
        raise ValueError(f"Line {line} of this page has no ink: choose another.")
    top, bottom = int(rows.min()), int(rows.max()) + 1
    margin = round(MARGIN * (bottom - top))
    low, high = max(0, top - margin), min(len(ink), bottom + margin)
    here = owned[low:high, columns.min() : columns.max() + 1]
    own = (here == line + 1).sum(axis=1)
    other = ((here > 0) & (here != line + 1)).sum(axis=1)
    image = np.where(here > 0, 255, 0).astype(np.uint8)
    return RowsOfInk(image, own, other, top - low, bottom - low)


def shift_scores(rows: RowsOfInk, shift: int, height: int | None = None) -> tuple[float, float]:
    """Return the box IoU and the shared ink of the line's box moved down by `shift` px.

    height: px of the moved box, around the same middle; the line's own by default.
    """
    true = rows.top, rows.bottom
    height = height or true[1] - true[0]
    middle = (true[0] + true[1]) / 2 + shift
    top, bottom = round(middle - height / 2), round(middle + height / 2)
    boxes = [(0, low, 1, high) for low, high in (true, (top, bottom))]
    inside = slice(max(0, top), max(0, bottom))
    shared = int(rows.own[inside].sum())
    union = int(rows.own.sum()) + int(rows.other[inside].sum())
    return line_metrics.box_iou(*boxes), shared / max(union, 1)


def draw_shifts(rows: RowsOfInk, shifts: Sequence[int], title: str) -> Figure:
    """Draw both scores over the shift of a line's box."""
    scores = np.array([shift_scores(rows, shift) for shift in shifts])
    share = np.array(shifts) / (rows.bottom - rows.top)
    figure = Figure(figsize=(drawing.WIDTH, 3.4))
    axes = figure.subplots()
    axes.plot(share, scores[:, 0], "--", color=drawing.ORANGE, label="box IoU")
    axes.plot(share, scores[:, 1], color=drawing.BLUE, label="shared ink")
    axes.axhline(0.5, color=drawing.BLACK, linewidth=0.8)
    axes.set(xlabel="shift of the box, in its own heights", ylabel="score", ylim=(0, 1.02))
    axes.legend(frameon=False)
    drawing.plain(axes)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def explore(rows: RowsOfInk):
    """Open the box in the page. `.state` of what it returns holds shift and height in px."""
    data = {
        "image": widget.png(rows.image),
        "size": [rows.image.shape[1], rows.image.shape[0]],
        "own": rows.own.tolist(),
        "other": rows.other.tolist(),
        "top": rows.top,
        "bottom": rows.bottom,
    }
    state = {"shift": 0, "height": rows.bottom - rows.top}
    return widget.open_explorer("box_explorer", data, state)
