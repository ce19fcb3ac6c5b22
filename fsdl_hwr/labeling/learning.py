"""From labeled pages to lines to train on, and training a recognizer on with a few of them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import page_ink, paper
from fsdl_hwr.alphabet import Alphabet, frames_needed
from fsdl_hwr.augmentation import Augmentation
from fsdl_hwr.datasets import lines as line_data
from fsdl_hwr.datasets.lines import Lines, LineStream
from fsdl_hwr.datasets.pages import HANDWRITTEN, Page
from fsdl_hwr.layout import crops
from fsdl_hwr.recognizers import training
from fsdl_hwr.recognizers.line import Recognizer
from fsdl_hwr.recognizers.reader import LineReader

# What transcribers write, and the alphabet lacks.
PLAIN = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
    "\u2026": "...", "^": "", "\u27e6": "", "\u27e7": "", "\u00a0": " ",
})  # fmt: skip
PASSES = 12  # times that every line is seen, by default
SAME_HAND = Augmentation(rotation=1.0, shear=0.25, scale=0.08, shift=0.0, stroke=0.4, elastic=0.7)
ROOM = 24  # px of paper around a line, so that a change pushes no ink out


@dataclass(frozen=True)
class LineSet:
    """Lines of labeled pages.

    lines: with transcripts within the alphabet. pages: int (n,), the page that each is from.
    dropped: characters that the alphabet lacks, and lines without text, too dense or of a kind that
    was not asked for.
    """

    lines: Lines
    pages: np.ndarray
    dropped_characters: str
    dropped_lines: int


def line_set(
    pages: Sequence[Page], reader: LineReader, kinds: Sequence[str] = (HANDWRITTEN,)
) -> LineSet:
    """Cut the labeled lines of pages out, as line images of a reader's geometry.

    kinds: of lines to keep. Characters that the alphabet lacks are written plainly or dropped.
    """
    images, texts, origin = [], [], []
    lost, passed = [], 0
    for number, page in enumerate(pages):
        image = page.image if page_ink.is_light(page.image) else 255 - page.image
        owned = page.owners * page_ink.ink_mask(page.image)
        for k, line in enumerate(page.lines, start=1):
            text, missing = into_alphabet(line.transcript, reader.alphabet)
            if line.kind not in kinds or not text or not (owned == k).any():
                passed += 1
                continue
            fitted = reader.fit_image(crops.unroll(image, owned, line, k))
            width = line_data.ink_widths(fitted[None])
            if frames_needed(text) > reader.frames(width)[0]:
                passed += 1
                continue
            images.append(fitted)
            texts.append(text)
            origin.append(number)
            lost += missing
    size = reader.geometry.height, reader.geometry.width
    stack = np.stack(images) if images else np.zeros((0, *size), np.uint8)
    found = Lines(stack, tuple(texts), line_data.ink_widths(stack))
    return LineSet(found, np.array(origin, int), "".join(lost), passed)


def into_alphabet(text: str, alphabet: Alphabet) -> tuple[str, list[str]]:
    """Write a transcript with an alphabet's characters: the text, and what had to be dropped."""
    plain = text.translate(PLAIN)
    kept = "".join(c for c in plain if c in alphabet.characters)
    return " ".join(kept.split()), [c for c in plain if c not in alphabet.characters]


class Varied:
    """Makes lines to train on of a few labeled ones: each time a little otherwise.

    It is a `LineMaker`: called with one of the transcripts and a generator, it returns a changed
    line image of that text.
    """

    def __init__(self, lines: Lines, change: Augmentation = SAME_HAND):
        self.lines = lines
        self.change = change
        self.places: dict[str, list[int]] = {}
        for k, text in enumerate(lines.transcripts):
            self.places.setdefault(text, []).append(k)

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        k = int(rng.choice(self.places[text]))
        image, width = self.lines.images[k], max(1, int(self.lines.ink_widths[k]))
        room = cv2.copyMakeBorder(image[:, :width], 0, 0, ROOM, ROOM, cv2.BORDER_CONSTANT, value=0)
        changed = self.change(room, rng)
        columns = np.flatnonzero((changed >= paper.STROKE_LEVEL).any(axis=0))
        if not len(columns):
            return image
        changed = changed[:, max(0, columns[0] - 2) : columns[-1] + 3][:, : image.shape[1]]
        varied = np.zeros_like(image)
        varied[:, : changed.shape[1]] = changed
        return varied


def train_on(
    recognizer: Recognizer,
    lines: Lines,
    validation: Lines,
    folder: str | os.PathLike,
    *,
    epochs: int = 4,
    passes: int = PASSES,
    batch_size: int = 4,
    learning_rate: float = 6e-4,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Train a recognizer on with a few labeled lines; what reads `validation` best is kept.

    The statistics of batch normalization stay as they are: a few lines would spoil them.

    Returns the history, lists by epoch; see `Recognizer.fit`.

    Args:
        recognizer: is changed.
        lines: to learn from, each varied a little whenever it is seen.
        validation: other lines of that hand.
        folder: of the run.
        epochs: times that the validation lines are read.
        passes: times that each line is seen, in all.
        batch_size, learning_rate, seed: of the training.
    """
    per_epoch = max(batch_size, len(lines) * passes // epochs)
    stream = LineStream(Varied(lines), lines.transcripts, per_epoch, seed)
    with training.statistics_kept(recognizer.network):
        return recognizer.fit(
            stream, validation, epochs=epochs, folder=Path(folder), batch_size=batch_size,
            learning_rate=learning_rate, seed=seed, resume=False,
        )  # fmt: skip
