"""A page with its lines, in two modes: a reading to be looked at, a desk to be corrected.

`draw_reading` and `draw_desk` draw them, `explore` opens either. At a desk every step goes to the
journal at once; what the kernel has not yet confirmed is sent again, so that fast typing loses
nothing.
"""

import base64
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.figure import Figure
from rapidfuzz.distance import Levenshtein

from fsdl_hwr.alphabet import normalize
from fsdl_hwr.datasets.pages import TextLine, normals, resampled
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.pages import colored_lines
from fsdl_hwr.labeling.desk import KINDS, Desk, Entry
from fsdl_hwr.recognizers.page import PageReading

LONGEST_SIDE = 1600  # px of the page's picture in the browser
CROP_HEIGHT = 96  # px, at most
AHEAD = 3  # crops of a desk that travel at a time: the chosen line's, and those after it


def line_rows(reading: PageReading, transcripts: Sequence[str] | None = None) -> list[dict]:
    """Return a dictionary per line: text, confidences, outline; transcript and edits if known.

    transcripts: what each line of the reading should be, in its order; "" if nobody knows.
    """
    transcripts = transcripts or [""] * len(reading.readings)
    rows = []
    for key, (line, read, transcript) in enumerate(
        zip(reading.page.lines, reading.readings, transcripts, strict=True)
    ):
        wanted = normalize(transcript)
        edits = Levenshtein.distance(wanted, read.text) if wanted else None
        rows.append(
            _row(key, line, read.text, read.text, read.confidences)
            | {"transcript": wanted, "edits": edits}
        )
    return rows


def desk_row(entry: Entry) -> dict:
    """Return a line of a desk as the page needs it: what a reading's has, kind, accepted."""
    line = entry.line
    row = _row(entry.key, line, line.transcript, entry.prediction, entry.confidences)
    return row | {"kind": line.kind, "accepted": entry.accepted}


def _row(
    key: int, line: TextLine, text: str, prediction: str, confidences: Sequence[float]
) -> dict:
    points = {"baseline": line.baseline, "outline": line.polygon, "middle": middle_points(line)}
    return {name: np.rint(of).astype(int).tolist() for name, of in points.items()} | {
        "key": key, "text": text, "prediction": prediction,
        "confidences": [round(float(c), 2) for c in confidences],
    }  # fmt: skip


def _crop(key: int, crop: np.ndarray) -> dict:
    factor = min(1.0, CROP_HEIGHT / crop.shape[0])
    if factor < 1:
        crop = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    height, width = crop.shape
    return {"key": key, "image": widget.png(255 - crop), "width": width, "height": height}


def middle_points(line: TextLine) -> np.ndarray:
    """Return points along the middle of a line's core band, by which a pointer finds it."""
    points = resampled(line.baseline, 2 * line.x_height)
    return points + normals(points) * line.x_height / 2


def draw_reading(reading: PageReading, title: str) -> Figure:
    """Draw a page, its lines in colors, beside the text that was read; unsure lines are red."""
    figure = Figure(figsize=(drawing.WIDTH, 0.66 * drawing.WIDTH))
    page, text = figure.subplots(1, 2, width_ratios=[1, 1.1])
    page.imshow(colored_lines(reading.page.image, reading.page.owners))
    page.axis("off")
    text.axis("off")
    count = max(len(reading.readings), 12)
    for k, read in enumerate(reading.readings):
        color = drawing.BLACK if read.confidence > 0.8 else drawing.VERMILION
        words = f"{read.confidence:4.0%}  {read.text[:58]}"
        text.text(0, 1 - (k + 0.5) / count, words, fontsize=8, color=color,
                  family="monospace", parse_math=False)  # fmt: skip
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


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
            "rows": [desk_row(entry) for entry in changed],
            "order": order if order != list(before) else None,
            "crops": [_crop(key, self.desk.crop(key)) for key in order[place : place + AHEAD]],
            "seen": self.seen,
            "message": message,
        }


def explore(shown: PageReading | Desk, transcripts: Sequence[str] | None = None):
    """Open a page in the browser: a reading to be looked at, a desk to be corrected.

    transcripts: of a reading, as for `line_rows`. `.state["line"]` of what this returns is the
    chosen line, -1 for none. What is done at a desk is in it, and in its journal. Returns None
    without anywidget.
    """
    if isinstance(shown, PageReading):
        crops = [_crop(key, crop) for key, crop in enumerate(shown.crops)]
        rows = line_rows(shown, transcripts)
        data = {"rows": rows, "order": list(range(len(rows))), "crops": crops}
        fixed = _fixed(shown.page.image) | {"editable": False}
        return widget.open_explorer("page_explorer", data, {"line": -1}, fixed=fixed)
    answers, entries = Answers(shown), shown.entries
    line = next((k for k, e in entries.items() if not e.accepted), next(iter(entries), -1))
    state = {"steps": [], "line": line, "whole": False}
    fixed = _fixed(shown.image) | {"editable": True, "kinds": list(KINDS)}
    return widget.open_explorer("page_explorer", answers.news({}, line), state, answers, fixed)


def _fixed(image: np.ndarray) -> dict:
    """Return a page's picture, and its size in px before it was scaled down."""
    height, width = image.shape
    factor = min(1.0, LONGEST_SIDE / max(height, width))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])
    address = "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode("ascii")
    return {"image": address, "width": width, "height": height}
