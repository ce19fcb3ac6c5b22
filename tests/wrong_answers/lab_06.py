"""Wrong answers to the exercises of lab 06."""

import numpy as np

from wrong_answers import wrong


def _pairs(true, found):
    for k in range(1, found.max() + 1):
        for j in range(1, true.max() + 1):
            both = ((true == j) & (found == k)).sum()
            if both:
                yield both, (true == j).sum(), (found == k).sum()


@wrong("06/count-matches", "found only in part")
def _(true, found, threshold):
    return sum(both / mine >= threshold for both, _, mine in _pairs(true, found))


@wrong("06/count-matches", "swallows its neighbor")
def _(true, found, threshold):
    lines = 0
    for k in range(1, found.max() + 1):
        shares = [((true == j) & (found == k)).sum() / (true == j).sum()
                  for j in range(1, true.max() + 1)]  # fmt: skip
        lines += max(shares) >= threshold
    return lines


@wrong("06/count-matches", "exactly the threshold")
def _(true, found, threshold):
    return sum(b / (t + f - b) > threshold for b, t, f in _pairs(true, found))


@wrong("06/count-matches", "counted twice")
def _(true, found, threshold):
    return sum(b / (t + f) >= threshold for b, t, f in _pairs(true, found))


@wrong("06/find-pitch", "Take their mean away")
def _(sums, smallest):
    values = [(sums[k:] * sums[:-k]).sum() for k in range(smallest, len(sums) // 2)]
    return smallest + int(np.argmax(values))


@wrong("06/find-pitch", "counts from the first shift")
def _(sums, smallest):
    sums = sums - np.mean(sums)
    return int(np.argmax([sums[k:] @ sums[:-k] for k in range(smallest, len(sums) // 2)]))


@wrong("06/find-pitch", "not shifted at all")
def _(sums, smallest):
    sums = sums - np.mean(sums)
    return int(np.argmax(np.correlate(sums, sums, "full")[len(sums) - 1 :]))


def _variances(ink, slopes, sign):
    for slope in slopes:
        moved = np.zeros_like(ink)
        for x in range(ink.shape[1]):
            moved[:, x] = np.roll(ink[:, x], sign * round(slope * x))
        yield moved.sum(axis=1).var()


@wrong("06/find-slope", "the wrong way")
def _(ink, slopes):
    return slopes[int(np.argmax(list(_variances(ink, slopes, 1))))]


@wrong("06/find-slope", "most even")
def _(ink, slopes):
    return slopes[int(np.argmin(list(_variances(ink, slopes, -1))))]


@wrong("06/pixels-seen", "gaps of dilated kernels")
def _(layers):
    seen, apart = 1, 1
    for kernel, stride, _ in layers:
        seen += (kernel - 1) * apart
        apart *= stride
    return seen


@wrong("06/pixels-seen", "strides are forgotten")
def _(layers):
    return 1 + sum((kernel - 1) * dilation for kernel, _, dilation in layers)


@wrong("06/pixels-seen", "what the *next* layers see")
def _(layers):
    seen, apart = 1, 1
    for kernel, stride, dilation in layers:
        apart *= stride
        seen += (kernel - 1) * dilation * apart
    return seen


@wrong("06/share-out", "the whole stroke went to one line")
def _(points, feet, x_height):
    middles = np.array(feet) - x_height / 2
    nearest = np.abs(points[:, 1:] - middles).argmin(axis=1)
    return np.full(len(points), np.bincount(nearest, minlength=2).argmax())


@wrong("06/share-out", "x and y are mixed up")
def _(points, feet, x_height):
    middles = np.array(feet) - x_height / 2
    return np.abs(points[:, :1] - middles).argmin(axis=1)


@wrong("06/share-out", "measured from the baselines")
def _(points, feet, x_height):
    return (np.abs(points[:, 1] - feet[1]) < np.abs(points[:, 1] - feet[0])).astype(int)


@wrong("06/upright-turn", "Turning wants proof")
def _(readings):
    return int(np.argmax([sum(c * len(t) for t, c in lines) for lines in readings]))


@wrong("06/upright-turn", "Characters count")
def _(readings):
    scores = [np.mean([c for _, c in lines]) if lines else 0 for lines in readings]
    best = int(np.argmax(scores))
    return best if scores[best] > 1.2 * scores[0] else 0


@wrong("06/upright-turn", "it is babble")
def _(readings):
    scores = [sum(len(t) for t, _ in lines) for lines in readings]
    best = int(np.argmax(scores))
    return best if scores[best] > 1.2 * scores[0] else 0


@wrong("06/count-matches", "paper counts as a line")
def _(true, found, threshold):
    count = 0
    for k in np.unique(found):
        count += any(
            ((found == k) & (true == j)).sum() / ((found == k) | (true == j)).sum() >= threshold
            for j in np.unique(true)
        )
    return count


@wrong("06/upright-turn", "the last turn that is better")
def _(readings):
    scores = [sum(c * len(text) for text, c in lines) for lines in readings]
    turn = 0
    for k in (1, 2, 3):
        if scores[k] > 1.2 * scores[0]:
            turn = k
    return turn
