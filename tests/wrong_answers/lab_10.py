"""Wrong answers to the exercises of lab 10."""

import numpy as np

from wrong_answers import wrong


@wrong("10/resample", "evenly by their number")
def _(points, count):
    old, new = np.linspace(0, 1, len(points)), np.linspace(0, 1, count)
    return np.column_stack([np.interp(new, old, column) for column in points.T])


@wrong("10/resample", "end is missing")
def _(points, count):
    way = np.append(0, np.hypot(*np.diff(points, axis=0).T).cumsum())
    places = way[-1] / count * np.arange(count)
    return np.column_stack([np.interp(places, way, column) for column in points.T])


@wrong("10/resample", "only the way to the side")
def _(points, count):
    way = np.append(0, abs(np.diff(points[:, 0])).cumsum())
    places = np.linspace(0, way[-1], count)
    return np.column_stack([np.interp(places, way, column) for column in points.T])


@wrong("10/resample", "around the corner")
def _(points, count):
    way = np.append(0, abs(np.diff(points, axis=0)).sum(1).cumsum())
    places = np.linspace(0, way[-1], count)
    return np.column_stack([np.interp(places, way, column) for column in points.T])


@wrong("10/looks-ahead", "compare exactly")
def _(features, points):
    half = len(points) // 2
    return not np.allclose(features(points[:half]), features(points)[:half])


@wrong("10/looks-ahead", "only the first row")
def _(features, points):
    half = len(points) // 2
    return bool(np.any(features(points[:half])[0] != features(points)[0]))


@wrong("10/looks-ahead", "by one point")
def _(features, points):
    half = len(points) // 2
    return not np.array_equal(features(points[:half])[:-1], features(points)[: half - 1])


@wrong("10/looks-ahead", "wrong way round")
def _(features, points):
    half = len(points) // 2
    return np.array_equal(features(points[:half]), features(points)[:half])


@wrong("10/looks-ahead", "everything")
def _(features, points):
    return len(features(points)) != len(features(points[: len(points) // 2]))


def turn(points, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])


def slope(points):
    return np.arctan2(*(points.mean(axis=0) - points[0])[::-1])


@wrong("10/level", "wrong way")
def _(points):
    middle = points.mean(axis=0)
    return turn(points - middle, slope(points)) + middle


@wrong("10/level", "about the origin")
def _(points):
    return turn(points, -slope(points))


@wrong("10/level", "about its first point")
def _(points):
    return turn(points - points[0], -slope(points)) + points[0]


@wrong("10/level", "to the right of the middle")
def _(points):
    middle = points.mean(axis=0)
    angle = np.arctan2(*(points[0] - middle)[::-1])
    return turn(points - middle, -angle) + middle


@wrong("10/threshold", "*rejected*")
def _(distances, keep):
    return np.quantile(distances, 1 - keep)


@wrong("10/threshold", "largest distance")
def _(distances, keep):
    return max(distances) * keep


@wrong("10/threshold", "every letter passes")
def _(distances, keep):
    return np.sort(distances)[-1]


@wrong("10/threshold", "bell curve")
def _(distances, keep):
    return np.mean(distances) + 2 * np.std(distances)


@wrong("10/speeds", "time of zero")
def _(stroke):
    result = np.zeros(len(stroke))
    with np.errstate(all="ignore"):
        moves = np.diff(stroke, axis=0)
        result[1:] = np.hypot(moves[:, 0], moves[:, 1]) / moves[:, 2]
    return result


@wrong("10/speeds", "backwards")
def _(stroke):
    result = np.zeros(len(stroke))
    for k in range(1, len(stroke)):
        x, y, seconds = stroke[k] - stroke[k - 1]
        if seconds != 0:
            result[k] = np.hypot(x, y) / seconds
    return result


@wrong("10/speeds", "in no time")
def _(stroke):
    return np.append(0, np.linalg.norm(np.diff(stroke[:, :2], axis=0), axis=1))


@wrong("10/speeds", "one speed is missing")
def _(stroke):
    moves = np.diff(stroke, axis=0)
    return np.array([np.hypot(x, y) / t if t > 0 else 0.0 for x, y, t in moves])


def first(function):
    """Find the first threshold that a function of it approves of."""
    thresholds = np.round(np.arange(0.5, 1.0, 0.01), 2)
    return next((float(t) for t in thresholds if function(t)), 1.0)


@wrong("10/promise", "answers at the end")
def _(probabilities, labels, precision):
    def keeps(threshold):
        pairs = zip(probabilities, labels, strict=True)
        right = [p[-1].argmax() == k for p, k in pairs if p.max() >= threshold]
        return right and np.mean(right) >= precision

    return first(keeps)


@wrong("10/promise", "all rows")
def _(probabilities, labels, precision):
    rows = np.concatenate(probabilities)
    wanted = np.repeat(labels, [len(p) for p in probabilities])

    def keeps(threshold):
        sure = rows.max(axis=1) >= threshold
        return sure.any() and np.mean(rows[sure].argmax(axis=1) == wanted[sure]) >= precision

    return first(keeps)


@wrong("10/promise", "never decided")
def _(probabilities, labels, precision):
    def keeps(threshold):
        right = 0
        for p, k in zip(probabilities, labels, strict=True):
            for row in p:
                if row.max() >= threshold:
                    right += row.argmax() == k
                    break
        return right / len(labels) >= precision

    return first(keeps)


@wrong("10/looks-ahead", "only the last row")
def _(features, points):
    half = len(points) // 2
    return bool((features(points[:half])[-1] != features(points)[half - 1]).any())
