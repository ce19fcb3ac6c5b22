"""Checks of the exercises for lab 08."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import ctc
from fsdl_hwr.checks import judge
from fsdl_hwr.gate import defects


def notices_lost_letters(function: Callable) -> None:
    """Check `function(collapse)`: a test that returns what is wrong with `collapse`, or ''.

    It is applied to the sound function, to the planted defect, and to two others.
    """
    planted = defects.named("blanks dropped before merging").loaded()
    faulty = {
        "drops blanks before it merges": planted.collapse,
        "merges no neighbors": lambda path: np.array([k for k in path if k]),
        "drops no blanks": lambda path: np.array([k for k, _ in itertools.groupby(path)]),
    }
    said = judge.call(function, ctc.collapse)
    if not isinstance(said, str):
        raise judge.Wrong("return a text: what is wrong, and '' if nothing is.")
    if said:
        raise judge.Wrong(f"it complains of the sound function: {said!r}. A false alarm.")
    for name, collapse in faulty.items():
        said = judge.call(function, collapse)
        if not said:
            raise judge.Wrong(
                f"the defect lives: a collapse that {name} passes your test. Which path would show "
                "it?"
            )
        if not isinstance(said, str) or len(said) < 8:
            raise judge.Wrong(f"it fails and does not say why: {said!r}. Name what is wrong.")
    judge.confirm(function)


def broken_rule(function: Callable) -> None:
    """Check `function(distance, words)`: the first rule of a distance that is broken, or ''."""
    all_words = ["", "a", "ab", "ba", "pen", "open", "moon"]

    def squared(a, b):
        return Levenshtein.distance(a, b) ** 2

    def one_way(a, b):  # between words that are no neighbors in the list
        return Levenshtein.distance(a, b) + ((a, b) == ("moon", "a"))

    distances = [
        ("", Levenshtein.distance),
        ("identity", lambda a, b: sum(x != y for x, y in zip(a, b, strict=False))),
        ("symmetry", lambda a, b: max(Levenshtein.distance(a, b) - max(0, len(b) - len(a)), 0)
         or int(a != b)),
        ("triangle", squared),
        ("symmetry", one_way),
    ]  # fmt: skip
    cases = [(wanted, distance, all_words) for wanted, distance in distances]
    cases.append(("triangle", squared, ["", "ab", "a"]))  # the detour's word is the last
    for wanted, distance, words in cases:
        given = judge.call(function, distance, words)
        if given == wanted:
            continue
        if not wanted:
            raise judge.Wrong(f"it says {given!r} of the edit distance, which breaks no rule.")
        if not given:
            raise judge.Wrong(
                f"a distance that breaks the rule {wanted!r} passes. Are all "
                f"{'triples' if wanted == 'triangle' else 'pairs'} of words tried?"
            )
        raise judge.Wrong(
            f"of a distance whose first broken rule is {wanted!r} it says {given!r}: identity "
            "comes first, then symmetry, then the triangle."
        )
    judge.confirm(function)


def resampled_rates(function: Callable) -> None:
    """Check `function(errors, lengths, writers, times)`: a CER for each resample of writers."""
    cases = [_lines(seed, count) for seed, count in enumerate((6, 9, 14))]

    def right(errors, lengths, writers, times):
        of_writer = writers[None] == np.arange(times.shape[1])[:, None]  # (writers, lines)
        return (times @ (of_writer @ errors)) / (times @ (of_writer @ lengths))

    def mean_of_rates(errors, lengths, writers, times):
        of_writer = writers[None] == np.arange(times.shape[1])[:, None]
        rates = (of_writer @ errors) / (of_writer @ lengths)
        return (times @ rates) / times.sum(axis=1)

    def by_place(errors, lengths, writers, times):
        lines = times[:, np.arange(len(errors)) % times.shape[1]]
        return (lines @ errors) / (lines @ lengths)

    def fixed_length(errors, lengths, writers, times):
        return (times[:, writers] @ errors) / lengths.sum()

    mistakes = [
        (
            "that is the mean of the writers' own rates, in which a writer of one line weighs as "
            "much as one of ten. Sum edits and characters first, then divide.",
            mean_of_rates,
        ),
        (
            "the characters are those of all lines. A resample has its own: a writer who is drawn "
            "twice brings edits and characters twice.",
            fixed_length,
        ),
        (
            "lines are given to writers by their place. `writers` says whose each line is.",
            by_place,
        ),
        (
            "each line is counted once, however often its writer was drawn.",
            lambda errors, lengths, writers, times: right(errors, lengths, writers, times > 0),
        ),
    ]
    advice = "How many edits and how many characters does the first resample have?"
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def _lines(seed: int, count: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    writers = np.concatenate([np.arange(3), rng.integers(0, 3, count - 3)])
    lengths = rng.integers(3, 30, count)
    times = rng.multinomial(3, np.full(3, 1 / 3), 8)
    return rng.binomial(lengths, 0.3), lengths, rng.permutation(writers), times


def duplicates(function: Callable) -> None:
    """Check `function(train, test)`: how many test images show the ink of a training image."""
    cases = [_images(seed) for seed in range(4)] + [_bars()]

    def count(key: Callable) -> Callable:
        def counted(train, test):
            known = {key(image) for image in train}
            return sum(key(image) in known for image in test)

        return counted

    def ink(image):
        rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return cut.shape, cut.tobytes()

    mistakes = [
        (
            "the same ink at another place on the paper is missed. Cut the paper away first.",
            count(lambda image: image.tobytes()),
        ),
        (
            "only the columns are cut to the ink: a line that stands higher is missed.",
            count(lambda image: (image[:, image.any(0)].shape, image[:, image.any(0)].tobytes())),
        ),
        (
            "empty rows and columns between the ink are cut out, too: two bars far apart become "
            "two bars close together. Cut the paper around the ink only.",
            count(lambda image: (_dense(image).shape, _dense(image).tobytes())),
        ),
        (
            "images of different shapes are called equal: equal bytes in another shape are another "
            "picture.",
            count(lambda image: ink(image)[1]),
        ),
        (
            "that counts pairs. An image that occurs twice in training is one duplicate in test.",
            lambda train, test: sum(ink(a) == ink(b) for a in train for b in test),
        ),
        (
            "that counts the training images that are found in test; the test's are asked for.",
            lambda train, test: count(ink)(test, train),
        ),
    ]
    advice = "Take the first test image: which training image shows the same ink, and where?"
    judge.compare(function, cases, count(ink), mistakes, advice)
    judge.confirm(function)


def _bars() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Make two bars with a gap of one row in training, of two rows in test: no duplicates."""
    train, test = np.zeros((2, 12, 16), np.uint8)
    train[[3, 5], 4:9] = test[[3, 6], 4:9] = 200
    return [train], [test]


def _dense(image: np.ndarray) -> np.ndarray:
    return image[image.any(1)][:, image.any(0)]


def _images(seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Make small pictures: some of training occur in test, the same or moved."""
    rng = np.random.default_rng(seed)
    shapes = [rng.integers(1, 255, size) for size in ((3, 4), (4, 3), (2, 6), (5, 2), (3, 3))]
    shapes[1] = shapes[0].reshape(4, 3)

    def placed(shape, top, left):
        image = np.zeros((12, 16), np.uint8)
        image[top : top + shape.shape[0], left : left + shape.shape[1]] = shape
        return image

    train = [placed(shapes[k], 2, 3) for k in (0, 2, 2, 4)]
    test = [placed(shapes[0], 2, 3), placed(shapes[2], 2, 7), placed(shapes[4], 6, 3)]
    test += [placed(shapes[1], 2, 3), placed(shapes[3], 1, 1), placed(shapes[2], 2, 3)]
    return train, test[: 3 + seed]


def smallest_suite(function: Callable) -> None:
    """Check `function(killed)`: the fewest columns that have a True in every row that has any."""
    greedy_is_wrong = np.array(
        [[1, 0, 1], [1, 0, 1], [1, 1, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], bool
    )
    cases = [np.eye(3, dtype=bool), greedy_is_wrong, np.array([[0, 0], [1, 1]], bool)]
    rng = np.random.default_rng(0)
    cases += [rng.random((9, 7)) < 0.3 for _ in range(6)]
    for killed in cases:
        given = [int(k) for k in judge.call(function, killed)]
        wanted = _cover(killed)
        if len(set(given)) != len(given) or not all(0 <= k < killed.shape[1] for k in given):
            raise judge.Wrong(f"{given} are not different columns of {killed.shape[1]}.")
        caught = killed[:, given].any(axis=1) if given else np.zeros(len(killed), bool)
        if (caught != killed.any(axis=1)).any():
            row = int(np.flatnonzero(caught != killed.any(axis=1))[0])
            raise judge.Wrong(f"defect {row} is caught by some test, and by none of {given}.")
        if len(given) > len(wanted):
            raise judge.Wrong(
                f"{len(given)} tests, and {len(wanted)} would do. To take the most helpful test "
                "first is quick, and not always best: try all sets of one test, then of two, ..."
            )
    judge.confirm(function)


def _cover(killed: np.ndarray) -> Sequence[int]:
    wanted = killed.any(axis=1)
    for size in range(killed.shape[1] + 1):
        for chosen in itertools.combinations(range(killed.shape[1]), size):
            if (killed[:, list(chosen)].any(axis=1) == wanted).all():
                return chosen
    raise AssertionError("all columns together catch what any of them catches")
