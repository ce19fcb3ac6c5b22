"""Make the pen strokes of the Syriac letters that ship, from two fonts: their middle lines.

    npm pack @fontsource/noto-sans-syriac @fontsource/noto-sans-syriac-western   # unpack both
    python tools/make_syriac_forms.py <estrangela>.woff <serto>.woff

Noto Sans Syriac draws every letter with a pen of nearly one width. Its outline is filled, thinned
to one pixel (Zhang and Suen 1984), and traced from end to end; what is left are strokes, to be
written by any hand. The fonts stay where they are: the strokes alone go to
fsdl_hwr/datasets/syriac_forms, with the fonts' license (OFL 1.1).
"""

import itertools
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from fsdl_hwr import binarization

FOLDER = Path(__file__).parents[1] / "fsdl_hwr" / "datasets" / "syriac_forms"
LETTERS = "ܐܒܓܕܗܘܙܚܛܝܟܠܡܢܣܥܦܨܩܪܫܬ"
HANDS = ("estrangela", "serto")
GRID = 200  # pixels, and units of the file, per em
SPUR = 16  # pixels: a branch that short is a corner of the outline
STRAIGHT = 1.0  # pixels that a stroke may leave the line between two kept points
MARGIN = 40  # pixels of paper around a glyph
REACH = 6  # pixels to either side that a traced line is averaged over
LEAST_STRAIGHT = 0.2  # cosine of the bend up to which a stroke goes on through a fork


def filled(font: TTFont, letter: str) -> np.ndarray:
    """Draw a glyph's outline, filled: bool (height, width), baseline at row 1.5 * GRID."""
    name = font.getBestCmap()[ord(letter)]
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    scale = GRID / font["head"].unitsPerEm
    contours, current = [], []
    for step, points in pen.value:
        if step == "moveTo":
            current = [np.array(points[0], float)]
        elif step == "closePath":
            contours.append(np.array(current))
        elif step == "lineTo":
            current.append(np.array(points[0], float))
        else:
            current.extend(_curve(step, current[-1], [np.array(p, float) for p in points]))
    image = np.zeros((round(2.5 * GRID), round(2.5 * GRID)), np.uint8)
    pixels = [c * [scale, -scale] + [MARGIN, 1.5 * GRID] for c in contours]
    cv2.fillPoly(image, [np.rint(p * 16).astype(np.int32) for p in pixels], 1, shift=4)
    return image > 0


def _curve(step: str, start: np.ndarray, points: list[np.ndarray]) -> list[np.ndarray]:
    """Follow Bézier curves of the second or third degree by ten points each."""
    t = np.linspace(0.1, 1, 10)[:, None]
    if step == "curveTo":
        a, b, end = points
        mixed = (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * b
        return list(mixed + t**3 * end)
    drawn: list[np.ndarray] = []
    for k, control in enumerate(points[:-1]):
        last = k == len(points) - 2
        end = points[-1] if last else (control + points[k + 1]) / 2
        drawn.extend((1 - t) ** 2 * start + 2 * (1 - t) * t * control + t**2 * end)
        start = end
    return drawn


def line_of(shape: np.ndarray) -> np.ndarray:
    """Thin a letter; a dot, of which thinning may leave nothing, becomes its middle pixel."""
    line = binarization.skeletons(shape[None])[0]
    parts, labels, _, middles = cv2.connectedComponentsWithStats(shape.astype(np.uint8))
    for k in range(1, parts):
        if not line[labels == k].any():
            x, y = np.rint(middles[k]).astype(int)
            line[y, x] = True
    return line


def _neighbors(image: np.ndarray) -> np.ndarray:
    steps = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    return np.stack([np.roll(image, (-dy, -dx), (0, 1)) for dy, dx in steps])


def traced(line: np.ndarray) -> list[np.ndarray]:
    """Cut lines of one pixel at their forks and follow each piece: (points, 2) of x and y."""
    pixels = {(int(x), int(y)) for y, x in np.argwhere(line)}
    beside = {p: _beside(p, pixels) for p in pixels}
    forks = {p for p in pixels if len(beside[p]) > 2}
    middles = {p: _middle(p, forks, beside) for p in forks}
    free, pieces = pixels - forks, []
    while free:
        ends = [p for p in free if len(beside[p] & free) <= 1]
        path = [min(ends or free)]
        free.discard(path[0])
        while following := beside[path[-1]] & free:
            path.append(min(following))
            free.discard(path[-1])
        pieces.append(_to_forks(path, beside, middles))
    return pieces


def _beside(p: tuple, pixels: set) -> set:
    """Name the pixels that touch `p`; over a corner only if no way leads around it."""
    x, y = p
    straight = {q for q in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)) if q in pixels}
    corners = {(x + dx, y + dy) for dx in (-1, 1) for dy in (-1, 1)} & pixels
    return straight | {(u, v) for u, v in corners if not {(u, y), (x, v)} & pixels}


def _middle(fork: tuple, forks: set, beside: dict) -> tuple[float, float]:
    """Give the middle of the fork pixels that hang together."""
    together, new = {fork}, {fork}
    while new:
        new = set().union(*(beside[p] & forks for p in new)) - together
        together |= new
    x, y = np.mean(sorted(together), axis=0)
    return float(x), float(y)


def _to_forks(path: list, beside: dict, middles: dict) -> np.ndarray:
    """Smooth a piece and lead its ends into the middle of the forks that they touch."""
    reached = [sorted({middles[q] for q in beside[end] if q in middles}) for end in path]
    first, last = reached[0][:1], reached[-1][-1:]
    if len(path) == 1:
        first, last = reached[0][:1], reached[0][1:]
    return _smoothed(np.array(first + path + last, float))


def _smoothed(points: np.ndarray) -> np.ndarray:
    """Average a path over a few pixels, for its steps; the ends stay where they are."""
    if len(points) <= 2 * REACH:
        return points
    before = 2 * points[0] - points[REACH:0:-1]
    after = 2 * points[-1] - points[-2 : -REACH - 2 : -1]
    padded = np.concatenate([before, points, after])
    weights = np.hanning(2 * REACH + 3)[1:-1]
    weights /= weights.sum()
    return np.stack([np.convolve(padded[:, k], weights, "valid") for k in (0, 1)], axis=1)


def joined(pieces: list[np.ndarray]) -> list[np.ndarray]:
    """Drop spurs, and at every fork write on in the straightest direction."""
    ends = [tuple(p[k]) for p in pieces for k in (0, -1)]
    kept = [
        p
        for p in pieces
        if _length(p) > SPUR or sum(ends.count(tuple(p[k])) > 1 for k in (0, -1)) != 1
    ]
    while (pair := _straightest(kept)) is not None:
        a, b, turned_a, turned_b = pair
        first = kept[a][::-1] if turned_a else kept[a]
        second = kept[b][::-1] if turned_b else kept[b]
        rest = [p for k, p in enumerate(kept) if k not in (a, b)]
        kept = [*rest, np.concatenate([first, second[1:]])]
    return kept


def _length(points: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _straightest(strokes: list[np.ndarray]):
    """Find two stroke ends in one place that lead on into each other; None if there are none."""
    best, found = LEAST_STRAIGHT, None
    turns = list(itertools.product((False, True), repeat=2))
    for a, b in itertools.combinations(range(len(strokes)), 2):
        for turned in turns:
            first, second = (
                s[::-1] if t else s for s, t in zip((strokes[a], strokes[b]), turned, strict=True)
            )
            if np.array_equal(first[-1], second[0]):
                straight = -_direction(first[::-1]) @ _direction(second)
                if straight > best:
                    best, found = straight, (a, b, *turned)
    return found


def _direction(points: np.ndarray) -> np.ndarray:
    """Where a stroke leads from its first point, over about a pen's width."""
    step = points[min(12, len(points) - 1)] - points[0]
    return step / max(np.linalg.norm(step), 1e-9)


def written(strokes: list[np.ndarray]) -> list[list[list[int]]]:
    """Put strokes in the order of writing, right to left, and keep the points that matter."""
    lines = []
    for stroke in strokes:
        if stroke[0, 0] < stroke[-1, 0]:
            stroke = stroke[::-1]
        kept = cv2.approxPolyDP(stroke.astype(np.float32)[:, None], STRAIGHT, False)[:, 0]
        lines.append(kept - [MARGIN, 1.5 * GRID])
    dots = [len(line) > 0 and _length(line) < SPUR for line in lines]
    order = sorted(range(len(lines)), key=lambda k: (dots[k], -lines[k][:, 0].max()))
    return [
        np.rint(lines[k].mean(0, keepdims=True) if dots[k] else lines[k]).astype(int).tolist()
        for k in order
    ]


def main() -> None:
    """Write both hands' strokes."""
    forms = {}
    for hand, path in zip(HANDS, sys.argv[1:], strict=True):
        font = TTFont(path)
        shapes = {letter: line_of(filled(font, letter)) for letter in LETTERS}
        forms[hand] = {k: written(joined(traced(shape))) for k, shape in shapes.items()}
    lines = [
        f'  "{hand}": {{\n'
        + ",\n".join(f'    "{k}": {json.dumps(v, separators=(",", ":"))}' for k, v in of.items())
        + "\n  }"
        for hand, of in forms.items()
    ]
    text = f'{{\n  "units_per_em": {GRID},\n' + ",\n".join(lines) + "\n}\n"
    (FOLDER / "forms.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
