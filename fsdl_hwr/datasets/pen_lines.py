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
from fsdl_hwr.alphabet import Alphabet, frames_needed
from fsdl_hwr.datasets import iam, lines, strokes, text, unipen
from fsdl_hwr.datasets.glyphs import SPLITS

Pen = Callable[[str, np.random.Generator], pen_ink.Ink]

PEN_WIDTH = 0.055  # of the line's height
FEWEST_CHARACTERS = 20  # classes that a writer must have written to spell lines
TEXT_SOURCES = {"numbers": "numbers", "strokes": "faker"}  # of the embedded lines
MAX_LENGTH = 24  # characters; UNIPEN's lines have 8 on average
NUM_TEXTS = 10_000  # sentences for synthetic lines, each written many times
PEN_SOURCES = ("strokes", "unipen", "spelled", "mixed", "glyphs")


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
        stride = 1 - rng.uniform(0, lines.MAX_OVERLAP)
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


def pens(source: str, split: str, num_writers: int = 300, seed: int = 0) -> list[Pen]:
    """Make the pens of a source for one split; no writer is in two splits.

    source: 'strokes' (invented writers), 'unipen' (recorded lines, for their own transcripts),
    'spelled' (single characters of UNIPEN's writers in a row), 'mixed' (the first and the third) or
    'glyphs' (UNIPEN's characters, every one another hand). num_writers: invented ones.
    Raises `ValueError` for another source.
    """
    if source == "strokes":
        return [writer.write for writer in strokes.writers(split, num_writers, seed)]
    if source == "unipen":
        recorded = unipen.text_lines(split)
        return [Recordings(recorded.inks, recorded.transcripts)]
    if source == "mixed":
        invented = pens("strokes", split, num_writers=num_writers, seed=seed)
        return invented + pens("spelled", split)
    if source not in PEN_SOURCES:
        raise ValueError(f"Unknown pens {source!r}: choose one of {', '.join(PEN_SOURCES)}.")
    inks, labels, writers = unipen.character_inks(split)
    everybody, of_writer = defaultdict(list), defaultdict(lambda: defaultdict(list))
    for ink, label, writer in zip(inks, labels, writers, strict=True):
        everybody[label].append(ink)
        of_writer[writer][label].append(ink)
    if source == "glyphs":
        return [GlyphRow(everybody)]
    enough = [own for _, own in sorted(of_writer.items()) if len(own) >= FEWEST_CHARACTERS]
    return [Speller(own, everybody) for own in enough]


def draw_all(
    inks: Sequence[pen_ink.Ink], texts: Sequence[str], height: int, width: int
) -> lines.Lines:
    """Draw every ink once, as it is: the lines that a recognizer is measured on."""
    pen_width = PEN_WIDTH * height
    images = np.stack([pen_ink.line_image(ink, height, width, pen_width) for ink in inks])
    return lines.Lines(images, tuple(texts), lines.ink_widths(images))  # (n, height, width)


def held_out(
    source: str,
    split: str,
    num: int,
    alphabet: Alphabet,
    seed: int,
    *,
    height: int,
    width: int,
) -> lines.Lines:
    """Load lines to measure on, each drawn once and as it is: `num` of them, or 0 for all recorded.

    source: 'numbers' and 'strokes' (written by invented writers of the split), 'unipen' or 'iam'
    (real lines of the split's writers; 0 is theirs alone). Raises `ValueError` for another source.
    """
    rng = np.random.default_rng((seed, SPLITS.index(split)))
    if source in TEXT_SOURCES:
        texts = text.sentences(
            TEXT_SOURCES[source],
            split,
            alphabet=alphabet,
            num=num,
            max_length=MAX_LENGTH,
            seed=seed,
        ).texts
        hands = pens("strokes", split, num_writers=20, seed=seed)
        return lines.make_lines(PenLineMaker(hands, height, width), texts, rng)
    if source == "unipen":
        recorded = unipen.text_lines(split, characters=alphabet.characters)
        chosen = rng.permutation(len(recorded))[: num or None]
        inks, texts = (
            [values[k] for k in chosen] for values in (recorded.inks, recorded.transcripts)
        )
        return draw_all(inks, texts, height, width)
    if source == "iam":
        return _iam_lines(split, num, alphabet, rng, height, width)
    raise ValueError(f"Unknown lines {source!r}: choose one of numbers, strokes, unipen, iam.")


def _iam_lines(split, num, alphabet, rng, height, width) -> lines.Lines:
    scanned = iam.lines(split, height=height, width=width, characters=alphabet.characters)
    chosen = rng.permutation(len(scanned.images))[: num or None]
    images = scanned.images[chosen]  # (num, height, width)
    texts = tuple(scanned.transcripts[k] for k in chosen)
    return lines.Lines(images, texts, lines.ink_widths(images))


def training(
    source: str,
    lines_per_epoch: int,
    alphabet: Alphabet,
    seed: int,
    *,
    height: int,
    width: int,
    num_writers: int = 300,
    change: Callable | None = None,
    frame_width: int = 0,
) -> lines.LineStream | lines.Lines:
    """Make an endless stream of training lines: of 'numbers', or by the pens of any source.

    Recorded lines come with their transcripts, all others with sentences of at most `MAX_LENGTH`
    characters. 'iam' gives its lines as they were scanned, the same in every epoch, without those
    that are too narrow for CTC.
    num_writers: invented ones. change, frame_width: see `PenLineMaker`.
    """
    if source == "iam":
        rng = np.random.default_rng(seed)
        scanned = _iam_lines("train", lines_per_epoch, alphabet, rng, height, width)
        needed = np.array([frames_needed(text) * frame_width for text in scanned.texts])
        return scanned[np.flatnonzero(scanned.ink_widths >= needed)]
    if source == "unipen":
        texts = unipen.text_lines("train", characters=alphabet.characters).transcripts
    else:
        texts = text.sentences(
            TEXT_SOURCES.get(source, "faker"),
            "train",
            alphabet=alphabet,
            num=NUM_TEXTS,
            max_length=MAX_LENGTH,
            seed=seed,
        ).texts
    hands = pens("strokes" if source == "numbers" else source, "train", num_writers, seed)
    maker = PenLineMaker(hands, height, width, change, frame_width)
    return lines.LineStream(maker, texts, lines_per_epoch, seed)
