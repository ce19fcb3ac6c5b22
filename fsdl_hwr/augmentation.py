"""What may happen to an image in training: the changes that leave its character what it is."""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """Changes an image at random, on the CPU and so on every Keras backend alike.

    rotation: at most, in degrees, either way. shear: slope at most, x over y. scale: share at most
    by which width and height grow or shrink, each by its own. shift: share of the side at most.
    stroke: probability that strokes become thinner or thicker. elastic: size in px of a smooth
    random displacement (Simard et al. 2003).
    """

    rotation: float = 8.0
    shear: float = 0.25
    scale: float = 0.12
    shift: float = 0.05
    stroke: float = 0.3
    elastic: float = 0.8

    def __call__(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a changed copy of one uint8 image (height, width), the same size."""
        height, width = image.shape
        matrix = self._matrix(height, width, rng)
        if self.elastic:
            changed = _bend(image, matrix, self.elastic, rng)
        else:
            changed = cv2.warpAffine(image, matrix, image.shape[::-1], flags=_FETCH)
        if rng.random() < self.stroke:
            changed = _change_stroke(changed, rng)
        return changed

    def _matrix(self, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
        """Draw the affine map from a pixel to where it is fetched: float64 (2, 3)."""
        turn, lean, wider, higher, right, down = rng.uniform(-1, 1, 6)
        angle = math.radians(self.rotation) * turn
        cos, sin = math.cos(angle), math.sin(angle)
        width_factor, height_factor = 1 + self.scale * wider, 1 + self.scale * higher
        shear = self.shear * lean
        a, b = cos / width_factor, (cos * shear - sin) / height_factor
        c, d = sin / width_factor, (sin * shear + cos) / height_factor
        x, y = (width - 1) / 2, (height - 1) / 2  # the center stays, but for the shift
        shift_x, shift_y = self.shift * width * right, self.shift * height * down
        return np.array([[a, b, x - a * x - b * y + shift_x], [c, d, y - c * x - d * y + shift_y]])


@dataclass(frozen=True)
class PenVariation:
    """Changes an ink at random as another hand, or the same on another day, would write it.

    shear: slope at most, x over y. rotation: at most, in degrees. stretch: share at most by which
    the ink becomes wider or narrower. wobble: size of a slow random displacement, as a share of
    the ink's height.
    """

    shear: float = 0.4
    rotation: float = 2.5
    stretch: float = 0.3
    wobble: float = 0.02

    def __call__(self, ink: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
        """Return a changed copy of an Ink, whatever its units are."""
        lean, turn, wider = rng.uniform(-1, 1, 3)
        angle, slope = math.radians(self.rotation) * turn, self.shear * lean
        factor = (1 + self.stretch) ** wider
        cos, sin = math.cos(angle), math.sin(angle)
        matrix = np.array([[cos * factor, cos * slope - sin], [sin * factor, sin * slope + cos]])
        if not ink:
            return []
        points = np.concatenate(ink)  # (points, 2 or 3)
        xy = points[:, :2]
        height = max(float(np.ptp(xy[:, 1])), 1e-6)
        for k, phase in enumerate(rng.uniform(0, 2 * np.pi, (3, 2))):  # waves of 3, 1.5, 1 heights
            along = 2 * np.pi * (k + 1) / 3 * xy[:, :1] / height
            xy = xy + self.wobble * height * np.sin(along + phase)
        changed = np.concatenate([xy @ matrix.T, points[:, 2:]], axis=1, dtype=np.float32)
        return np.split(changed, np.cumsum([len(stroke) for stroke in ink[:-1]]))


@dataclass(frozen=True)
class PointVariation:
    """Changes a batch of pen points at random, each ink in its own way.

    rotation: at most, in degrees. shear: slope at most, x over y. stretch: share at most by which
    the ink becomes wider or narrower, higher or lower. wobble: size of a slow random displacement,
    as a share of the ink's longer side.
    """

    rotation: float = 7.0
    shear: float = 0.2
    stretch: float = 0.15
    wobble: float = 0.03

    def __call__(self, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return changed points: float32 (n, p, 2) to float32 (n, p, 2)."""
        angle = math.radians(self.rotation) * rng.uniform(-1, 1, len(points))
        slope = self.shear * rng.uniform(-1, 1, len(points))
        wider, higher = (1 + self.stretch) ** rng.uniform(-1, 1, (2, len(points)))
        cos, sin = np.cos(angle), np.sin(angle)
        rows = [[cos * wider, (cos * slope - sin) * higher]]
        rows += [[sin * wider, (sin * slope + cos) * higher]]
        matrix = np.array(rows).transpose(2, 1, 0)  # (n, 2, 2), to be multiplied from the right
        extent = np.ptp(points, axis=1).max(axis=-1)[:, None, None] + 1e-6  # (n, 1, 1)
        places = (points - points[:, :1]) / extent  # (n, p, 2)
        bend = np.zeros_like(places)
        for wave in (2.5, 5.0, 7.5):  # radians along the longer side: waves longer than a bow
            phase = rng.uniform(0, 2 * np.pi, (len(points), 1, 2))
            height = rng.normal(0, self.wobble * 2.5 / wave, (len(points), 1, 2))
            bend += height * np.sin(wave * places[..., ::-1] + phase)
        return (points @ matrix + bend * extent).astype(np.float32)


_FETCH = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def _bend(image: np.ndarray, matrix: np.ndarray, size: float, rng) -> np.ndarray:
    """Apply the affine map and a smooth displacement of about `size` px in one pass."""
    height, width = image.shape
    fetched = (_places(height, width) @ matrix.T).reshape(height, width, 2)
    # A coarse random grid, enlarged: as smooth as a blurred one, and far cheaper.
    coarse = (4, max(4, round(4 * width / height)), 2)
    bend = cv2.resize(rng.normal(0, size, coarse), (width, height), interpolation=cv2.INTER_CUBIC)
    places = (fetched + bend).astype(np.float32)  # (height, width, 2)
    return cv2.remap(image, places, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]


@cache
def _places(height: int, width: int) -> np.ndarray:
    """List (x, y, 1) of every pixel: float64 (height * width, 3), for one product with a matrix."""
    rows, columns = np.divmod(np.arange(height * width), width)
    return np.stack([columns, rows, np.ones_like(rows)], axis=1).astype(float)


def _change_stroke(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blend the image with its erosion (thinner) or its dilation (thicker)."""
    change = cv2.erode if rng.random() < 0.5 else cv2.dilate
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    share = rng.uniform(0.2, 0.8)
    return cv2.addWeighted(image, 1 - share, change(image, kernel), share, 0)
