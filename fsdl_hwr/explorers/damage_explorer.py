"""The bench of damages: stain, blur and noise by sliders, and what each cleaner makes of the photo.

The photos of all settings are cleaned at once, so the page in the browser needs no answer from
Python. `make_bench` computes them, `draw_damages` draws the scores by damage, and `explore` opens
the bench.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import binarization
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing, single_characters

DAMAGES = ("stain", "blur", "noise")
LEVELS = 5  # settings of each damage, the first of which is none
STAIN = 0.55  # of the parchment's light that the darkest stain takes
BLUR = 1.8  # px, standard deviation at the highest setting
NOISE = 45.0  # gray values, the same
PARCHMENT, INK = 205.0, 0.75  # gray value of parchment; share of its light that ink takes

Cleaner = Callable[[np.ndarray], np.ndarray]  # photos uint8 (n, h, w) to masks, bool
Reader = Callable[[np.ndarray], Sequence[str]]  # glyphs uint8 (n, h, w) to a name each


@dataclass(frozen=True)
class Bench:
    """Letters under every setting of the damages; settings count as digits, the last one fastest.

    glyphs: uint8 (letters, h, w), ink 255. photos: uint8 (letters, settings, h, w), dark on light.
    masks: bool of the same shape by cleaner. scores: pseudo-F (letters, settings) by cleaner. read:
    the name that is read from each mask, [letter][setting], by cleaner.
    """

    names: list[str]
    glyphs: np.ndarray
    photos: np.ndarray
    masks: dict[str, np.ndarray]
    scores: dict[str, np.ndarray]
    read: dict[str, list[list[str]]]


def damaged(glyph: np.ndarray, stain: int, blur: int, noise: int, seed: int = 0) -> np.ndarray:
    """Photograph a letter on damaged parchment: uint8 (height, width), dark ink on lighter paper.

    Equal seeds put the same stain and the same grain on it, at every setting.

    Args:
        glyph: uint8 (height, width), ink 255 on 0.
        stain: setting of a dark stain, 0 to `LEVELS` - 1.
        blur: of a soft focus.
        noise: of grain.
        seed: places the stain and the grain.
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(glyph.shape)
    y, x = rng.uniform(0.25, 0.75, 2) * glyph.shape
    distance = np.hypot(rows - y, columns - x) / rng.uniform(0.25, 0.4) / glyph.shape[0]
    inside = 1 / (1 + np.exp(8 * (distance - 1)))
    grain = rng.normal(size=glyph.shape)
    stain_share, blur_share, noise_share = (k / (LEVELS - 1) for k in (stain, blur, noise))
    image = PARCHMENT * (1 - STAIN * stain_share * inside)
    image = image * (1 - INK * glyph.astype(np.float64) / 255)
    if blur:
        image = cv2.GaussianBlur(image, (0, 0), BLUR * blur_share)
    return np.clip(np.rint(image + NOISE * noise_share * grain), 0, 255).astype(np.uint8)


def make_bench(
    glyphs: np.ndarray, names: Sequence[str], cleaners: Mapping[str, Cleaner], read: Reader
) -> Bench:
    """Damage letters in every way, clean all the photos, score the masks and read them.

    Args:
        glyphs: uint8 (letters, height, width), ink 255 on 0.
        names: of the letters.
        cleaners: take photos and return masks, by name.
        read: names the letters of glyphs.
    """
    settings = list(itertools.product(range(LEVELS), repeat=len(DAMAGES)))
    photos = np.stack(
        [
            [damaged(glyph, stain, blur, noise, seed=k) for stain, blur, noise in settings]
            for k, glyph in enumerate(glyphs)
        ]
    )
    every = photos.reshape(-1, *glyphs.shape[1:])  # (letters * settings, height, width)
    true = np.repeat(glyphs > 127, len(settings), axis=0)
    masks = {name: clean(every) for name, clean in cleaners.items()}
    shape = photos.shape[:2]
    texts = {name: list(read((255 * found).astype(np.uint8))) for name, found in masks.items()}
    return Bench(
        names=list(names),
        glyphs=glyphs,
        photos=photos,
        masks={name: found.reshape(photos.shape) for name, found in masks.items()},
        scores={
            name: binarization.pseudo_f_scores(found, true).reshape(shape)
            for name, found in masks.items()
        },
        read={
            name: [text[k : k + shape[1]] for k in range(0, len(text), shape[1])]
            for name, text in texts.items()
        },
    )


def draw_damages(bench: Bench, title: str) -> Figure:
    """Draw the mean pseudo-F of each cleaner by the setting of each damage, the others at none."""
    figure = Figure(figsize=(drawing.WIDTH, 3.0))
    for place, (axes, damage) in enumerate(
        zip(figure.subplots(1, len(DAMAGES), sharey=True), DAMAGES, strict=True)
    ):
        alone = np.arange(LEVELS) * LEVELS ** (len(DAMAGES) - 1 - place)
        for (name, scores), color in zip(
            bench.scores.items(), single_characters.COLORS, strict=False
        ):
            axes.plot(scores[:, alone].mean(axis=0), "o-", color=color, label=name)
        axes.set(xlabel=damage, ylim=(0, 1.02))
        axes.set_xticks(range(LEVELS))
        drawing.plain(axes)
    figure.axes[0].set_ylabel("pseudo-F, mean over letters")
    figure.axes[-1].legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def page_data(bench: Bench) -> dict:
    """Return what the page draws: per letter a strip of photos and one of masks by cleaner."""
    cleaners = list(bench.masks)
    return {
        "damages": list(DAMAGES),
        "levels": LEVELS,
        "cleaners": cleaners,
        "letters": [
            {
                "name": bench.names[k],
                "truth": widget.png(bench.glyphs[k]),
                "photos": widget.png(_strip(255 - bench.photos[k])),
                "masks": [widget.png(_strip(255 * bench.masks[c][k])) for c in cleaners],
                "scores": [bench.scores[c][k].round(3).tolist() for c in cleaners],
                "read": [bench.read[c][k] for c in cleaners],
            }
            for k in range(len(bench.names))
        ],
    }


def _strip(images: np.ndarray) -> np.ndarray:
    """Set images (n, height, width) side by side: uint8 (height, n * width)."""
    return np.concatenate(list(images), axis=1).astype(np.uint8)


def explore(bench: Bench):
    """Open the bench in the page; `.state` of what it returns holds the letter and the levels."""
    state = {"letter": 0, "levels": [0] * len(DAMAGES)}
    return widget.open_explorer("damage_explorer", page_data(bench), state)
