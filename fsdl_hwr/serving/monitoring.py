"""Knowing that it reads badly without knowing what is right: windows against a reference.

Nine numbers per line say what came in and what went out. A window of lines is compared with a
reference, number by number, by the largest distance of their distribution functions (Kolmogorov
and Smirnov). How far is too far is not guessed: windows drawn from the reference itself lie at some
distance, too, and the limit is what so many of them stay below.
"""

import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fsdl_hwr import ctc, files
from fsdl_hwr.ctc import LanguageModel
from fsdl_hwr.ink import INK_LEVEL
from fsdl_hwr.recognizers.reader import LineReader, Reading

STATISTICS = (
    "brightness",  # mean of the picture as it came: paper is light
    "contrast",  # from its paper to its ink
    "shape",  # logarithm of width by height
    "ink",  # share of the line image, as far as the ink goes
    "crossings",  # strokes that a column of it meets
    "confidence",  # mean over the characters, 0 if there are none
    "blanks",  # share of frames whose likeliest class is the blank
    "density",  # characters per frame
    "English",  # log-probability per character by the language model
)
EDGES = 24  # places at which distribution functions are compared
BOOTSTRAPS = 20_000
CAUTION = 0.5  # of the rate that is asked for: in the tail of the bootstraps lie few
FARTHEST = 6.0  # standard deviations: what lies beyond says no more
UNLIKE = 0.75  # of the way from the reference: a window farther from every signature has no name


class Observed(NamedTuple):
    """One line as it was read, and the numbers to watch: float (statistics,)."""

    reading: Reading
    values: np.ndarray


def observe(reader: LineReader, model: LanguageModel, image: np.ndarray) -> Observed:
    """Read one picture of a line, uint8 (height, width) gray, and measure it on the way."""
    lines = reader.fit_lines([image])
    if width := int(lines.ink_widths[0]):
        frames = int(reader.frames(lines.ink_widths)[0])
        log_probs = ctc.log_softmax(reader.logits(lines)[0, :frames])  # (frames, classes)
        reading = reader.reading(log_probs)
        strokes = lines.images[0, :, :width] >= INK_LEVEL
        crossings = np.diff(strokes.astype(np.int8), axis=0, prepend=0) > 0
        seen = (strokes.mean(), crossings.sum() / width)
        blanks, density = (log_probs.argmax(-1) == 0).mean(), len(reading.text) / frames
    else:
        reading, seen, blanks, density = Reading("", ()), (0.0, 0.0), 1.0, 0.0
    thinned = image[::2, ::2]
    darkest, paper, lightest = np.percentile(thinned, [0.5, 50, 99.5])
    height, width = image.shape
    confidence = reading.confidence if reading.text else 0.0
    raw = (
        thinned.mean() / 255,
        max(paper - darkest, lightest - paper) / 255,
        np.log(width / height),
    )
    english = _english(reader, model, reading.text)
    values = np.array([*raw, *seen, confidence, blanks, density, english])
    return Observed(reading, values)


def _english(reader: LineReader, model: LanguageModel, text: str) -> float:
    label = tuple(int(k) for k in reader.alphabet.encode(text))
    if not label:
        return -np.log(reader.alphabet.num_classes)
    each = [model.next_log_probs(label[:k])[c] for k, c in enumerate(label)]
    return float(np.mean(each))


@dataclass(frozen=True)
class Reference:
    """What usual lines look like, and how far a window of them may lie off by chance.

    Args:
        values: of usual lines, float (lines, statistics).
        window: lines that are judged together.
        usual: mean and standard deviation of each statistic's distance, (2, statistics).
        limit: standard deviations above its mean that no statistic's distance may lie.
        signatures: by a fault's name, where it moves each statistic's mean, in the standard
            deviations of the values.
    """

    values: np.ndarray
    window: int
    usual: np.ndarray
    limit: float
    signatures: Mapping[str, np.ndarray] = field(default_factory=dict)

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return how far each statistic of a window lies off: (statistics,); 1 is the limit."""
        edges = _edges(self.values)
        distances = _distances(_below(values, edges).mean(0), _below(self.values, edges).mean(0))
        mean, deviation = self.usual
        return (distances - mean) / (deviation * self.limit)

    def shift(self, values: np.ndarray) -> np.ndarray:
        """Return where a window's means lie, in standard deviations of the reference's values."""
        mean, deviation = self.values.mean(0), np.maximum(self.values.std(0), 1e-6)
        return np.clip((values.mean(0) - mean) / deviation, -FARTHEST, FARTHEST)

    def name(self, values: np.ndarray) -> str:
        """Return the fault whose signature a window is nearest to, 'unknown' if it is like none."""
        shift = self.shift(values)
        apart = {name: np.linalg.norm(shift - s) for name, s in self.signatures.items()}
        nearest = min(apart, key=lambda name: apart[name], default="unknown")
        near_enough = apart and apart[nearest] < UNLIKE * np.linalg.norm(shift)
        return nearest if near_enough else "unknown"

    def save(self, path: str | os.PathLike) -> Path:
        """Write the reference as one `.npz`, whole or not at all."""
        names = np.array(list(self.signatures), dtype=str)
        signatures = np.array(list(self.signatures.values())).reshape(-1, len(STATISTICS))
        with files.write_atomically(path) as partial, partial.open("wb") as file:
            np.savez_compressed(
                file,
                values=self.values,
                window=self.window,
                usual=self.usual,
                limit=self.limit,
                names=names,
                signatures=signatures,
            )
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "Reference":
        """Read what `save` wrote; raises `ValueError` for another file or other statistics."""
        try:
            file = files.load_arrays(path)
            named = zip(file["names"].tolist(), file["signatures"], strict=True)
            found = cls(
                file["values"], int(file["window"]), file["usual"], float(file["limit"]),
                dict(named),
            )  # fmt: skip
        except (*files.DAMAGED_ARRAYS, OSError, TypeError) as error:
            raise ValueError(f"{path} is no reference: write one with Reference.save.") from error
        if found.values.shape[1:] != (len(STATISTICS),):
            raise ValueError(f"{path} has other statistics: calibrate the reference anew.")
        return found


def calibrate(
    values: np.ndarray, window: int = 100, rate: float = 1e-3, seed: int = 0,
    signatures: Mapping[str, np.ndarray] | None = None,
) -> Reference:  # fmt: skip
    """Choose the limit so that at most a share `rate` of usual windows raises an alarm.

    Windows are drawn from the values with replacement, and so is the reference that each is
    compared with: it is a sample of what is usual, no more.

    Args:
        values: of usual lines, float (lines, statistics); some hundreds at least.
        window: lines that are judged together.
        rate: of false alarms, per window; all statistics together.
        seed: of the drawing.
        signatures: values of lines with a known fault, by its name.

    Raises `ValueError` for fewer lines than two windows.
    """
    if len(values) < 2 * window:
        raise ValueError(
            f"{len(values)} lines cannot say what is usual in windows of {window}: collect more, "
            "or choose a smaller window."
        )
    rng = np.random.default_rng(seed)
    below = _below(values, _edges(values)).reshape(len(values), -1)  # (lines, statistics x edges)
    shares = np.full(len(values), 1 / len(values))
    distances = []
    for _ in range(0, BOOTSTRAPS, 1000):  # at once they would take a gigabyte
        drawn = rng.multinomial(window, shares, 1000) / window
        other = rng.multinomial(len(values), shares, 1000) / len(values)
        shape = (1000, values.shape[1], EDGES)
        distances.append(_distances((drawn @ below).reshape(shape), (other @ below).reshape(shape)))
    found = np.concatenate(distances)  # (bootstraps, statistics)
    usual = np.stack([found.mean(0), np.maximum(found.std(0), 1e-3)])
    largest = ((found - usual[0]) / usual[1]).max(1)
    reference = Reference(values, window, usual, float(np.quantile(largest, 1 - CAUTION * rate)))
    shifts = {name: reference.shift(faulty) for name, faulty in (signatures or {}).items()}
    return Reference(values, window, usual, reference.limit, shifts)


def _edges(values: np.ndarray) -> np.ndarray:
    """Return quantiles of each statistic, (statistics, edges), where functions are compared."""
    return np.quantile(values, np.linspace(0.02, 0.98, EDGES), axis=0).T


def _below(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Say which lines lie up to each edge: float32 (lines, statistics, edges)."""
    return (values[:, :, None] <= edges).astype(np.float32)


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the largest distance of two distribution functions over the last axis."""
    return np.abs(one - other).max(-1)


class Alarm(NamedTuple):
    """A window too far off: the fault that it looks like, and the statistic that lies farthest."""

    fault: str
    statistic: str
    score: float


class Watch:
    """Judges a stream of lines, half a window after half a window, as they are read."""

    def __init__(self, reference: Reference):
        self.reference = reference
        self.score = 0.0  # of the last window; 1 is an alarm
        self._values: deque[np.ndarray] = deque(maxlen=reference.window)
        self._since = 0  # lines since a window was judged

    def add(self, values: Sequence[float] | np.ndarray) -> Alarm | None:
        """Take one line's values; returns an alarm if a window is full and lies too far off."""
        self._values.append(np.asarray(values, float))
        self._since += 1
        window = self.reference.window
        if len(self._values) < window or self._since < window // 2:
            return None
        self._since = 0
        lines = np.array(self._values)
        scores = self.reference.scores(lines)
        self.score = float(scores.max())
        if self.score <= 1:
            return None
        return Alarm(self.reference.name(lines), STATISTICS[int(scores.argmax())], self.score)
