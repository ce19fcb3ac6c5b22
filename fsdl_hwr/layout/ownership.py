"""Whose ink is whose: a stroke goes to the line whose core it touches, or else to the nearest."""

from collections.abc import Sequence

import cv2
import numpy as np

from fsdl_hwr.datasets.pages import TextLine, core_band

REACH = 1.6  # x-heights from a line's core band within which loose ink is its own
TOUCHING = 0.08  # of a stroke's ink in bands: a line that holds less of it does not share it
BAND = 0.8  # of the x-height that counts as a line's core


def claim(ink: np.ndarray, lines: Sequence[TextLine]) -> np.ndarray:
    """Assign ink to lines: int32 (height, width), k for `lines[k - 1]`, 0 for paper and loose ink.

    ink: bool (height, width). A connected stroke that lies in one line's core goes there whole,
    with its ascenders and descenders. One that two lines share is cut halfway between them. What
    touches no core, a dot or a comma, goes to the nearest line within `REACH` x-heights.
    """
    owners = np.zeros(ink.shape, np.int32)
    if not len(lines) or not ink.any():
        return owners
    cores = core_map(lines, ink.shape)
    nearest, distance = nearest_core(cores)
    x_heights = np.array([0.0] + [line.x_height for line in lines])
    distance = distance / np.maximum(x_heights[nearest], 1.0)  # in x-heights of that line
    count, parts = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    rows, columns = np.nonzero(ink)
    part, core, near = (values[rows, columns] for values in (parts, cores, nearest))
    size = np.bincount(part, minlength=count)
    table = _table(part, core, count, len(lines))  # px of each stroke in each line's core
    table[:, 0] = 0
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    touches = shares > TOUCHING
    alone = touches.sum(axis=1) == 1
    owner = np.where(alone[part], table.argmax(axis=1)[part], near)
    loose = ~touches.any(axis=1)
    if loose.any():  # a dot goes where most of it is nearest
        owner = np.where(loose[part], _table(part, near, count, len(lines)).argmax(1)[part], owner)
    shared = touches.sum(axis=1) > 1
    if shared.any():  # only lines that the stroke touches may have a part of it
        cut = shared[part]
        owner[cut] = _nearest_of(touches[part[cut]], owner[cut], table.argmax(1)[part[cut]])
    far = np.full(count, np.inf)
    np.minimum.at(far, np.asarray(part, int), distance[rows, columns])
    owner = np.where(far[part] <= REACH, owner, 0)
    owner[size[part] == 0] = 0
    owners[rows, columns] = owner
    return owners


def core_map(lines: Sequence[TextLine], shape: tuple[int, int]) -> np.ndarray:
    """Paint the lines' cores: int32 (height, width), k in the core of `lines[k - 1]`."""
    cores = np.zeros(shape, np.int32)
    for k, line in enumerate(lines, start=1):
        band = np.rint(np.clip(core_band(line, BAND), -1e4, 1e4) * 16).astype(np.int32)
        cv2.fillPoly(cores, [band], k, cv2.LINE_8, 4)
        middle = np.rint(np.clip(line.baseline - [0, line.x_height / 2], -1e4, 1e4) * 16)
        cv2.polylines(cores, [middle.astype(np.int32)], False, k, 1, cv2.LINE_8, 4)
    return cores


def nearest_core(cores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each px the line whose core is nearest, int32, and the distance in px, float32."""
    away = (cores == 0).astype(np.uint8)
    distance, cell = cv2.distanceTransformWithLabels(
        away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    at_core = cores > 0
    line_of = np.zeros(int(cell.max()) + 1, np.int32)
    line_of[cell[at_core]] = cores[at_core]
    return line_of[cell], distance


def _table(part, line, num_parts: int, num_lines: int) -> np.ndarray:
    """Count px by stroke and line: int64 (strokes, lines + 1)."""
    flat = part.astype(np.int64) * (num_lines + 1) + line
    return np.bincount(flat, minlength=num_parts * (num_lines + 1)).reshape(num_parts, -1)


def _nearest_of(touched: np.ndarray, nearest: np.ndarray, main: np.ndarray) -> np.ndarray:
    """Keep the nearest line of each px if its stroke touches it, else take the main one."""
    allowed = np.take_along_axis(touched, nearest[:, None], axis=1)[:, 0]
    return np.where(allowed, nearest, main)
