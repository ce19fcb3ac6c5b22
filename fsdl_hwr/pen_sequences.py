"""Ink as a sequence of points: what a network gets that reads strokes instead of an image.

There are two ways to walk along an ink. `resample` waits until the ink is finished and then takes a
fixed number of points. `steps` takes a point every `STEP` while the pen is moving: it knows nothing
of what is not drawn yet, so what it has returned once never changes.
"""

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.ink import Ink

NUM_POINTS = 48  # of a finished ink
STEP = 0.1  # between the points of a growing ink, in units: the median size of a writer's letters
MAX_STEPS = 96  # of one character; beyond, a scribble
MAX_LINE_STEPS = 1600  # of one line of text
LINE_POINTS = 400  # that are enough to see where a line's ink lies
CHARACTER_FEATURES = ("x", "y", "dx", "dy", "pen", "size")
STEP_FEATURES = ("x", "y", "dx", "dy", "left", "top", "right", "bottom", "pen", "ended")
LINE_FEATURES = ("y", "dx", "dy", "pen")
LARGEST = 1e6  # of a coordinate; beyond lies a broken file or device


def clean(ink: Ink) -> Ink:
    """Return an ink without its broken points and empty strokes: float32 strokes (points, 2).

    Dropped are points that are not finite or further away than `LARGEST`, and all times.
    Raises `ValueError` if no point is left.
    """
    strokes = [np.asarray(stroke, np.float32)[:, :2] for stroke in ink if len(stroke)]
    # NaN is not below any number, so one comparison finds all that is broken.
    strokes = [stroke[(np.abs(stroke) <= LARGEST).all(axis=1)] for stroke in strokes]
    strokes = [stroke for stroke in strokes if len(stroke)]
    if not strokes:
        raise ValueError("This ink has no points: draw something first.")
    return strokes


def size(ink: Ink) -> float:
    """Return the longer side of an ink's bounding box."""
    left, top, right, bottom = pen_ink.bounding_box(ink)
    return max(right - left, bottom - top)


def writer_units(sizes: np.ndarray, writers: np.ndarray) -> np.ndarray:
    """Return the median size of each character's writer: (n,) sizes and writers to float32 (n,).

    It uses no labels. On ruled paper the lines tell as much.
    """
    names, places = np.unique(writers, return_inverse=True)
    medians = np.array([np.median(sizes[places == k]) for k in range(len(names))])
    return np.maximum(medians, 1e-6)[places].astype(np.float32)


def line_unit(ink: Ink) -> float:
    """Return about the height of a line's small letters: of the band that 70% of its ink lies in.

    For a line without extent that is 1e-6.
    """
    points, pen = resample(ink, LINE_POINTS)
    low, high = np.percentile(points[pen > 0, 1], [15, 85])
    return max(float(high - low), 1e-6)


def resample(ink: Ink, num_points: int = NUM_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """Take points at equal distances along a finished ink, the ways between its strokes included.

    Returns points float32 (num_points, 2) and pen float32 (num_points,): 1 on the paper, 0 in the
    air. For an ink without extent, a dot, all points are its one point.
    """
    points = np.concatenate([stroke[:, :2] for stroke in ink]).astype(np.float64)  # (p, 2)
    lengths = _distances(points[:-1], points[1:])  # (p - 1,)
    on_paper = np.ones(len(points))  # whether the way that ends at a point was drawn
    on_paper[np.cumsum([len(stroke) for stroke in ink])[:-1]] = 0
    way = np.concatenate([[0.0], np.cumsum(lengths)])  # (p,)
    at = np.linspace(0, way[-1], num_points)
    taken = _interpolate(at, way, points)  # (num_points, 2)
    return taken.astype(np.float32), on_paper[np.searchsorted(way, at)].astype(np.float32)


def steps(
    ink: Ink, unit: float, lifted: bool = True, limit: int = MAX_STEPS
) -> tuple[np.ndarray, np.ndarray]:
    """Take a point every `STEP` units along a growing ink, and one where the pen is lifted.

    Returns points float32 (n, 2), in units, and pen float32 (n,): 1 on the paper, 0 in the air.
    Points that are appended to the ink leave all earlier ones as they are, bit for bit.

    Args:
        ink: what is drawn so far.
        unit: the length that stands for 1, known before the ink: see `writer_units`.
        lifted: whether the last stroke is complete; while it is being drawn, its end is not known.
        limit: the most points to take; what is drawn after them is left out.
    """
    points: list[np.ndarray] = []
    pen: list[np.ndarray] = []
    for k, stroke in enumerate(ink):
        drawn = stroke[:, :2].astype(np.float64) / unit  # (p, 2)
        if k:
            flight = np.stack([points[-1][-1], drawn[0]])  # (2, 2)
            points.append(_walk(flight, limit)[1:])  # the pen was lifted at its start
            pen.append(np.zeros(len(points[-1])))
        points.append(_walk(drawn, limit))
        pen.append(np.ones(len(points[-1])))
        if lifted or k < len(ink) - 1:
            points.append(drawn[-1:])
            pen.append(np.zeros(1))
    taken, in_hand = np.concatenate(points)[:limit], np.concatenate(pen)[:limit]
    return taken.astype(np.float32), in_hand.astype(np.float32)


def character_features(
    points: np.ndarray, pen: np.ndarray, sizes: np.ndarray | None = None
) -> np.ndarray:
    """Describe finished characters: points (n, p, 2) and pen (n, p) to float32 (n, p, 5 or 6).

    Each point has its place in the character's box, the direction of the way onwards, and the pen;
    with `sizes`, each character's size in its writer's units, also its logarithm.
    """
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    extent = np.maximum((high - low).max(axis=-1, keepdims=True), 1e-6)  # (n, 1, 1)
    places = (2 * points - low - high) / extent  # (n, p, 2), between -1 and 1
    onwards = np.diff(points, axis=1, append=points[:, -1:])
    columns = [places, _directions(onwards), pen[..., None]]
    if sizes is not None:
        logs = np.log(np.clip(sizes, 0.02, 50))  # a dot's size is 0
        columns.append(np.broadcast_to(logs[:, None, None], (*pen.shape, 1)))
    return np.concatenate(columns, axis=-1, dtype=np.float32)


def step_features(points: np.ndarray, pen: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Describe growing characters: points (n, p, 2), pen and ended (n, p) to float32 (n, p, 10).

    Each point has its place from the first one, the direction of the way to it, its distance from
    the four sides of the box so far, the pen, and whether the writer has said that this is all.
    """
    backwards = np.diff(points, axis=1, prepend=points[:, :1])
    to_left_top = points - np.minimum.accumulate(points, axis=1)
    to_right_bottom = np.maximum.accumulate(points, axis=1) - points
    places = points - points[:, :1]
    sides = [to_left_top, to_right_bottom]
    columns = [places, _directions(backwards), *sides, pen[..., None], ended[..., None]]
    return np.concatenate(columns, axis=-1, dtype=np.float32)


def line_features(points: np.ndarray, pen: np.ndarray) -> np.ndarray:
    """Describe a line of text: points (p, 2), in units, and pen (p,) to float32 (p, 4).

    Each point has its height above the middle of the line, its direction and the pen. Its place
    along the line says nothing about its character.
    """
    middle = (points[:, 1].min() + points[:, 1].max()) / 2
    directions = _directions(np.diff(points, axis=0, append=points[-1:]))
    return np.column_stack([points[:, 1] - middle, directions, pen]).astype(np.float32)


def _walk(points: np.ndarray, limit: int) -> np.ndarray:
    """Take a point every `STEP` along a polyline (p, 2), beginning with its first."""
    way = np.concatenate([[0.0], np.cumsum(_distances(points[:-1], points[1:]))])
    at = STEP * np.arange(min(int(way[-1] / STEP) + 1, limit))
    return _interpolate(at, way, points)


def _distances(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return np.sqrt(((end - start) ** 2).sum(axis=-1))


def _interpolate(at: np.ndarray, way: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.stack([np.interp(at, way, points[:, k]) for k in (0, 1)], axis=1)


def _directions(moves: np.ndarray) -> np.ndarray:
    """Scale moves (..., 2) to length 1; the pen that stays has no direction: zeros."""
    lengths = np.sqrt((moves**2).sum(axis=-1, keepdims=True))
    return moves / np.maximum(lengths, 1e-6)
