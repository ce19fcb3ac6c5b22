"""How good are generated letters? By the features of a judge: a classifier of the real ones.

Fidelity and variety are two things, and no one number tells both. The features of a photograph
network (Inception's, in the usual FID) say nothing about letters, so a lab trains its own judge.
"""

from dataclasses import asdict, dataclass

import numpy as np

from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.glyphs import Glyphs

NEIGHBORS = 5  # the k-th nearest real letter sets how far a real letter's surroundings reach


@dataclass(frozen=True)
class Score:
    """What a judge finds of generated letters, beside real ones.

    read: share of the generated ones that the judge reads as their label (GAN-test).
    worst: the same of the class that is read worst.
    distance: Fréchet distance between the judge's features of both; compare it with two real sets'.
    precision: share of the generated ones that lie among real ones.
    recall: share of the real ones that lie among generated ones.
    coverage: share of the real ones that have a generated one in their surroundings.
    spread: mean standard deviation of a pixel within a class, 0 to 1; a generator that has learned
        one picture per class has 0.
    """

    read: float
    worst: float
    distance: float
    precision: float
    recall: float
    coverage: float
    spread: float

    def __str__(self) -> str:
        return (
            f"read {self.read:.1%} (worst class {self.worst:.0%}), distance {self.distance:.1f}, "
            f"precision {self.precision:.2f}, recall {self.recall:.2f}, "
            f"coverage {self.coverage:.2f}, spread {self.spread:.3f}"
        )

    def as_dict(self) -> dict[str, float]:
        """Return the numbers by name, for a run's record."""
        return asdict(self)


class Judge:
    """A classifier of real letters that scores generated ones.

    network: a trained classifier, uint8 (batch, 28, 28) to logits; its last layer but one gives the
    features. real: letters that neither the judge nor a generator was trained on.
    """

    def __init__(self, network: keras.Model, real: Glyphs):
        dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
        self.network, self.real = network, real
        self._both = keras.Model(network.inputs, [network.outputs[0], dense[-1].input])
        self.features = self.look(real.images)[1]  # (n, features)

    def look(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the classes that images are read as, int (n,), and features (n, features)."""
        logits, features = self._both.predict(images, batch_size=512, verbose=0)
        return logits.argmax(axis=-1), features

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return how likely each class is: float (n, classes), rows that add up to 1."""
        logits = self._both.predict(images, batch_size=512, verbose=0)[0]
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def score(self, made: Glyphs) -> Score:
        """Score generated letters; those of the same classes as the real ones.

        Raises `ValueError` if there are too few, or if their classes are others.
        """
        check(self.real, made)
        read, features = self.look(made.images)
        right = read == made.labels
        classes = np.unique(made.labels)
        few = min(len(features), len(self.features))  # both depend on how many are compared
        return Score(
            read=float(right.mean()),
            worst=float(min(right[made.labels == k].mean() for k in classes)),
            distance=frechet_distance(self.features, features),
            **neighborhood(self.features[:few], features[:few]),
            spread=spread(made.images, made.labels),
        )


def check(real: Glyphs, made: Glyphs) -> None:
    """Raise `ValueError` unless two sets have the same classes, and enough letters to compare."""
    if real.characters != made.characters:
        raise ValueError(
            f"The real letters have the classes {real.characters!r}, the generated ones "
            f"{made.characters!r}: a generator of another alphabet cannot be scored by them."
        )
    for name, glyphs in (("real", real), ("generated", made)):
        if len(glyphs) <= NEIGHBORS:
            raise ValueError(
                f"{len(glyphs)} {name} letters are too few to compare: take {NEIGHBORS + 1} or "
                "more, several hundred if the numbers are to mean anything."
            )
        if np.ptp(glyphs.images) == 0:
            raise ValueError(f"All {name} images are of one gray: there is nothing to compare.")


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Compare two sets of features (n, d) as if both were normal distributions.

    0 for equal mean and covariance. It grows as n falls, so only equal n compare.
    Source: Heusel et al. 2017.
    """
    shift = float(((first.mean(axis=0) - second.mean(axis=0)) ** 2).sum())
    a, b = (np.cov(part, rowvar=False) for part in (first, second))  # (d, d)
    values, vectors = np.linalg.eigh(a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T  # of a
    both = np.linalg.eigvalsh(root @ b @ root)
    return shift + float(np.trace(a) + np.trace(b) - 2 * np.sqrt(np.maximum(both, 0)).sum())


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the distance of every row (n, d) from every row (m, d): float (n, m)."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1) - 2 * first @ second.T
    return np.sqrt(np.maximum(squares, 0))


def neighborhood(real: np.ndarray, made: np.ndarray, neighbors: int = NEIGHBORS) -> dict:
    """Return precision, recall and coverage of features: real (n, d) and made (m, d).

    The surroundings of a letter reach to its k-th nearest neighbor of its own set.
    Sources: Kynkäänniemi et al. 2019 for precision and recall, Naeem et al. 2020 for coverage.
    """
    around_real = np.sort(distances(real, real), axis=1)[:, neighbors]  # (n,), itself is the first
    around_made = np.sort(distances(made, made), axis=1)[:, neighbors]  # (m,)
    between = distances(real, made)  # (n, m)
    return {
        "precision": float((between < around_real[:, None]).any(axis=0).mean()),
        "recall": float((between < around_made).any(axis=1).mean()),
        "coverage": float((between.min(axis=1) < around_real).mean()),
    }


def nearest(images: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find for each image (n, 28, 28) the most similar of the known ones (m, 28, 28).

    Returns its place, int (n,), and the root mean square difference of a pixel, 0 to 1, float (n,).
    """
    flat = [part.reshape(len(part), -1).astype(np.float32) / 255 for part in (images, known)]
    between = distances(*flat)  # (n, m)
    places = between.argmin(axis=1)
    return places, between[np.arange(len(places)), places] / np.sqrt(flat[0].shape[1])


def spread(images: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean standard deviation of a pixel within a class, 0 to 1."""
    within = [images[labels == k].std(axis=0).mean() for k in np.unique(labels)]
    return float(np.mean(within)) / 255


def spectrum(images: np.ndarray) -> np.ndarray:
    """Return the mean power of images (n, h, w) at each frequency: float (h, w), 0 in the middle.

    Without the mean of each image, and with its edges faded, which would look like a grid's lines.
    """
    values = images.astype(np.float64) / 255
    values -= values.mean(axis=(1, 2), keepdims=True)
    fade = np.outer(np.hanning(images.shape[1] + 2)[1:-1], np.hanning(images.shape[2] + 2)[1:-1])
    power = np.abs(np.fft.fft2(values * fade)) ** 2
    return np.fft.fftshift(power.mean(axis=0))


def grid_peak(images: np.ndarray) -> float:
    """Return how far a grid of two pixels stands out of its surroundings in the spectrum.

    It is the power at half the sampling frequency over the power three frequencies below: across,
    down or both, whichever is largest. Without a grid it is about 1 or less.
    """
    power = np.fft.ifftshift(spectrum(images))
    rows, columns = power.shape[0] // 2, power.shape[1] // 2
    at = [power[rows, 0], power[0, columns], power[rows, columns]]
    near = [power[rows - 3, 0], power[0, columns - 3], power[rows - 3, columns - 3]]
    return max(float(a / max(b, 1e-12)) for a, b in zip(at, near, strict=True))
