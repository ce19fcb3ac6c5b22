"""Line images with their transcripts: a fixed set of them, or an endless stream."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr import ink
from fsdl_hwr.alphabet import normalize
from fsdl_hwr.ink import LINE_HEIGHT as LINE_HEIGHT
from fsdl_hwr.ink import LINE_WIDTH as LINE_WIDTH


@dataclass(frozen=True)
class Lines:
    """Line images with their transcripts.

    images: uint8 (n, height, width), ink 255 on 0. transcripts: n strings, kept in NFC.
    ink_widths: int32 (n,), the column after each line's last ink, in px. Raises `ValueError` for
    images of another type and for counts that differ, `TypeError` for what is no text.
    """

    images: np.ndarray
    transcripts: tuple[str, ...]
    ink_widths: np.ndarray

    def __post_init__(self):
        if self.images.dtype != np.uint8:
            raise ValueError(
                f"Line images have type {self.images.dtype}; they are uint8, ink 255 on 0."
            )
        if not len(self.images) == len(self.transcripts) == len(self.ink_widths):
            raise ValueError(
                f"{len(self.images)} line images need as many transcripts and ink widths; got "
                f"{len(self.transcripts)} and {len(self.ink_widths)}."
            )
        object.__setattr__(self, "transcripts", _texts(self.transcripts))

    def __len__(self) -> int:
        return len(self.transcripts)

    def __getitem__(self, chosen) -> "Lines":
        """Choose lines by a slice or by indices."""
        places = np.arange(len(self))[chosen]
        return Lines(
            self.images[places], tuple(self.transcripts[i] for i in places), self.ink_widths[places]
        )


LineMaker = Callable[[str, np.random.Generator], np.ndarray]  # a text becomes a line image


def make_lines(
    maker: LineMaker, texts: Iterable[str], seed: int | Sequence[int] | np.random.Generator
) -> Lines:
    """Make a fixed set, one line image per text; equal seeds make equal images."""
    texts = _texts(texts)
    if not texts:
        raise ValueError("There are no texts to write: the corpus is empty.")
    rng = np.random.default_rng(seed)
    images = np.stack([maker(text, rng) for text in texts])  # (n, height, width)
    return Lines(images, texts, ink_widths(images))


class LineStream:
    """An endless source of fresh lines: batch b of epoch e is the same whenever it is asked for.

    Args:
        maker: draws a line.
        texts: the transcripts of the lines, each drawn many times, always differently.
        lines_per_epoch: length of an epoch, since the stream has no end.
        seed: of the stream; equal seeds make equal lines.
    """

    def __init__(self, maker: LineMaker, texts: Sequence[str], lines_per_epoch: int, seed: int):
        if len(texts) == 0:
            raise ValueError("There are no texts to write: the corpus is empty.")
        if lines_per_epoch < 1:
            raise ValueError(f"An epoch needs at least one line; got {lines_per_epoch}.")
        self.maker = maker
        self.transcripts = _texts(texts)
        self.lines_per_epoch = lines_per_epoch
        self.seed = seed

    def __len__(self) -> int:
        return self.lines_per_epoch

    def batch(self, epoch: int, index: int, size: int) -> Lines:
        """Make batch `index` of `epoch`: `size` lines, decided by (seed, epoch, index) alone."""
        rng = np.random.default_rng((self.seed, epoch, index))
        chosen = rng.integers(len(self.transcripts), size=size)
        return make_lines(self.maker, [self.transcripts[i] for i in chosen], rng)


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts in NFC. Raises `TypeError` for one text, which is no list, and for no text."""
    if isinstance(texts, str):
        raise TypeError(f"{texts[:50]!r} is one text: give a list of texts.")
    texts = tuple(texts)
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"Transcript {k} is {text!r:.50}: transcripts are texts.")
    return tuple(map(normalize, texts))


def ink_widths(images: np.ndarray) -> np.ndarray:
    """Compute how far each line goes: int32 (n,), in px."""
    return np.array([ink.ink_width(image) for image in images], np.int32)
