"""A page that was read: point at a line and see its outline, its crop, its text, its confidence.

`line_rows` computes the data, `draw_reading` draws a page with its text, `explore` opens it.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from matplotlib.figure import Figure
from rapidfuzz.distance import Levenshtein

from fsdl_hwr.alphabet import normalize
from fsdl_hwr.datasets.pages import TextLine, normals, resampled
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.pages import colored_lines
from fsdl_hwr.recognizers.page import PageReading

SHOWN_HEIGHT = 760  # px of the page in the browser


def line_rows(reading: PageReading, transcripts: Sequence[str] | None = None) -> list[dict]:
    """Return a dictionary per line: text, confidence, crop, outline; transcript and edits if known.

    transcripts: what each line of the reading should be, in its order; "" if nobody knows.
    """
    transcripts = transcripts or [""] * len(reading.readings)
    rows = []
    for line, crop, read, wanted in zip(
        reading.page.lines, reading.crops, reading.readings, transcripts, strict=True
    ):
        wanted = normalize(wanted)
        rows.append(
            {
                "text": read.text,
                "confidence": round(read.confidence, 3),
                "characters": [round(float(c), 2) for c in read.confidences],
                "outline": np.rint(line.polygon).astype(int).tolist(),
                "middle": np.rint(middle_points(line)).astype(int).tolist(),
                "crop": widget.png(255 - crop),
                "cropSize": [crop.shape[1], crop.shape[0]],
                "transcript": wanted,
                "edits": Levenshtein.distance(wanted, read.text) if wanted else None,
            }
        )
    return rows


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


def explore(reading: PageReading, transcripts: Sequence[str] | None = None):
    """Open a page in the browser; arguments as for `line_rows`.

    `.state["line"]` of what it returns is the chosen line, -1 for none.
    """
    image = reading.page.image
    factor = min(1.0, SHOWN_HEIGHT / image.shape[0])
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    data = {
        "image": widget.png(255 - small),
        "size": [image.shape[1], image.shape[0]],
        "lines": line_rows(reading, transcripts),
    }
    return widget.open_explorer("page_explorer", data, {"line": -1})
