"""The paper that a drawn page lies on: rules, holes, folds, shadows, what shows through."""

from collections.abc import Sequence

import cv2
import numpy as np

from fsdl_hwr.datasets.pages import HANDWRITTEN, TextLine


def photograph(
    ink: np.ndarray,
    owners: np.ndarray,
    lines: Sequence[TextLine],
    rng: np.random.Generator,
    wear: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Lay a page's ink on paper and photograph it: the image and the owners, both of its size.

    Strike-outs belong to their line; underlines, check marks and rules to none.

    Args:
        ink: uint8 (height, width), 255 on 0.
        owners: int32 (height, width), the line of each px of ink; returned unchanged but for holes.
        lines: of the page, in px.
        rng: decides the paper, its light and its wear.
        wear: 0 is clean paper, evenly lit.
    """
    if wear <= 0:
        return (235 - 0.8 * ink).astype(np.uint8), owners
    height, width = ink.shape
    strength = ink.astype(np.float32) / 255
    owners = owners.copy()
    _strike_out(strength, owners, lines, rng)
    _underline(strength, owners, lines, rng)
    _check_mark(strength, owners, rng)
    darkness = rng.uniform(0.45, 0.9)
    paper = np.full((height, width), rng.uniform(170, 250), np.float32)
    paper *= 1 - 0.5 * wear * _shadow(height, width, rng)
    paper *= 1 - _rules(height, width, lines, rng)
    if rng.random() < 0.5 * wear:
        shown = cv2.GaussianBlur(np.roll(strength[:, ::-1], rng.integers(-30, 30, 2), (0, 1)),
                                 (0, 0), rng.uniform(0.8, 2.5))  # fmt: skip
        paper *= 1 - rng.uniform(0.05, 0.4) * darkness * shown
    strength = _uneven_ink(strength, rng)
    if rng.random() < 0.5:
        strength = np.asarray(cv2.GaussianBlur(strength, (0, 0), rng.uniform(0.3, 1.0)))
    image = paper * (1 - darkness * np.clip(strength, 0, 1))
    if rng.random() < 0.35 * wear:
        _holes(image, owners, rng)
    image += _grain(height, width, rng) * rng.uniform(0, 9) * wear
    if rng.random() < 0.15 * wear:
        _edge(image, owners, rng)
    return np.clip(image, 0, 255).astype(np.uint8), owners


def _strike_out(strength, owners, lines, rng) -> None:
    for k, line in enumerate(lines):
        if rng.random() > 0.03:
            continue
        start, end = np.sort(rng.uniform(0, 1, 2))
        a, b = (_along(line, share) - [0, 0.5 * line.x_height] for share in (start, end))
        for shift in rng.normal(0, 0.15 * line.x_height, rng.integers(1, 4)):
            _stroke(strength, owners, [a + [0, shift], b - [0, shift]], line.x_height, k + 1, rng)


def _underline(strength, owners, lines, rng) -> None:
    for line in lines:
        if rng.random() > 0.03:
            continue
        start, end = np.sort(rng.uniform(0, 1, 2))
        below = np.array([0, line.x_height * rng.uniform(0.3, 0.7)])
        points = [_along(line, start) + below, _along(line, end) + below]
        _stroke(strength, owners, points, line.x_height, 0, rng)


def _check_mark(strength, owners, rng) -> None:
    if rng.random() > 0.2:
        return
    height, width = strength.shape
    at = np.array([rng.uniform(0.02, 0.95) * width, rng.uniform(0.02, 0.15) * height])
    size = height * rng.uniform(0.02, 0.06)
    points = [at, at + [0.3 * size, 0.5 * size], at + [size, -size]]
    _stroke(strength, owners, points, size / 3, 0, rng)


def _stroke(strength, owners, points, x_height, owner, rng) -> None:
    """Draw a stroke as thick as a pen's; ink that was there keeps its owner."""
    thickness = max(1, round(x_height * rng.uniform(0.08, 0.2)))
    mark = np.zeros(strength.shape, np.uint8)
    curve = np.rint(np.array(points) * 8).astype(np.int32)
    cv2.polylines(mark, [curve], False, 255, thickness, cv2.LINE_AA, 3)
    fresh = (mark > 64) & (owners == 0)
    owners[fresh] = owner
    np.maximum(strength, mark / np.float32(255), out=strength)


def _along(line: TextLine, share: float) -> np.ndarray:
    place = share * (len(line.baseline) - 1)
    columns = [np.interp(place, np.arange(len(line.baseline)), line.baseline[:, k]) for k in (0, 1)]
    return np.array(columns)


def _shadow(height: int, width: int, rng) -> np.ndarray:
    """Return how dark each px is lit, 0 to 1: a slope, a vignette, folds, a hard shadow."""
    x = np.linspace(-1, 1, width // 3, dtype=np.float32)[None]  # light is smooth
    y = np.linspace(-1, 1, height // 3, dtype=np.float32)[:, None]
    angle = rng.uniform(0, 2 * np.pi)
    slope = 0.5 + 0.5 * (np.cos(angle) * x + np.sin(angle) * y) / 1.5
    shadow = slope * rng.uniform(0, 0.5) + (x * x + y * y) / 2 * rng.uniform(0, 0.3)
    for _ in range(rng.integers(0, 3)):  # folds: a dark line with a bright one beside it
        along = x if rng.random() < 0.4 else y
        away = along - rng.uniform(-0.9, 0.9)
        shadow = shadow + rng.uniform(-0.2, 0.3) * np.exp(
            -np.square(away / rng.uniform(0.003, 0.02))
        )
    if rng.random() < 0.15:  # of a hand or a head
        angle = rng.uniform(0, 2 * np.pi)
        side = np.cos(angle) * x + np.sin(angle) * y - rng.uniform(-0.5, 0.8)
        shadow = shadow + rng.uniform(0.2, 0.7) / (1 + np.exp(-side / rng.uniform(0.005, 0.05)))
    return cv2.resize(np.clip(shadow, 0, 1).astype(np.float32), (width, height))


def _rules(height: int, width: int, lines: Sequence[TextLine], rng) -> np.ndarray:
    """Return how dark the print of ruled or squared paper is, 0 to 1, float32 (height, width)."""
    rules = np.zeros((height, width), np.float32)
    if rng.random() > 0.35:
        return rules
    body = [line for line in lines if line.kind == HANDWRITTEN]
    rows = np.sort([line.baseline[:, 1].mean() for line in body]) if body else np.zeros(0)
    gaps = np.diff(rows)
    pitch = float(np.median(gaps[gaps > 5])) if (gaps > 5).any() else height / 25
    start = rows[0] % pitch if len(rows) else 0
    if rng.random() < 0.3:  # squared, and finer than the lines
        pitch /= rng.integers(1, 4)
        columns = np.arange(rng.uniform(0, pitch), width, pitch)
        rules[:, np.rint(columns).astype(int).clip(0, width - 1)] = 1
    rows = np.arange(start, height, max(pitch, 4))
    rules[np.rint(rows).astype(int).clip(0, height - 1)] = 1
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 0.6), 1.02)
    turned = cv2.warpAffine(rules, turn, (width, height), flags=cv2.INTER_LINEAR)
    return turned * np.float32(rng.uniform(0.05, 0.35))


def _uneven_ink(strength: np.ndarray, rng) -> np.ndarray:
    """Fade the ink here and there, as a pen runs dry."""
    height, width = strength.shape
    coarse = rng.uniform(1 - rng.uniform(0, 0.5), 1, (height // 24 + 2, width // 12 + 2))
    return strength * cv2.resize(coarse.astype(np.float32), (width, height))


def _grain(height: int, width: int, rng) -> np.ndarray:
    """Draw the camera's noise and the paper's weave: float32 (height, width), about ±1."""
    grain = rng.standard_normal((height, width), np.float32)
    kind = rng.integers(3)
    if kind == 1:
        grain = 2 * cv2.GaussianBlur(grain, (0, 0), 0.8)
    elif kind == 2:
        woven = cv2.GaussianBlur(grain, (9, 1), 3) + cv2.GaussianBlur(grain, (1, 9), 3)
        grain = 0.5 * grain + 2 * woven
    return grain


def _holes(image, owners, rng) -> None:
    """Punch two holes near the top; what was written there is gone."""
    height, width = image.shape
    y, radius = height * rng.uniform(0.03, 0.1), height * rng.uniform(0.01, 0.02)
    center, apart = width * rng.uniform(0.4, 0.6), width * rng.uniform(0.12, 0.3)
    for x in (center - apart, center + apart):
        place, size = (round(x), round(y)), round(radius)
        owners[:] = owners * (cv2.circle(np.ones(image.shape, np.uint8), place, size, 0, -1))
        cv2.circle(image, place, size, float(rng.choice([255, 250, 60])), -1, cv2.LINE_AA)
        cv2.circle(image, place, size, float(rng.uniform(60, 200)), 1, cv2.LINE_AA)


def _edge(image, owners, rng) -> None:
    """Show what lies beside the sheet, a dark strip."""
    width = round(image.shape[1] * rng.uniform(0.01, 0.06))
    here = slice(None, width) if rng.random() < 0.5 else slice(-width, None)
    image[:, here] = rng.uniform(0, 90)
    owners[:, here] = 0
