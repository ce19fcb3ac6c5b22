"""Wrong answers to the exercises of lab 02."""

import numpy as np

from wrong_answers import wrong


@wrong("02/balanced-accuracy", "plain accuracy")
def _(labels, answers):
    return (answers == labels).sum() / len(labels)


@wrong("02/balanced-accuracy", "*read* as a class")
def _(labels, answers):
    return np.mean([(labels[answers == k] == k).mean() for k in set(answers.tolist())])


@wrong("02/balanced-accuracy", "never recognized")
def _(labels, answers):
    counts = np.bincount(labels)
    right = np.bincount(labels[labels == answers], minlength=len(counts))
    return np.mean(right / np.maximum(counts, 1))


@wrong("02/balanced-accuracy", "0 of 0")
def _(labels, answers):
    with np.errstate(invalid="ignore"):
        counts = np.bincount(labels)
        right = np.bincount(labels[labels == answers], minlength=len(counts))
        return np.mean(right / counts)


@wrong("02/upright", "turned by 90 degrees")
def _(images):
    return np.stack([np.rot90(image, 3) for image in images])


@wrong("02/upright", "what `.T` does")
def _(images):
    return np.transpose(images)


@wrong("02/upright", "mirrored left to right")
def _(images):
    return np.flip(images, axis=2)


@wrong("02/upright", "an array of shape (3, 28, 28) is needed")
def _(images):
    return images.swapaxes(0, 1)


@wrong("02/hold-out", "the split leaks")
def _(writers, share, rng):
    return rng.random(len(writers)) < share


@wrong("02/hold-out", "truth value for each")
def _(writers, share, rng):
    hands = np.unique(writers)
    return rng.choice(hands, int(share * len(hands)), replace=False)


@wrong("02/hold-out", "changed sides")
def _(writers, share, rng):
    hands = rng.permutation(np.unique(writers))
    return ~np.isin(writers, hands[: round(len(hands) * share)])


@wrong("02/hold-out", "keeps the same writers back")
def _(writers, share, rng):
    hands = sorted(set(writers))
    return np.isin(writers, hands[: round(len(hands) * share)])


@wrong("02/hold-out", "generators of the same seed differ")
def _(writers, share, rng):
    hands = np.unique(writers)
    kept = np.random.default_rng().choice(hands, round(share * len(hands)), replace=False)
    return np.isin(writers, kept)


@wrong("02/hold-out", "4 of 20 writers")
def _(writers, share, rng):
    kept = rng.permutation(np.unique(writers))[: int(share * 16)]
    return np.isin(writers, kept)


@wrong("02/hold-out", "was drawn twice")
def _(writers, share, rng):
    hands = np.unique(writers)
    return np.isin(writers, rng.choice(hands, round(share * len(hands))))


@wrong("02/hold-out", "which is 3 when rounded; 2 are")
def _(writers, share, rng):
    hands = np.unique(writers)
    return np.isin(writers, rng.permutation(hands)[: int(share * len(hands))])


@wrong("02/convolution-cost", "biases are no parameters yet")
def _(height, width, channels, filters, size):
    weights = channels * filters * size**2
    return weights, weights * (height - size + 1) * (width - size + 1)


@wrong("02/convolution-cost", "every pixel of the input")
def _(height, width, channels, filters, size):
    weights = channels * filters * size**2
    return weights + filters, weights * height * width


@wrong("02/convolution-cost", "one channel only")
def _(height, width, channels, filters, size):
    weights = filters * size**2
    return weights + filters, weights * (height - size + 1) * (width - size + 1)


@wrong("02/convolution-cost", "they are no multiply-adds")
def _(height, width, channels, filters, size):
    parameters = (channels * size**2 + 1) * filters
    return parameters, parameters * (height - size + 1) * (width - size + 1)


@wrong("02/convolution-cost", "off by one")
def _(height, width, channels, filters, size):
    weights = channels * filters * size**2
    return weights + filters, weights * (height - size) * (width - size)


def cross_entropy(logits, labels):
    exponentials = np.exp(logits)
    softmax = exponentials / exponentials.sum(1, keepdims=True)
    return -np.log(softmax[range(len(labels)), labels]).mean()


@wrong("02/temperature", "1 over the temperature")
def _(logits, labels):
    tried = np.geomspace(0.2, 4, 200)
    return tried[np.argmin([cross_entropy(logits * t, labels) for t in tried])]


@wrong("02/temperature", "always 0.3")
def _(logits, labels):
    tried = np.linspace(0.3, 5, 50)
    return tried[np.argmax([((logits / t).argmax(1) == labels).mean() for t in tried])]


@wrong("02/temperature", "still falls if you go higher")
def _(logits, labels):
    tried = np.linspace(0.3, 2, 100)
    return tried[np.argmin([cross_entropy(logits / t, labels) for t in tried])]


@wrong("02/temperature", "still falls if you go lower")
def _(logits, labels):
    tried = np.arange(1, 6)
    return tried[np.argmin([cross_entropy(logits / t, labels) for t in tried])]


def squared_distances(asked, images):
    asked, images = (a.reshape(len(a), -1) for a in (asked, images))
    return (images**2).sum(1) - 2 * asked @ images.T


@wrong("02/read-untrained", "places in the list")
def _(images, labels, asked):
    return squared_distances(asked / 255, images / 255).argmin(1)


@wrong("02/read-untrained", "Did a byte overflow?")
def _(images, labels, asked):
    few = images[:, ::4, ::4].reshape(len(images), -1)  # of the pixels: an overflow shows soon
    return labels[[((few - a[::4, ::4].ravel()) ** 2).sum(1).argmin() for a in asked]]


@wrong("02/read-untrained", "The mean of a class")
def _(images, labels, asked):
    means = np.stack([images[labels == k].mean(0) for k in np.unique(labels)])
    return np.unique(labels)[squared_distances(asked / 255, means / 255).argmin(1)]


@wrong("02/read-untrained", "the target is 69%")
def _(images, labels, asked):
    return labels[squared_distances(asked / 255, images / 255).argmin(1)]


@wrong("02/read-untrained", "about as many as by guessing")
def _(images, labels, asked):
    return labels[squared_distances(asked / 255, images / 255).argmax(1)]


@wrong("02/read-untrained", "read for itself")
def _(images, labels, asked):
    return np.random.default_rng(0).choice(labels, len(asked))
