"""From a line on a page to a line image: unrolled along its baseline, its neighbors erased."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from fsdl_hwr.datasets.pages import TextLine, normals, resampled

ABOVE, BELOW = 2.6, 1.6  # x-heights above and below the baseline that a crop shows at most
BESIDE = 1.0  # x-heights before and after the baseline
PAPER = 255


def crop_lines(
    image: np.ndarray, owners: np.ndarray, lines: Sequence[TextLine], height: int | None = None
) -> list[np.ndarray]:
    """Cut every line out of a page as an image of its own: uint8, dark ink on white paper.

    Args:
        image: uint8 (height, width) gray, dark ink on light paper.
        owners: whose ink a pixel is, int (height, width), k for `lines[k - 1]`.
        lines: in px of the image.
        height: px of a crop's x-height; as on the page by default.

    The page's columns are shifted by the baseline's course, so that a curved or slanted line comes
    out level. Ink of other lines and loose ink is erased. A line without ink is white paper.
    """
    return [unroll(image, owners, line, k, height) for k, line in enumerate(lines, start=1)]


def unroll(
    image: np.ndarray, owners: np.ndarray, line: TextLine, owner: int, height: int | None = None
) -> np.ndarray:
    """Cut out one line; see `crop_lines`.

    Args:
        image: the page, uint8 (height, width).
        owners: int32 (height, width), the number of the line that each px of ink belongs to.
        line: its course on the page, and its x-height.
        owner: the number of this line in `owners`.
        height: px of the crop's x-height; as on the page by default.
    """
    x_height = max(line.x_height, 1.0)
    step = x_height / height if height else 1.0  # px of the page per px of the crop
    grid = sampling_grid(line, step)  # (rows, columns, 2)
    low = np.floor(grid.reshape(-1, 2).min(axis=0)).astype(int) - 2
    high = np.ceil(grid.reshape(-1, 2).max(axis=0)).astype(int) + 3
    low = np.clip(low, 0, image.shape[::-1])
    high = np.clip(high, low + 1, np.maximum(image.shape[::-1], low + 1))
    here = slice(low[1], high[1]), slice(low[0], high[0])
    own = (owners[here] == owner).astype(np.uint8)
    if own.size == 0 or not own.any():
        return np.full(grid.shape[:2], PAPER, np.uint8)
    halo = cv2.dilate(own, np.ones((3, 3), np.uint8))  # anti-aliased edges
    paper = float(np.percentile(image[here], 90))
    light = image[here].astype(np.float32) * (PAPER / max(paper, 1.0))
    light = np.where(halo > 0, np.minimum(light, PAPER), PAPER).astype(np.float32)
    maps = (grid - low).astype(np.float32)
    crop = cv2.remap(
        light, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=PAPER,
    )  # fmt: skip
    return np.clip(crop, 0, PAPER).astype(np.uint8)


def sampling_grid(line: TextLine, step: float = 1.0) -> np.ndarray:
    """Return where on the page each px of a crop comes from: float64 (rows, columns, 2), x and y.

    The baseline is followed along its length and drawn out at both ends; rows stand upright on it.
    """
    points = resampled(line.baseline, max(2.0, line.x_height)).astype(np.float64)
    reach = BESIDE * line.x_height
    first, last = points[0] - points[1], points[-1] - points[-2]
    first *= reach / max(float(np.linalg.norm(first)), 1e-6)
    last *= reach / max(float(np.linalg.norm(last)), 1e-6)
    points = np.concatenate([[points[0] + first], points, [points[-1] + last]])
    points = resampled(points, step).astype(np.float64)  # one per column
    reach_of_blur = 1, max(1, 2 * int(line.x_height / step) + 1)
    up = cv2.blur(normals(points), reach_of_blur, borderType=cv2.BORDER_REPLICATE)
    up = up / np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-6)
    above = math.ceil(ABOVE * line.x_height / step)
    below = math.ceil(BELOW * line.x_height / step)
    rise = np.arange(above, -below, -1)[:, None, None] * step
    return points[None] + rise * up[None]


def outline(line: TextLine) -> np.ndarray:
    """Return the polygon around what a crop of a line shows: float32 (points, 2)."""
    grid = sampling_grid(line, max(1.0, line.x_height))
    return np.concatenate([grid[0], grid[-1][::-1]]).astype(np.float32)


def ink_outline(line: TextLine, owners: np.ndarray, owner: int) -> np.ndarray:
    """Return a polygon around a line's own ink: float32 (points, 2).

    Along the baseline, about every x-height, it goes as high and as low as the ink within an
    x-height there; if there is none, it keeps to the core band.
    """
    x_height = max(line.x_height, 1.0)
    grid = sampling_grid(line)  # (rows, columns, 2)
    x, y = (np.clip(np.rint(grid[..., k]), 0, owners.shape[1 - k] - 1).astype(int) for k in (0, 1))
    own = owners[y, x] == owner  # (rows, columns)
    rows = np.arange(len(own))[:, None]
    foot = math.ceil(ABOVE * x_height)  # the baseline's row
    top = np.where(own, rows, foot - round(x_height)).min(axis=0)
    bottom = np.where(own, rows, foot).max(axis=0)
    step = max(1, round(x_height))
    places = np.unique(np.append(np.arange(0, own.shape[1], step), own.shape[1] - 1))
    near = [slice(max(0, place - step), place + step + 1) for place in places]
    margin = max(1, round(x_height / 8))
    high = [max(0, top[here].min() - margin) for here in near]
    low = [min(len(own) - 1, bottom[here].max() + margin) for here in near]
    upper, lower = grid[high, places], grid[low, places]
    return np.concatenate([upper, lower[::-1]]).astype(np.float32)
