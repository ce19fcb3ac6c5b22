"""A page of handwriting: its image, its lines with their baselines, and whose ink a pixel is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from fsdl_hwr.alphabet import normalize

HANDWRITTEN, PRINT, INTERLINEAR, SIGNATURE = "handwritten", "print", "interlinear", "signature"
NO_POLYGON = np.zeros((0, 2), np.float32)


@dataclass(frozen=True)
class TextLine:
    """One line of text on a page, in px of the page's image, x to the right and y down.

    baseline: float32 (points, 2), two or more, in reading direction. x_height: px from the
    baseline to the top of an x. polygon: float32 (points, 2) around the line, empty if unknown.
    kind: "handwritten", "print", "interlinear", "signature" or another word of an annotator's.
    """

    baseline: np.ndarray
    x_height: float
    transcript: str = ""
    kind: str = HANDWRITTEN
    polygon: np.ndarray = field(default_factory=lambda: NO_POLYGON)

    def __post_init__(self):
        object.__setattr__(self, "transcript", normalize(self.transcript))

    def moved(self, matrix: np.ndarray | list[list[float]]) -> "TextLine":
        """Map the line by an affine 2x3 matrix that acts on (x, y, 1)."""
        matrix = np.asarray(matrix, np.float64)
        points = [(p @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
                  for p in (self.baseline, self.polygon)]  # fmt: skip
        scale = abs(np.linalg.det(matrix[:, :2])) ** 0.5
        return replace(
            self, baseline=points[0], polygon=points[1], x_height=float(self.x_height * scale)
        )

    def scaled(self, factor: float) -> "TextLine":
        """Return the line on a page that is `factor` times as large."""
        return self.moved([[factor, 0, 0], [0, factor, 0]])

    @property
    def length(self) -> float:
        """Return the length of the baseline in px."""
        return float(np.linalg.norm(np.diff(self.baseline, axis=0), axis=1).sum())


@dataclass(frozen=True)
class Page:
    """A page and what is written on it.

    image: uint8 (height, width), gray, as photographed. lines: in reading order. owners: int32
    (height, width), k where ink belongs to `lines[k - 1]`, 0 where it belongs to none.
    """

    image: np.ndarray
    lines: tuple[TextLine, ...]
    owners: np.ndarray
    name: str = ""

    @property
    def transcript(self) -> str:
        """Return the page's text, a row per line."""
        return "\n".join(line.transcript for line in self.lines)

    @property
    def body(self) -> np.ndarray:
        """Return which lines are handwritten body text: bool (lines,)."""
        return np.array([line.kind == HANDWRITTEN for line in self.lines], bool)

    def resized(self, height: int) -> "Page":
        """Return the page at another height, its aspect kept."""
        factor = height / self.image.shape[0]
        size = max(1, round(self.image.shape[1] * factor)), height
        smooth = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        owners = cv2.resize(self.owners.astype(np.int32), size, interpolation=cv2.INTER_NEAREST)
        lines = tuple(line.scaled(factor) for line in self.lines)
        return Page(cv2.resize(self.image, size, interpolation=smooth), lines, owners, self.name)

    def turned(self, quarters: int) -> "Page":
        """Return the page turned counterclockwise by quarter turns; the lines turn with it."""
        height, width = self.image.shape
        matrix = quarter_turn(quarters, height, width)
        return replace(
            self,
            image=np.ascontiguousarray(np.rot90(self.image, quarters)),
            owners=np.ascontiguousarray(np.rot90(self.owners, quarters)),
            lines=tuple(line.moved(matrix) for line in self.lines),
        )


def quarter_turn(quarters: int, height: int, width: int) -> np.ndarray:
    """Return the 2x3 matrix by which `np.rot90(image, quarters)` moves a page's points.

    height, width: of the page before it is turned, in px.
    """
    return np.array(
        [
            [[1, 0, 0], [0, 1, 0]],
            [[0, 1, 0], [-1, 0, width]],
            [[-1, 0, width], [0, -1, height]],
            [[0, -1, height], [1, 0, 0]],
        ][quarters % 4],
        np.float64,
    )


def resampled(points: np.ndarray, spacing: float) -> np.ndarray:
    """Put points evenly along a polyline: float32 (points, 2), both ends kept.

    spacing: px between neighbors, about. Of a polyline without length the ends are returned.
    """
    points = np.asarray(points, np.float64)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    if along[-1] == 0:
        return points[[0, -1]].astype(np.float32)
    steps = np.linspace(0, along[-1], max(2, round(along[-1] / spacing) + 1))
    columns = [np.interp(steps, along, points[:, k]) for k in (0, 1)]
    return np.stack(columns, axis=1).astype(np.float32)


def core_band(line: TextLine, share: float = 1.0) -> np.ndarray:
    """Return the polygon from the baseline up to the x-height: float32 (points, 2).

    share: how much of that height to keep, around its middle.
    """
    points = resampled(line.baseline, max(2.0, line.x_height))
    up = normals(points) * line.x_height
    low, high = points + up * (1 - share) / 2, points + up * (1 + share) / 2
    return np.concatenate([low, high[::-1]]).astype(np.float32)


def normals(points: np.ndarray) -> np.ndarray:
    """Return unit vectors that point up from a baseline read along `points`: (points, 2)."""
    tangents = np.gradient(np.asarray(points, np.float64), axis=0)
    tangents /= np.maximum(np.linalg.norm(tangents, axis=1, keepdims=True), 1e-9)
    return np.stack([tangents[:, 1], -tangents[:, 0]], axis=1)


def fill_owners(polygons: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Paint polygons as an owner map: int32 (height, width), k inside `polygons[k - 1]`.

    What several polygons cover goes to the one whose edge is farthest away. Polygons may reach
    beyond the page and may cross themselves.
    """
    owners = np.zeros(shape, np.int32)
    depth = np.zeros(shape, np.float32)
    for k, polygon in enumerate(polygons, start=1):
        if len(polygon) < 3:
            continue
        low = np.floor(np.clip(polygon.min(axis=0) - 1, 0, shape[::-1])).astype(int)
        high = np.ceil(np.clip(polygon.max(axis=0) + 2, 0, shape[::-1])).astype(int)
        if (high <= low).any():
            continue
        inside = np.zeros(high[::-1] - low[::-1], np.uint8)
        corners = np.rint(np.clip(polygon, -1e5, 1e5) - low).astype(np.int32)
        cv2.fillPoly(inside, [corners], 1)
        edge = cv2.distanceTransform(np.pad(inside, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
        here = slice(low[1], high[1]), slice(low[0], high[0])
        wins = edge > depth[here]
        owners[here][wins] = k
        depth[here][wins] = edge[wins]
    return owners
