"""Wrong answers to the exercises of lab 11."""

import numpy as np

from wrong_answers import wrong


@wrong("11/leaking-scribes", "in *both* parts")
def _(train, test):
    return np.unique(np.concatenate([train, test])).tolist()


@wrong("11/leaking-scribes", "the harmless ones")
def _(train, test):
    return [s for s in np.unique(test).tolist() if s not in train]


@wrong("11/leaking-scribes", "counts once")
def _(train, test):
    return sorted(s for s in test.tolist() if s in train)


@wrong("11/classes-alike", "*differs*")
def _(one, other):
    return sum((one[k] @ other.T).argmax() != k for k in range(len(one))) / len(one)


@wrong("11/classes-alike", "counts classes")
def _(one, other):
    return sum((one[k] @ other.T).argmax() == k for k in range(len(one)))


@wrong("11/classes-alike", "*largest*")
def _(one, other):
    return np.mean([(one[k] @ other.T).argmin() == k for k in range(len(one))])


def _kl(p, q):
    return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))


@wrong("11/sparsity-penalty", "Every unit pays")
def _(activations, target):
    return np.mean(_kl(target, activations.mean(axis=0)))


@wrong("11/sparsity-penalty", "over the *batch*")
def _(activations, target):
    return np.sum(_kl(target, activations.mean(axis=1)))


@wrong("11/sparsity-penalty", "no unit may ever fire")
def _(activations, target):
    return np.sum(_kl(target, activations))


@wrong("11/sparsity-penalty", "swapped")
def _(activations, target):
    return np.sum(_kl(activations.mean(axis=0), target))


@wrong("11/local-threshold", "Niblack")
def _(mean, deviation, k):
    return mean - k * deviation


@wrong("11/local-threshold", "*low*")
def _(mean, deviation, k):
    return mean * (1 - k * (deviation / 128 - 1))


@wrong("11/local-threshold", "divided by 128")
def _(mean, deviation, k):
    return mean + mean * k * (deviation - 1)


@wrong("11/pseudo-f", "plain F-score")
def _(found, true, line):
    precision, recall = (found & true).sum() / found.sum(), (found & true).sum() / true.sum()
    return 2 * precision * recall / (precision + recall)


@wrong("11/pseudo-f", "all that was found and is ink, not the middle line")
def _(found, true, line):
    precision, recall = (found & line).sum() / found.sum(), (found & line).sum() / line.sum()
    return 2 * precision * recall / (precision + recall)


@wrong("11/pseudo-f", "harmonic mean")
def _(found, true, line):
    return 0.5 * ((found & true).sum() / found.sum() + (found & line).sum() / line.sum())


@wrong("11/errors-out-of-fold", "pages were divided, not scribes")
def _(features, years, scribes, fit, folds):
    errors = np.zeros(len(years))
    for k in range(folds):
        rest = np.arange(len(years)) % folds != k
        errors[~rest] = abs(fit(features[rest], years[rest])(features[~rest]) - years[~rest])
    return errors


@wrong("11/errors-out-of-fold", "had seen it")
def _(features, years, scribes, fit, folds):
    return abs(fit(features, years)(features) - years)


@wrong("11/errors-out-of-fold", "absolute value")
def _(features, years, scribes, fit, folds):
    errors = np.zeros(len(years))
    for k in range(folds):
        rest = scribes % folds != k
        errors[~rest] = fit(features[rest], years[rest])(features[~rest]) - years[~rest]
    return errors


@wrong("11/classes-alike", "a row of products")
def _(one, other):
    return ((one @ other.T).argmax(axis=0) == np.arange(len(one))).mean()


@wrong("11/classes-alike", "smallest distance")
def _(one, other):
    away = ((one[:, None] - other[None]) ** 2).sum(axis=2)
    return (away.argmin(axis=1) == np.arange(len(one))).mean()
