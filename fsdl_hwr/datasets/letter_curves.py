"""Letter forms as curves: our own in `letter_forms`, and the Hershey single-stroke fonts.

The fonts are `futural` (print) and `scripts` (connected script), digitized by A. V. Hershey at the
U.S. National Bureau of Standards and read from the package Hershey-Fonts.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from HersheyFonts import HersheyFonts

from fsdl_hwr.datasets.letter_forms import HAND_FORMS

GRID = 0.05  # em per unit of the letter forms' grid: x-height 0.5 em, capitals 0.9 em
STEP = 0.045  # em between the points of a smooth stroke
NEAR = 0.25  # em between two strokes that a hurried hand draws as one
SCRIPT_SLANT = 0.33  # of the Hershey script; taken out, so that every form has the writer's slant

# Script capitals that a reader of today would take for another character, or for a flourish.
UNUSED_SCRIPT = set("FGHIJQSTXZ")


@dataclass(frozen=True)
class Form:
    """One way to write a character: em units, baseline y = 0, y down, upright.

    strokes: smooth arrays (points, 2) in writing order. left, right: where the letter's own space
    ends, in em. family: "print", "hand" or "script".
    """

    strokes: tuple[np.ndarray, ...]
    left: float
    right: float
    family: str


def smooth_curve(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Run a smooth curve through `points` (n, 2), one point every `STEP` em, sharp at `corners`.

    A centripetal Catmull-Rom spline: unlike the uniform one it makes no loops where points lie
    unevenly (Yuksel, Schaefer and Keyser, 2011).
    """
    if len(points) == 1:
        return points.astype(np.float32)
    cuts = [0, *np.flatnonzero(corners[1:-1]) + 1, len(points) - 1]
    pieces = [points[:1]]
    for a, b in zip(cuts[:-1], cuts[1:], strict=True):
        p = points[a : b + 1]
        chords = np.linalg.norm(np.diff(p, axis=0), axis=1)
        knots = np.sqrt(np.maximum(chords, 1e-6))  # durations between points
        speeds = np.diff(p, axis=0) / knots[:, None]
        tangents = np.empty_like(p)
        tangents[0], tangents[-1] = speeds[0], speeds[-1]
        tangents[1:-1] = (speeds[:-1] * knots[1:, None] + speeds[1:] * knots[:-1, None]) / (
            knots[1:] + knots[:-1]
        )[:, None]
        for k, chord in enumerate(chords):
            t = np.linspace(0, 1, max(1, round(chord / STEP)) + 1)[1:, None]
            rest = 1 - t  # Hermite's cubic through both points with both tangents
            pieces.append(
                rest * rest * (1 + 2 * t) * p[k]
                + t * t * (1 + 2 * rest) * p[k + 1]
                + knots[k] * t * rest * (rest * tangents[k] - t * tangents[k + 1])
            )
    return np.concatenate(pieces).astype(np.float32)


def _hand_form(text: str) -> Form:
    strokes = []
    for stroke in text.split("|"):
        words = stroke.split()
        points = np.array([[float(v) for v in w.rstrip("!").split(",")] for w in words])
        corners = np.array([w.endswith("!") for w in words])
        strokes.append(smooth_curve(points * [GRID, -GRID], corners))
    return Form(tuple(strokes), *sides(np.concatenate(strokes)), "hand")


def sides(points: np.ndarray) -> tuple[float, float]:
    """Return where a letter's own space ends: a descender may reach under its neighbors."""
    above = points[points[:, 1] < 0.25]
    x = (above if len(above) else points)[:, 0]
    return float(x.min()), float(x.max())


@cache
def _hershey(font: str):
    fonts = HersheyFonts()
    fonts.load_default_font(font)
    return fonts.all_glyphs


def _join_touching(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """Continue a stroke with the next one if it ends at the other's start."""
    joined = list(strokes[:1])
    for stroke in strokes[1:]:
        if np.array_equal(joined[-1][-1], stroke[0]):
            joined[-1] = np.concatenate([joined[-1], stroke[1:]])
        else:
            joined.append(stroke)
    return joined


def _hershey_form(character: str, font: str) -> Form:
    """Bring a Hershey glyph to our grid: its x-height to 10, its capitals to 18, upright."""
    family, x_height = ("script", 9) if font == "scripts" else ("print", 14)
    glyph = _hershey(font)[character]
    # Hershey: y down, baseline 9, capitals 21 high.
    strokes = [np.array(list(s), float) - [0, 9] for s in glyph.strokes]
    narrow = 0.8 if family == "script" else 1.0
    if character.islower():
        x_scale, levels = narrow * 10 / x_height, [-21, -x_height, 0, 12]
        marks = [-18, -10, 0, 8 if family == "script" else 12 * 8 / 7]
    else:
        x_scale, levels, marks = 0.9 * 18 / 21, [-21, 12], [-18, 12 * 18 / 21]
    slant = SCRIPT_SLANT if family == "script" else 0.0
    curves = []
    for s in _join_touching(strokes):
        s = s + np.outer(s[:, 1], [slant, 0])
        turns = np.diff(s, axis=0)
        angles = np.arctan2(turns[:, 1], turns[:, 0])
        bends = np.abs(np.angle(np.exp(1j * np.diff(angles))))
        corners = np.concatenate([[False], bends > np.radians(70), [False]])
        s = np.stack([s[:, 0] * x_scale, np.interp(s[:, 1], levels, marks)], axis=1) * GRID
        dot = len(s) > 3 and np.ptp(s, axis=0).max() < 0.1  # Hershey's dots are small diamonds
        curves.append(s.mean(axis=0, keepdims=True) if dot else smooth_curve(s, corners))
    if family == "script":
        if character != "x":  # stems are drawn down and up again: the pen stays on the paper
            curves = without_lifting(curves)
        left, right = glyph.left_offset, glyph.left_offset + glyph.char_width
        left, right = left * x_scale * GRID, right * x_scale * GRID
    else:
        left, right = sides(np.concatenate(curves))
    return Form(tuple(c.astype(np.float32) for c in curves), left, right, family)


@cache
def forms(character: str) -> tuple[Form, ...]:
    """All the ways in which a writer may write `character`."""
    found = [_hand_form(text) for text in HAND_FORMS[character]]
    if character.isalnum() or character in "&?":
        found.append(_hershey_form(character, "futural"))
    if character.isalpha() and character not in UNUSED_SCRIPT:
        found.append(_hershey_form(character, "scripts"))
    return tuple(found)


def without_lifting(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """Draw on from the end of a stroke to the start of the next if that is near."""
    joined = list(strokes[:1])
    for stroke in strokes[1:]:
        gap = np.linalg.norm(joined[-1][-1] - stroke[0])
        if gap < NEAR and len(stroke) > 1 and len(joined[-1]) > 1:
            joined[-1] = bridge(joined[-1], stroke)
        else:
            joined.append(stroke)
    return joined


def bridge(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Join two strokes by a line with as many points as its length asks for."""
    steps = max(1, round(float(np.linalg.norm(second[0] - first[-1])) / STEP))
    t = np.linspace(0, 1, steps + 1, dtype=np.float32)[1:-1, None]
    return np.concatenate([first, first[-1] * (1 - t) + second[0] * t, second])
