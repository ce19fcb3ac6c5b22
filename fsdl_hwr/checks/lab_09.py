"""Checks of the exercises for lab 09: statuses, queues, headers, probes, limits and canaries."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from fsdl_hwr.checks import judge
from fsdl_hwr.serving import hostile

MAX_BYTES, MAX_PIXELS = 10_000_000, 16_000_000
KINDS = ("PNG", "JPEG", "WebP")


def status(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(length, kind, pixels, waiting, room)`: the HTTP status of an answer."""
    cases = [
        (50_000, "PNG", 400_000, 0, 8),
        (0, "", 0, 0, 8),
        (20_000_000, "PNG", 400_000, 0, 8),
        (5_000, "TIFF", 400_000, 0, 8),
        (50_000, "PNG", 400_000_000, 0, 8),
        (50_000, "JPEG", 400_000, 8, 8),
        (50_000, "JPEG", 400_000, 7, 8),
        (50_000, "PNG", 400_000_000, 8, 8),
        (20_000_000, "", 0, 8, 8),
        (10_000_000, "WebP", 16_000_000, 0, 8),
    ]

    def decide(order=("length", "empty", "kind", "pixels", "room"), strict=True, changes=()):
        def decided(length, kind, pixels, waiting, room):
            over = (lambda a, b: a > b) if strict else (lambda a, b: a >= b)
            found = {
                "length": (over(length, MAX_BYTES), 413),
                "empty": (length == 0, 400),
                "kind": (kind not in KINDS, 415),
                "pixels": (over(pixels, MAX_PIXELS), 422),
                "room": (waiting >= room, 503),
            } | dict(changes)
            return next((found[name][1] for name in order if found[name][0]), 200)

        return decided

    mistakes = [
        (
            "a full queue comes before the request is looked at. A bad body will be as bad in a "
            "second: say so at once, and keep 503 for those who should come again.",
            decide(("room", "length", "empty", "kind", "pixels")),
        ),
        (
            "exactly as much as is allowed is refused.",
            decide(strict=False),
        ),
        (
            "an empty body is called a wrong kind: look at its length first.",
            decide(("length", "kind", "empty", "pixels", "room")),
        ),
        (
            "no queue is ever full: with `room` requests waiting the next has no place.",
            decide(("length", "empty", "kind", "pixels")),
        ),
        (
            "too many pixels are answered with 413. That is for a body that is too long; this one "
            "is short, and cannot be processed: 422.",
            lambda *case: 413 if decide()(*case) == 422 else decide()(*case),
        ),
    ]
    judge.compare(function, cases, decide(), mistakes, "Go through the table from the top.")
    if judge.call(function, 50, "", 9, 0, 8) != 415:
        raise judge.Wrong(
            "what has a length and no known kind ('') is no picture: 415. In Python '' is *in* "
            "every text; compare with a list of kinds."
        )
    if judge.call(function, 50, "PNG", 9, 9, 8) != 503:
        raise judge.Wrong("with *more* requests waiting than there is room, there is none: 503.")
    judge.confirm(function)


def room_for(function: Callable) -> None:
    """Check `function(per_second, workers, latest)`: places in each worker's queue."""
    cases = [(20.0, 1, 0.5), (45.0, 2, 0.2), (100.0, 4, 0.3), (4.0, 1, 0.1), (7.0, 2, 0.9)]

    def right(per_second, workers, latest):
        return max(1, math.floor(per_second / workers * latest + 1e-9))

    mistakes = [
        (
            "that is the room of all workers together; each has a queue of its own.",
            lambda rate, workers, latest: max(1, math.floor(rate * latest + 1e-9)),
        ),
        (
            "rate and time are divided. Little: inside = leaving per second x seconds of stay.",
            lambda rate, workers, latest: max(1, math.floor(rate / workers / latest + 1e-9)),
        ),
        (
            "rounded up: the last request in the queue is late then.",
            lambda rate, workers, latest: max(1, math.ceil(rate / workers * latest - 1e-9)),
        ),
        (
            "a queue of 0 places reads nothing. One request must always have a place.",
            lambda rate, workers, latest: math.floor(rate / workers * latest + 1e-9),
        ),
    ]
    judge.compare(
        function, cases, right, mistakes, "How many leave one worker while the last one waits?"
    )
    judge.confirm(function)


def png_pixels(function: Callable) -> None:
    """Check `function(data)`: width times height from a PNG's header, 0 for what is no PNG."""
    wide = hostile.png_of(300, 20)
    cases = [
        (hostile.png_of(8, 8),),
        (wide,),
        (hostile.bomb(12_000),),
        (b"GIF89a" + bytes(range(40)),),
        (wide[:20],),
        (hostile.png_of(8, 70_000)[:22],),
        (b"",),
    ]

    def pixels(
        order="big", first=16, sized=True, checked=True, join: Callable = lambda a, b: a * b
    ):
        def counted(data):
            if (checked and data[:8] != wide[:8]) or (sized and len(data) < 24):
                return 0
            sides = [int.from_bytes(data[k : k + 4], order) for k in (first, first + 4)]
            return join(*sides)

        return counted

    mistakes = [
        (
            "the bytes are read from the wrong end: PNG writes the highest byte first.",
            pixels(order="little"),
        ),
        (
            "the place is wrong: 8 bytes of signature, 4 of the chunk's length, 4 of its name.",
            pixels(first=8),
        ),
        ("the place is wrong: the chunk's name is still before the width.", pixels(first=12)),
        (
            "what is no PNG has pixels: compare the first 8 bytes with the signature.",
            pixels(checked=False),
        ),
        (
            "a header that is cut off is read as if the missing bytes were 0 or less: without 24 "
            "bytes there is no answer but 0.",
            pixels(sized=False),
        ),
        ("width and height are added.", pixels(join=lambda a, b: a + b)),
    ]
    judge.compare(function, cases, pixels(), mistakes, "Print the first 24 bytes of a small PNG.")
    judge.confirm(function)


class Broken:
    """A reader that fails as a session does whose file has gone."""

    def __repr__(self) -> str:
        return "broken"

    def __call__(self, line):
        raise RuntimeError("the session has died")


class Says:
    """A reader that says one text, whatever it is shown."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return f"says {self.text!r}"

    def __call__(self, line):
        return self.text


def is_ready(function: Callable) -> None:
    """Check `function(read, line, expected, waiting, room)`: whether more may be sent here."""
    line = np.zeros((48, 200), np.uint8)
    cases = [
        (Says("ink"), line, "ink", 0, 8),
        (Says("ink"), line, "ink", 8, 8),
        (Says("ink"), line, "ink", 7, 8),
        (Says("###"), line, "ink", 0, 8),
        (Says(""), line, "ink", 0, 8),
        (Broken(), line, "ink", 0, 8),
    ]

    def ready(compares=True, full=True, survives=False):
        def probed(read, line, expected, waiting, room):
            try:
                text = read(line)
            except RuntimeError:
                return survives
            return bool(
                (text == expected or (not compares and text)) and (waiting < room or not full)
            )

        return probed

    mistakes = [
        (
            "it cannot fail: that a process answers is what /healthz says. Ready is who reads.",
            lambda *case: True,
        ),
        (
            "any text will do. A reader with another alphabet reads nonsense without an error: "
            "compare with what is expected.",
            ready(compares=False),
        ),
        ("a full queue is called ready: what is sent there now gets 503.", ready(full=False)),
        ("a reader that raises an error is called ready.", ready(survives=True)),
    ]
    judge.compare(
        function, cases, ready(), mistakes, "Three things can be wrong: text, queue, and an error."
    )
    judge.confirm(function)


def alarm_limit(function: Callable) -> None:
    """Check `function(distances, rate)`: what the largest standardized distance stays below."""
    rng = np.random.default_rng(0)
    cases = []
    for count in (3, 5, 9):
        scale = rng.uniform(0.01, 0.2, count)
        cases.append((rng.gamma(4, scale, (2000, count)), 0.01))

    def standard(distances):
        return (distances - distances.mean(0)) / distances.std(0)

    def right(distances, rate):
        return float(np.quantile(standard(distances).max(axis=1), 1 - rate))

    mistakes = [
        (
            "the distances are not standardized: the widest statistic alone decides.",
            lambda d, rate: float(np.quantile(d.max(axis=1), 1 - rate)),
        ),
        (
            "each statistic has its own limit. With nine of them nine times as many windows raise "
            "an alarm: take the largest of each window first, then the quantile.",
            lambda d, rate: float(np.quantile(standard(d), 1 - rate, axis=0).max()),
        ),
        (
            "the statistics are pooled into one heap, and each window counts many times. Take the "
            "largest of each window first.",
            lambda d, rate: float(np.quantile(standard(d), 1 - rate)),
        ),
        (
            "the wrong end: a share `rate` of the windows lies *above* the limit.",
            lambda d, rate: float(np.quantile(standard(d).max(axis=1), rate)),
        ),
        (
            "the mean over the statistics hides the one that moves.",
            lambda d, rate: float(np.quantile(standard(d).mean(axis=1), 1 - rate)),
        ),
        (
            "the largest is taken over the windows: axis 0 has the windows, axis 1 the statistics.",
            lambda d, rate: float(np.quantile(standard(d).max(axis=0), 1 - rate)),
        ),
    ]
    advice = "Standardize by column, largest by row, then a quantile."
    # Which quantile, and which deviation, is left to the student.
    judge.compare(function, cases, right, mistakes, advice, judge.near(1e-3))
    judge.confirm(function)


def canary(function: Callable) -> None:  # long: the mistakes are a table
    """Check `function(pairs, allowed, least)`: the texts that go out."""
    cases = [
        (_pairs(differs), 0.25, least)
        for differs, least in (
            ("000000000000", 4),
            ("000100000000", 4),  # exactly the allowed share
            ("100000000000", 8),  # too much at first, not in the end
            ("000011110000", 4),  # well at first
            ("110000000001", 2),  # stopped, and well from then on
            ("010101010101", 5),
        )
    ]

    def answers(late=False, patient=True, forgiving=False, once=False, inclusive=False):
        def answered(pairs: Sequence[tuple[str, str]], allowed: float, least: int) -> list[str]:
            texts, different, stopped = [], 0, False
            for count, (current, candidate) in enumerate(pairs, start=1):
                before = stopped
                if not stopped or forgiving:
                    different += current != candidate
                    enough = count == least if once else count >= least or not patient
                    limit = allowed * count
                    far = different >= limit if inclusive else different > limit
                    stopped = enough and far
                texts.append(current if (before if late else stopped) else candidate)
            return texts

        return answered

    mistakes = [
        (
            "the line at which it stops still gets the candidate's text: compare first, then "
            "answer.",
            answers(late=True),
        ),
        (
            "it stops before `least` lines were compared: one line of difference decides.",
            answers(patient=False),
        ),
        (
            "a canary that was stopped comes back. Once stopped it stays so, until a person has "
            "looked.",
            answers(forgiving=True),
        ),
        (
            "it is judged once, after `least` lines, and never again.",
            answers(once=True),
        ),
        (
            "it never stops: those are the candidate's texts.",
            lambda pairs, allowed, least: [candidate for _, candidate in pairs],
        ),
        (
            "nobody gets the candidate's texts: that is a shadow.",
            lambda pairs, allowed, least: [current for current, _ in pairs],
        ),
        ("exactly the allowed share stops it.", answers(inclusive=True)),
    ]
    judge.compare(
        function,
        cases,
        answers(),
        mistakes,
        "Keep three numbers: lines compared, lines that differ, and whether it was stopped.",
    )
    judge.confirm(function)


def _pairs(differs: str) -> list[tuple[str, str]]:
    """Make texts of a current recognizer and a candidate, which differ where there is a 1."""
    return [(f"line {k}", f"line {k}" + "!" * int(one)) for k, one in enumerate(differs)]
