"""Template matching, with nothing learned: the $1 and the $P recognizers, for comparison.

Source: Wobbrock, Wilson and Li 2007 ($1); Vatavu, Anthony and Wobbrock 2012 ($P).
"""

from collections.abc import Callable, Sequence

import numpy as np

from fsdl_hwr import pen_sequences
from fsdl_hwr.ink import Ink

ONE_POINTS = 64  # of a $1 template
CLOUD_POINTS = 32  # of a $P template
GOLDEN = (np.sqrt(5) - 1) / 2
WIDEST_TURN, FINEST_TURN = np.radians(45), np.radians(2)  # of $1's search for the best angle


def one_template(ink: Ink) -> np.ndarray:
    """Make a $1 template: strokes as one, turned level, scaled to a square: float64 (64, 2).

    The line from the middle to the first point lies level afterwards, so a letter that is turned as
    a whole stays the same: $1 was made for gestures, and takes a 6 for a 9.
    """
    points, _ = pen_sequences.resample(ink, ONE_POINTS)
    points = _turn(_centered(points.astype(float)), _angle(points))
    extent = np.maximum(np.ptp(points, axis=0), 0.1 * np.ptp(points, axis=0).max() + 1e-6)
    return _centered(points / extent)


def one_distance(template: np.ndarray, other: np.ndarray) -> float:
    """Return the mean distance of two $1 templates' points, at the best angle within 45 degrees."""

    def distance(angle: float) -> float:
        return float(np.linalg.norm(_turn(other, angle) - template, axis=1).mean())

    low, high = -WIDEST_TURN, WIDEST_TURN
    while high - low > FINEST_TURN:  # golden section: the range shrinks by the same share each time
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if distance(left) < distance(right):
            high = right
        else:
            low = left
    return distance((low + high) / 2)


def cloud_template(ink: Ink) -> np.ndarray:
    """Make a $P template: a cloud of points whose order and strokes count nothing: (32, 2)."""
    points, pen = pen_sequences.resample(ink, 4 * CLOUD_POINTS)
    drawn = points[pen > 0].astype(float)  # the ways through the air are no part of the cloud
    cloud = drawn[np.linspace(0, len(drawn) - 1, CLOUD_POINTS).round().astype(int)]
    return _centered(cloud / max(float(np.ptp(cloud, axis=0).max()), 1e-6))


def cloud_distance(template: np.ndarray, other: np.ndarray) -> float:
    """Return the cost of pairing the points of two clouds, each point once, greedily.

    Points are taken in turn from several starts and in both directions; the cheapest counts.
    """
    distances = np.linalg.norm(template[:, None] - other[None], axis=2)  # (32, 32)
    stride = int(np.sqrt(CLOUD_POINTS))
    starts = range(0, CLOUD_POINTS, stride)
    return min(_greedy(d, start) for d in (distances, distances.T) for start in starts)


def nearest(
    distance: Callable[[np.ndarray, np.ndarray], float],
    templates: Sequence[np.ndarray],
    names: Sequence[str],
    asked: np.ndarray,
) -> str:
    """Return the name of the nearest template. Raises `ValueError` without templates.

    Args:
        distance: called as `distance(template, asked)`; the smaller, the more alike.
        templates: to compare with, all made in one way.
        names: one per template.
        asked: made as the templates are.
    """
    if len(templates) == 0:
        raise ValueError("There are no templates to compare with: add some first.")
    return names[int(np.argmin([distance(template, asked) for template in templates]))]


def _greedy(distances: np.ndarray, start: int) -> float:
    """Pair each row, from `start` on and around, with the nearest free column; early ones weigh."""
    count, free, cost = len(distances), np.zeros(len(distances)), 0.0
    for k in range(count):
        row = distances[(start + k) % count] + free
        best = int(row.argmin())
        cost += (1 - k / count) * row[best]
        free[best] = np.inf
    return cost


def _centered(points: np.ndarray) -> np.ndarray:
    return points - points.mean(axis=0)


def _angle(points: np.ndarray) -> float:
    """Return by how much to turn points so that the first lies level with their middle."""
    x, y = points.mean(axis=0) - points[0]
    return -float(np.arctan2(y, x))


def _turn(points: np.ndarray, angle: float) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])
