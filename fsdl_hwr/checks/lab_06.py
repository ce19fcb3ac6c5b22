"""Checks of the exercises for lab 06: shared ink, pitch, skew, what a pixel sees, cuts, turns."""

from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge


def count_matches(function: Callable) -> None:
    """Check `function(true, found, threshold)`: how many found lines share enough ink."""
    true = np.repeat([[1], [2], [3]], 12, axis=1)
    part, halves, spilled = true.copy(), true.copy(), true.copy()
    part[0, :4] = 0  # two thirds of a line
    halves[1, 6:] = 4  # one line as two
    spilled[1, :8] = 1  # most of a line in its neighbor
    cases = [
        (true, true, 0.75), (true, part, 0.75), (true, halves, 0.75), (true, spilled, 0.75),
        (true, halves, 0.5), (true, 0 * true, 0.5),
        (np.pad(true, 6), np.pad(true, 6), 0.75),  # with paper around
    ]  # fmt: skip

    def matches(share, reaches=np.greater_equal, first=1):
        def count(true, found, threshold):
            lines = [found == k for k in range(first, found.max() + 1)]
            others = [true == k for k in range(first, true.max() + 1)]
            return sum(
                any(reaches(share(a, b), threshold) for a in others) for b in lines if b.any()
            )

        return count

    def iou(a, b):
        return (a & b).sum() / (a | b).sum()

    mistakes = [
        (
            "a line that is found only in part counts as found: the shared ink is divided by what "
            "was found alone, so what was missed costs nothing.",
            matches(lambda a, b: (a & b).sum() / b.sum()),
        ),
        (
            "a found line that swallows its neighbor counts as right: the shared ink is divided by "
            "the true line alone, so what is too much costs nothing.",
            matches(lambda a, b: (a & b).sum() / a.sum()),
        ),
        (
            "paper counts as a line: 0 is no line's number.",
            matches(iou, first=0),
        ),
        (
            "a line that shares exactly the threshold counts too.",
            matches(iou, np.greater),
        ),
        (
            "ink in both lines is counted twice below the fraction bar.",
            matches(lambda a, b: (a & b).sum() / (a.sum() + b.sum())),
        ),
    ]
    judge.compare(
        function, cases, matches(iou), mistakes,
        "Take one true and one found line, and count the px that both have and that either has.",
    )  # fmt: skip
    judge.confirm(function)


def find_pitch(function: Callable) -> None:
    """Check `function(sums, smallest)`: the shift at which row sums agree best with themselves."""
    rng = np.random.default_rng(0)
    cases = []
    for pitch, rows in ((20, 240), (31, 400), (13, 200)):
        places = np.arange(rows)
        hills = 40 + 60 * np.exp(-0.5 * ((places % pitch - pitch / 2) / (pitch / 8)) ** 2)
        cases.append((hills + rng.normal(0, 1, rows), 5))

    def shifts(sums, smallest, center=True, normalize=False):
        sums = sums - sums.mean() if center else sums
        length = len(sums)
        values = np.array([sums[k:] @ sums[: length - k] for k in range(smallest, length // 2)])
        return values / (length - np.arange(smallest, length // 2)) if normalize else values

    mistakes = [
        (
            "sums that are all positive agree most when they overlap most. Take their mean away "
            "first.",
            lambda sums, smallest: smallest + int(shifts(sums, smallest, center=False).argmax()),
        ),
        (
            "that counts from the first shift that was tried, not from 0.",
            lambda sums, smallest: int(shifts(sums, smallest).argmax()),
        ),
        (
            "that is where they agree least: half a pitch away, hills meet valleys.",
            lambda sums, smallest: smallest + int(shifts(sums, smallest).argmin()),
        ),
        (
            "every page agrees with itself when it is not shifted at all. Begin with `smallest`.",
            lambda sums, smallest: 0,
        ),
    ]
    judge.compare(
        function,
        cases,
        lambda sums, smallest: smallest + int(shifts(sums, smallest).argmax()),
        mistakes,
        "Plot the agreement over the shift: the first high peak after 0 is the pitch.",
    )
    judge.confirm(function)


def find_slope(function: Callable) -> None:
    """Check `function(ink, slopes)`: the slope at which the row sums are most uneven."""
    slopes = [-0.2, -0.1, 0.0, 0.1, 0.2]
    cases = []
    for slope in (0.1, -0.2, 0.0):
        ink = np.zeros((120, 100), bool)
        for foot in (30, 60, 90):
            for x in range(100):
                row = foot + round(slope * x)
                ink[row - 6 : row, x] = True
        cases.append((ink, slopes))

    def sums_at(ink, slope):
        return np.sum([np.roll(ink[:, x], -round(slope * x)) for x in range(ink.shape[1])], axis=0)

    def best(measure, sign=1):
        return lambda ink, slopes: max(slopes, key=lambda s: measure(sums_at(ink, sign * s)))

    mistakes = [
        (
            "that turns the page the wrong way: lines that fall by a slope are level again when "
            "each column is moved *up* by slope × x.",
            lambda ink, slopes: -best(np.var)(ink, slopes) + 0.0,
        ),
        (
            "that is where the sums are most even. Level lines make hills and valleys.",
            lambda ink, slopes: min(slopes, key=lambda s: np.var(sums_at(ink, s))),
        ),
        (
            "the total of the sums is the ink of the page, the same at every slope.",
            lambda ink, slopes: max(slopes, key=lambda s: int(sums_at(ink, s).sum())),
        ),
    ]
    judge.compare(
        function, cases, best(np.var), mistakes,
        "Try it on a page of three straight lines, and print the variance at each slope.",
    )  # fmt: skip
    judge.confirm(function)


def pixels_seen(function: Callable) -> None:
    """Check `function(layers)`: px that one output sees; layers of (kernel, stride, dilation)."""
    cases = [
        ([(3, 1, 1)],),
        ([(7, 1, 3)] * 4 + [(7, 1, 7)] * 10,),
        ([(5, 2, 1), (3, 2, 1), (3, 1, 1), (3, 2, 1), (3, 1, 1)],),
        ([(2, 2, 1), (3, 1, 2)],),
    ]

    def seen(layers, dilate=True, step_by=lambda step, stride: step * stride, late=False):
        width, step = 1, 1
        for kernel, stride, dilation in layers:
            step = step_by(step, stride) if late else step
            width += (kernel - 1) * (dilation if dilate else 1) * step
            step = step if late else step_by(step, stride)
        return width

    mistakes = [
        (
            "the gaps of dilated kernels are forgotten: 7 taps 3 px apart span 19 px.",
            lambda layers: seen(layers, dilate=False),
        ),
        (
            "strides are forgotten: after a stride of 2, neighbors lie 2 px of the page apart.",
            lambda layers: seen(layers, step_by=lambda step, stride: 1),
        ),
        (
            "strides multiply: after two strides of 2, neighbors lie 4 px apart.",
            lambda layers: seen(layers, step_by=lambda step, stride: stride),
        ),
        (
            "a layer's own stride widens what the *next* layers see, not what it sees itself.",
            lambda layers: seen(layers, late=True),
        ),
        (
            "each layer adds its kernel less one: neighboring taps share what they see.",
            lambda layers: sum(kernel * dilation for kernel, _, dilation in layers),
        ),
    ]
    judge.compare(
        function, cases, seen, mistakes,
        "Go through the layers once, and carry along how far apart neighbors lie on the page.",
    )  # fmt: skip
    judge.confirm(function)


def share_out(function: Callable) -> None:
    """Check `function(points, feet, x_height)`: the line, 0 or 1, of each px of a shared stroke."""
    rng = np.random.default_rng(1)
    column = np.stack([np.full(60, 7.0), np.arange(20.5, 80.5)], axis=1)  # no tie
    slanted = np.stack([np.linspace(0, 30, 40), np.linspace(0, 99, 40)], axis=1)
    cases = [
        (column, (40.0, 70.0), 10.0),
        (slanted, (30.0, 90.0), 24.0),
        (rng.uniform(0, 100, (30, 2)), (45.0, 60.0), 8.0),
    ]

    def nearest(points, feet, x_height, axis=1, lift=0.5):
        away = np.abs(points[:, axis, None] - (np.array(feet) - lift * x_height))
        return away.argmin(axis=1).tolist()

    mistakes = [
        (
            "the whole stroke went to one line. Cut it: every px has a line of its own.",
            lambda points, feet, x_height: (
                [int(np.mean(nearest(points, feet, x_height)) > 0.5)] * len(points)
            ),
        ),
        (
            "x and y are mixed up: points are (x, y), and lines differ in y.",
            lambda points, feet, x_height: nearest(points, feet, x_height, axis=0),
        ),
        (
            "measured from the baselines. A letter's body lies above its baseline: measure from "
            "the middle of the core band.",
            lambda points, feet, x_height: nearest(points, feet, x_height, lift=0.0),
        ),
        (
            "y points down: the core band lies at *smaller* y than the baseline.",
            lambda points, feet, x_height: nearest(points, feet, x_height, lift=-0.5),
        ),
        (
            "the answers are the wrong way round: 0 is the first line.",
            lambda points, feet, x_height: [1 - k for k in nearest(points, feet, x_height)],
        ),
    ]
    judge.compare(
        function, cases, nearest, mistakes,
        "Take one px, and write down its distance to the middle of either core band.",
    )  # fmt: skip
    judge.confirm(function)


def upright_turn(function: Callable) -> None:
    """Check `function(readings)`: the turn, 0 to 3, of four lists of (text, confidence)."""
    right = [("the quick brown fox", 0.9), ("jumps over", 0.8)]
    sure = [("l", 0.99), ("i", 0.98)]
    babble = [("mjmjmjmjmjmjmjmjmjmjmjmjmjmjmjm", 0.2), ("wwmwwmwwmwwmwwm", 0.1)]
    nearly = [("the quick brown fax", 0.95), ("jumps ever", 0.9)]
    cases = [
        ([right, sure, babble, sure],),
        ([babble, sure, right, sure],),
        ([sure, babble, sure, right],),
        ([right, babble, nearly, []],),  # upside down is a little better: it stays as it is
        ([[], [], [], []],),
        ([[("ab", 0.5)], right, [("mwmwmw", 0.4)], sure],),
        ([[("ab", 0.5)], [("twelve cats", 0.9)], [("twelve horse", 0.9)], []],),
    ]

    def score(lines):
        return sum(confidence * len(text) for text, confidence in lines)

    def best(measure, factor=1.2):
        def turn(readings):
            scores = [measure(lines) for lines in readings]
            winner = int(np.argmax(scores))
            return winner if scores[winner] > factor * scores[0] else 0

        return turn

    def last(readings, base=0):
        scores, turn = [score(lines) for lines in readings], 0
        for k in (1, 2, 3):
            if scores[k] > 1.2 * scores[turn if base is None else base]:
                turn = k
        return turn

    mistakes = [
        ("the last turn that is better than none was taken, and not the best.", last),
        (
            "every turn is compared with the best before it. Only turning at all wants proof; "
            "among the turns the best wins.",
            lambda readings: last(readings, None),
        ),
        (
            "a page that is a little less sure as it stands was turned. Turning wants proof: only "
            "a score 1.2 times as good turns a page.",
            best(score, factor=1.0),
        ),
        (
            "a few short lines read with confidence won. Characters count as well as confidence.",
            best(lambda lines: np.mean([c for _, c in lines]) if lines else 0),
        ),
        (
            "the turn with the most characters won, and it is babble. Confidence counts as well.",
            best(lambda lines: sum(len(text) for text, _ in lines)),
        ),
    ]
    judge.compare(
        function, cases, best(score), mistakes,
        "Write the score of every turn beside its texts, and ask which of them you would believe.",
    )  # fmt: skip
    judge.confirm(function)
