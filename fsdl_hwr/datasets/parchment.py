"""Letters on old parchment: what time did to the ink, drawn from a seed.

A photo is uint8, dark ink on lighter parchment; the ink that it hides is the glyph that went in.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from fsdl_hwr.datasets.glyphs import Glyphs

KINDS = ("faded", "bled", "stained")  # damage that a network is trained on
UNSEEN_KINDS = ("spotted", "creased", "worn")  # damage that it meets only in tests


def photograph(
    glyph: np.ndarray, other: np.ndarray, kind: str, rng: np.random.Generator
) -> np.ndarray:
    """Lay one letter on damaged parchment: uint8 (28, 28), ink 255 on 0, to a photo of its size.

    other: the letter on the back, which shows through. Raises `ValueError` for an unknown kind.

    Args:
        glyph: the letter.
        other: a glyph of the same size.
        kind: one of `KINDS` or `UNSEEN_KINDS`.
        rng: decides how bad it is.
    """
    if kind not in DAMAGES:
        raise ValueError(f"Unknown damage {kind!r}: choose one of {', '.join(DAMAGES)}.")
    shape = glyph.shape
    strength = cv2.GaussianBlur(glyph.astype(np.float32) / 255, (0, 0), rng.uniform(0.3, 0.7))
    strength = strength * rng.uniform(0.5, 0.9) * (1 - 0.3 * _clouds(shape, rng))
    paper = rng.uniform(150, 225) * (1 - 0.2 * _clouds(shape, rng))
    strength, paper = DAMAGES[kind](strength, paper, other, rng)
    image = paper * (1 - np.clip(strength, 0, 0.95))
    image += rng.normal(0, rng.uniform(2, 8), shape)  # grain
    return np.clip(image, 0, 255).astype(np.uint8)


def photographs(glyphs: Glyphs, kinds: Sequence[str], seed: int = 0) -> np.ndarray:
    """Photograph every glyph once, each with damage of a kind chosen at random: uint8 (n, 28, 28).

    On the back of each stands another of the glyphs.
    """
    rng = np.random.default_rng(seed)
    backs = rng.integers(len(glyphs), size=len(glyphs))
    chosen = rng.integers(len(kinds), size=len(glyphs))
    return np.stack(
        [
            photograph(image, glyphs.images[back], kinds[kind], rng)
            for image, back, kind in zip(glyphs.images, backs, chosen, strict=True)
        ]
    )


def _clouds(shape: tuple[int, ...], rng: np.random.Generator, cells: int = 4) -> np.ndarray:
    """Make a slow random field between 0 and 1, a few clouds over an image."""
    coarse = rng.random((cells, cells)).astype(np.float32)
    return np.clip(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 1)


def _faded(strength, paper, other, rng):
    """Ink that has flaked off in places and is pale in others."""
    pale = np.clip(1.6 * _clouds(strength.shape, rng, 5) - 0.2, 0, 1)
    return strength * (1 - rng.uniform(0.4, 0.85) * pale), paper


def _bled(strength, paper, other, rng):
    """The back's letter, mirrored, shifted and soft."""
    moved = np.roll(other[:, ::-1], rng.integers(-6, 7, 2), (0, 1)).astype(np.float32) / 255
    soft = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.6, 1.6))
    return strength, paper * (1 - rng.uniform(0.15, 0.5) * soft)


def _stained(strength, paper, other, rng):
    """One or two dark stains with a darker rim."""
    rows, columns = np.indices(strength.shape)
    for _ in range(rng.integers(1, 3)):
        y, x = rng.uniform(0, strength.shape[0], 2)
        radius = rng.uniform(5, 14)
        distance = np.hypot(rows - y, (columns - x) * rng.uniform(0.7, 1.4)) / radius
        distance += 0.3 * (_clouds(strength.shape, rng, 5) - 0.5)
        inside = 1 / (1 + np.exp((distance - 1) * 8))
        rim = np.exp(-(((distance - 1) / 0.15) ** 2))
        paper = paper * (1 - rng.uniform(0.2, 0.5) * inside) * (1 - rng.uniform(0, 0.3) * rim)
    return strength, paper


def _spotted(strength, paper, other, rng):
    """Mold: many small dark spots."""
    spots = np.zeros(strength.shape, np.float32)
    for _ in range(rng.integers(4, 14)):
        y, x = rng.integers(0, strength.shape[0], 2)
        cv2.circle(
            spots, (int(x), int(y)), int(rng.integers(0, 3)), float(rng.uniform(0.2, 0.5)), -1
        )
    return strength, paper * (1 - cv2.GaussianBlur(spots, (0, 0), 0.8))


def _creased(strength, paper, other, rng):
    """A fold: a dark line through the letter, beside it a light one where ink broke off."""
    size = strength.shape[0]
    middle, angle = rng.uniform(0.25, 0.75) * size, rng.uniform(0, np.pi)
    rows, columns = np.indices(strength.shape)
    across = (columns - size / 2) * np.cos(angle) + (rows - middle) * np.sin(angle)
    dark = np.exp(-((across / rng.uniform(0.8, 1.8)) ** 2))
    light = np.exp(-(((across - 2) / 1.2) ** 2))
    return strength * (1 - rng.uniform(0.2, 0.7) * light), paper * (
        1 - rng.uniform(0.2, 0.5) * dark
    )


def _worn(strength, paper, other, rng):
    """Rubbed parchment: faded, shown through, coarse and dark toward one side, all a little."""
    strength, paper = _faded(strength, paper, other, rng)
    strength, paper = _bled(strength, paper, other, rng)
    slope = np.linspace(0, rng.uniform(0.1, 0.45), strength.shape[1])
    return strength, paper * (1 - slope) + rng.normal(0, 5, strength.shape)


DAMAGES = {
    "faded": _faded,
    "bled": _bled,
    "stained": _stained,
    "spotted": _spotted,
    "creased": _creased,
    "worn": _worn,
}
