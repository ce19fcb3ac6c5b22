"""How a path becomes a text: merge repeats, drop blanks; and how many paths write the same text.

Paths are strings with one character per frame; "-" is the blank.
"""

import itertools
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from fsdl_hwr import ctc
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing

BLANK = "-"
MAX_FRAMES = 24  # what fits side by side in a page


class Run(NamedTuple):
    """Neighboring frames of one class, which merging makes into one. The end is exclusive."""

    character: str
    start: int
    end: int


class Collapse(NamedTuple):
    """A path on its way to a text: its runs are the merged path, blanks among them."""

    path: str
    runs: list[Run]
    text: str


def collapse(path: str) -> Collapse:
    """Merge equal neighbors, then drop the blanks, and keep both steps."""
    runs: list[Run] = []
    for character, frames in itertools.groupby(path):
        start = runs[-1].end if runs else 0
        runs.append(Run(character, start, start + len(list(frames))))
    return Collapse(path, runs, "".join(run.character for run in runs if run.character != BLANK))


def draw_collapse(path: str) -> Figure:
    """Draw a path, its runs merged into one, and the text that is left, in three rows."""
    steps = collapse(path)
    figure = Figure(figsize=(drawing.WIDTH, 2.9))
    axes = figure.subplots()
    for frame, character in enumerate(path):
        _draw_cell(axes, frame + 0.5, 4, 1.0, character, _color(steps, frame))
    for run in steps.runs:
        color = _color(steps, run.start)
        center = (run.start + run.end) / 2
        top, bottom = [(run.start, 4), (run.end, 4)], [(center + 0.4, 3), (center - 0.4, 3)]
        axes.add_patch(Polygon(top + bottom, color=color, alpha=0.2, linewidth=0))
        _draw_cell(axes, center, 2, 0.8, run.character, color)
        if run.character == BLANK:
            axes.text(center, 1.5, "dropped", ha="center", fontsize=7)
        else:
            axes.plot([center, center], [1, 2], color=color, linewidth=2)
            _draw_cell(axes, center, 0, 0.8, run.character, color)
    axes.set(xlim=(0, max(len(path), 1)), ylim=(-0.1, 5.1))
    axes.set_yticks([4.5, 2.5, 0.5], ["frames", "repeats merged", "blanks dropped"], fontsize=10)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(say(steps), fontsize=12, loc="left", parse_math=False)
    figure.tight_layout()
    return figure


def say(steps: Collapse) -> str:
    """Return one sentence: what a path writes and how many others write the same."""
    count = ctc.count_paths(steps.text, len(steps.path))
    return (
        f"{steps.path!r} writes {steps.text!r}: one of {count:,} "
        f"{'paths' if count > 1 else 'path'} of {len(steps.path)} frames that do"
    )


def _color(steps: Collapse, frame: int) -> str:
    """Color the runs of characters in turn; a blank stays gray."""
    (run,) = [run for run in steps.runs if run.start <= frame < run.end]
    before = [r for r in steps.runs if r.start < run.start and r.character != BLANK]
    if run.character == BLANK:
        return "#888888"
    return drawing.VERMILION if len(before) % 2 == 0 else drawing.BLUE


def _draw_cell(axes, center: float, bottom: float, width: float, character: str, color: str):
    corner = (center - width / 2 + 0.03, bottom)
    dashes = ":" if character == BLANK else "-"
    axes.add_patch(
        Rectangle(corner, width - 0.06, 1, fill=False, edgecolor=color, linewidth=2, ls=dashes)
    )
    name = "\u2423" if character == " " else character  # an open box for the space
    axes.text(center, bottom + 0.5, name, ha="center", va="center", fontsize=13, parse_math=False)


def explore(path: str = "hheel-lloo"):
    """Open the player in the page; `.state` of what it returns holds the path and the step."""
    return widget.open_explorer(
        "collapse_explorer",
        {"blank": BLANK, "maxFrames": MAX_FRAMES},
        {"path": path[:MAX_FRAMES], "step": 0},
    )
