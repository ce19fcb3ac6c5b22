"""What a camera makes of a written line: paper, rules, neighbors, light, blur, grain.

Training draws a line, photographs it here, and finds its ink again with `paper` and `rows`, as
reading does: so a recognizer is trained on what reading will show it, faults included.
"""

from collections.abc import Callable

import cv2
import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr import paper, rows
from fsdl_hwr.ink import Ink

PEN = 0.055  # of a line's height, usually
THICKEST_PEN = 0.16  # of a line's height
WIDEST = 1400  # px of a photographed line
LIKELY = {"ruled": 0.3, "squared": 0.15, "neighbor": 0.35, "shadow": 0.35, "inverted": 0.1}


def vary(ink: Ink, rng: np.random.Generator) -> Ink:
    """Slant, stretch and bend an ink, and scale it to a height of about 1."""
    points = np.concatenate([stroke[:, :2] for stroke in ink]).astype(np.float32)
    width, height = np.ptp(points[:, 0]), np.ptp(points[:, 1])
    points = (points - points.min(axis=0)) / max(height, 0.15 * width / 8, 1e-6)
    wider, slope = np.exp(rng.normal(0, 0.16)), rng.normal(0, 0.22)
    long = max(float(np.ptp(points[:, 0])), 1.0)
    for length, most in ((long, 0.08), (3.0, 0.03), (1.5, 0.02)):  # waves, by the line's height
        phase = rng.uniform(0, 2 * np.pi, 2)
        wave = np.sin(2 * np.pi * points[:, :1] / max(length, 1.0) + phase)
        points = points + rng.uniform(0, most) * wave
    points[:, 0] = points[:, 0] * wider - slope * points[:, 1]
    return np.split(points.astype(np.float32), np.cumsum([len(s) for s in ink[:-1]]))


def draw(ink: Ink, rng: np.random.Generator) -> np.ndarray | None:
    """Draw an ink of height 1 at some size, by some pen: uint8, ink 255 on 0; None if too long."""
    size = rng.uniform(30, 80)
    pen = _pen(size, rng)
    placed, shape = _placed(ink, size, pen, np.full(4, 2.0))
    return _render(placed, shape, pen) if shape[1] <= 2400 else None


def plain(ink: Ink, size: float = 60.0) -> np.ndarray:
    """Draw an ink in any unit as it is, `size` px high, by the usual pen: uint8, 255 on 0."""
    points = np.concatenate([stroke[:, :2] for stroke in ink])
    width, height = np.ptp(points, axis=0)
    scale = size / max(height, width / 60, 1e-6)
    placed, shape = _placed([s[:, :2] for s in ink], scale, PEN * size, np.full(4, 2.0))
    return _render(placed, shape, PEN * size)


def photograph(
    ink: Ink, rng: np.random.Generator, neighbor: Callable[[], Ink] | None = None
) -> np.ndarray:
    """Photograph an ink of height 1: uint8 (height, width), dark on light or the reverse.

    neighbor: draws another ink, which may reach in from above or below.
    """
    size = float(np.exp(rng.uniform(np.log(34), np.log(90))))  # px that the ink is high
    size = min(size, WIDEST / max(float(np.ptp(np.concatenate(ink)[:, 0])), 1e-6))
    pen = _pen(size, rng)
    margins = size * rng.uniform(0.15, 1.0, 4)  # left, top, right, bottom
    if rng.random() < 0.25:
        margins[:] = size * rng.uniform(0.05, 0.2, 4)
    placed, shape = _placed(ink, size, pen, margins)
    if neighbor is not None:
        placed = placed + _neighbors(neighbor, size, margins[1], shape[1], rng)
    cover = _render(placed, shape, pen).astype(np.float32) / 255
    if rng.random() < 0.6:  # pressure
        spots = _spots(shape, int(max(4, pen * 3)), rng)
        pressure = np.clip(1 + rng.uniform(0.05, 0.35) * spots, 0.3, 1.15)
        cover = np.clip(cover * pressure, 0, 1).astype(np.float32)
    tone = rng.uniform(140, 250)
    page: np.ndarray = np.full(shape, tone, np.float32)
    if rng.random() < 0.7:
        page += _spots(shape, int(rng.integers(3, 24)), rng) * np.float32(rng.uniform(0, 5))
    _rule(page, size, shape[0] - margins[3], tone, rng)
    ink_tone = tone * rng.uniform(0.05, 0.6)
    page = page * (1 - cover) + np.minimum(page, ink_tone) * cover
    return _expose(_light(_turn(page, size, rng), rng), size, rng)


def found_again(photo: np.ndarray) -> np.ndarray | None:
    """Find the ink of a photographed line as reading does; of several rows, the middle one."""
    page, _ = rows.upright(rows.clean(paper.extract_ink(photo)))
    found = rows.find(page)
    if not found:
        return None
    y = np.arange(len(page))
    near = np.exp(-(((y - len(page) / 2) / (0.25 * len(page))) ** 2))
    amounts = [((row.ink >= paper.STROKE_LEVEL).sum(axis=1) * near).sum() for row in found]
    return found[int(np.argmax(amounts))].ink


def _pen(size: float, rng: np.random.Generator) -> float:
    pen = max(1.2, size * np.exp(rng.normal(np.log(PEN), 0.4)))
    return float(min(pen, THICKEST_PEN * size))


def _placed(ink: Ink, size: float, pen: float, margins: np.ndarray) -> tuple[Ink, tuple[int, int]]:
    """Scale an ink and put paper around it: the ink in px, and the paper's (height, width)."""
    points = np.concatenate(ink)
    low, high = points.min(axis=0), points.max(axis=0)
    left, top, right, bottom = margins
    width = int((high[0] - low[0]) * size + left + right + pen) + 1
    height = int((high[1] - low[1]) * size + top + bottom + pen) + 1
    offset = np.array([left + pen / 2, top + pen / 2], np.float32) - low * size
    return [stroke * np.float32(size) + offset for stroke in ink], (height, width)


def _render(ink: Ink, shape: tuple[int, int], pen: float) -> np.ndarray:
    """Draw strokes as a ballpoint does: faster, and less exact, than `ink.render`."""
    fine = 2 if pen < 6 else 1
    large = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    scale = fine << pen_ink.SHIFT
    lines = [np.rint(s * scale - (1 << (pen_ink.SHIFT - 1))).astype(np.int32) for s in ink]
    lines = [np.concatenate([line, line]) if len(line) == 1 else line for line in lines]
    thickness = max(1, round(pen * fine))
    cv2.polylines(large, lines, False, 255, thickness, cv2.LINE_AA, pen_ink.SHIFT)
    if fine == 1:
        return large
    return cv2.resize(large, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)


def _neighbors(
    neighbor: Callable[[], Ink], size: float, top: float, width: int, rng: np.random.Generator
) -> Ink:
    """Draw the lines above and below, as far as there are any."""
    found: Ink = []
    for side in (-1, 1):
        if rng.random() < LIKELY["neighbor"]:
            other = neighbor()
            low = np.concatenate(other).min(axis=0)
            scale = np.float32(size * rng.uniform(0.85, 1.15))
            y = top - low[1] * scale + side * rng.uniform(0.95, 1.6) * size
            x = rng.uniform(-0.3, 0.5) * width - low[0] * scale
            found += [stroke * scale + np.array([x, y], np.float32) for stroke in other]
    return found


def _spots(shape: tuple[int, int], cell: int, rng: np.random.Generator) -> np.ndarray:
    """Draw smooth random spots of about `cell` px: float32 (height, width)."""
    height, width = shape
    coarse = rng.normal(0, 1, (max(2, height // cell + 2), max(2, width // cell + 2)))
    return cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)


def _rule(
    page: np.ndarray, size: float, bottom: float, tone: float, rng: np.random.Generator
) -> None:
    """Rule the paper, or square it, in place; most of it is plain."""
    height, width = page.shape
    kind = rng.random()
    if kind < LIKELY["ruled"]:
        color, thickness = tone * rng.uniform(0.55, 0.9), max(1, int(rng.uniform(0.5, 2.2)))
        pitch, slope = size * rng.uniform(0.9, 1.7), rng.normal(0, 0.006)
        first = bottom - size * rng.uniform(0.05, 0.4)
        for y in first + pitch * np.arange(-3, 4):
            _line(page, (0, y), (width, y + slope * width), color, thickness)
        if rng.random() < 0.2:  # the margin's
            x = rng.uniform(0, width)
            _line(page, (x, 0), (x, height), tone * 0.8, thickness)
    elif kind < LIKELY["ruled"] + LIKELY["squared"]:
        color, thickness = tone * rng.uniform(0.65, 0.92), 1 if rng.random() < 0.8 else 2
        pitch = size * rng.uniform(0.3, 0.8)
        y0, x0 = rng.uniform(0, pitch, 2)
        for y in np.arange(y0, height, pitch):
            _line(page, (0, y), (width, y), color, thickness)
        for x in np.arange(x0, width, pitch):
            _line(page, (x, 0), (x, height), color, thickness)


def _line(page: np.ndarray, start, end, color: float, thickness: int) -> None:
    places = [tuple(int(16 * n) for n in place) for place in (start, end)]
    cv2.line(page, places[0], places[1], float(color), thickness, cv2.LINE_AA, 4)


def _turn(page: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Turn the page by up to 4.5 degrees, and bend it, in one pass."""
    turn = np.clip(rng.normal(0, 1.6), -4.5, 4.5) if rng.random() < 0.7 else 0.0
    bow = rng.normal(0, 0.12) * size if rng.random() < 0.35 else 0.0
    if not (turn or bow):
        return page
    height, width = page.shape
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    higher = int(height + 0.9 * abs(sin) * width)
    y, x = np.mgrid[0:higher, 0:width].astype(np.float32)
    dx, dy = x - width / 2, y - higher / 2
    from_x = width / 2 + dx * cos + dy * sin
    from_y = height / 2 - dx * sin + dy * cos + bow * ((2 * from_x / width - 1) ** 2 - 0.4)
    return cv2.remap(
        page, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


def _light(page: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Let light fall off to a side and to the corners, and shadows lie on the page."""
    height, width = page.shape
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    side = rng.uniform(0, 2 * np.pi)
    light = 1 + rng.uniform(0, 0.25) * (np.cos(side) * x + np.sin(side) * y)
    if rng.random() < 0.5:
        light = light - rng.uniform(0, 0.25) * (x * x + y * y)
    for likely in (LIKELY["shadow"], 0.1):
        if rng.random() < likely:
            side, soft = rng.uniform(0, 2 * np.pi), np.exp(rng.uniform(np.log(0.8), np.log(30)))
            away = np.cos(side) * (x * width / 2 - rng.uniform(-0.45, 0.45) * width)
            away = away + np.sin(side) * (y * height / 2 - rng.uniform(-0.4, 0.4) * height)
            shade = 1 / (1 + np.exp(np.clip(-2 * away / soft, -30, 30)))
            light = light * (1 - rng.uniform(0.15, 0.6) * shade)
    return page * light


def _expose(page: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Blur the page, add grain, and store it as a camera does."""
    if rng.random() < 0.6:
        page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.4, 0.9 + 0.015 * size))
    page = page * rng.uniform(0.75, 1.1) + rng.normal(0, 1, page.shape) * rng.uniform(0, 7)
    if rng.random() < LIKELY["inverted"]:
        page = 255 - page
    photo = np.clip(page, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))]
        stored = cv2.imdecode(cv2.imencode(".jpg", photo, quality)[1], cv2.IMREAD_GRAYSCALE)
        photo = np.asarray(stored)
    return photo
