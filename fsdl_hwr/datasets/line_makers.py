"""Line makers: texts become line images, from glyphs side by side or from what pens write.

A line maker is any callable (text, generator) -> image, so that `lines.make_lines` and
`lines.LineStream` know no more of it. `GlyphLineMaker` works with pixels, `PenLineMaker` with pens:
one kind of pen per way of writing, here and in `canvas_ink`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import frames_needed
from fsdl_hwr.datasets import letter_curves, strokes
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import DEFAULT_GEOMETRY, GLYPH_SIZE, LINE_HEIGHT, LINE_WIDTH, Ink, LineGeometry

MAX_CHARACTERS = LINE_WIDTH // GLYPH_SIZE
MAX_OVERLAP = 0.33  # of a glyph's width, the course's upper bound
PEN_WIDTH = 0.055  # of the line's height
RULING = (-0.95, 0.42)  # em: from ascenders to descenders, y down from the baseline
MIN_SQUEEZE = 0.7  # a line on ruled paper may become this much narrower in order to fit

Inks = Mapping[str, Sequence[Ink]]  # inks of each character


class Pen:
    """A way of writing: a text becomes an ink, and the ink a line image.

    A pen defines `__call__(text, rng)`, which returns an Ink. What is special in drawing that ink
    goes into `draw`; here the ink fills the height, with a stroke of `PEN_WIDTH`.
    """

    def __call__(self, text: str, rng: np.random.Generator) -> Ink:
        raise NotImplementedError

    def draw(
        self, ink: Ink, geometry: LineGeometry, thickness: float = 1.0, min_width: float = 0.0
    ) -> np.ndarray:
        """Draw an ink of this pen as a line image: uint8 (height, width), ink 255 on 0.

        Args:
            ink: what the pen wrote, perhaps changed.
            geometry: of the image.
            thickness: factor on the width of the stroke.
            min_width: px; a narrower line is stretched to them.
        """
        stroke_width = PEN_WIDTH * geometry.height * thickness
        return pen_ink.line_image(ink, geometry, stroke_width, min_width=min_width)


class PenLineMaker:
    """Lets pens write sentences, and draws what they write as line images.

    Raises `ValueError` without pens.

    Args:
        pens: every line is written by one of them.
        geometry: of the line images; what is too long for one is squeezed.
        change: called as `change(ink, rng)` on every ink, for training; the width of the stroke
            then varies too.
        frame_width: px of a recognizer's frame; a line too narrow for CTC to write its text in such
            frames is stretched. 0 leaves lines as they are.
    """

    def __init__(
        self,
        pens: Sequence[Pen],
        geometry: LineGeometry = DEFAULT_GEOMETRY,
        change: Callable[[Ink, np.random.Generator], Ink] | None = None,
        frame_width: int = 0,
    ):
        if len(pens) == 0:
            raise ValueError("Lines need at least one pen that writes them; got none.")
        self.pens = list(pens)
        self.geometry = geometry
        self.change = change
        self.frame_width = frame_width

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        """Make one line image: uint8 (height, width), ink 255 on 0.

        Raises `ValueError` that names a text which the pen cannot write or which does not fit.
        """
        pen = self.pens[rng.integers(len(self.pens))]
        ink = pen(text, rng)
        thickness = 1.0
        if self.change is not None:
            ink = self.change(ink, rng)
            thickness = rng.uniform(0.6, 1.6)
        min_width = frames_needed(text) * self.frame_width
        try:
            return pen.draw(ink, self.geometry, thickness, min_width)
        except ValueError as error:
            raise ValueError(f"{text!r} does not fit. {error}") from error


class Hand(Pen):
    """The pen of an invented writer."""

    def __init__(self, writer: strokes.Writer):
        self.writer = writer

    def __call__(self, text: str, rng: np.random.Generator) -> Ink:
        return self.writer.write(text, rng)


class RuledHand(Hand):
    """An invented writer on ruled paper: letters keep their size from line to line.

    The stroke has the writer's own width, and a line that would be squeezed to less than
    `MIN_SQUEEZE` is refused.
    """

    def draw(
        self, ink: Ink, geometry: LineGeometry, thickness: float = 1.0, min_width: float = 0.0
    ) -> np.ndarray:
        """Draw a line between rules: uint8 (height, width); see `Pen.draw`."""
        _, top, _, bottom = pen_ink.bounding_box(ink)
        top, bottom = min(top, RULING[0]), max(bottom, RULING[1])  # a taller line is made smaller
        nib = self.writer.stroke_width * thickness  # em; as much paper is left around the ink
        stroke_width = nib * geometry.height / (bottom - top + 2 * nib)
        return pen_ink.line_image(
            ink,
            geometry,
            stroke_width,
            margin=stroke_width / 2,
            band=(top, bottom),
            min_width=min_width,
            min_squeeze=MIN_SQUEEZE,
        )


class Recordings(Pen):
    """A pen that repeats what people wrote: one of the recorded inks of the text it is given."""

    def __init__(self, inks: Sequence[Ink], transcripts: Sequence[str]):
        self._by_transcript: dict[str, list[Ink]] = defaultdict(list)
        for ink, transcript in zip(inks, transcripts, strict=True):
            self._by_transcript[transcript].append(ink)

    def __call__(self, text: str, rng: np.random.Generator) -> Ink:
        """Return one recording of `text`; `ValueError` if nobody wrote it."""
        recordings = self._by_transcript.get(text)
        if not recordings:
            raise ValueError(
                f"{text!r} is none of the {len(self._by_transcript):,} texts that were recorded: "
                "give the lines the transcripts of the recordings as their texts."
            )
        return recordings[rng.integers(len(recordings))]


class Speller(Pen):
    """A pen that sets single characters of one real writer in a row, at a line's proportions.

    own: the writer's inks by character. others: everybody's, for what this writer lacks.
    A recorded character does not show its place in a line: size and height above the baseline are
    taken from the embedded letter forms.
    """

    def __init__(self, own: Inks, others: Inks):
        self.own = own
        self.others = others

    def __call__(self, text: str, rng: np.random.Generator) -> Ink:
        """Spell `text`; `ValueError` for a character that nobody wrote."""
        gap, space = rng.uniform(0.02, 0.25), rng.uniform(0.3, 0.8)  # em
        line, x = [], 0.0
        for character in text:
            if character == " ":
                x += space
                continue
            inks = self.own.get(character) or _inks_of(character, self.others, text)
            ink = inks[int(rng.integers(len(inks)))]
            left, top, right, bottom = pen_ink.bounding_box(ink)
            extent, middle = _place(character)
            scale = extent / max(np.hypot(right - left, bottom - top), 1e-6)
            scale *= rng.uniform(0.9, 1.1)
            y = middle - (top + bottom) / 2 * scale + rng.normal(0, 0.03)
            offset = np.array([x - left * scale, y], np.float32)
            line += [stroke * np.float32(scale) + offset for stroke in ink]
            x += (right - left) * scale + gap + rng.normal(0, 0.03)
        return line


class GlyphRow(Pen):
    """A pen that writes lines as the 2019 course made them: another hand per character, one size.

    Each ink is scaled to fill a square; squares overlap by a share that every line draws afresh.
    """

    def __init__(self, inks: Inks):
        self.inks = inks

    def __call__(self, text: str, rng: np.random.Generator) -> Ink:
        """Set the characters of `text` in a row; `ValueError` for one that nobody wrote."""
        stride = 1 - rng.uniform(0, MAX_OVERLAP)
        line = []
        for k, character in enumerate(text):
            if character == " ":
                continue
            inks = _inks_of(character, self.inks, text)
            ink = inks[int(rng.integers(len(inks)))]
            left, top, right, bottom = pen_ink.bounding_box(ink)
            box = np.array(pen_ink.glyph_box(character)) / GLYPH_SIZE
            width, height, row = box  # of the square
            scale = min(width / max(right - left, 1e-6), height / max(bottom - top, 1e-6))
            corner = [k * stride - (left + right) / 2 * scale, row - (top + bottom) / 2 * scale]
            line += [s[:, :2] * np.float32(scale) + np.array(corner, np.float32) for s in ink]
        return line


def _inks_of(character: str, inks: Inks, text: str) -> Sequence[Ink]:
    if not inks.get(character):
        raise ValueError(
            f"{text!r} has {character!r}, which nobody wrote: leave it out of the alphabet, or let "
            "invented writers (the pens 'strokes') write the lines."
        )
    return inks[character]


@cache
def _place(character: str) -> tuple[float, float]:
    """Compute a character's size, along its box's diagonal, and its middle's height, in em."""
    left, top, right, bottom = pen_ink.bounding_box(list(letter_curves.forms(character)[0].strokes))
    return max(float(np.hypot(right - left, bottom - top)), 0.03), (top + bottom) / 2


class GlyphLineMaker:
    """Writes a sentence as the 2019 course did: one glyph image per character, side by side.

    Raises `ValueError` for an overlap outside 0 to 1 or a source without glyphs.

    Args:
        glyphs: the source of characters; `sources.load_glyphs` borrows what a source lacks.
        overlap: lowest and highest share of a glyph's width by which neighbors overlap; every line
            draws its own.
        width: of the line image, in px.
        change: called as `change(image, rng)` on every glyph, for training.
    """

    def __init__(
        self,
        glyphs: Glyphs,
        overlap: tuple[float, float] = (0.0, MAX_OVERLAP),
        width: int = LINE_WIDTH,
        change: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    ):
        low, high = overlap
        if not 0 <= low <= high < 1:
            raise ValueError(
                f"Overlap {overlap} is not a range within 0 and 1: it is a share of a glyph's "
                "width, and at 1 all glyphs would lie on top of one another."
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
        """Make one line image: uint8 (28, width). `ValueError` if the text does not fit."""
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
        chosen: list[int | None] = []
        for character in text:
            if character == " ":
                chosen.append(None)
                continue
            if not queues.get(character):
                queues[character] = self._draw(character, text, rng)
            chosen.append(queues[character].pop())
        return chosen

    def _draw(self, character: str, text: str, rng: np.random.Generator) -> list[int]:
        """Draw glyphs of a character, as many different ones as there are for `text`."""
        if character not in self._places:
            raise ValueError(
                f"The glyph source {self.glyphs.source!r} has no glyph of {character!r}, "
                f"which {text!r} needs. Borrow it with sources.borrow_missing."
            )
        places = self._places[character]
        count = min(len(places), text.count(character))
        # One at random is ten times as quick as a choice without replacement.
        drawn = rng.integers(len(places), size=1)
        if count > 1:
            drawn = rng.choice(len(places), count, replace=False)
        return places[drawn].tolist()
