"""How well lines are found on a page: by the ink they share, by their baselines, by their boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr.datasets.pages import TextLine, resampled

TOLERANCE = 0.25  # of the distance to the next line: how far a baseline may be off (cBAD 2017)
MOSTLY = 0.5  # of a found line's ink: if no more of it is annotated, the line is not judged


@dataclass(frozen=True)
class LineScore:
    """Counts of lines, over one page or many: add scores to pool them.

    matched: pairs of a true and a found line. true, found: lines that count.
    """

    matched: float
    true: int
    found: int
    matched_true: float | None = None  # if recall is counted otherwise than precision

    @property
    def recall(self) -> float:
        """Return the share of true lines that were found; 1 if there are none."""
        matched = self.matched if self.matched_true is None else self.matched_true
        return matched / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Return the share of found lines that are right; 1 if none was found."""
        return self.matched / self.found if self.found else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of recall and precision (ICDAR 2013's FM)."""
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0

    def __add__(self, other: "LineScore") -> "LineScore":
        mine = self.matched if self.matched_true is None else self.matched_true
        its = other.matched if other.matched_true is None else other.matched_true
        return LineScore(
            self.matched + other.matched, self.true + other.true, self.found + other.found,
            mine + its,
        )  # fmt: skip

    def __radd__(self, other: int) -> "LineScore":  # `sum` begins with 0
        return self


def shared_ink(true: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Compute ICDAR 2013's MatchScore of all pairs: intersection over union, in px of ink.

    true, found: owner maps of ink pixels, int (height, width), 0 for none. Returns float64 (true
    lines, found lines); lines without ink have zeros.
    """
    if true.shape != found.shape:
        raise ValueError(f"Owner maps of {true.shape} and {found.shape} px are of different pages.")
    num_true, num_found = int(true.max(initial=0)), int(found.max(initial=0))
    pairs = true.astype(np.int64) * (num_found + 1) + found
    counts = np.bincount(pairs.ravel(), minlength=(num_true + 1) * (num_found + 1))
    counts = counts.reshape(num_true + 1, num_found + 1)
    intersection = counts[1:, 1:]
    union = counts[1:].sum(1)[:, None] + counts[:, 1:].sum(0)[None] - intersection
    return intersection / np.maximum(union, 1)


def ink_score(
    true: np.ndarray,
    found: np.ndarray,
    threshold: float = 0.75,
    counted: Sequence[bool] | None = None,
    strict: bool = False,
) -> LineScore:
    """Count found lines that share at least `threshold` of their ink with a true one, each once.

    Args:
        true, found: owner maps of ink pixels, int (height, width), 0 for none.
        threshold: of the shared ink, .5 or more; then no line can match two.
        counted: which true lines count, bool (lines,); the ink of others is ignored as if no
            line claimed it. All by default.
        strict: whether ink that no true line claims counts against the line that found it.
            Annotations have holes, so by default it is ignored, and a line mostly on such ink too.

    Source: ICDAR 2013 handwriting segmentation contest (Stamatopoulos et al.).
    """
    if not 0.5 <= threshold <= 1:
        raise ValueError(f"threshold={threshold}: below .5 a line could match two; take .5 to 1.")
    num_true, num_found = int(true.max(initial=0)), int(found.max(initial=0))
    counts = np.ones(num_true, bool) if counted is None else np.asarray(counted, bool)[:num_true]
    kept = np.concatenate([[False], counts])[true]  # px whose owner counts
    true = np.where(kept, true, 0)
    all_ink = np.bincount(found.ravel(), minlength=num_found + 1)[1:]
    if not strict:
        found = np.where(kept, found, 0)
    judged_ink = np.bincount(np.where(kept, found, 0).ravel(), minlength=num_found + 1)[1:]
    judged = all_ink > 0 if strict else judged_ink > MOSTLY * all_ink
    matches = shared_ink(true, found) >= threshold if num_true and num_found else np.zeros((0, 0))
    written = np.bincount(true.ravel(), minlength=num_true + 1)[1:] > 0
    matched = int(matches.any(axis=0).sum()) if matches.size else 0
    if matches.size:  # a line that matches is judged, however much more it holds
        judged[: matches.shape[1]] |= matches.any(axis=0)
    return LineScore(matched, int(written.sum()), int(judged.sum()))


def baseline_score(true: Sequence[TextLine], found: Sequence[TextLine]) -> LineScore:
    """Score baselines as cBAD does: points within a quarter of the distance between lines.

    Recall lets several found pieces cover a line; precision counts each true line once.
    Source: Grüning et al. 2017, arXiv 1705.03311.
    """
    true_points = [resampled(line.baseline, 5.0) for line in true]
    found_points = [resampled(line.baseline, 5.0) for line in found]
    tolerances = [_tolerance(k, true, true_points) for k in range(len(true))]
    cover = np.zeros((len(true), len(found)))  # share of a true line's points near a found one
    hits = np.zeros((len(true), len(found)))  # share of a found line's points near a true one
    covered = np.zeros(len(true))
    for i, points in enumerate(true_points):
        near = np.zeros(len(points), bool)
        for j, other in enumerate(found_points):
            distances = np.linalg.norm(points[:, None] - other[None], axis=2)
            cover[i, j] = (distances.min(axis=1) <= tolerances[i]).mean()
            hits[i, j] = (distances.min(axis=0) <= tolerances[i]).mean()
            near |= distances.min(axis=1) <= tolerances[i]
        covered[i] = near.mean()
    matched = 0.0
    remaining = hits.copy()
    while remaining.size and remaining.max() > 0:  # greedily, one to one
        best = np.unravel_index(remaining.argmax(), remaining.shape)
        i, j = map(int, best)
        matched += remaining[i, j]
        remaining[i], remaining[:, j] = 0, 0
    return LineScore(float(matched), len(true), len(found), float(covered.sum()))


def _tolerance(index: int, lines: Sequence[TextLine], points: list[np.ndarray]) -> float:
    """Return a quarter of the distance to the nearest line above or below, in px."""
    own = points[index]
    x = np.array([own[:, 0].min(), own[:, 0].max()])
    distances = []
    for k, other in enumerate(points):
        beside = other[:, 0].max() < x[0] or other[:, 0].min() > x[1]
        if k != index and not beside:
            distances.append(abs(np.median(other[:, 1]) - np.median(own[:, 1])))
    distance = min(distances) if distances else 4 * lines[index].x_height
    return max(TOLERANCE * distance, 0.5 * lines[index].x_height, 2.0)


def box_iou(first: Sequence[float], second: Sequence[float]) -> float:
    """Compute the intersection over union of two boxes (left, top, right, bottom)."""
    sides = [min(a, b) - max(c, d) for a, b, c, d in zip(
        first[2:], second[2:], first[:2], second[:2], strict=True)]  # fmt: skip
    shared = max(0.0, sides[0]) * max(0.0, sides[1])
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)) - shared
    return shared / area if area > 0 else 0.0
