"""Checks of the exercises for lab 10: ink as a sequence, honesty, letters and promises."""

from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge


def resample(function: Callable) -> None:
    """Check `function(points, count)`: points (p, 2) to (count, 2) at equal distances."""
    rng = np.random.default_rng(0)
    corner = np.array([[0.0, 0], [6, 0], [6, 2]])
    crowded = np.concatenate([np.linspace([0, 0], [1, 0], 9), [[8, 0], [8, 7]]])
    wild = np.cumsum(rng.normal(size=(20, 2)), axis=0)
    cases = [(corner, 5), (crowded, 4), (wild, 12), (np.array([[1.0, 2], [1, 2], [4, 6]]), 3)]

    def way_of(points):
        return np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])

    def at(points, way, places):
        return np.stack([np.interp(places, way, points[:, k]) for k in (0, 1)], axis=1)

    def right(points, count):
        way = way_of(points)
        return at(points, way, np.linspace(0, way[-1], count))

    def by_index(points, count):
        return at(points, np.arange(len(points)), np.linspace(0, len(points) - 1, count))

    def without_end(points, count):
        way = way_of(points)
        return at(points, way, np.linspace(0, way[-1], count, endpoint=False))

    def without_start(points, count):
        way = way_of(points)
        return at(points, way, np.linspace(0, way[-1], count + 1)[1:])

    def by_x(points, count):
        way = np.concatenate([[0], np.cumsum(np.abs(np.diff(points[:, 0])))])
        return at(points, way, np.linspace(0, way[-1], count))

    def corners(points, count):
        moves = np.abs(np.diff(points, axis=0)).sum(axis=1)
        way = np.concatenate([[0], np.cumsum(moves)])
        return at(points, way, np.linspace(0, way[-1], count))

    mistakes = [
        (
            "the points lie evenly by their number, not by distance: there are still many where "
            "the pen reported often. Interpolate over the way that the pen has gone.",
            by_index,
        ),
        ("the end is missing: the last point must be the ink's last.", without_end),
        ("the start is missing: the first point must be the ink's first.", without_start),
        ("only the way to the side counts. A stroke downwards has a length too.", by_x),
        (
            "the way is measured around the corner: a step of 3 to the right and 4 down is 5 long, "
            "not 7.",
            corners,
        ),
    ]
    advice = "How long is the way from the first point to each? Where are you after half of it?"
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def _parts(given, case: tuple[np.ndarray, float]) -> bool:
    """Say whether a threshold lies where a share `keep` of the distances ends, give or take one."""
    distances, keep = np.sort(case[0]), case[1]
    if judge.kind(given) != "a number":
        return False
    last = keep * (len(distances) - 1)  # its place among them
    low, high = int(np.floor(last)) - 1, int(np.ceil(last)) + 1
    return bool(distances[max(0, low)] <= given <= distances[min(high, len(distances) - 1)])


def looks_ahead(function: Callable) -> None:
    """Check `function(features, points)`: whether appended points change earlier rows."""

    points = np.cumsum(np.random.default_rng(1).normal(size=(30, 2)), axis=0)
    cases = [(features, points) for features in FEATURES]

    def halves(features, points):
        before = features(points[: len(points) // 2])
        return before, features(points)[: len(before)]

    def right(features, points):
        before, after = halves(features, points)
        return bool((before != after).any())

    def nearly(features, points):
        before, after = halves(features, points)
        return not np.allclose(before, after)

    def first_row(features, points):
        before, after = halves(features, points)
        return bool((before[0] != after[0]).any())

    def not_last(features, points):
        before, after = halves(features, points)
        return bool((before[:-1] != after[:-1]).any())

    mistakes = [
        (
            "a leak that changes the ninth digit passes. Nothing of the future may be in an "
            "earlier row, so compare exactly.",
            nearly,
        ),
        ("only the first row is compared. A leak may begin later.", first_row),
        (
            "the last row of the half is not compared. A direction *onwards* is known only once "
            "the pen has moved on: that is looking ahead by one point.",
            not_last,
        ),
        (
            "only the last row is compared. A leak may be anywhere, in the first row say.",
            lambda f, p: bool((halves(f, p)[0][-1] != halves(f, p)[1][-1]).any()),
        ),
        ("the answers are the wrong way round.", lambda f, p: not right(f, p)),
        ("everything is said to look ahead.", lambda f, p: True),
        ("nothing is said to look ahead.", lambda f, p: False),
    ]
    advice = "Compute the rows of the first half of the points, and of all; compare what both have."
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def _from_first(points):
    return points - points[:1]


def _in_box(points):
    return points / np.ptp(points, axis=0).max()


def _onwards(points):
    return np.diff(points, axis=0, append=points[-1:])


def _barely_ahead(points):
    return points + 1e-9 * points[-1]


def _backwards(points):
    return np.diff(points, axis=0, prepend=points[:1])


def _late(points):
    return np.concatenate([points[:5], _in_box(points)[5:]])


def _first_from_middle(points: np.ndarray) -> np.ndarray:
    return np.concatenate([points[:1] - points.mean(axis=0), points[1:]])


FEATURES = (_from_first, _in_box, _onwards, _barely_ahead, _backwards, _late, _first_from_middle)


def level(function: Callable) -> None:
    """Check `function(points)`: turned about the middle until the first point is level with it."""
    rng = np.random.default_rng(2)
    cases = [
        (np.array([[0.0, 2], [0, 0], [0, -2]]),),
        (np.array([[3.0, 3], [1, 1], [0, 0.5]]),),
        (rng.normal(size=(9, 2)),),
    ]

    def turned(points, angle, middle):
        cos, sin = np.cos(angle), np.sin(angle)
        return middle + (points - middle) @ np.array([[cos, sin], [-sin, cos]])

    def angle_of(points):
        x, y = points.mean(axis=0) - points[0]
        return np.arctan2(y, x)

    def right(points):
        return turned(points, -angle_of(points), points.mean(axis=0))

    mistakes = [
        (
            "it is turned the wrong way: the angle of the line is doubled, not taken away.",
            lambda points: turned(points, angle_of(points), points.mean(axis=0)),
        ),
        (
            "it is turned about the origin, so the letter wanders. Turn it about its middle.",
            lambda points: turned(points, -angle_of(points), np.zeros(2)),
        ),
        (
            "it is turned about its first point. The middle must stay where it is.",
            lambda points: turned(points, -angle_of(points), points[0]),
        ),
        (
            "the first point lies to the right of the middle. $1 wants the line from the first "
            "point to the middle to run to the right.",
            lambda points: turned(points, np.pi - angle_of(points), points.mean(axis=0)),
        ),
        ("the points come out as they went in.", lambda points: points),
    ]
    advice = "What is the angle of the line from the first point to the mean of all points?"
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def threshold(function: Callable) -> None:
    """Check `function(distances, keep)`: the distance within which a share of letters lies."""
    rng = np.random.default_rng(3)
    cases = [
        (np.linspace(0, 1, 101), 0.95),
        (rng.gamma(2.0, 0.1, 200), 0.9),
        (rng.gamma(2.0, 0.1, 40), 0.75),
    ]
    mistakes = [
        (
            "that is the share of letters *rejected*, not kept: a letter passes if its distance is "
            "below the threshold.",
            lambda distances, keep: np.quantile(distances, 1 - keep),
        ),
        (
            "it is a share of the largest distance, which a single bad letter decides. The "
            "question is about a share of the *letters*.",
            lambda distances, keep: keep * distances.max(),
        ),
        (
            "every letter passes: then a scribble that is no further than the worst letter does, "
            "too.",
            lambda distances, keep: distances.max(),
        ),
        (
            "the mean keeps about half of the letters, whatever was asked for.",
            lambda distances, keep: distances.mean(),
        ),
        (
            "two standard deviations keep 95% of a bell curve. Distances are none, and `keep` has "
            "no say in it.",
            lambda distances, keep: distances.mean() + 2 * distances.std(),
        ),
    ]
    advice = "Sort the distances. Which of them has a share of `keep` below it?"
    given = [judge.call(function, *case) for case in cases]
    if not all(map(_parts, given, cases)):  # between two distances any will do
        judge.compare(function, cases, np.quantile, mistakes, advice)
    judge.confirm(function)


def speeds(function: Callable) -> None:
    """Check `function(stroke)`: (p, 3) of x, y, seconds to the speed at each point, the first 0."""
    even = np.array([[0, 0, 0.0], [3, 4, 0.1], [6, 8, 0.2]])
    resting = np.array([[0, 0, 0.0], [1, 0, 0.5], [1, 0, 0.5], [1, 2, 0.7], [5, 2, 0.6]])
    rng = np.random.default_rng(4)
    wild = np.column_stack([rng.normal(size=(8, 2)).cumsum(0), rng.uniform(0.01, 0.1, 8).cumsum()])
    cases = [(even,), (wild,), (resting,), (even[:1],)]

    def parts(stroke):
        moves = np.diff(stroke, axis=0, prepend=stroke[:1])
        return np.linalg.norm(moves[:, :2], axis=1), moves[:, 2]

    def right(stroke):
        lengths, seconds = parts(stroke)
        return np.where(seconds > 0, lengths / np.where(seconds > 0, seconds, 1), 0.0)

    def careless(stroke):
        lengths, seconds = parts(stroke)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.concatenate([[0.0], (lengths / seconds)[1:]])

    def careful_of_zero(stroke):
        lengths, seconds = parts(stroke)
        return np.where(seconds != 0, lengths / np.where(seconds != 0, seconds, 1), 0.0)

    def squared(stroke):
        moves = np.diff(stroke, axis=0, prepend=stroke[:1])
        seconds = moves[:, 2]
        lengths = (moves[:, :2] ** 2).sum(axis=1)
        return np.where(seconds > 0, lengths / np.where(seconds > 0, seconds, 1), 0.0)

    mistakes = [
        (
            "it divides by a time of zero: a tablet may report two points at once. Call the speed "
            "there 0.",
            careless,
        ),
        (
            "a clock that runs backwards gives a negative speed. Call the speed there 0.",
            careful_of_zero,
        ),
        ("it is a distance from point to point, in no time at all.", lambda s: parts(s)[0]),
        ("the distance lacks its square root.", squared),
        (
            "one speed is missing: there are as many as points, and the first is 0.",
            lambda stroke: right(stroke)[1:],
        ),
    ]
    advice = "A speed is a distance divided by the time that it took. What if that time is not > 0?"
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def promise(function: Callable) -> None:
    """Check `function(probabilities, labels, precision)`: the lowest threshold that keeps its word.

    probabilities: a list of arrays (rows, classes). Thresholds are 0.50, 0.51, ..., 0.99.
    """
    cases = [(*growing_letters(seed, skill), precision) for seed, skill, precision in CASES]
    mistakes = [
        (
            "it judges the answers at the end. What counts is the answer at the first row that "
            "reaches the threshold: later it can no longer be taken back.",
            lambda *case: _lowest(_right_at_end, *case),
        ),
        (
            "it judges all rows that are sure enough. A letter is decided once, at the first.",
            lambda *case: _lowest(_right_rows, *case),
        ),
        (
            "letters that are never decided count as wrong. A promise is about the decisions that "
            "are made.",
            lambda *case: _lowest(_right_of_all, *case),
        ),
        (
            "it is the highest threshold that keeps the promise. The lowest decides earliest.",
            lambda *case: max(_kept(_right_decisions, *case), default=1.0),
        ),
    ]
    advice = "For each threshold: where is every letter first sure enough, and is it right there?"
    judge.compare(function, cases, _promised, mistakes, advice)
    judge.confirm(function)


CASES = ((0, 0.5, 0.8), (1, 0.7, 0.9), (2, 0.4, 0.75), (3, 0.6, 0.95))
THRESHOLDS = [round(t, 2) for t in np.arange(0.5, 1.0, 0.01)]


def growing_letters(seed: int, skill: float) -> tuple[list[np.ndarray], np.ndarray]:
    """Make answers that grow surer, rightly more often than not: 60 letters of 4 classes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(4, size=60)
    growing = []
    for label in labels:
        rows = int(rng.integers(4, 12))
        logits = np.cumsum(rng.normal(0, 0.9, (rows, 4)), axis=0)
        logits[:, label] += skill * np.arange(1, rows + 1)
        odds = np.exp(logits)
        growing.append(odds / odds.sum(axis=1, keepdims=True))
    return growing, labels


def _first_rows(probabilities, threshold):
    return [np.flatnonzero(p.max(axis=1) >= threshold)[:1] for p in probabilities]


def _right_decisions(probabilities, labels, threshold):
    rows = _first_rows(probabilities, threshold)
    return [
        p[row[0]].argmax() == label
        for p, row, label in zip(probabilities, rows, labels, strict=True)
        if len(row)
    ]


def _right_at_end(probabilities, labels, threshold):
    rows = _first_rows(probabilities, threshold)
    return [
        p[-1].argmax() == label
        for p, row, label in zip(probabilities, rows, labels, strict=True)
        if len(row)
    ]


def _right_rows(probabilities, labels, threshold):
    return [
        row.argmax() == label
        for p, label in zip(probabilities, labels, strict=True)
        for row in p
        if row.max() >= threshold
    ]


def _right_of_all(probabilities, labels, threshold):
    rows = _first_rows(probabilities, threshold)
    return [
        bool(len(row)) and p[row[0]].argmax() == label
        for p, row, label in zip(probabilities, rows, labels, strict=True)
    ]


def _kept(right_of, probabilities, labels, precision) -> list[float]:
    judged = {t: right_of(probabilities, labels, t) for t in THRESHOLDS}
    return [t for t, right in judged.items() if len(right) and np.mean(right) >= precision]


def _lowest(right_of, *case) -> float:
    return min(_kept(right_of, *case), default=1.0)


def _promised(*case) -> float:
    return _lowest(_right_decisions, *case)
