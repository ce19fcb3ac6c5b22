"""Checks of the exercises for lab 03: windows, collapsing, error rates, the forward algorithm."""

from collections.abc import Callable
from itertools import groupby

import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import ctc, metrics
from fsdl_hwr.checks import judge


def window_starts(function: Callable) -> None:
    """Check `function(image_width, window_width, stride)`: the starts of all whole windows, px."""
    cases = [(952, 12, 5), (952, 28, 14), (28, 28, 14), (30, 28, 1), (101, 20, 20)]
    mistakes = [
        (
            "the last window is missing. One that ends exactly at the right edge still lies in the "
            "image: try an image as wide as one window.",
            lambda width, window, stride: list(range(0, width - window, stride)),
        ),
        (
            "the last windows reach over the right edge. Where may the last one begin?",
            lambda width, window, stride: list(range(0, width, stride)),
        ),
        (
            "the last windows reach over the right edge. Where may the last one begin?",
            lambda width, window, stride: [k * stride for k in range(width // stride)],
        ),
        (
            "there is one window too many, off by one: it reaches over the right edge.",
            lambda width, window, stride: [
                k * stride for k in range((width - window) // stride + 2)
            ],
        ),
        (
            "each window begins where the one before ended. They should overlap: the stride says "
            "how far apart they begin.",
            lambda width, window, stride: list(range(0, width - window + 1, window)),
        ),
    ]
    judge.compare(
        function,
        cases,
        lambda width, window, stride: list(range(0, width - window + 1, stride)),
        mistakes,
        "Draw a line of 10 px with windows of 4 px every 3 px, and count.",
    )
    judge.confirm(function)


def collapse(function: Callable) -> None:
    """Check `function(path)`: a path of classes, blank 0, to the label that it writes."""
    paths = [[1, 1, 2], [0, 3, 3, 0, 4, 0], [5, 5, 0, 5, 0, 0, 6], [7, 0, 8, 7, 7], [0, 0], []]
    mistakes = [
        (
            "double letters are lost: the blanks were gone before equal neighbors were merged, and "
            "it was a blank that kept them apart.",
            lambda path: [k for k, _ in groupby(k for k in path if k)],
        ),
        ("the blanks are still there.", lambda path: [k for k, _ in groupby(path)]),
        (
            "the blanks are gone, but a character that was held for several frames is written "
            "several times.",
            lambda path: [k for k in path if k],
        ),
        (
            "every character is written only once in the whole text. Only equal *neighbors* are "
            "one character.",
            lambda path: [k for k in dict.fromkeys(path) if k],
        ),
    ]
    judge.compare(
        function,
        [(path,) for path in paths],
        lambda path: ctc.collapse(path).tolist(),
        mistakes,
        "Do it by hand, in two passes over the path.",
    )
    judge.confirm(function)


def frames_needed(function: Callable) -> None:
    """Check `function(label)`: the fewest frames in which a label can be written."""
    labels = [[1, 2, 3], [1, 2, 2, 3], [4, 4, 4], [1, 2, 1], [5], [], [6, 6, 7, 7, 6]]
    mistakes = [
        (
            "the blank between equal neighbors is forgotten: without it they would be merged.",
            len,
        ),
        (
            "that counts a blank between all neighbors. Most blanks may be left out; which cannot?",
            lambda label: max(2 * len(label) - 1, 0),
        ),
        (
            "that counts all states of the lattice, blanks included. Most blanks may be left out.",
            lambda label: 2 * len(label) + 1,
        ),
        (
            "a character that comes again later, with others between, needs no blank. Only equal "
            "neighbors do.",
            lambda label: 2 * len(label) - len(set(label)),
        ),
        (
            "three equal characters in a row have two places between them, not one.",
            lambda label: len(label) + sum(len(list(run)) > 1 for _, run in groupby(label)),
        ),
    ]
    judge.compare(
        function,
        [(label,) for label in labels],
        ctc.frames_needed,
        mistakes,
        "Write the shortest path that collapses to this label, and count.",
    )
    judge.confirm(function)


def greedy_read(function: Callable) -> None:
    """Check `function(logits, frames)`: logits (lines, frames, classes) to a label each."""
    rng = np.random.default_rng(0)
    paths = np.array([[1, 1, 0, 1, 3, 3, 0, 2], [0, 2, 2, 4, 4, 4, 1, 1], [4, 0, 4, 0, 0, 3, 3, 1]])
    logits = rng.normal(size=(3, 8, 5))
    np.put_along_axis(logits, paths[..., None], 5.0, axis=2)
    cases = [(logits, np.array([8, 8, 8])), (logits, np.array([5, 4, 7])), (logits[1:], [0, 8])]

    def read(change):
        return lambda logits, frames: [
            change(row, n) for row, n in zip(logits.argmax(-1).tolist(), frames, strict=True)
        ]

    mistakes = [
        (
            "the frames after the end of the ink are read too. `frames` says how many are real, "
            "line by line.",
            read(lambda row, n: ctc.collapse(row).tolist()),
        ),
        ("the last real frame is not read: off by one.", read(lambda row, n: _text(row[: n - 1]))),
        ("one frame of paper is read: off by one.", read(lambda row, n: _text(row[: n + 1]))),
        (
            "that is the best class of every frame, not yet a label: collapse it.",
            read(lambda row, n: row[:n]),
        ),
        (
            "the blank is taken for the last class. In this kit it is class 0.",
            read(lambda row, n: [k for k, _ in groupby(row[:n]) if k != 4]),
        ),
        (
            "the classes are looked for along the wrong axis: logits are (lines, frames, classes).",
            lambda logits, frames: [
                _text(row[:n]) for row, n in zip(logits.argmax(1).tolist(), frames, strict=True)
            ],
        ),
    ]
    judge.compare(
        function,
        cases,
        read(lambda row, n: _text(row[:n])),
        mistakes,
        "Look at one line: the best class of each frame first, then the cut, then the collapse.",
    )
    judge.confirm(function)


def _text(path):
    return ctc.collapse(path).tolist()


def corpus_cer(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(references, predictions)`: the CER of a corpus, as a number from 0 up."""
    references = ["a", "letter by letter", "no", "the end of the line"]
    predictions = ["b", "leter by letter", "no", "he end of the line!"]
    cases = [
        (references, predictions),
        (["ab", "a longer line"], ["", "a longer lime"]),
        (["same"], ["same"]),
        (["abc"], ["xyzabc12"]),
        (["letter ", "by letter"], ["", "letter by letter"]),
    ]

    def edits(references, predictions):
        return np.array(
            [Levenshtein.distance(r, p) for r, p in zip(references, predictions, strict=True)]
        )

    def lengths(texts):
        return np.array([len(text) for text in texts])

    mistakes = [
        (
            "that is the mean of the lines' rates, in which a line of one character weighs as much "
            "as a line of twenty. Sum over the corpus first, then divide.",
            lambda r, p: np.mean(edits(r, p) / lengths(r)),
        ),
        (
            "that divides by the characters of the predictions. Who writes much would be rewarded: "
            "the references say how much there was to read.",
            lambda r, p: edits(r, p).sum() / max(lengths(p).sum(), 1),
        ),
        (
            "that divides by the longer of the two texts. A rate above 100% is allowed: more can "
            "be written than there was to read.",
            lambda r, p: edits(r, p).sum() / np.maximum(lengths(r), lengths(p)).sum(),
        ),
        (
            "that compares place by place, so one lost character makes all after it wrong. Count "
            "edits: insertions, deletions, substitutions.",
            lambda r, p: _unequal_places(r, p) / lengths(r).sum(),
        ),
        (
            "the lines are joined before they are compared, so that what was read in another line "
            "costs nothing. Compare line by line.",
            lambda r, p: Levenshtein.distance("".join(r), "".join(p)) / lengths(r).sum(),
        ),
        (
            "the lines are joined before they are compared, so that what was read in another line "
            "costs nothing. Compare line by line.",
            lambda r, p: Levenshtein.distance("\n".join(r), "\n".join(p)) / lengths(r).sum(),
        ),
        ("that is the number of edits, not yet a rate.", lambda r, p: edits(r, p).sum()),
        (
            "that is the share of right characters; the error rate is asked for.",
            lambda r, p: 1 - edits(r, p).sum() / lengths(r).sum(),
        ),
        ("that is in percent: 1 is 100%.", lambda r, p: 100 * edits(r, p).sum() / lengths(r).sum()),
    ]
    judge.compare(
        function,
        cases,
        lambda r, p: metrics.character_error_rate(r, p).value,
        mistakes,
        "What is counted over the whole corpus, and what is it divided by?",
    )
    judge.confirm(function)


def _unequal_places(references, predictions):
    pairs = list(zip(references, predictions, strict=True))
    unequal = sum(a != b for r, p in pairs for a, b in zip(r, p, strict=False))
    return unequal + sum(abs(len(r) - len(p)) for r, p in pairs)


def bootstrap_interval(function: Callable) -> None:  # long: a table of mistakes  # noqa: C901 (each may fail)
    """Check `function(errors, lengths, rng)`: low and high end of a corpus CER's 95% interval."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 60, 150)
    corpora = [
        (lengths, lengths // 5 + rng.integers(0, 2, 150)),  # every line about equally bad
        (lengths, np.where(rng.random(150) < 0.2, lengths // 2, 0)),  # a few lines quite bad
        (lengths, np.where(lengths > 40, lengths // 2, 0)),  # only long lines bad
    ]

    def resampled(draw, ends=(2.5, 97.5)):
        def interval(lengths, errors):
            rng = np.random.default_rng(1)
            return np.percentile([draw(lengths, errors, rng) for _ in range(2000)], ends)

        return interval

    def lines(lengths, errors, rng):
        chosen = rng.integers(len(lengths), size=len(lengths))
        return errors[chosen].sum() / lengths[chosen].sum()

    def apart(lengths, errors, rng):
        return rng.choice(errors, len(errors)).sum() / rng.choice(lengths, len(lengths)).sum()

    def characters(lengths, errors, rng):
        return rng.binomial(lengths.sum(), errors.sum() / lengths.sum()) / lengths.sum()

    def rates(lengths, errors, rng):
        return np.mean(rng.choice(errors / lengths, len(lengths)))

    def deviations(lengths, errors):
        draws = [lines(lengths, errors, rng) for _ in range(2000)]
        return np.mean(draws) + np.array([-1, 1]) * np.std(draws)

    known = [
        ("", resampled(lines)),
        (
            "both ends are the same: you draw every line once. Draw as many lines as there are, "
            "but each from all of them, so that some come twice and some not at all.",
            lambda lengths, errors: np.repeat(errors.sum() / lengths.sum(), 2),
        ),
        (
            "the errors of one line meet the length of another. Draw lines, and take both numbers "
            "of each line that was drawn.",
            resampled(apart),
        ),
        (
            "the interval is too narrow: single characters were drawn. The errors in a line hang "
            "together (one writer, one bad image), so whole lines must be drawn.",
            resampled(characters),
        ),
        (
            "that is the interval of the mean of the lines' rates, not of the corpus CER: sum "
            "errors and lengths of the drawn lines first.",
            resampled(rates),
        ),
        (
            "the interval is too narrow: it holds 90% of the draws. 95% leave 2.5% out on each "
            "side.",
            resampled(lines, (5, 95)),
        ),
        (
            "the interval holds the middle half of the draws. 95% leave 2.5% out on each side.",
            resampled(lines, (25, 75)),
        ),
        (
            "the interval is one standard deviation to each side: 68% of the draws, not 95%.",
            deviations,
        ),
    ]
    given = []
    for number, (lengths, errors) in enumerate(corpora):
        ends = judge.call(function, errors, lengths, np.random.default_rng(number))
        if np.shape(ends) != (2,):
            raise judge.Wrong(
                f"`{function.__name__}` returns {judge.show(ends)}; two ends are due."
            )
        if ends[0] > ends[1]:
            raise judge.Wrong("the low end is above the high end.")
        given.append(ends)
    far = [
        np.mean(
            [np.abs(ends - known_one(*corpus)) for ends, corpus in zip(given, corpora, strict=True)]
        )
        for _, known_one in known
    ]
    message = known[int(np.argmin(far))][0]
    if message:
        raise judge.Wrong(message)
    width = np.ptp(known[0][1](*corpora[1]))
    if far[0] > 0.1 * width:
        raise judge.Wrong(
            f"the interval is {judge.show(given[1])}, but the middle of the draws lies elsewhere. "
            "Print a few resampled rates, and compare them with the rate of the whole corpus."
        )
    judge.draws_from_generator(function, *corpora[1][::-1])
    judge.confirm(function)


def log_likelihood(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(log_probs, label)`: log p(label), all alignments summed."""
    rng = np.random.default_rng(0)
    cases = [
        (ctc.log_softmax(rng.normal(size=(frames, classes))), np.array(label))
        for frames, classes, label in [
            (1, 3, [2]),
            (3, 3, [1]),
            (4, 3, [1, 2]),
            (5, 3, [1, 1]),
            (7, 4, [2, 2, 1, 3]),
            (2, 3, [1, 1]),  # cannot be written
            (1500, 20, list(range(1, 20)) * 3),
        ]
    ]

    def forward(skip="right", add=np.logaddexp.reduce, starts=2, ends=2):
        return lambda log_probs, label: _forward(log_probs, label, skip, add, starts, ends)

    right = forward()
    mistakes = [
        (
            "the blank between two equal characters was skipped. Then they would be merged, so "
            "there the way over it is closed.",
            forward(skip="always"),
        ),
        (
            "the blank between different characters is never skipped. It may be: they stay apart "
            "without it.",
            forward(skip="never"),
        ),
        (
            "only paths that end in the blank are counted. A path may also end in the last "
            "character.",
            forward(ends=1),
        ),
        (
            "only paths that begin with a blank are counted. A path may also begin with the first "
            "character.",
            forward(starts=1),
        ),
        (
            "that is the likeliest path alone. All paths that write the label are to be summed.",
            forward(add=np.max),
        ),
        ("that is the probability; its logarithm is asked for.", lambda *a: np.exp(right(*a))),
        ("that is the loss: minus what is asked for.", lambda *a: -right(*a)),
        (
            "on 1,500 frames the probabilities become too small for a float, and the answer -inf. "
            "Stay with logarithms from the first frame to the last (np.logaddexp adds).",
            lambda log_probs, label: right(log_probs, label) if len(log_probs) < 99 else -np.inf,
        ),
    ]
    with np.errstate(divide="ignore"):  # students may well take the logarithm of 0
        judge.compare(
            function,
            cases,
            right,
            mistakes,
            "List all paths of three frames and two classes, and find the ones that write the "
            "label: their sum is the answer.",
        )
    judge.confirm(function)


def _forward(log_probs, label, skip, add, starts, ends):
    """Sum over the lattice, right or with one of the typical mistakes."""
    states = np.zeros(2 * len(label) + 1, int)
    states[1::2] = label
    may_skip = np.zeros(len(states), bool)
    may_skip[3::2] = {
        "right": label[1:] != label[:-1],
        "always": True,
        "never": False,
    }[skip]
    alpha = np.full(len(states), -np.inf)
    alpha[:starts] = log_probs[0, states[:starts]]
    for frame in log_probs[1:]:
        ways = np.full((3, len(states)), -np.inf)
        ways[0], ways[1, 1:], ways[2, 2:] = alpha, alpha[:-1], alpha[:-2]
        ways[2, ~may_skip] = -np.inf
        alpha = add(ways, axis=0) + frame[states]
    return float(add(alpha[-ends:], axis=0))
