"""Ink from stained paper by thresholds, and the scores by which such cleaning is compared.

A photo is uint8 (height, width), dark ink on lighter paper. A mask is bool, True where ink is.
Scores take masks (n, height, width) and return one number per image.
"""

import cv2
import numpy as np

from fsdl_hwr import metrics

MAX_PSNR = 60.0  # dB, of two equal masks, whose ratio would be infinite


def otsu(photo: np.ndarray) -> np.ndarray:
    """Take as ink what is darker than one threshold: uint8 (height, width) to bool.

    The threshold is the one that parts the gray values best. A photo of a single gray has no ink.
    Source: Otsu, "A Threshold Selection Method from Gray-Level Histograms" (1979).
    """
    threshold, _ = cv2.threshold(photo, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return (photo <= threshold) & (photo < photo.max())


def sauvola(photo: np.ndarray, window: int = 15, k: float = 0.2) -> np.ndarray:
    """Take as ink what is darker than the paper around it: uint8 (height, width) to bool.

    window: px, odd, of the box whose mean m and standard deviation s give every pixel a threshold
    of its own, m (1 + k (s / 128 - 1)). Source: Sauvola and Pietikäinen, "Adaptive Document Image
    Binarization" (2000).
    """
    gray = photo.astype(np.float64)
    mean = cv2.blur(gray, (window, window))
    deviation = np.sqrt(np.maximum(cv2.blur(gray**2, (window, window)) - mean**2, 0))
    return gray < mean * (1 + k * (deviation / 128 - 1))


def f_scores(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return each image's F-score: the harmonic mean of precision and recall, 0 to 1.

    An image without ink in both masks scores 1.
    """
    _check(found, true)
    both = (found & true).sum((1, 2))
    total = found.sum((1, 2)) + true.sum((1, 2))
    return np.where(total > 0, 2 * both / np.maximum(total, 1), 1.0)


def pseudo_f_scores(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return each image's pseudo-F: recall is counted on the middle line of the true strokes.

    A stroke that is thinner than the truth loses nothing, a broken one does. Source: Ntirogiannis,
    Gatos and Pratikakis, "An Objective Evaluation Methodology for Document Image Binarization
    Techniques" (2008).
    """
    _check(found, true)
    lines = skeletons(true)
    recall = _share((found & lines).sum((1, 2)), lines.sum((1, 2)))
    precision = _share((found & true).sum((1, 2)), found.sum((1, 2)))
    return np.where(
        recall + precision > 0, 2 * recall * precision / (recall + precision + 1e-12), 0
    )


def psnr(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return each image's peak signal-to-noise ratio in dB, at most `MAX_PSNR`."""
    _check(found, true)
    wrong = (found != true).mean((1, 2))
    return np.minimum(-10 * np.log10(np.maximum(wrong, 1e-9)), MAX_PSNR)


def mean_with_interval(scores: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean of images' scores, and the 95% interval of a bootstrap over images."""
    low, high = metrics.bootstrap_interval(scores.tolist(), [1] * len(scores), seed)
    return float(np.mean(scores)), low, high


def skeletons(masks: np.ndarray) -> np.ndarray:
    """Thin shapes to lines of one pixel that keep their form: bool (n, height, width).

    A shape of which thinning leaves nothing, a dot of 2 x 2 px say, is lost. Source: Zhang and
    Suen, "A Fast Parallel Algorithm for Thinning Digital Patterns" (1984).
    """
    thin = np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    while True:
        before = thin.sum()
        for first in (True, False):
            around = _neighbors(thin)  # (8, n, height + 2, width + 2), clockwise from above
            count = around.sum(0)
            changes = (~around & np.roll(around, -1, axis=0)).sum(0)
            n, e, s, w = around[0], around[2], around[4], around[6]
            open_side = ~(n & e & s) & ~(e & s & w) if first else ~(n & e & w) & ~(n & s & w)
            thin &= ~((count >= 2) & (count <= 6) & (changes == 1) & open_side)
        if thin.sum() == before:
            return thin[:, 1:-1, 1:-1]


def _neighbors(masks: np.ndarray) -> np.ndarray:
    steps = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    return np.stack([np.roll(masks, (-dy, -dx), (1, 2)) for dy, dx in steps])


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1), 1.0)


def _check(found: np.ndarray, true: np.ndarray) -> None:
    if found.shape != true.shape or found.ndim != 3 or not found.dtype == true.dtype == bool:
        raise ValueError(
            f"Masks are bool (n, height, width), both alike; got {found.dtype} {found.shape} and "
            f"{true.dtype} {true.shape}."
        )
