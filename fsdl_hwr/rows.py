"""From a page's ink to its rows of writing: rules, specks and frames erased, turned upright, cut.

A page is what `paper.extract_ink` makes of a picture: uint8 (height, width), ink 255 on 0. It may
as well be one line. Rows are found by their profile, the sum of ink in every row of pixels.
"""

from typing import NamedTuple

import cv2
import numpy as np

from fsdl_hwr import paper
from fsdl_hwr.paper import STROKE_LEVEL

LARGEST_SKEW = 10.0  # degrees
SMALLEST_TURN = 0.2  # degrees; less is not worth blurring the strokes
CLEARLY = 1.02  # a skew must make the profile this many times as sharp
RULE_LEVEL = 32  # a rule may be fainter than ink
LONGEST_STROKE = 25  # pen widths: a straight line longer than that was not written
SPECK = 0.25  # of a square as wide as the pen
DOT, FLAT = 3, 2.5  # pen widths: a dot is no longer, a dash no higher
BUSIEST_SIDE = 0.3  # of a rule's length: ink right above it, or right below
FAINTEST_ROW = 0.12  # peak of a row's profile, by the highest peak
DEEPEST_VALLEY = 0.45  # of the lower peak: less ink than that between two rows divides them
CLOSEST = 0.9  # heights of a usual part of writing between two rows


class Row(NamedTuple):
    """One row of a page: `top` and `bottom` in px of the upright page, and its own ink there."""

    top: int
    bottom: int
    ink: np.ndarray


def clean(ink: np.ndarray) -> np.ndarray:
    """Erase what was not written: rules of paper, then specks and the frame of a scan."""
    return without_specks(without_rules(ink))


def line(ink: np.ndarray) -> np.ndarray:
    """Clean a picture of one line and turn it upright."""
    return upright(clean(ink))[0]


def upright(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Turn a page so that its rows are level: the page, and the degrees that they fell."""
    degrees = skew(ink)
    return turned(ink, degrees), degrees


def skew(ink: np.ndarray) -> float:
    """Estimate by how many degrees rows fall to the right: the angle of the sharpest profile."""
    ys, xs = np.nonzero(ink >= STROKE_LEVEL)
    if len(ys) < 20:
        return 0.0
    step = max(1, len(ys) // 6000)
    ys, xs = ys[::step].astype(np.float32), xs[::step].astype(np.float32)
    width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
    if width < 1.5 * height and height < 60:
        return 0.0
    size = max(1.0, height / 60)  # px of a bin

    def sharpness(degrees: float) -> float:
        y = ys - xs * np.tan(np.radians(degrees))
        profile = np.bincount(((y - y.min()) / size).astype(int))
        smooth = np.convolve(profile, [1, 2, 1])
        return float(smooth @ smooth)

    coarse = max(np.arange(-LARGEST_SKEW, LARGEST_SKEW + 0.1), key=sharpness)
    best = max(np.arange(coarse - 0.75, coarse + 0.8, 0.25), key=sharpness)
    return float(best) if sharpness(best) > CLEARLY * sharpness(0.0) else 0.0


def turned(ink: np.ndarray, degrees: float) -> np.ndarray:
    """Turn a page against the clock, onto as much paper as it then needs."""
    if abs(degrees) < SMALLEST_TURN:
        return ink
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    columns, rows = int(height * sin + width * cos) + 1, int(height * cos + width * sin) + 1
    matrix[:, 2] += (columns - width) / 2, (rows - height) / 2
    return cv2.warpAffine(ink, matrix, (columns, rows), flags=cv2.INTER_LINEAR)


def find(ink: np.ndarray) -> list[Row]:
    """Cut an upright page into its rows, from the top; none if it is blank.

    A part of writing, such as a letter, belongs to the row that holds most of it. What reaches far
    into two rows, where they touch, is cut.
    """
    mask = (ink >= STROKE_LEVEL).astype(np.uint8)
    num, labels, stats, centers = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if num <= 1:
        return []
    size = _usual_height(stats[1:], ink.shape[0])
    profile, peaks = _peaks(ink, size)
    if len(peaks) == 1:
        return [Row(0, ink.shape[0], ink)]
    cuts = [a + int(np.argmin(profile[a:b])) for a, b in zip(peaks, peaks[1:], strict=False)]
    cuts = [0, *cuts, ink.shape[0]]
    owners = np.full(num, -1)
    for k in range(1, num):
        top, height = stats[k, cv2.CC_STAT_TOP], stats[k, cv2.CC_STAT_HEIGHT]
        inside = [min(top + height, b) - max(top, a) for a, b in zip(cuts, cuts[1:], strict=False)]
        if sum(share > 0.3 * height for share in inside) > 1 and height > 1.5 * size:
            continue  # it reaches far into two rows
        nearest = int(np.abs(np.array(peaks) - centers[k, 1]).argmin())
        owners[k] = nearest if max(inside) < 0.5 * height else int(np.argmax(inside))
    owner = (owners + 1)[labels].astype(np.uint8)
    owner = cv2.dilate(owner, np.ones((3, 3), np.uint8)).astype(int) - 1  # a stroke's halo too
    band = np.repeat(np.arange(len(peaks)), np.diff(cuts))[:, None]
    owner = np.where(owner < 0, band, owner)
    return [
        Row(cuts[r], cuts[r + 1], np.where(owner == r, ink, 0).astype(np.uint8))
        for r in range(len(peaks))
    ]


def lone_mark(ink: np.ndarray) -> str:
    """Recognize a row that is one dot or one dash: '.', '-', or '' for anything else.

    Laid out as a line, it would fill the height like a letter. The pen's width says how small it
    is: letters are several pens high.
    """
    strokes = ink >= STROKE_LEVEL
    if not strokes.any():
        return ""
    pen = paper.stroke_width(strokes)
    height, width = (np.ptp(np.flatnonzero(strokes.any(axis=axis))) + 1 for axis in (1, 0))
    if max(height, width) <= DOT * pen:
        return "."
    return "-" if height <= FLAT * pen and width <= LONGEST_STROKE * pen else ""


def _usual_height(stats: np.ndarray, most: int) -> float:
    """Return the height of the component that the middle pixel of all ink belongs to."""
    heights, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    order = np.argsort(heights)
    area = np.cumsum(areas[order])
    return min(float(heights[order][np.searchsorted(area, area[-1] / 2)]), most)


def _peaks(ink: np.ndarray, size: float) -> tuple[np.ndarray, list[int]]:
    """Smooth the profile; return it, and where its rows are densest."""
    sigma = max(1.0, 0.25 * size)
    profile = ink.astype(np.float32).sum(axis=1, keepdims=True)
    profile = cv2.GaussianBlur(profile, (1, int(6 * sigma) | 1), sigma).ravel()
    reach = int(0.5 * size) + 1
    peaks: list[int] = []
    for y in np.flatnonzero(profile >= FAINTEST_ROW * profile.max()).tolist():
        if profile[y] < profile[max(0, y - reach) : y + reach + 1].max():
            continue
        if peaks and not _divides(profile, peaks[-1], y, size):
            if profile[y] > profile[peaks[-1]]:
                peaks[-1] = y
            continue
        peaks.append(y)
    return profile, peaks


def _divides(profile: np.ndarray, above: int, below: int, size: float) -> bool:
    valley = profile[above : below + 1].min()
    deep = valley <= DEEPEST_VALLEY * min(profile[above], profile[below])
    return deep and below - above >= CLOSEST * size


def without_specks(ink: np.ndarray) -> np.ndarray:
    """Erase what is smaller than a dot of the pen, and the dark frame of a scan."""
    mask = (ink >= STROKE_LEVEL).astype(np.uint8)
    num, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if num <= 1:
        return ink
    pen = paper.stroke_width(mask > 0)
    gone = stats[:, cv2.CC_STAT_AREA] < max(3, SPECK * pen * pen)
    gone |= [_is_frame(part, ink.shape) for part in stats]
    gone[0] = False
    if not gone.any():
        return ink
    if gone[1:].all():
        return np.zeros_like(ink)
    erased = cv2.dilate(gone[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    erased &= (labels == 0) | gone[labels]
    return np.where(erased, 0, ink).astype(np.uint8)


def _is_frame(part: np.ndarray, shape: tuple[int, int]) -> bool:
    """Return whether a component lies along an edge of the page, or around it."""
    left, top, width, height, area = (int(n) for n in part)
    rows, columns = shape
    touches = left == 0 or top == 0 or left + width == columns or top + height == rows
    lies = width > 0.6 * columns and height < 0.15 * rows
    stands = height > 0.9 * rows and width < 0.04 * columns
    thin = area < min(0.5 * width * height, 18 * (width + height))
    around = width > max(40, 0.9 * columns) and height > max(40, 0.9 * rows) and thin
    return touches and (lies or stands or around)


class _Rule(NamedTuple):
    """A straight line across a page: its box, and where its pixels lie in it."""

    left: int
    top: int
    width: int
    xs: np.ndarray
    ys: np.ndarray

    @property
    def thickness(self) -> float:
        return len(self.xs) / np.count_nonzero(np.bincount(self.xs))

    @property
    def curve(self) -> np.ndarray:
        return np.polyfit(self.xs, self.ys, 2)


def without_rules(ink: np.ndarray) -> np.ndarray:
    """Erase the lines of ruled and squared paper; the strokes that cross them stay.

    A rule is thin, straight and longer than any stroke. A vertical one runs from edge to edge and
    is not alone: an l of a picture that was cut tightly is neither.
    """
    strokes = ink >= STROKE_LEVEL
    if not strokes.any():
        return ink
    pen = min(paper.stroke_width(strokes), 12)
    for vertical in (False, True):
        page = np.ascontiguousarray(ink.T) if vertical else ink
        width = page.shape[1]
        if width < 24:
            continue
        least = 0.9 * width if vertical else max(0.55 * width, LONGEST_STROKE * pen)
        rules = _find_rules(page, pen, least, across=vertical)
        if len(rules) < (2 if vertical else 1):
            continue
        page = _erased(page, rules)
        if (page >= STROKE_LEVEL).any():  # or the rule was all that there is: a dash
            ink = np.ascontiguousarray(page.T) if vertical else page
    return ink


def _find_rules(page: np.ndarray, pen: float, least: float, across: bool) -> list[_Rule]:
    """Find lines along x of at least `least` px, and from edge to edge if `across`."""
    mask = cv2.dilate((page >= RULE_LEVEL).astype(np.uint8), np.ones((3, 1), np.uint8))
    length = int(max(15, min(12 * pen, 0.4 * page.shape[1])))
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    if not runs.any():
        return []
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, 2 * length + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    rules = []
    for k, (left, top, width, height, _) in enumerate(stats.tolist()):
        if k == 0 or width < least:
            continue
        box = np.s_[top : top + height, left : left + width]
        ys, xs = np.nonzero((labels[box] == k) & (runs[box] > 0))
        covered = np.count_nonzero(np.bincount(xs, minlength=1))
        if covered < (0.8 if across else 0.5) * max(width, least):
            continue
        if across and (left + xs.min() > 3 or left + xs.max() < page.shape[1] - 4):
            continue
        rule = _Rule(left, top, width, xs, ys)
        width = np.ptp(xs) + 1  # a closing reaches the edge of the page
        as_a_pen = rule.thickness - 2 > 0.6 * pen  # the mask's dilation added two rows
        if rule.thickness > 1.7 * pen + 3 or (as_a_pen and width < 0.95 * page.shape[1]):
            continue
        away = ys - np.polyval(rule.curve, xs)
        straight = np.sqrt(np.mean(away**2)) <= 0.5 * rule.thickness + 0.7
        if straight and _ink_beside(page, rule) < BUSIEST_SIDE:
            rules.append(rule)
    return rules


def _ink_beside(page: np.ndarray, rule: _Rule) -> float:
    """Return the share of a line's length with ink right above it, or below: the smaller one.

    A band of thick, dense writing can look like a line; it has ink on both sides.
    """
    columns = np.arange(rule.left, rule.left + rule.width)
    middle = np.polyval(rule.curve, np.arange(rule.width)) + rule.top
    shares = []
    for side in (-1, 1):
        places = np.rint(middle + side * (rule.thickness / 2 + 2)).astype(int)
        places = np.clip(places, 0, len(page) - 1)
        shares.append(float(np.mean(page[places, columns] >= STROKE_LEVEL)))
    return min(shares)


def _erased(page: np.ndarray, rules: list[_Rule]) -> np.ndarray:
    """Erase rules, but not where ink is right above and below, or is darker than the rule."""
    band = np.zeros(page.shape, bool)
    rows = np.arange(page.shape[0])[:, None]
    levels = []
    for rule in rules:
        middle = np.polyval(rule.curve, np.arange(rule.width)) + rule.top  # (width,)
        half = max(1.0, rule.thickness - 2) / 2 + 1
        columns = np.arange(rule.left, rule.left + rule.width)
        centers = np.clip(np.rint(middle).astype(int), 0, len(page) - 1)
        levels.append(np.median(page[centers, columns]))
        inside = (rows >= np.floor(middle - half)) & (rows <= np.ceil(middle + half))
        band[:, rule.left : rule.left + rule.width] |= inside
    strokes = page >= STROKE_LEVEL
    near = (strokes & ~band).astype(np.uint8)
    reach = 8  # px
    upper = np.zeros((2 * reach + 1, 1), np.uint8)
    upper[: reach + 1] = 1
    both = (cv2.dilate(near, upper) > 0) & (cv2.dilate(near, upper[::-1].copy()) > 0)
    crossing = cv2.dilate((band & both).astype(np.uint8), np.ones((1, 3), np.uint8)) > 0
    level = float(np.median(levels))
    darker = page > max(1.3 * level, level + 45)
    return np.where(band & ~crossing & ~darker, 0, page).astype(np.uint8)
