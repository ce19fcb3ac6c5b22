"""Streams of pictures to watch: what people send on a usual day, and what goes wrong.

A fault is a function (picture, generator) to picture, uint8 gray. None of them raises an error in
the service, and all but the inverted pictures, which `paper` sets right, cost readings.
"""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
from HersheyFonts import HersheyFonts

from fsdl_hwr import camera, paper
from fsdl_hwr.datasets.strokes import Writer

Fault = Callable[[np.ndarray, np.random.Generator], np.ndarray]
FAINTEST = 0.22  # of the usual contrast
GREEK_WORDS = 3  # of 3 to 8 letters


def usual(texts: Sequence[str], writers: Sequence[Writer], seed: int) -> Iterator[np.ndarray]:
    """Photograph one line per text, each by the next writer, on unevenly lit paper."""
    for k, text in enumerate(texts):
        rng = np.random.default_rng((seed, k))
        writer = writers[k % len(writers)]
        written = [stroke[:, :2] for stroke in writer.write(text, rng)]
        drawn = camera.plain(camera.vary(written, rng), rng.uniform(40, 70))
        yield paper.on_paper(np.pad(drawn, 8), rng)


def upside_down(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn a photo by half a turn, as a scanner does."""
    return np.ascontiguousarray(image[::-1, ::-1])


def inverted(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Swap dark and light."""
    return 255 - image


def faint(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Take most of the ink's contrast away; the paper's grain stays as it is."""
    smooth = cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8)).astype(float)
    return np.clip(smooth + FAINTEST * (image - smooth) + rng.normal(0, 2, image.shape), 0, 255
                   ).astype(np.uint8)  # fmt: skip


def several_lines(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put a second line under the first, as a crop too large has."""
    shift = int(rng.integers(image.shape[1]))
    return np.vstack([image, np.roll(image, shift, axis=1)])


def blank(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave paper alone, without a line."""
    paper_alone = np.median(image) + rng.normal(0, 3, image.shape)
    return np.clip(paper_alone, 0, 255).astype(np.uint8)


def other_script(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write Greek letters, by the Hershey fonts, on paper of the same kind."""
    font = HersheyFonts()
    font.load_default_font("greek")
    letters = "abcdefghiklmnopqrstuwxyz"
    words = ["".join(rng.choice(list(letters), rng.integers(3, 9))) for _ in range(GREEK_WORDS)]
    strokes = [np.array(s, np.float32) for s in font.strokes_for_text(" ".join(words)) if len(s)]
    drawn = camera.plain(camera.vary(strokes, rng), rng.uniform(40, 70))
    return paper.on_paper(np.pad(drawn, 8), rng)


FAULTS: dict[str, Fault] = {
    "upside down": upside_down,
    "several lines": several_lines,
    "faint": faint,
    "inverted": inverted,
    "other script": other_script,
    "blank": blank,
}
