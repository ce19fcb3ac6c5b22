"""Checks of the exercises for lab 02: rates, splits, costs, and readers that were never trained."""

from collections.abc import Callable

import numpy as np

from fsdl_hwr import metrics
from fsdl_hwr.checks import judge
from fsdl_hwr.datasets.glyphs import Glyphs

UNTRAINED_TARGET = 0.69  # accuracy on glyphs of unseen writers
NEAREST_GLYPH = 0.583  # what the nearest glyph, pixel by pixel, reaches on the same glyphs


def balanced_accuracy(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(labels, answers)`: the mean over classes of the share that was recognized."""
    rng = np.random.default_rng(0)
    labels = rng.choice(5, 200, p=[0.6, 0.2, 0.1, 0.05, 0.05])
    answers = np.where(rng.random(200) < 0.6, labels, rng.integers(0, 5, 200))
    cases = [
        (np.array([0] * 9 + [1]), np.zeros(10, int)),
        (labels, answers),
        (np.array([0, 0, 2, 2, 2, 4]), np.array([0, 1, 2, 2, 3, 4])),  # nobody wrote a 1 or a 3
    ]

    def over(classes, of_class):
        return lambda labels, answers: np.mean(
            [of_class(labels, answers, k) for k in classes(labels, answers)]
        )

    def recall(labels, answers, k):
        return np.mean(answers[labels == k] == k) if (labels == k).any() else 0.0

    def precision(labels, answers, k):
        return np.mean(labels[answers == k] == k) if (answers == k).any() else 0.0

    def written(labels, answers):
        return np.unique(labels)

    mistakes = [
        (
            "that is the plain accuracy, in which a frequent class counts more. Every class should "
            "count the same.",
            lambda labels, answers: np.mean(labels == answers),
        ),
        (
            "that asks, of all glyphs that were *read* as a class, how many are of it. Asked for "
            "is: of all glyphs that *are* of a class, how many were read so.",
            over(lambda labels, answers: np.unique(answers), precision),
        ),
        (
            "that asks, of all glyphs that were *read* as a class, how many are of it. Asked for "
            "is: of all glyphs that *are* of a class, how many were read so.",
            over(written, precision),
        ),
        (
            "classes that nobody wrote count as never recognized. They cannot count at all.",
            over(lambda labels, answers: range(labels.max() + 1), recall),
        ),
        (
            "classes that nobody wrote count as never recognized. They cannot count at all.",
            over(lambda labels, answers: np.union1d(labels, answers), recall),
        ),
        (
            "a class that nobody wrote has no share (0 of 0 is not a number): leave it out.",
            lambda labels, answers: (
                np.nan
                if len(np.unique(labels)) <= labels.max()
                else over(written, recall)(labels, answers)
            ),
        ),
    ]
    judge.compare(
        function,
        cases,
        over(written, recall),
        mistakes,
        "Take ten glyphs, nine of one class and one of another, and answers that are all the same.",
    )
    judge.confirm(function)


def upright(function: Callable) -> None:
    """Check `function(images)`: images (n, 28, 28) as EMNIST stores them, turned upright."""
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    mistakes = [
        (
            "the images are turned by 90 degrees. A letter that was only turned would not be "
            "mirrored; stored ones are both.",
            lambda images: np.rot90(images, 1, axes=(1, 2)),
        ),
        (
            "the images are turned by 90 degrees. A letter that was only turned would not be "
            "mirrored; stored ones are both.",
            lambda images: np.rot90(images, -1, axes=(1, 2)),
        ),
        ("the images are mirrored left to right.", lambda images: images[:, :, ::-1]),
        ("the images are mirrored top to bottom.", lambda images: images[:, ::-1]),
        (
            "all three axes have changed places: that is what `.T` does. The first one, which "
            "counts the images, must stay.",
            lambda images: images.T,
        ),
        ("the images come out as they went in.", lambda images: images),
    ]
    judge.compare(
        function,
        [(images,), (images[:1],)],
        as_emnist_stores,  # its own inverse
        mistakes,
        "Where does the pixel in row 0, column 5 of an image have to go?",
    )
    judge.confirm(function)


def as_emnist_stores(images: np.ndarray) -> np.ndarray:
    """Give images (n, 28, 28) as EMNIST's files would hold them."""
    return images.swapaxes(1, 2)


def hold_out(function: Callable) -> None:  # noqa: C901 (a table of mistakes)
    """Check `function(writers, share, rng)`: which glyphs to keep back, bool, whole writers."""
    rng = np.random.default_rng(0)
    writers = rng.permutation(np.repeat(np.arange(7, 27), rng.integers(5, 60, 20)))
    masks = []
    for seed in (1, 1, 2):
        mask = np.asarray(judge.call(function, writers, 0.25, np.random.default_rng(seed)))
        if mask.dtype != bool or mask.shape != writers.shape:
            raise judge.Wrong(
                f"a truth value for each of the {len(writers)} glyphs is needed (np.isin gives "
                f"some); this is {judge.kind(mask)} of {mask.dtype}."
            )
        masks.append(mask)
    kept, others = set(writers[masks[0]]), set(writers[~masks[0]])
    if shared := kept & others:
        raise judge.Wrong(
            f"{len(shared)} of 20 writers are on both sides: the split leaks. Draw writers, not "
            "glyphs."
        )
    if len(kept) == 15:
        raise judge.Wrong("three quarters are kept back: True and False have changed sides.")
    if len(kept) != 5:
        raise judge.Wrong(f"{len(kept)} of 20 writers are kept back; a quarter was asked for, 5.")
    if not np.array_equal(masks[0], masks[1]):
        raise judge.Wrong(
            "two calls with generators of the same seed differ: draw from `rng` and from nothing "
            "else, or nobody can repeat your numbers."
        )
    if np.array_equal(masks[0], masks[2]):
        raise judge.Wrong(
            "another generator keeps the same writers back. The first or last of a list may have "
            "something in common: draw them from `rng`."
        )
    for seed in range(20):
        mask = np.asarray(judge.call(function, writers, 0.25, np.random.default_rng(seed)))
        if (count := len(set(writers[mask]))) != 5:
            raise judge.Wrong(
                f"with another generator {count} of 20 writers are kept back, not 5: some writer "
                "was drawn twice. Nobody may be."
            )
    for share, rounded in ((0.13, 3), (0.11, 2)):
        mask = np.asarray(judge.call(function, writers, share, rng))
        if (count := len(set(writers[mask]))) != rounded:
            raise judge.Wrong(
                f"{share} of 20 writers are {20 * share:.1f}, which is {rounded} when rounded; "
                f"{count} are kept back."
            )
    judge.confirm(function)


def convolution_cost(function: Callable) -> None:
    """Check `function(height, width, channels, filters, size)`: (parameters, multiply-adds)."""
    cases = [(28, 28, 1, 32, 3), (26, 26, 32, 64, 3), (28, 952, 1, 16, 5), (12, 12, 8, 8, 1)]

    def cost(bias=1, added_bias=0, places=lambda side, size: side - size + 1, per_channel=True):
        def of(height, width, channels, filters, size):
            weights = filters * size * size * (channels if per_channel else 1)
            num_places = places(height, size) * places(width, size)
            return weights + bias * filters, num_places * (weights + added_bias * filters)

        return of

    mistakes = [
        ("the biases are no parameters yet: each filter has one.", cost(bias=0)),
        ("a filter has one bias, not one for each weight.", cost(bias=9)),
        (
            "the filters look at one channel only. Each looks at all channels of its input.",
            cost(per_channel=False),
        ),
        (
            "the multiply-adds are counted for every pixel of the input. Without padding a filter "
            "has fewer places: it must lie wholly in the image.",
            cost(places=lambda side, size: side),
        ),
        (
            "the number of places is off by one.",
            cost(places=lambda side, size: side - size),
        ),
        (
            "biases are added, not multiplied: they are no multiply-adds.",
            cost(added_bias=1),
        ),
        (
            "every weight is used at each place of the output, not once.",
            lambda *shape: (cost()(*shape)[0], cost(places=lambda *_: 1)(*shape)[1]),
        ),
        (
            "the order is turned: parameters first, multiply-adds second.",
            lambda *shape: cost()(*shape)[::-1],
        ),
    ]
    judge.compare(
        function,
        cases,
        cost(),
        mistakes,
        "Count for an image of 3 x 3 px with one channel, and one filter of 2 x 2.",
    )
    judge.confirm(function)


def temperature(function: Callable) -> None:
    """Check `function(logits, labels)`: what to divide logits by, so that they are honest."""
    answers, temperatures = [], []
    for seed, true in enumerate([2.5, 1.0, 0.6]):
        rng = np.random.default_rng(seed)
        honest = rng.normal(scale=2, size=(2000, 10))
        labels = (honest + rng.gumbel(size=honest.shape)).argmax(1)  # a draw from the softmax
        found = judge.call(function, honest * true, labels)
        if np.shape(found) != ():
            raise judge.Wrong(f"one number is asked for; this is {judge.kind(found)}.")
        answers.append(float(found))
        tried = np.geomspace(0.3, 5, 150)
        temperatures.append(tried[np.argmin([nats(honest * true, labels, t) for t in tried])])
    given, best = np.array(answers), np.array(temperatures)
    if (np.abs(given / best - 1) < 0.06).all():
        return judge.confirm(function)
    if (np.abs(given * best - 1) < 0.06).all():
        raise judge.Wrong(
            "that is 1 over the temperature: you multiply by it, but the logits should be divided."
        )
    if np.ptp(given) < 1e-9:
        raise judge.Wrong(
            f"for three quite different sets of logits the answer is always {given[0]:.3g}. Do you "
            "minimize something that does not change? Dividing all logits of a glyph by the same "
            "number never changes which is the largest."
        )
    worst = int(np.argmax(np.abs(np.log(given / best))))
    side = "lower" if given[worst] > best[worst] else "higher"
    raise judge.Wrong(
        f"for the logits of set {worst + 1} you find {given[worst]:.3g}, and the loss still "
        f"falls if you go {side}. Try temperatures from 0.3 to 5, close enough to each other, and "
        "look at the curve of the loss."
    )


def nats(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Give the mean cross-entropy of labels (n,) under logits (n, classes) / temperature."""
    logits = logits / temperature
    sums = np.logaddexp.reduce(logits, axis=1)  # (n,)
    return float(np.mean(sums - logits[np.arange(len(labels)), labels]))


def read_untrained(function: Callable, known: Glyphs, asked: Glyphs) -> metrics.Rate:
    """Check `function(images, labels, asked)`: the labels of unseen glyphs, without a training."""
    own = known.images[:300]
    if judge.same(judge.call(function, own, known.labels[:300], own), np.arange(300)):
        raise judge.Wrong(
            "those are places in the list of known glyphs. Which label stands at each place?"
        )
    answers = np.asarray(judge.call(function, known.images, known.labels, asked.images))
    if answers.shape != (len(asked),):
        raise judge.Wrong(
            f"{len(asked)} glyphs were asked for, a label each; this is {judge.kind(answers)}."
        )
    turned = np.random.default_rng(0).permutation(len(asked))
    again = judge.call(function, known.images, known.labels, asked.images[turned])
    if np.mean(np.asarray(again) == answers[turned]) < 0.99:
        raise judge.Wrong(
            "asked for the same glyphs in another order, it reads something else. Is each glyph "
            "read for itself?"
        )
    rate = metrics.accuracy(asked.labels.tolist(), answers.tolist())
    if rate.value < 0.05:
        raise judge.Wrong(
            f"{rate.value:.1%} are right: about as many as by guessing. Do the labels belong to "
            "the glyphs, and is the *nearest* glyph taken?"
        )
    if rate.value < NEAREST_GLYPH - 0.05:
        raise judge.Wrong(
            f"{rate.value:.1%} are right, and the plain nearest glyph reaches {NEAREST_GLYPH:.1%}. "
            "Did a byte overflow? The images are uint8, and 3 - 5 is 254 there: make them float32 "
            "before anything else. The mean of a class is no help either: it is a blur."
        )
    if rate.value < UNTRAINED_TARGET:
        raise judge.Wrong(
            f"{rate.value:.1%} are right; the target is {UNTRAINED_TARGET:.0%}. What makes two "
            "glyphs of one character differ: strokes a pixel apart, another slant, another pen? "
            "Take one of these away before you compare, measure, then take the next."
        )
    judge.confirm(function)
    return rate
