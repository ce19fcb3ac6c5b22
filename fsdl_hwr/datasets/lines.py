"""Line images made from glyphs and sentences, or written by one pen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr import ink
from fsdl_hwr.datasets import emnist, strokes, unipen
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import GLYPH_SIZE

LINE_HEIGHT = 28  # pixels
LINE_WIDTH = 952  # pixels: 34 glyphs side by side
MAX_CHARACTERS = LINE_WIDTH // GLYPH_SIZE
MAX_OVERLAP = 0.33  # of a glyph's width, the course's upper bound
LAYOUTS = ("glyphs", "written")
GLYPH_SOURCES = ("strokes", "unipen", "emnist")


@dataclass(frozen=True)
class Lines:
    """Line images with their transcripts.

    images: uint8 (n, height, width), ink 255 on 0. texts: n strings. ink_widths: int32 (n,), the
    column after each line's last ink, in px.
    """

    images: np.ndarray
    texts: tuple[str, ...]
    ink_widths: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, chosen) -> "Lines":
        """Choose lines by a slice or by indices."""
        places = np.arange(len(self))[chosen]
        return Lines(
            self.images[places], tuple(self.texts[i] for i in places), self.ink_widths[places]
        )


class GlyphLineMaker:
    """Writes a sentence as the 2019 course did: one glyph image a character, side by side.

    glyphs: where characters come from; `load_glyphs` borrows what a source lacks. overlap: lowest
    and highest share of a glyph's width by which neighbors overlap; every line draws its own.
    change: called as `change(image, rng)` on every glyph, for training.
    Raises `ValueError` for an overlap outside 0 to 1 or a source without glyphs.
    """

    def __init__(
        self,
        glyphs: Glyphs,
        overlap: tuple[float, float] = (0.0, MAX_OVERLAP),
        width: int = LINE_WIDTH,
        change: Callable | None = None,
    ):
        low, high = overlap
        if not 0 <= low <= high < 1:
            raise ValueError(
                f"Overlap {overlap} is not a range within 0 and 1: it is a share of a glyph's "
                "width, and at 1 all glyphs would lie on one another."
            )
        if len(glyphs) == 0:
            raise ValueError(f"The glyph source {glyphs.source!r} holds no glyphs.")
        self.glyphs = glyphs
        self.overlap = overlap
        self.width = width
        self.change = change
        order = np.argsort(glyphs.labels, kind="stable")
        ends = np.cumsum(glyphs.counts())
        self._places = {
            character: order[start:end]
            for character, start, end in zip(
                glyphs.characters, np.concatenate([[0], ends[:-1]]), ends, strict=True
            )
            if end > start
        }

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        """Make one line image: uint8 (28, width). `ValueError` where the text does not fit."""
        overlap = rng.uniform(*self.overlap)
        stride = max(1, round(GLYPH_SIZE * (1 - overlap)))  # px from glyph to glyph
        needed = GLYPH_SIZE + stride * (len(text) - 1)
        if needed > self.width:
            raise ValueError(
                f"{text!r} has {len(text)} characters and needs {needed} px at this overlap; the "
                f"line has {self.width}. Shorten the text or widen the line."
            )
        image = np.zeros((LINE_HEIGHT, self.width), np.uint8)
        for position, place in enumerate(self._choose(text, rng)):
            if place is None:  # a space
                continue
            glyph = self.glyphs.images[place]
            if self.change is not None:
                glyph = self.change(glyph, rng)
            under = image[:, position * stride : position * stride + GLYPH_SIZE]
            np.maximum(under, glyph, out=under)  # crossing strokes stay ink, never overflow
        return image

    def _choose(self, text: str, rng: np.random.Generator) -> list[int | None]:
        """Choose a glyph for each character, another one for every repeat while there are some."""
        queues: dict[str, list[int]] = {}
        chosen = []
        for character in text:
            if character == " ":
                chosen.append(None)
                continue
            if not queues.get(character):
                if character not in self._places:
                    raise ValueError(
                        f"The glyph source {self.glyphs.source!r} has no glyph of {character!r}, "
                        f"which {text!r} needs. Borrow it with lines.borrow_missing."
                    )
                places = self._places[character]
                count = min(len(places), text.count(character))
                # One at random is ten times as quick as a choice without replacement.
                drawn = rng.integers(len(places), size=1)
                if count > 1:
                    drawn = rng.choice(len(places), count, replace=False)
                queues[character] = places[drawn].tolist()
            chosen.append(queues[character].pop())
        return chosen


class WrittenLineMaker:
    """Writes a sentence with one writer's pen: one slant, one baseline, connected where script is.

    writers: whose hands the lines are in; every line draws one of them.
    """

    def __init__(self, writers: Sequence[strokes.Writer], width: int = LINE_WIDTH):
        if len(writers) == 0:
            raise ValueError("Written lines need at least one writer; got none.")
        self.writers = list(writers)
        self.width = width

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        """Make one line image: uint8 (28, width). `ValueError` where the text does not fit."""
        writer = self.writers[rng.integers(len(self.writers))]
        return strokes.written_line(text, writer, rng, LINE_HEIGHT, self.width)


LineMaker = GlyphLineMaker | WrittenLineMaker


def make_lines(
    maker: LineMaker, texts: Iterable[str], seed: int | Sequence[int] | np.random.Generator
) -> Lines:
    """Make a fixed set, one line image a text; equal seeds give equal images."""
    texts = tuple(texts)
    if not texts:
        raise ValueError("There are no texts to write: the corpus is empty.")
    rng = np.random.default_rng(seed)
    images = np.stack([maker(text, rng) for text in texts])  # (n, 28, width)
    return Lines(images, texts, ink_widths(images))


class LineStream:
    """An endless source of fresh lines: batch b of epoch e is the same whenever it is asked for.

    maker: draws a line. texts: the sentences, each drawn many times in other glyphs.
    lines_per_epoch: what one epoch means, since the stream has no end.
    """

    def __init__(self, maker: LineMaker, texts: Sequence[str], lines_per_epoch: int, seed: int):
        if len(texts) == 0:
            raise ValueError("There are no texts to write: the corpus is empty.")
        if lines_per_epoch < 1:
            raise ValueError(f"An epoch needs at least one line; got {lines_per_epoch}.")
        self.maker = maker
        self.texts = tuple(texts)
        self.lines_per_epoch = lines_per_epoch
        self.seed = seed

    def __len__(self) -> int:
        return self.lines_per_epoch

    def batch(self, epoch: int, index: int, size: int) -> Lines:
        """Make batch `index` of `epoch`: `size` lines, decided by (seed, epoch, index) alone."""
        rng = np.random.default_rng((self.seed, epoch, index))
        chosen = rng.integers(len(self.texts), size=size)
        return make_lines(self.maker, [self.texts[i] for i in chosen], rng)


def ink_widths(images: np.ndarray) -> np.ndarray:
    """Say how far each line goes: int32 (n,), in px."""
    return np.array([ink.ink_width(image) for image in images], np.int32)


def load_glyphs(source: str, split: str, *, num_writers: int = 100, seed: int = 0) -> Glyphs:
    """Load one split of a glyph source; what it lacks is borrowed from `strokes`.

    source: 'strokes' (embedded), 'unipen' or 'emnist' (ByClass). num_writers: how many writers of
    `strokes` to make, or to borrow from. Raises `ValueError` for an unknown source.
    """
    if source not in GLYPH_SOURCES:
        raise ValueError(
            f"Unknown glyph source {source!r}: choose one of {', '.join(GLYPH_SOURCES)}."
        )
    if source == "unipen":
        real = unipen.characters(split)
    elif source == "emnist":
        real = emnist.load("byclass", split, balanced=True)  # as the 2019 course did
    else:
        return strokes.glyphs(split, num_writers=num_writers, seed=seed)
    lacks = set(strokes.DEFAULT_CHARACTERS) - set(real.characters) - {" "}
    if not lacks:
        return real
    lender = strokes.glyphs(
        split, characters="".join(sorted(lacks)), num_writers=num_writers, seed=seed
    )
    return borrow_missing(real, lender)


def borrow_missing(glyphs: Glyphs, lender: Glyphs) -> Glyphs:
    """Add from `lender` the characters that `glyphs` lacks, and say so in its notes."""
    has = {c for c, n in zip(glyphs.characters, glyphs.counts(), strict=True) if n}
    lent = [c for c, n in zip(lender.characters, lender.counts(), strict=True) if n]
    missing = [c for c in lent if c not in has]
    if not missing:
        return glyphs
    characters = glyphs.characters + "".join(c for c in missing if c not in glyphs.characters)
    wanted = np.array([c in missing for c in lender.characters])[lender.labels]  # (n,) bool
    class_of = np.array([characters.find(c) for c in lender.characters])
    return Glyphs(
        images=np.concatenate([glyphs.images, lender.images[wanted]]),
        labels=np.concatenate([glyphs.labels, class_of[lender.labels[wanted]]]).astype(np.int32),
        writers=np.concatenate([glyphs.writers, np.full(wanted.sum(), -1)]).astype(np.int32),
        characters=characters,
        source=glyphs.source,
        writer_names=glyphs.writer_names,
        notes=(
            *glyphs.notes,
            f"{glyphs.source} has no {' '.join(missing)}: borrowed from {lender.source}.",
        ),
    )
