"""Finds mistakes of a labeled set before anything is trained on it."""

import numpy as np

SIZE = 7  # px: images are compared that small
LEAST_AGREEMENT = 0.5  # of classes that must look alike in two files


def class_means(images: np.ndarray, labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the mean image of each class, small and of length 1: float (num_classes, 49).

    images: uint8 (n, 28, 28). A class without an image is all zeros.
    """
    side = images.shape[1] // SIZE
    small = images.reshape(len(images), SIZE, side, SIZE, side).mean((2, 4)).reshape(-1, SIZE**2)
    small = small - small.mean(1, keepdims=True)
    means = np.zeros((num_classes, SIZE**2))
    np.add.at(means, labels, small)
    return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)


def dictionary_agreement(
    images: np.ndarray, labels: np.ndarray, files: np.ndarray, num_classes: int
) -> np.ndarray:
    """Return in how many classes every two files agree: float (files, files), 0 to 1.

    Class k of one file agrees with another file's if its mean image is more like that one's class k
    than like any other class. Files that number their letters differently hardly agree.

    Args:
        images: (n, height, width).
        labels: int (n,), the class of each image.
        files: int (n,), the file that each image came from, counted from 0.
        num_classes: number of classes.
    """
    means = [
        class_means(images[files == f], labels[files == f], num_classes)
        for f in range(int(files.max()) + 1)
    ]
    agree = np.eye(len(means))
    for a, one in enumerate(means):
        for b, other in enumerate(means):
            both = one.any(1) & other.any(1)
            nearest = (one @ other.T).argmax(1)
            agree[a, b] = (nearest == np.arange(num_classes))[both].mean() if both.any() else 0
    return agree


def suspicious_files(agreement: np.ndarray) -> list[int]:
    """Name the files whose dictionary is not that of the largest group of agreeing files."""
    alike = np.minimum(agreement, agreement.T) >= LEAST_AGREEMENT
    largest = alike[alike.sum(1).argmax()]
    return np.flatnonzero(~largest).tolist()


def classes_per_batch(labels: np.ndarray, batch_size: int = 64) -> float:
    """Count the classes of an average batch in the order given; sorted data has one or two."""
    batches = [labels[k : k + batch_size] for k in range(0, len(labels), batch_size)]
    return float(np.mean([len(np.unique(batch)) for batch in batches]))
