"""The maps that a network draws over a page, and the lines that are read off them.

Three maps at half the size of the network's page: the core band between baseline and x-height, the
marks where lines start, and those where they end. `targets` draws them from known lines,
`lines_from_maps` finds lines in them.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from fsdl_hwr import page_ink
from fsdl_hwr.datasets.pages import Page, TextLine, core_band, normals

AREA = 768 * 576  # px of the network's page, about
LONGEST = 1536  # px of its longer side
MULTIPLE = 32  # px that its sides are multiples of
STRIDE = 2  # px of the network's page per px of a map
BAND_SHARE = 0.7  # of the x-height that a band fills: neighbors must not touch
BAND, START, END, WEIGHT = range(4)
THRESHOLD = 0.3  # of a band's probability: a word gap is bridged with less certainty than ink
THICK = 1.8  # times as thick as most: two lines that run together in the band
LEVELS = 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95  # thresholds at which such a band is tried anew
PART = 0.2  # of its length: what is shorter is no line of the two
GAP = 2.5  # x-heights between pieces of one line
LEVEL = 0.6  # x-heights that such pieces may lie apart in height
ELONGATED = 4  # times as long as thick: a component's own direction is then known
SHORTEST = 2.4  # x-heights: what is shorter is a scrap, and no line
EDGE = 0.6  # x-heights by which a mark shortens a band at either end


def prepare(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Bring a page to the network: uint8 (height, width) gray to ink on 0, and the scale.

    The page is scaled to about `AREA` px and padded at the right and below.
    """
    height, width = image.shape
    scale = min(math.sqrt(AREA / (height * width)), LONGEST / max(height, width), 4.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    ink = page_ink.contrast(cv2.resize(image, size, interpolation=smooth))
    return np.pad(ink, [(0, -side % MULTIPLE) for side in ink.shape]), scale


def targets(lines: Sequence[TextLine], shape: tuple[int, int], ignored=None) -> np.ndarray:
    """Draw the maps of known lines: uint8 (height / 2, width / 2, 4), values 0 and 1.

    Args:
        lines: in px of the network's page.
        shape: (height, width) of that page.
        ignored: bool (height, width), ink that nobody annotated; the fourth map, the weight of
            each px in training, is 0 there and 1 elsewhere.
    """
    height, width = shape[0] // STRIDE, shape[1] // STRIDE
    maps = np.zeros((4, height, width), np.uint8)
    for line in lines:
        line = line.scaled(1 / STRIDE)
        thick = max(line.x_height * BAND_SHARE, 2.0)
        band = core_band(line, thick / line.x_height)
        cv2.fillPoly(maps[BAND], [np.rint(band * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
        up = normals(line.baseline)
        for mark, k in ((START, 0), (END, -1)):
            foot = line.baseline[k] - 0.2 * line.x_height * up[k]
            head = line.baseline[k] + 1.2 * line.x_height * up[k]
            ends = np.rint(np.array([foot, head]) * 16).astype(np.int32)
            thickness = max(2, round(0.3 * line.x_height))
            cv2.polylines(maps[mark], [ends], False, 1, thickness, cv2.LINE_8, 4)
    if ignored is None:
        maps[WEIGHT] = 1
    else:
        small = cv2.resize(
            ignored.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA
        )
        near = cv2.dilate((small > 0).astype(np.uint8), np.ones((7, 7), np.uint8))
        maps[WEIGHT] = (near == 0) | (maps[:WEIGHT].max(axis=0) > 0)
    return maps.transpose(1, 2, 0)


def training_pair(page: Page, complete: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Turn a page into what a network learns from: its input and its target maps.

    complete: whether all text on the page is annotated, as on a drawn page; if not, what the
    network finds on ink of no line is neither right nor wrong.
    """
    ink, scale = prepare(page.image)
    lines = [line.scaled(scale) for line in page.lines]
    if complete:
        return ink, targets(lines, ink.shape)
    size = round(page.image.shape[1] * scale), round(page.image.shape[0] * scale)
    owners = cv2.resize(page.owners.astype(np.int32), size, interpolation=cv2.INTER_NEAREST)
    owners = np.pad(owners, [(0, a - b) for a, b in zip(ink.shape, owners.shape, strict=True)])
    unclaimed = (ink > 96) & (cv2.dilate((owners > 0).astype(np.uint8), np.ones((5, 5))) == 0)
    return ink, targets(lines, ink.shape, unclaimed)


def lines_from_maps(
    maps: np.ndarray, threshold: float = THRESHOLD, thickness: float = 1.0
) -> list[TextLine]:
    """Read lines off the maps: baselines and x-heights, in px of the network's page.

    Args:
        maps: probabilities, float (height, width, 3): band, start, end.
        threshold: of the band's probability.
        thickness: factor on the x-height that the band's thickness stands for.
    """
    marks = np.maximum(maps[..., START], maps[..., END])
    band = maps[..., BAND] * (1 - 0.9 * marks)
    found = [
        (part, piece)
        for part in _components(band, threshold)
        if (piece := _piece(*part, band[part], thickness)) is not None
    ]
    usual = _usual_x_height([piece for _, piece in found])
    pieces = []
    for part, piece in found:
        thick = piece.x_height > THICK * usual
        pieces += _apart(part, piece, band, usual) if thick else [piece]
    lines = _joined(pieces, marks)
    lines = [_lengthened(line, EDGE * line.x_height) for line in lines]
    lines = _without_scraps(lines)
    return [line.scaled(STRIDE) for line in lines]


def _components(band: np.ndarray, threshold: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return rows and columns of each connected part of a band above a threshold."""
    mask = (band > threshold).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    order = np.argsort(parts, axis=None, kind="stable")
    ends = np.cumsum(np.bincount(parts.ravel(), minlength=count))
    return [
        np.divmod(order[ends[part - 1] : ends[part]], parts.shape[1])
        for part in range(1, count)
        if stats[part, cv2.CC_STAT_AREA] >= 6
    ]


def _apart(part, piece: TextLine, band: np.ndarray, usual: float) -> list[TextLine]:
    """Tell two lines apart that run together, by the lowest threshold that leaves one of each.

    Returns the piece itself if none does. A higher threshold leaves less than the line's height,
    so each has at least the `usual` x-height.
    """
    alone = np.zeros_like(band)
    alone[part] = band[part]
    for level in LEVELS:
        inner = [_piece(*cells, band[cells]) for cells in _components(alone, level)]
        lines = [line for line in inner if line is not None and line.length > PART * piece.length]
        lines.sort(key=lambda line: -line.length)
        if len(lines) > 1 and _one_above_the_other(*lines[:2]):
            return [replace(line, x_height=max(line.x_height, usual)) for line in lines]
    return [piece]


def _one_above_the_other(long: TextLine, short: TextLine) -> bool:
    overlap = min(long.baseline[-1, 0], short.baseline[-1, 0]) - max(
        long.baseline[0, 0], short.baseline[0, 0]
    )
    return overlap > short.length / 2


def _usual_x_height(lines: Sequence[TextLine]) -> float:
    """Return the x-height that most of the writing has, by length; 0 if there is none."""
    if not lines:
        return 0.0
    order = sorted(lines, key=lambda line: line.x_height)
    length = np.cumsum([line.length for line in order])
    return order[int(np.searchsorted(length, length[-1] / 2))].x_height


def _without_scraps(lines: list[TextLine]) -> list[TextLine]:
    """Drop what is shorter than a short word, by the x-height that most of the writing has."""
    usual = _usual_x_height(lines)
    return [line for line in lines if line.length > SHORTEST * max(line.x_height, 0.7 * usual)]


def _piece(rows, columns, weights, thickness: float = 1.0) -> TextLine | None:
    """Run a baseline along one component of the band, in its own direction."""
    points = np.stack([columns, rows], axis=1) + 0.5
    center = np.average(points, axis=0, weights=weights)
    away = points - center
    values, axes = np.linalg.eigh(np.cov(away.T) + 1e-6 * np.eye(2))
    axis = axes[:, 1] if values[1] > ELONGATED * values[0] else np.array([1.0, 0.0])
    axis = axis if axis[0] > 0 or (axis[0] == 0 and axis[1] < 0) else -axis
    turn = np.array([axis, [-axis[1], axis[0]]])  # to (along, below)
    along, below = (away @ turn.T).T
    place = np.floor(along - along.min()).astype(int)  # a column of the line's own, a px wide
    mass = np.bincount(place, weights)
    filled = np.flatnonzero(mass)
    if len(filled) < 3:
        return None
    middle = np.bincount(place, weights * below)[filled] / mass[filled]
    columns = filled + along.min() + 0.5
    tall = float(np.median(np.bincount(place)[filled]))
    x_height = max(1.0, thickness * tall / BAND_SHARE)
    knots = np.linspace(columns[0], columns[-1], max(2, round(len(filled) / (3 * x_height)) + 1))
    middle = _smooth(columns, middle, knots, x_height)
    baseline = np.stack([knots, middle + x_height / 2], axis=1) @ turn + center
    return TextLine(baseline.astype(np.float32), x_height)


def _smooth(columns, values, knots, x_height: float) -> np.ndarray:
    """Average values around each knot, by a straight fit so that ends do not bend."""
    smooth = np.empty(len(knots))
    for k, knot in enumerate(knots):
        weights = np.exp(-0.5 * np.square((columns - knot) / (2 * x_height)))
        mean_x, mean_y = np.average(columns, weights=weights), np.average(values, weights=weights)
        spread = np.average(np.square(columns - mean_x), weights=weights)
        slope = np.average((columns - mean_x) * (values - mean_y), weights=weights)
        smooth[k] = mean_y + slope / max(spread, 1.0) * (knot - mean_x)
    return smooth


def _joined(pieces: list[TextLine], marks: np.ndarray) -> list[TextLine]:
    """Join pieces that follow one another at the same height with no mark between them."""
    pieces = sorted(pieces, key=lambda line: line.baseline[0, 0])
    lines: list[TextLine] = []
    for piece in pieces:
        start = piece.baseline[0]
        best = None
        for k, line in enumerate(lines):
            end, x_height = line.baseline[-1], max(line.x_height, piece.x_height)
            gap = start - end
            direction = line.baseline[-1] - line.baseline[-2]
            direction = direction / max(np.linalg.norm(direction), 1e-6)
            along = float(gap @ direction)
            off = abs(float(direction[0] * gap[1] - direction[1] * gap[0]))
            near = -x_height < along < GAP * x_height and off < LEVEL * x_height
            if near and not _marked(marks, end, start) and (best is None or along < best[0]):
                best = along, k
        if best is None:
            lines.append(piece)
            continue
        before = lines[best[1]]
        share = before.length / max(before.length + piece.length, 1e-6)
        lines[best[1]] = TextLine(
            np.concatenate([before.baseline, piece.baseline]),
            share * before.x_height + (1 - share) * piece.x_height,
        )
    return lines


def _marked(marks: np.ndarray, end: np.ndarray, start: np.ndarray) -> bool:
    """Return whether a start or an end is marked between two points of a baseline."""
    steps = np.linspace(0, 1, 8)[:, None]
    points = end * (1 - steps) + start * steps
    columns, rows = np.rint(points).astype(int).T
    height, width = marks.shape
    values = [
        marks[np.clip(rows + lift, 0, height - 1), np.clip(columns, 0, width - 1)]
        for lift in (-3, -1)
    ]
    return float(np.max(values)) > 0.5


def _lengthened(line: TextLine, by: float) -> TextLine:
    """Draw out a baseline at both ends, by px."""
    points = line.baseline.astype(np.float64)
    before, after = points[0] - points[1], points[-1] - points[-2]
    before *= by / max(float(np.linalg.norm(before)), 1e-6)
    after *= by / max(float(np.linalg.norm(after)), 1e-6)
    baseline = np.concatenate([[points[0] + before], points[1:-1], [points[-1] + after]])
    return TextLine(baseline.astype(np.float32), line.x_height)
