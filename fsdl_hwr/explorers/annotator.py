"""The annotator: a page's lines as a network found and read them, for a student to correct.

`draw_desk` draws a desk, `explore` opens it. Every step goes to the desk's journal at once; what
the kernel has not yet confirmed is sent again, so that fast typing loses nothing.
"""

import base64
from collections.abc import Mapping

import cv2
import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.labeling.desk import KINDS, Desk, Entry

LONGEST_SIDE = 1600  # px of the page's picture in the browser
AHEAD = 3  # crops that travel at a time: the chosen line's, and those after it
CROP_HEIGHT = 96  # px, at most


def row_of(entry: Entry) -> dict:
    """Return a line as the page needs it: JSON, points in px of the desk's image."""
    line = entry.line
    return {
        "key": entry.key,
        "text": line.transcript,
        "kind": line.kind,
        "accepted": entry.accepted,
        "prediction": entry.prediction,
        "confidences": [round(float(c), 2) for c in entry.confidences],
        "baseline": np.rint(line.baseline).astype(int).tolist(),
        "outline": np.rint(line.polygon).astype(int).tolist(),
        "xHeight": round(float(line.x_height), 1),
        "keystrokes": entry.keystrokes,
    }


def draw_desk(desk: Desk, title: str, first: int = 0, count: int = 4) -> Figure:
    """Draw lines of a desk: crop, and the proposed text with doubtful letters in red.

    Args:
        desk: with its entries.
        title: of the figure.
        first: number of the first line to draw, from 0.
        count: number of lines to draw, at most.
    """
    entries = list(desk.entries.values())[first : first + count]
    crops = [desk.crop(entry.key) for entry in entries]
    widest = max([crop.shape[1] for crop in crops], default=1)
    heights = [crop.shape[0] / widest * drawing.WIDTH + 0.35 for crop in crops]
    figure = Figure(figsize=(drawing.WIDTH, sum(heights) + 0.6))
    if not entries:
        figure.suptitle(f"{title} (no lines)", fontsize=12)
        return figure
    all_axes = figure.subplots(len(crops), squeeze=False, height_ratios=heights)[:, 0]
    for axes, crop, entry in zip(all_axes, crops, entries, strict=True):
        axes.imshow(crop, cmap="gray", vmin=0, vmax=255)
        axes.set(xlim=(0, widest))
        axes.axis("off")
        _tinted(axes, entry)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def _tinted(axes, entry: Entry) -> None:
    """Write a text over its crop, a character at a time; doubtful ones are red."""
    text = entry.line.transcript
    sure = entry.confidences if text == entry.prediction else (1.0,) * len(text)
    for k, character in enumerate(text):
        color = drawing.VERMILION if sure[k] < 0.7 else drawing.BLACK
        axes.text(k * 0.0105, 1.02, character, color=color, transform=axes.transAxes, fontsize=9,
                  family="monospace", parse_math=False)  # fmt: skip


class Answers:
    """What Python answers to the page: takes the steps that it has not seen, and says what changed.

    The page numbers its steps, and sends each again until an answer says that it has arrived.
    """

    def __init__(self, desk: Desk):
        self.desk = desk
        self.seen = 0  # the newest step that was taken, or refused

    def __call__(self, state: Mapping) -> dict:
        """Return what the page has to know: changed rows, their order if it changed, crops."""
        desk, message = self.desk, ""
        before = desk.entries
        for step in state["steps"]:
            if step["n"] <= self.seen:
                continue
            self.seen = step["n"]
            try:
                desk.take({name: value for name, value in step.items() if name != "n"})
            except (ValueError, KeyError, TypeError) as error:
                message = str(error)
            except OSError as error:
                message = f"Not saved: {error.strerror}"
        return self.news({} if state["whole"] else before, state["line"], message)

    def news(self, before: Mapping, line: int, message: str = "") -> dict:
        """Return what differs from `before`, and the crops from a line on."""
        entries = self.desk.entries
        order = list(entries)
        changed = [entry for key, entry in entries.items() if before.get(key) is not entry]
        place = order.index(line) if line in entries else 0
        return {
            "rows": [row_of(entry) for entry in changed],
            "order": order if order != list(before) else None,
            "crops": [self._crop(key) for key in order[place : place + AHEAD]],
            "seen": self.seen,
            "message": message,
        }

    def _crop(self, key: int) -> dict:
        crop = self.desk.crop(key)
        factor = min(1.0, CROP_HEIGHT / crop.shape[0])
        if factor < 1:
            crop = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        height, width = crop.shape
        return {"key": key, "image": widget.png(255 - crop), "width": width, "height": height}


def explore(desk: Desk, view_only: bool = False):
    """Open a desk in the browser; what is done there is in `desk`, and in its journal.

    view_only: shows the lines and their texts, and changes nothing. Returns the widget, or None
    without anywidget.
    """
    height, width = desk.image.shape
    factor = min(1.0, LONGEST_SIDE / max(height, width))
    shown = cv2.resize(desk.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 85])
    fixed = {
        "image": "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode("ascii"),
        "width": width,
        "height": height,
        "kinds": list(KINDS),
        "viewOnly": view_only,
    }
    answers = Answers(desk)
    line = next(
        (k for k, e in desk.entries.items() if not e.accepted), next(iter(desk.entries), -1)
    )
    state = {"steps": [], "line": line, "whole": False}
    return widget.open_explorer("annotator", answers.news({}, line), state, answers, fixed)
