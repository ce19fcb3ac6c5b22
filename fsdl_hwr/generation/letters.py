"""Letters as rows of numbers, which a network can make up, and back to ink and images.

A letter is `NUM_POINTS` points at equal distances along its ink, the ways through the air included;
each has its place in the letter's box, -1 to 1, and the pen: 1 on the paper, -1 in the air.
"""

from collections.abc import Sequence

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr import pen_sequences
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import Ink

NUM_POINTS = 48
COLUMNS = 3  # x, y, pen


def encode(inks: Sequence[Ink]) -> np.ndarray:
    """Turn inks into rows of points: float32 (n, NUM_POINTS, 3).

    Raises `ValueError` for an ink without points.
    """
    walks = [pen_sequences.resample(pen_sequences.clean(ink), NUM_POINTS) for ink in inks]
    points = np.stack([points for points, _ in walks])  # (n, points, 2)
    pen = np.stack([pen for _, pen in walks])  # (n, points)
    places = pen_sequences.character_features(points, pen)[..., :2]
    return np.concatenate([places, 2 * pen[..., None] - 1], axis=-1)


def decode(row: np.ndarray) -> Ink:
    """Turn the points of one letter (NUM_POINTS, 3) into ink: a stroke ends where the pen is up.

    The way to a point with the pen up is not drawn. Points that are not finite are left out, so
    that a generator that has diverged draws an empty letter.
    """
    row = row[np.isfinite(row).all(axis=1)]
    if not len(row):
        return []
    up = row[:, 2] < 0
    row = row[~(up & np.append(up[1:], False))]  # of a way through the air, its end alone stays
    strokes = np.split(row[:, :2].astype(np.float32), np.flatnonzero(row[:, 2] < 0))
    return [stroke for stroke in strokes if len(stroke)]


def draw(rows: np.ndarray, labels: np.ndarray, characters: str, source: str) -> Glyphs:
    """Draw rows of points as glyph images, all with the same pen.

    Args:
        rows: float (n, NUM_POINTS, 3).
        labels: (n,), the class of each.
        characters: of the classes.
        source: what made the rows, for the glyphs' record.
    """
    images = [pen_ink.glyph_image(decode(row), "") for row in rows]
    return Glyphs(
        images=np.stack(images),
        labels=np.asarray(labels, np.int32),
        writers=np.full(len(rows), -1, np.int32),
        characters=characters,
        source=source,
    )


def labels_like(labels: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw labels as often as the data has them: int32 (count,).

    A discriminator that sees other shares among the generated letters can tell them by their label.
    """
    return rng.choice(labels, count).astype(np.int32)


def one_hot(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Return float32 (n, num_classes) with a 1 at each label."""
    return np.eye(num_classes, dtype=np.float32)[labels]


class Basis:
    """The directions in which letters differ most: rows of points as a few numbers, and back.

    Principal components of known rows (n, points, 3), each scaled by the root of its standard
    deviation: the large ones lead, and the small ones are not lost. What is made from them is
    smooth, since a hand's trembling takes many components to write down.

    rows: known ones. size: numbers per letter, at most as many as there are rows.
    Raises `ValueError` if the rows are too few or all alike.
    """

    def __init__(self, rows: np.ndarray, size: int):
        flat = rows.reshape(len(rows), -1)
        self.mean = flat.mean(axis=0)
        _, singular, directions = np.linalg.svd(flat - self.mean, full_matrices=False)
        deviations = singular[:size] / np.sqrt(len(flat))
        if len(deviations) < size or deviations[-1] < 1e-6:
            raise ValueError(
                f"{len(rows)} letters do not differ in {size} directions: take more letters, or "
                "fewer directions."
            )
        scales = np.sqrt(deviations)
        scales *= np.sqrt((deviations**2 / scales**2).mean())  # so that a number is about 1
        self.directions = (directions[:size] * scales[:, None]).astype(np.float32)
        self._inverse = (directions[:size] / scales[:, None]).astype(np.float32)

    @property
    def size(self) -> int:
        """Numbers per letter."""
        return len(self.directions)

    def encode(self, rows: np.ndarray) -> np.ndarray:
        """Turn rows (n, points, 3) into float32 (n, size)."""
        return (rows.reshape(len(rows), -1) - self.mean) @ self._inverse.T

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Turn numbers (n, size) into rows: float32 (n, points, 3)."""
        return (codes @ self.directions + self.mean).reshape(-1, NUM_POINTS, COLUMNS)
