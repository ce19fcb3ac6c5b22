"""Pen strokes and their rendering: one representation for synthetic and for real pen data.

An ink is a plain list of strokes in writing order. A stroke is a float32 array of shape
(points, 2), x to the right and y down, or (points, 3) with the time in seconds as third column.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

Ink = list[np.ndarray]

GLYPH_SIZE = 28  # pixels, height and width of a glyph image
GLYPH_EXTENT = 23  # pixels of 28 that the longer side of a glyph fills, its stroke width included
INK_LEVEL = 32  # a pixel at least this bright is ink; below it lies the halo of a resized image
SUPERSAMPLING = 4  # OpenCV's strokes are whole pixels wide: draw larger, then average
LINE_HEIGHT = 28  # px, of a line image
LINE_WIDTH = 952  # px: 34 glyphs side by side
LINE_MARGIN = 2  # px of paper around the ink of a line image
MAX_LINE_HEIGHT, MAX_LINE_WIDTH = 512, 32_768  # px: more is a mistake, and costs memory
SHIFT = 4  # fractional bits of OpenCV's coordinates

# Symbols that differ by size or place alone would look the same if each filled the image:
# width and height of the box that the ink is scaled into, and the row of the box's center.
SYMBOL_BOXES = {
    ".": (2, 2, 23),
    ",": (5, 7, 23),
    "'": (5, 7, 6),
    '"': (8, 7, 6),
    "-": (13, 6, 15),
    ":": (4, 11, 18),
    ";": (6, 15, 19),
    "*": (12, 12, 9),
    "+": (16, 16, 15),
}


@dataclass(frozen=True)
class LineGeometry:
    """How the ink of a line lies in its image, whether it was made, drawn or photographed.

    A recognizer reads well what is laid out like the lines that it was trained on. So one geometry
    goes to whatever makes those lines, and with the recognizer's file to whatever reads.
    Raises `ValueError` for values without room for ink, or beyond any line's.

    Args:
        height: of the image, in px.
        width: of the image, in px; a longer line is squeezed.
        stretch: factor by which ink becomes wider than it was written, so that narrow letters get
            more frames.
        margin: paper around the ink, in px.
        spreads: a line is taken to be at least this many times as high as the band that holds 70%
            of its ink, so that a line without ascenders and descenders is not enlarged to fill the
            height; 0 lets any ink fill it.
        deviations: the same by the standard deviation of the ink's rows, which a flourish and a
            neighbor's descender hardly change; what then lies outside the image is cut off.
        thickest_pen: px that the pen may be wide when a line is enlarged, so that a period stays a
            period. 0 sets no limit; it needs `deviations`.
    """

    height: int = LINE_HEIGHT
    width: int = LINE_WIDTH
    stretch: float = 1.0
    margin: int = LINE_MARGIN
    spreads: float = 0.0
    deviations: float = 0.0
    thickest_pen: float = 0.0

    def __post_init__(self):
        for name, low, high in (
            ("height", 1, MAX_LINE_HEIGHT),
            ("width", 1, MAX_LINE_WIDTH),
            ("stretch", 0.1, 10),
            ("margin", 0, MAX_LINE_HEIGHT),
            ("spreads", 0, 10),
            ("deviations", 0, 20),
            ("thickest_pen", 0, MAX_LINE_HEIGHT),
        ):
            value = getattr(self, name)
            whole = name in ("height", "width", "margin")
            if not isinstance(value, int if whole else int | float) or isinstance(value, bool):
                raise ValueError(
                    f"A line's {name} is {'a whole number' if whole else 'a number'}; "
                    f"got {value!r}."
                )
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"A line's {name} is {low} to {high}; got {value!r}.")
        if min(self.height, self.width) <= 2 * self.margin:
            raise ValueError(
                f"Lines of {self.height} x {self.width} px have no room for ink within margins of "
                f"{self.margin} px."
            )


DEFAULT_GEOMETRY = LineGeometry()


def points_of(inks: Iterable[Ink]) -> np.ndarray:
    """Return the places of all points of some inks, one after another: float32 (points, 2)."""
    strokes = [np.zeros((0, 2), np.float32)]
    strokes += [stroke[:, :2] for ink in inks for stroke in ink]
    return np.concatenate(strokes)


def bounding_box(ink: Ink) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of an ink; zeros if it is empty."""
    if not ink:
        return 0.0, 0.0, 0.0, 0.0
    points = np.concatenate([stroke[:, :2] for stroke in ink])
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def transform(ink: Ink, matrix: np.ndarray | list[list[float]]) -> Ink:
    """Map every point by an affine 2x3 `matrix` that acts on (x, y, 1); times are kept."""
    matrix = np.asarray(matrix, dtype=np.float32)
    if matrix.shape != (2, 3):
        raise ValueError(f"An affine matrix has shape (2, 3); got {matrix.shape}.")
    if not ink:
        return []
    points = np.concatenate(ink)  # at once: an array per stroke would take most of the time
    moved = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    moved = np.concatenate([moved, points[:, 2:]], axis=1)
    return np.split(moved, np.cumsum([len(stroke) for stroke in ink[:-1]]))


def render(ink: Ink, height: int, width: int, stroke_width: float = 2.0) -> np.ndarray:
    """Draw an ink as an anti-aliased image: uint8 (height, width), 255 on 0.

    A stroke of one point makes a round dot; what lies outside the image is cut off.

    Args:
        ink: in px of the image.
        height, width: of the image, in px.
        stroke_width: of the pen in px, honored to half a pixel.
    """
    image = np.zeros((height, width), np.uint8)
    strokes = [stroke for stroke in ink if len(stroke)]
    _, _, right, _ = bounding_box(strokes)
    columns = int(np.clip(right + stroke_width + 2, 1, width))  # beyond lies blank paper
    large = np.zeros((height * SUPERSAMPLING, columns * SUPERSAMPLING), np.uint8)
    scale = SUPERSAMPLING << SHIFT
    # Pixel k covers [k, k + 1), OpenCV puts its center at k: hence the half.
    strokes = [np.rint(stroke[:, :2] * scale - (1 << (SHIFT - 1))) for stroke in strokes]
    strokes = [np.concatenate([s, s]) if len(s) == 1 else s for s in strokes]
    # OpenCV draws an even thickness t as t + 1 pixels, and the odd t + 1 no thinner.
    thickness = max(1, int(stroke_width * SUPERSAMPLING) // 2 * 2)
    polylines = [s.astype(np.int32) for s in strokes]
    cv2.polylines(large, polylines, False, 255, thickness, cv2.LINE_8, SHIFT)
    image[:, :columns] = cv2.resize(large, (columns, height), interpolation=cv2.INTER_AREA)
    return image


def glyph_box(character: str) -> tuple[float, float, float]:
    """Return width and height of the box that a character fills in a glyph, and its middle row."""
    full = GLYPH_EXTENT, GLYPH_EXTENT, GLYPH_SIZE / 2
    return SYMBOL_BOXES.get(character, full)


def glyph_image(ink: Ink, character: str, stroke_width: float = 2.0) -> np.ndarray:
    """Draw one character as EMNIST does: uint8 (28, 28), aspect kept, scaled to fill, centered.

    The longer side of the ink becomes `GLYPH_EXTENT` pixels, the stroke included. The symbols in
    `SYMBOL_BOXES` get a smaller box at their usual height, so that ',' differs from "'".
    An ink without points makes an empty image.
    """
    box_width, box_height, center_row = glyph_box(character)
    left, top, right, bottom = bounding_box(ink)
    room_x, room_y = max(box_width - stroke_width, 0.5), max(box_height - stroke_width, 0.5)
    scale = min(room_x / max(right - left, 1e-6), room_y / max(bottom - top, 1e-6))
    center = np.array([(left + right) / 2, (top + bottom) / 2], np.float32)
    target = np.array([GLYPH_SIZE / 2, center_row], np.float32)
    placed = [(stroke[:, :2] - center) * scale + target for stroke in ink]
    return render(placed, GLYPH_SIZE, GLYPH_SIZE, stroke_width)


def line_image(
    ink: Ink,
    geometry: LineGeometry = DEFAULT_GEOMETRY,
    stroke_width: float = 2.0,
    *,
    margin: float | None = None,
    band: tuple[float, float] | None = None,
    min_width: float = 0.0,
    min_squeeze: float = 0.0,
) -> np.ndarray:
    """Draw a line of text so that it fills the height: uint8 (height, width), ink 255 on 0.

    The line starts at the left. One wider than the image is squeezed; an ink without points makes
    blank paper. Raises `ValueError` for a line that would be squeezed too much.

    Args:
        ink: of the line, in any units.
        geometry: of the image.
        stroke_width: of the pen, in px.
        margin: px of paper around the ink; the geometry's by default.
        band: top and bottom, in the ink's units, of what fills the height; the ink's own if None.
        min_width: px; a narrower line is stretched to them.
        min_squeeze: share of its own width that a line keeps at least when it is squeezed.
    """
    height, width = geometry.height, geometry.width
    edge = (geometry.margin if margin is None else margin) + stroke_width / 2  # to the pen's center
    left, top, right, bottom = bounding_box(ink)
    top, bottom = band or (top, bottom)
    extent = max(bottom - top, (right - left) / width, 1e-6)
    if geometry.spreads:
        extent = max(extent, geometry.spreads * _spread(ink))
    scale = (height - 2 * edge) / extent
    natural = (right - left) * scale * geometry.stretch
    room = min(max(natural, min_width - 2 * edge), width - 2 * edge)  # px for the pen's centers
    if room < min_squeeze * natural:
        raise ValueError(
            f"The line needs {round(min_squeeze * natural + 2 * edge)} px at height {height}, and "
            f"its image has {width}: choose a shorter text or a wider image."
        )
    scale_x = room / max(right - left, 1e-6)
    matrix = [
        [scale_x, 0, edge - left * scale_x],
        [0, scale, (height - (top + bottom) * scale) / 2],
    ]
    return render(transform(ink, matrix), height, width, stroke_width)


def _spread(ink: Ink) -> float:
    """Measure the height of the band that holds 70% of the ink, by length, not by points."""
    if not ink:
        return 0.0
    points = np.concatenate([stroke[:, :2] for stroke in ink])
    middles = (points[1:, 1] + points[:-1, 1]) / 2
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    lengths[np.cumsum([len(stroke) for stroke in ink])[:-1] - 1] = 0  # the pen was up
    if lengths.sum() == 0:
        return 0.0
    order = np.argsort(middles)
    share = np.cumsum(lengths[order]) / lengths.sum()
    low, high = np.searchsorted(share, [0.15, 0.85])
    return float(middles[order[high]] - middles[order[low]])


def ink_width(image: np.ndarray) -> int:
    """Return how far a line goes: the column after the last ink of a uint8 image, 0 if empty."""
    columns = np.flatnonzero((image >= INK_LEVEL).any(axis=0))
    return int(columns[-1]) + 1 if len(columns) else 0


def pack(inks: list[Ink]) -> dict[str, np.ndarray]:
    """Flatten inks into arrays that `np.savez` stores without pickle.

    points: float32 (all points, 2 or 3); stroke_ends: int64, points up to each stroke's end;
    ink_ends: int64, strokes up to each ink's end. Strokes must agree in their columns.
    """
    strokes = [stroke for ink in inks for stroke in ink]
    columns = {stroke.shape[1] for stroke in strokes}
    if len(columns) > 1:
        raise ValueError("Some strokes have times and some have none: give all of them or none.")
    points = np.concatenate(strokes) if strokes else np.zeros((0, 2))
    return {
        "points": points.astype(np.float32),
        "stroke_ends": np.cumsum([len(stroke) for stroke in strokes], dtype=np.int64),
        "ink_ends": np.cumsum([len(ink) for ink in inks], dtype=np.int64),
    }


def unpack(arrays: dict[str, np.ndarray]) -> list[Ink]:
    """Return the inks that `pack` flattened; the strokes are views into its points."""
    points, stroke_ends, ink_ends = (arrays[k] for k in ("points", "stroke_ends", "ink_ends"))
    starts = np.concatenate([[0], stroke_ends[:-1]]).astype(int)
    strokes = [points[a:b] for a, b in zip(starts, stroke_ends, strict=False)]
    starts = np.concatenate([[0], ink_ends[:-1]]).astype(int)
    return [strokes[a:b] for a, b in zip(starts, ink_ends, strict=False)]
