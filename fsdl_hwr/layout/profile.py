"""The classical finder: the sum of ink over every row has a peak where a line is."""

from dataclasses import dataclass

import cv2
import numpy as np

from fsdl_hwr import page_ink
from fsdl_hwr.datasets.pages import TextLine

WORKING_HEIGHT = 800  # px
STEEPEST = 16  # degrees that lines may rise or fall
PROMINENCE = 0.03  # of the highest row sum: a peak that stands out less is noise
X_HEIGHT = 0.35  # of the pitch


@dataclass(frozen=True)
class Profile:
    """Row sums of a page turned level, and the lines cut from them. In px of `ink`.

    ink: bool (height, width), turned level. matrix: 2x3, from the page to `ink`. sums: float
    (rows,), smoothed. pitch: px from line to line. peaks, cuts: rows; line k lies between cuts k
    and k + 1.
    """

    ink: np.ndarray
    matrix: np.ndarray
    skew: float
    sums: np.ndarray
    pitch: int
    peaks: np.ndarray
    cuts: np.ndarray


def find_lines(image: np.ndarray) -> list[TextLine]:
    """Find lines by the projection profile of a page: uint8 (height, width) gray.

    Every line runs straight across the page, as far as there is ink in its band.
    """
    profile = row_profile(image)
    back = cv2.invertAffineTransform(profile.matrix)
    lines = []
    for k, (top, bottom) in enumerate(zip(profile.cuts[:-1], profile.cuts[1:], strict=True)):
        columns = np.flatnonzero(profile.ink[top:bottom].any(axis=0))
        if len(columns) < 2:
            continue
        x_height = X_HEIGHT * profile.pitch
        row = min(profile.peaks[k] + x_height / 2, bottom - 1)  # the peak is mid-x-height
        baseline = np.array([[columns[0], row], [columns[-1] + 1, row]], np.float32)
        lines.append(TextLine(baseline, x_height).moved(back))
    return lines


def owners(image: np.ndarray) -> np.ndarray:
    """Assign every ink pixel to the band that it lies in: int32 (height, width), 0 for paper."""
    profile = row_profile(image)
    bands = np.zeros(profile.ink.shape, np.int32)
    for k, (top, bottom) in enumerate(zip(profile.cuts[:-1], profile.cuts[1:], strict=True)):
        bands[top:bottom] = k + 1
    back = cv2.invertAffineTransform(profile.matrix)
    height, width = image.shape
    size = width, height
    laid = cv2.warpAffine(bands.astype(np.float32), back, size, flags=cv2.INTER_NEAREST)
    return laid.astype(np.int32) * page_ink.ink_mask(image)


def row_profile(image: np.ndarray, smoothing: float = 0.2) -> Profile:
    """Turn a page level and cut its row sums at the valleys.

    image: uint8 (height, width) gray. smoothing: of the row sums, in pitches.
    """
    ink, matrix = _small_ink(image)
    skew = find_skew(ink)
    ink, turn = _turned(ink, skew)
    matrix = (np.vstack([turn, [0, 0, 1]]) @ np.vstack([matrix, [0, 0, 1]]))[:2]
    sums = ink.sum(axis=1).astype(np.float64)
    pitch = find_pitch(sums)
    smooth = gaussian(sums, smoothing * pitch)
    peaks = find_peaks(smooth, max(1, pitch // 2))
    valleys = [a + int(smooth[a:b].argmin()) for a, b in zip(peaks[:-1], peaks[1:], strict=True)]
    rows = np.flatnonzero(sums)
    ends = ([rows[0]], [rows[-1] + 1]) if len(peaks) else ([], [])
    cuts = np.array([*ends[0], *valleys, *ends[1]], int)
    return Profile(ink, matrix, skew, smooth, pitch, peaks, cuts)


def find_skew(ink: np.ndarray) -> float:
    """Return the angle in degrees, counterclockwise, by which the lines of a page rise.

    Under the right turn row sums are most uneven. ink: bool (height, width), tried at a third of
    its size, in steps of 2 degrees and then of a half around the best.
    """
    if not ink.any():
        return 0.0
    size = tuple(max(1, side // 3) for side in ink.shape[::-1])
    small = cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_AREA)

    def unevenness(degrees: float) -> float:
        return float(np.square(np.diff(_turned(small, degrees)[0].sum(axis=1))).sum())

    coarse = max(range(-STEEPEST, STEEPEST + 1, 2), key=unevenness)
    best = max(np.arange(coarse - 1.5, coarse + 1.51, 0.5), key=unevenness)
    return float(best) if unevenness(best) > 1.05 * unevenness(0.0) else 0.0


def find_pitch(sums: np.ndarray) -> int:
    """Return the distance from line to line, in rows: the first strong peak of autocorrelation."""
    centered = sums - sums.mean()
    if not centered.any():
        return len(sums)
    spectrum = np.abs(np.fft.rfft(centered, 2 * len(sums))) ** 2
    correlation = np.fft.irfft(spectrum)[: len(sums) // 2]
    smooth = np.convolve(correlation, np.ones(3) / 3, "same")
    first = max(6, len(sums) // 100)
    inner = np.arange(first, len(smooth) - 1)
    peaks = inner[(smooth[inner] > smooth[inner - 1]) & (smooth[inner] >= smooth[inner + 1])]
    peaks = peaks[smooth[peaks] > 0]  # one line alone is like itself at no distance
    if len(peaks) == 0:
        return max(first, len(sums) // 10)
    strong = peaks[smooth[peaks] > 0.5 * smooth[peaks].max()]
    return int(strong[0])


def find_peaks(values: np.ndarray, distance: int) -> np.ndarray:
    """Return the rows of peaks, the highest first claiming `distance` rows on either side."""
    padded = np.concatenate([[-1], values, [-1]])
    is_peak = (padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]) & (values > 0)
    kept: list[int] = []
    for row in sorted(np.flatnonzero(is_peak).tolist(), key=lambda row: -values[row]):
        if all(abs(row - other) >= distance for other in kept):
            kept.append(row)
    kept.sort()
    prominent = []
    for k, row in enumerate(kept):
        left = values[kept[k - 1] : row].min() if k else 0.0
        right = values[row : kept[k + 1]].min() if k + 1 < len(kept) else 0.0
        if values[row] - max(left, right) >= PROMINENCE * values.max():
            prominent.append(row)
    return np.array(prominent, int)


def gaussian(values: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth a row of values by a bell of `sigma` places."""
    reach = max(1, int(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    return np.convolve(np.pad(values, reach), weights / weights.sum(), "valid")


def _small_ink(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ink at `WORKING_HEIGHT`, bool, and the matrix that leads there."""
    scale = min(1.0, WORKING_HEIGHT / image.shape[0])
    size = tuple(max(1, round(side * scale)) for side in image.shape[::-1])
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return page_ink.ink_mask(small), np.array([[scale, 0, 0], [0, scale, 0]])


def _turned(ink: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn an image so that lines rising by `degrees` become level; it keeps its size."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    if degrees == 0:
        return ink, matrix
    turned = cv2.warpAffine(ink.astype(np.float32), matrix, (width, height))
    return (turned > 0.5) if ink.dtype == bool else turned, matrix
