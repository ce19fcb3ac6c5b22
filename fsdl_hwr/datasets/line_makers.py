"""Line images drawn from ink, at any height: real lines of text, and synthetic ones like them.

A pen is a function of a text and a generator that gives an Ink: `strokes.Writer.write` is one, and
so are `Recordings`, `Speller` and `GlyphRow`. `PenLineMaker` draws what pens write, each time a
little differently, so it serves `lines.LineStream` as the other makers do.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import frames_needed
from fsdl_hwr.datasets import lines, strokes
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import GLYPH_SIZE

Pen = Callable[[str, np.random.Generator], pen_ink.Ink]

PEN_WIDTH = 0.055  # of the line's height


class PenLineMaker:
    """Lets a pen write a sentence, and draws it as a line image.

    pens: every line is written by one of them. height, width: of the line image, in px; what is too
    long is squeezed. change: called as `change(ink, rng)` on every ink, for training; the pen's
    width then varies too. frame_width: px of a recognizer's frame; a line too narrow for CTC to
    write its text in such frames is stretched. Raises `ValueError` without pens.
    """

    def __init__(
        self,
        pens: Sequence[Pen],
        height: int,
        width: int,
        change: Callable | None = None,
        frame_width: int = 0,
    ):
        if len(pens) == 0:
            raise ValueError("Lines need at least one pen that writes them; got none.")
        self.pens = list(pens)
        self.height = height
        self.width = width
        self.change = change
        self.frame_width = frame_width

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        """Make one line image: uint8 (height, width), ink 255 on 0."""
        ink = self.pens[rng.integers(len(self.pens))](text, rng)
        pen_width = PEN_WIDTH * self.height
        if self.change is not None:
            ink = self.change(ink, rng)
            pen_width *= rng.uniform(0.6, 1.6)
        min_width = frames_needed(text) * self.frame_width
        return pen_ink.line_image(ink, self.height, self.width, pen_width, min_width)


class Recordings:
    """A pen that repeats what people wrote: one of the recorded inks of the text it is given."""

    def __init__(self, inks: Sequence[pen_ink.Ink], transcripts: Sequence[str]):
        self.of_text = defaultdict(list)
        for ink, transcript in zip(inks, transcripts, strict=True):
            self.of_text[transcript].append(ink)

    def __call__(self, text: str, rng: np.random.Generator) -> pen_ink.Ink:
        inks = self.of_text[text]
        return inks[rng.integers(len(inks))]


class Speller:
    """A pen that sets single characters of one real writer in a row, at a line's proportions.

    own: the writer's inks by character. others: everybody's, for what this writer lacks.
    A recorded character says nothing of its place in a line: size and height above the baseline are
    taken from the embedded letter forms.
    """

    def __init__(self, own: dict[str, list[pen_ink.Ink]], others: dict[str, list[pen_ink.Ink]]):
        self.own = own
        self.others = others

    def __call__(self, text: str, rng: np.random.Generator) -> pen_ink.Ink:
        gap, space = rng.uniform(0.02, 0.25), rng.uniform(0.3, 0.8)  # em
        line, x = [], 0.0
        for character in text:
            if character == " ":
                x += space
                continue
            inks = self.own.get(character) or self.others[character]
            ink = inks[rng.integers(len(inks))]
            left, top, right, bottom = pen_ink.bounding_box(ink)
            extent, middle = _place(character)
            scale = extent / max(np.hypot(right - left, bottom - top), 1e-6)
            scale *= rng.uniform(0.9, 1.1)
            y = middle - (top + bottom) / 2 * scale + rng.normal(0, 0.03)
            offset = np.array([x - left * scale, y], np.float32)
            line += [stroke * np.float32(scale) + offset for stroke in ink]
            x += (right - left) * scale + gap + rng.normal(0, 0.03)
        return line


class GlyphRow:
    """A pen that writes as the 2019 course made lines: every character another hand, equally large.

    Each ink is scaled to fill a square; squares overlap by a share that every line draws anew.
    """

    def __init__(self, inks: dict[str, list[pen_ink.Ink]]):
        self.inks = inks

    def __call__(self, text: str, rng: np.random.Generator) -> pen_ink.Ink:
        stride = 1 - rng.uniform(0, MAX_OVERLAP)
        line = []
        for k, character in enumerate(text):
            if character == " ":
                continue
            inks = self.inks[character]
            ink = inks[rng.integers(len(inks))]
            left, top, right, bottom = pen_ink.bounding_box(ink)
            box = np.array(pen_ink.glyph_box(character)) / pen_ink.GLYPH_SIZE
            width, height, row = box  # of the square
            scale = min(width / max(right - left, 1e-6), height / max(bottom - top, 1e-6))
            corner = [k * stride - (left + right) / 2 * scale, row - (top + bottom) / 2 * scale]
            line += [s[:, :2] * np.float32(scale) + np.array(corner, np.float32) for s in ink]
        return line


@cache
def _place(character: str) -> tuple[float, float]:
    """Say how large a character is, along its box's diagonal, and where its middle lies, in em."""
    left, top, right, bottom = pen_ink.bounding_box(list(strokes.forms(character)[0].strokes))
    return max(float(np.hypot(right - left, bottom - top)), 0.03), (top + bottom) / 2


MAX_CHARACTERS = lines.LINE_WIDTH // GLYPH_SIZE
MAX_OVERLAP = 0.33  # of a glyph's width, the course's upper bound


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
        width: int = lines.LINE_WIDTH,
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
        image = np.zeros((lines.LINE_HEIGHT, self.width), np.uint8)
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

    def __init__(self, writers: Sequence[strokes.Writer], width: int = lines.LINE_WIDTH):
        if len(writers) == 0:
            raise ValueError("Written lines need at least one writer; got none.")
        self.writers = list(writers)
        self.width = width

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        """Make one line image: uint8 (28, width). `ValueError` where the text does not fit."""
        writer = self.writers[rng.integers(len(self.writers))]
        return strokes.written_line(text, writer, rng, lines.LINE_HEIGHT, self.width)
