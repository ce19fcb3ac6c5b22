"""Ink from the drawing canvas: samples, their files, and the images that networks get."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from fsdl_hwr import files, paper
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.datasets import strokes
from fsdl_hwr.datasets.line_makers import Hand
from fsdl_hwr.ink import Ink, LineGeometry

SIZES = {"character": (280, 280), "line": (960, 180)}  # canvas units, width and height
PEN_WIDTH = {"character": 2.2, "line": 1.8}  # px in the image that the network gets
# A drawn line becomes twice as wide: otherwise narrow letters would have less than a frame.
GEOMETRY = LineGeometry(stretch=2.0, margin=1, spreads=2.0)
MIN_LINE = 36  # canvas units: lower ink, a dash say, is not enlarged further
DRAWN_HEIGHT = 60  # px of a drawing that is laid out as photographs are
PEN_SHARE = 0.055  # of a line's height
MAX_POINTS = 20_000  # of a drawing: minutes of writing
SAMPLING_RATE = 60  # points per second, as pointers report them


def character_image(ink: Ink) -> np.ndarray:
    """Bring one drawn character to a classifier's geometry: uint8 (28, 28), ink 255 on 0."""
    return pen_ink.glyph_image(ink, "", PEN_WIDTH["character"])


def line_image(
    ink: Ink,
    geometry: LineGeometry = GEOMETRY,
    thickness: float = 1.0,
    min_width: float = 0.0,
) -> np.ndarray:
    """Bring a drawn line of unknown size and place to a line image: uint8 (height, width).

    What is too wide is squeezed.

    Args:
        ink: in canvas units.
        geometry: of the image. By default the line is stretched, so that letters are as wide as the
            glyphs that recognizers know, and one without ascenders stays low.
        thickness: factor on the width of the stroke.
        min_width: px; a narrower line is stretched to them.
    """
    if geometry.deviations:
        return _as_photographed(ink, geometry)
    _, top, _, bottom = pen_ink.bounding_box(ink)
    lacking = max(0.0, MIN_LINE - (bottom - top)) / 2  # above, and below
    return pen_ink.line_image(
        ink,
        geometry,
        PEN_WIDTH["line"] * thickness,
        band=(top - lacking, bottom + lacking),
        min_width=min_width,
    )


def _as_photographed(ink: Ink, geometry: LineGeometry) -> np.ndarray:
    """Draw a line and lay the drawing out as a photograph of it: uint8 (height, width)."""
    image = np.zeros((geometry.height, geometry.width), np.uint8)
    left, top, right, bottom = pen_ink.bounding_box(ink)
    if ink:
        scale = min(DRAWN_HEIGHT / max(bottom - top, MIN_LINE), 4096 / max(right - left, 1e-6))
        pen = PEN_SHARE * DRAWN_HEIGHT
        matrix = [[scale, 0, pen - left * scale], [0, scale, pen - top * scale]]
        rows, columns = (int(n * scale + 2 * pen) + 1 for n in (bottom - top, right - left))
        drawn = pen_ink.render(pen_ink.transform(ink, matrix), rows, columns, pen)
        fitted, _ = paper.fit_line(drawn, geometry)
        image[:, : fitted.shape[1]] = fitted
    return image


def drawn(ink: Ink, kind: str, rng: np.random.Generator) -> Ink:
    """Put an ink in em units on the canvas as a pointer reports it: whole units, `SAMPLING_RATE`.

    Size, place and slope are drawn at random, and the pen moves at an even speed.
    """
    width, height = SIZES[kind]
    left, top, right, bottom = pen_ink.bounding_box(ink)
    room = 0.94 * min(width / max(right - left, 1e-6), height / max(bottom - top, 1e-6))
    em = min(room, rng.uniform(150, 220) if kind == "character" else rng.uniform(38, 75))
    free_x, free_y = width - (right - left) * em, height - (bottom - top) * em
    x = 0.03 * width - left * em if kind == "line" else rng.uniform(0.2, 0.8) * free_x - left * em
    y = rng.uniform(0.3, 0.7) * free_y - top * em
    slope = rng.normal(0, 0.01) if kind == "line" else 0.0
    placed = pen_ink.transform(ink, [[em, 0, x], [slope * em, em, y - slope * em * right / 2]])
    speed = rng.uniform(4, 7) * em / SAMPLING_RATE  # canvas units from sample to sample
    lengths = np.array([len(stroke) for stroke in placed])
    first, last = np.cumsum(lengths) - lengths, np.cumsum(lengths) - 1  # of each stroke's points
    points = np.clip(np.concatenate(placed)[:, :2], 0, [width, height])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    steps[last[:-1]] = 1.0  # between strokes: any way will do that keeps them apart
    way = np.concatenate([[0], np.cumsum(steps)])
    counts = 1 + np.ceil((way[last] - way[first]) / speed).astype(int)  # samples of each stroke
    stroke = np.repeat(np.arange(len(placed)), counts)
    sample = np.arange(counts.sum()) - (np.cumsum(counts) - counts)[stroke]
    share = sample / np.maximum(counts - 1, 1)[stroke]
    at = way[first][stroke] + (way[last] - way[first])[stroke] * share
    lifted = rng.uniform(0.08, 0.2, len(placed))  # seconds after each stroke
    begins = np.concatenate([[0], np.cumsum((counts - 1) / SAMPLING_RATE + lifted)[:-1]])
    seconds = begins[stroke] + sample / SAMPLING_RATE
    x, y = (np.rint(np.interp(at, way, points[:, k])) for k in (0, 1))
    timed = np.stack([x, y, seconds], axis=1).astype(np.float32)  # (samples, 3)
    return np.split(timed, np.cumsum(counts)[:-1])


class Pointer(Hand):
    """A writer who draws on the canvas: `PenLineMaker` makes lines as a drawn one is read.

    So a recognizer can be trained on what it will be asked to read:
    `PenLineMaker([Pointer(writer) for writer in writers], GEOMETRY)`.
    """

    def __call__(self, text: str, rng: np.random.Generator) -> Ink:
        """Return the ink of one line, in canvas units and seconds."""
        return drawn(self.writer.write(text, rng), "line", rng)

    def draw(
        self, ink: Ink, geometry: LineGeometry, thickness: float = 1.0, min_width: float = 0.0
    ) -> np.ndarray:
        """Draw the ink as `line_image` does."""
        return line_image(ink, geometry, thickness, min_width)


@dataclass(frozen=True)
class Sample:
    """An ink from a canvas of `kind`, in canvas units and seconds, and its label."""

    kind: str
    label: str
    ink: Ink


def embedded_samples(kind: str, texts: Sequence[str], seed: int = 0) -> list[Sample]:
    """Write each text on the canvas, each by another writer of the test split."""
    samples = []
    hands = strokes.writers("test", max(1, len(texts)), seed)
    for k, (text, writer) in enumerate(zip(texts, hands, strict=False)):
        rng = np.random.default_rng((*writer.seed, 2, k))
        ink = writer.draw(text, rng) if kind == "character" else writer.write(text, rng)
        samples.append(Sample(kind, text, drawn(ink, kind, rng)))
    return samples


def save_sample(folder: str | Path, sample: Sample) -> Path:
    """Write a sample as one JSON file, atomically, and return its path.

    Its members: kind; label; canvas: [width, height] in units; columns: what a point holds;
    strokes: a list of strokes, each a list of points [x, y, seconds].
    Raises `ValueError` for a sample without ink or without a label.
    """
    if not sample.ink:
        raise ValueError("There is nothing to save: draw something first.")
    if not sample.label.strip():
        raise ValueError("A sample needs a label: type what you wrote, then save.")
    record = {
        "kind": sample.kind,
        "label": sample.label,
        "canvas": SIZES[sample.kind],
        "columns": ["x", "y", "seconds"],
        "strokes": to_lists(sample.ink),
    }
    name = f"{sample.kind}-{datetime.now():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}.json"
    path = Path(folder) / name
    with files.write_atomically(path) as partial:
        partial.write_text(
            json.dumps(record, ensure_ascii=False, allow_nan=False), encoding="utf-8"
        )
    return path


def load_samples(folder: str | Path, kind: str) -> list[Sample]:
    """Read the samples of one kind that `save_sample` wrote to a folder, the oldest first."""
    samples = []
    for path in sorted(Path(folder).glob(f"{kind}-*.json")):
        try:
            record = files.parse_json(path.read_text(encoding="utf-8"))
            sample = Sample(record["kind"], record["label"], to_ink(record["strokes"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is damaged, or no sample ({error}): delete it.") from error
        samples.append(sample)
    return samples


def to_lists(ink: Ink) -> list[list[list[float]]]:
    """Turn an ink into JSON: tenths of a unit, thousandths of a second."""
    return [
        [[round(float(x), 1), round(float(y), 1), round(float(t), 3)] for x, y, t in s] for s in ink
    ]


def to_ink(strokes: Sequence) -> Ink:
    """Turn strokes of [x, y, seconds] into an ink: float32 arrays (points, 3).

    Raises `ValueError` for more than `MAX_POINTS`, and for what is no number or no three of them.
    """
    if (count := sum(map(len, strokes))) > MAX_POINTS:
        raise ValueError(f"The drawing has {count:,} points, more than {MAX_POINTS:,}: clear it.")
    try:
        ink = [np.array(stroke, np.float32).reshape(-1, 3) for stroke in strokes if len(stroke)]
    except (TypeError, ValueError) as error:
        raise ValueError(f"A stroke is a list of points [x, y, seconds]: {error}.") from error
    if not all(np.isfinite(stroke).all() for stroke in ink):
        raise ValueError("A point of the drawing is no number: clear it, and draw again.")
    return ink
