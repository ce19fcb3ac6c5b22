"""Wrong answers to the exercises of lab 08."""

import itertools

import numpy as np

from wrong_answers import wrong


@wrong("08/lost-letters", "the defect lives")
def _(collapse):
    return "" if list(collapse([0, 1, 1, 2])) == [1, 2] else "1 1 2 is not 1 2"


@wrong("08/lost-letters", "A false alarm")
def _(collapse):
    return "" if list(collapse([1, 0, 1])) == [1] else "a repeat was not merged"


@wrong("08/lost-letters", "does not say why")
def _(collapse):
    return "" if list(collapse([1, 1, 0, 1, 2])) == [1, 1, 2] else "wrong"


@wrong("08/lost-letters", "return a text")
def _(collapse):
    return list(collapse([1, 1, 0, 1, 2])) == [1, 1, 2]


@wrong("08/broken-rule", "of the edit distance, which breaks no rule")
def _(distance, words):
    triples = itertools.product(words, repeat=3)
    broken = any(distance(a, c) >= distance(a, b) + distance(b, c) for a, b, c in triples)
    return "triangle" if broken else ""


@wrong("08/broken-rule", "breaks the rule 'identity' passes")
def _(distance, words):
    if any(distance(word, word) != 0 for word in words):
        return "identity"
    return ""


@wrong("08/broken-rule", "identity comes first")
def _(distance, words):
    for a, b, c in itertools.product(words, repeat=3):
        if distance(a, c) > distance(a, b) + distance(b, c):
            return "triangle"
    if any(distance(a, b) != distance(b, a) for a in words for b in words):
        return "symmetry"
    return "identity" if any(distance(a, b) == 0 and a != b for a in words for b in words) else ""


@wrong("08/resampled-rates", "mean of the writers' own rates")
def _(errors, lengths, writers, times):
    n = times.shape[1]
    rates = [errors[writers == w].sum() / lengths[writers == w].sum() for w in range(n)]
    return [np.average(rates, weights=row) for row in times]


@wrong("08/resampled-rates", "the characters are those of all lines")
def _(errors, lengths, writers, times):
    return [(row[writers] * errors).sum() / lengths.sum() for row in times]


@wrong("08/resampled-rates", "counted once, however often")
def _(errors, lengths, writers, times):
    rates = []
    for row in times:
        drawn = np.isin(writers, np.flatnonzero(row))
        rates.append(errors[drawn].sum() / lengths[drawn].sum())
    return rates


@wrong("08/duplicates", "at another place on the paper")
def _(train, test):
    return sum(any(np.array_equal(a, b) for a in train) for b in test)


@wrong("08/duplicates", "counts pairs")
def _(train, test):
    def ink(image):
        rows, columns = np.nonzero(image)
        return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]

    return sum(np.array_equal(ink(a), ink(b)) for a in train for b in test)


@wrong("08/duplicates", "only the columns")
def _(train, test):
    def columns(image):
        inked = np.flatnonzero(image.any(axis=0))
        return image[:, inked[0] : inked[-1] + 1]

    return sum(any(np.array_equal(columns(a), columns(b)) for a in train) for b in test)


@wrong("08/smallest-suite", "would do")
def _(killed):
    left, chosen = killed.copy(), []
    while left.any():
        chosen.append(int(left.sum(axis=0).argmax()))
        left = left[~left[:, chosen[-1]]]
    return chosen


@wrong("08/smallest-suite", "by none of")
def _(killed):
    return [int(killed.sum(axis=0).argmax())]


@wrong("08/smallest-suite", "are not different columns")
def _(killed):
    return [int(row.argmax()) for row in killed if row.any()] * 2


@wrong("08/duplicates", "between the ink are cut out")
def _(train, test):
    def ink(image):
        cut = image[image.any(1)][:, image.any(0)]
        return cut.shape, cut.tobytes()

    known = {ink(image) for image in train}
    return sum(ink(image) in known for image in test)


@wrong("08/broken-rule", "Are all triples of words tried")
def _(distance, words):
    pairs = list(itertools.product(words, repeat=2))
    if any((distance(a, b) == 0) != (a == b) for a, b in pairs):
        return "identity"
    if any(distance(a, b) != distance(b, a) for a, b in pairs):
        return "symmetry"
    for a, b, c in itertools.combinations(words, 3):
        if distance(a, c) > distance(a, b) + distance(b, c):
            return "triangle"
    return ""
