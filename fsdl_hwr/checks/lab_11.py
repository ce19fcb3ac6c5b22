"""Checks of the exercises for lab 11: leaks, dictionaries, sparsity, thresholds, scores, doubt."""

from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge


def leaking_scribes(function: Callable) -> None:
    """Check `function(train, test)`: sorted scribes of whom both parts of a split have letters."""
    cases = [
        (np.array([0, 0, 1, 2]), np.array([2, 3, 3, 0])),
        (np.array([5, 5, 6]), np.array([7, 8])),
        (np.array([4, 1, 1, 9]), np.array([9, 9, 1, 4, 4])),
    ]

    def shared(train, test):
        return sorted(set(train.tolist()) & set(test.tolist()))

    mistakes = [
        (
            "that names everybody who wrote anything. A leak is a scribe in *both* parts.",
            lambda train, test: sorted(set(train.tolist()) | set(test.tolist())),
        ),
        (
            "those are the scribes that are in the test alone, the harmless ones.",
            lambda train, test: sorted(set(test.tolist()) - set(train.tolist())),
        ),
        (
            "a scribe counts once, however many letters leak.",
            lambda train, test: sorted(test[np.isin(test, train)].tolist()),
        ),
    ]
    judge.compare(
        function, cases, shared, mistakes, "Make a set of each part's scribes, and compare them."
    )
    judge.confirm(function)


def classes_alike(function: Callable) -> None:
    """Check `function(one, other)`: share of classes whose likest class elsewhere is their own."""
    rng = np.random.default_rng(0)
    means = rng.normal(0, 1, (6, 9))
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    swapped = means[[1, 0, 2, 3, 4, 5]]
    turned = means[[1, 2, 3, 4, 5, 0]]
    cases = [(means, means), (means, swapped), (means, turned), (0.3 * means, 2 * swapped)]
    plain = np.eye(2)  # whose products with another file are that file, turned
    for other in ([[1, 1.5], [0, 2]], [[1, 0], [3, 1]], [[5, 0], [0, 0.2]]):
        cases.append((plain, np.array(other, float)))

    def alike(one, other):
        nearest = (one @ other.T).argmax(axis=1)
        return (nearest == np.arange(len(one))).mean()

    mistakes = [
        (
            "that is the share that *differs*.",
            lambda one, other: 1 - alike(one, other),
        ),
        (
            "that counts classes. The share divides them by their number.",
            lambda one, other: alike(one, other) * len(one),
        ),
        (
            "that asks for each class of `other`. Asked for is each class of `one`, a row of "
            "products.",
            lambda one, other: ((one @ other.T).argmax(0) == np.arange(len(one))).mean(),
        ),
        (
            "the products are divided by the lengths. That would be wise if files differed in "
            "ink; here the plain scalar product is asked for.",
            lambda one, other: alike(one, other / np.linalg.norm(other, axis=1, keepdims=True)),
        ),
        (
            "that takes the smallest distance. Asked for is the largest scalar product.",
            lambda one, other: (
                np.linalg.norm(one[:, None] - other, axis=2).argmin(1) == np.arange(len(one))
            ).mean(),
        ),
        (
            "the likest class has the *largest* scalar product.",
            lambda one, other: ((one @ other.T).argmin(1) == np.arange(len(one))).mean(),
        ),
    ]
    judge.compare(
        function, cases, alike, mistakes,
        "Multiply every mean of the one with every mean of the other. Where does each row peak?",
    )  # fmt: skip
    judge.confirm(function)


def sparsity_penalty(function: Callable) -> None:
    """Check `function(activations, target)`: KL of every unit's mean from the target, summed."""
    rng = np.random.default_rng(1)
    cases = [
        (np.full((4, 2), 0.1), 0.1),
        (np.array([[0.02, 0.5], [0.04, 0.7]]), 0.05),
        (rng.uniform(0.01, 0.6, (20, 5)), 0.1),
    ]

    def divergence(mean, target):
        heads = target * np.log(target / mean)
        return heads + (1 - target) * np.log((1 - target) / (1 - mean))

    mistakes = [
        (
            "that is the average over the units. Every unit pays for itself: sum.",
            lambda a, target: divergence(a.mean(0), target).mean(),
        ),
        (
            "that averages over units. A unit's mean goes over the *batch*, the first axis: one "
            "letter may well make many units fire.",
            lambda a, target: divergence(a.mean(1), target).sum(),
        ),
        (
            "every activation pays for itself, so no unit may ever fire. Only the mean counts.",
            lambda a, target: divergence(a, target).sum(),
        ),
        (
            "the two coins are swapped: the target stands before the logarithm, and on top in it.",
            lambda a, target: divergence(target, a.mean(0)).sum(),
        ),
        (
            "that is half of the divergence: tails count as well.",
            lambda a, target: (target * np.log(target / a.mean(0))).sum(),
        ),
    ]
    judge.compare(
        function, cases, lambda a, target: divergence(a.mean(0), target).sum(), mistakes,
        "At the target the penalty is 0. Write down the two terms, for heads and for tails.",
        judge.near(1e-5, 1e-5),  # a small number within the logarithms does no harm
    )  # fmt: skip
    judge.confirm(function)


def local_threshold(function: Callable) -> None:
    """Check `function(mean, deviation, k)`: Sauvola's threshold from the two box filters."""
    cases = [
        (np.array([[200.0, 120.0]]), np.array([[0.0, 60.0]]), 0.2),
        (np.full((2, 3), 150.0), np.arange(6.0).reshape(2, 3) * 20, 0.5),
        (np.array([[90.0]]), np.array([[128.0]]), 0.3),
    ]

    def threshold(mean, deviation, k):
        return mean * (1 + k * (deviation / 128 - 1))

    mistakes = [
        (
            "that is Niblack's threshold, which finds ink on blank parchment: Sauvola improved it.",
            lambda mean, deviation, k: mean - k * deviation,
        ),
        (
            "the threshold rises where contrast is *low*, so blank parchment becomes ink.",
            lambda mean, deviation, k: mean * (1 + k * (1 - deviation / 128)),
        ),
        (
            "the deviation is not divided by 128, half of the gray values.",
            lambda mean, deviation, k: mean * (1 + k * (deviation - 1)),
        ),
        (
            "that is what is subtracted from the mean, or added to it, not the threshold itself.",
            lambda mean, deviation, k: mean * k * (deviation / 128 - 1),
        ),
    ]
    judge.compare(
        function, cases, threshold, mistakes,
        "On blank parchment the deviation is 0: how far below the mean must a pixel be?",
    )  # fmt: skip
    judge.confirm(function)


def pseudo_f(function: Callable) -> None:
    """Check `function(found, true, line)`: F whose recall is counted on the strokes' middle."""
    true = np.zeros((9, 12), bool)
    true[3:6, 2:10] = True
    line = np.zeros_like(true)
    line[4, 3:9] = True
    thin, broken, thick = line.copy(), true.copy(), np.zeros_like(true)
    broken[:, 5:7] = False
    thick[2:7, 1:11] = True
    cases = [(true, true, line), (thin, true, line), (broken, true, line), (thick, true, line)]

    def score(found, true, line):
        recall = (found & line).sum() / line.sum()
        precision = (found & true).sum() / found.sum()
        return 2 * precision * recall / (precision + recall)

    def plain(found, true, line):
        return 2 * (found & true).sum() / (found.sum() + true.sum())

    mistakes = [
        ("that is the plain F-score: a stroke that is too thin loses recall.", plain),
        (
            "precision counts all that was found and is ink, not the middle line alone.",
            lambda found, true, line: plain(found, line, line),
        ),
        (
            "that is the mean of precision and recall. F is their harmonic mean.",
            lambda f, t, m: ((f & m).sum() / m.sum() + (f & t).sum() / f.sum()) / 2,
        ),
        (
            "that is recall alone, which a black image wins.",
            lambda found, true, line: (found & line).sum() / line.sum(),
        ),
    ]
    judge.compare(
        function, cases, score, mistakes,
        "How much of the middle line was found, and how much of what was found is ink?",
    )  # fmt: skip
    judge.confirm(function)


def errors_out_of_fold(function: Callable) -> None:
    """Check `function(features, years, scribes, fit, folds)`: errors of models that knew nobody.

    Scribe s belongs to fold s % folds; `fit(features, years)` returns a function of features.
    """
    rng = np.random.default_rng(2)

    def fit(features, years):
        """Answer with the year of the nearest known page: it knows by heart."""

        def predict(asked):
            distance = np.abs(asked[:, None, 0] - features[None, :, 0])
            return years[distance.argmin(axis=1)]

        return predict

    cases = []
    for pages in (2, 3):
        scribes = np.repeat(np.arange(8), pages)
        years = np.round(rng.uniform(400, 1100, 8))[scribes]
        features = rng.normal(0, 1, (8, 1))[scribes] + rng.normal(0, 0.01, (8 * pages, 1))
        cases.append((features, years, scribes, fit, 4))

    def errors(fold_of, absolute=True):
        def by_fold(features, years, scribes, fit, folds):
            fold, found = fold_of(scribes, folds), np.zeros(len(years))
            for k in range(folds):
                out = fold == k
                found[out] = fit(features[~out], years[~out])(features[out])
            return np.abs(found - years) if absolute else found - years

        return by_fold

    mistakes = [
        (
            "errors are near 0 because pages were divided, not scribes: a page of the same hand "
            "was still there to copy from.",
            errors(lambda scribes, folds: np.arange(len(scribes)) % folds),
        ),
        (
            "every page was dated by a model that had seen it.",
            lambda features, years, scribes, fit, folds: np.abs(
                fit(features, years)(features) - years
            ),
        ),
        (
            "too early and too late are both wrong: take the absolute value.",
            errors(lambda scribes, folds: scribes % folds, absolute=False),
        ),
    ]
    judge.compare(
        function, cases, errors(lambda scribes, folds: scribes % folds), mistakes,
        "For every fold: fit on the pages of all other scribes, then date the pages of these.",
    )  # fmt: skip
    judge.confirm(function)
