"""What a lab's `source` means: characters, glyphs, pens, sentences and lines by name."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from fsdl_hwr import pen_sequences
from fsdl_hwr.alphabet import EMNIST_CHARACTERS, Alphabet, frames_needed
from fsdl_hwr.datasets import (
    brown,
    emnist,
    folder,
    iam,
    lines,
    strokes,
    syriac,
    text,
    unipen,
)
from fsdl_hwr.datasets.canvas_ink import Pointer
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.line_makers import (
    GlyphRow,
    Hand,
    Pen,
    PenLineMaker,
    Recordings,
    RuledHand,
    Speller,
)
from fsdl_hwr.datasets.pen_characters import PenCharacters
from fsdl_hwr.datasets.splits import SPLITS, check_split
from fsdl_hwr.datasets.text import Sentences
from fsdl_hwr.datasets.unipen import TextLines
from fsdl_hwr.ink import Ink, LineGeometry

LAYOUTS = ("glyphs", "written")
CHARACTER_SOURCES = ("strokes", "unipen", "emnist", "folder")
GLYPH_SOURCES = ("strokes", "unipen", "emnist")
PEN_CHARACTER_SOURCES = ("strokes", "syriac", "unipen")


def load_characters(
    source: str, split: str, *, num_writers: int = 100, seed: int = 0, **options
) -> Glyphs:
    """Load one split of single characters to classify, with the classes that the source has.

    Raises `ValueError` for an unknown source.

    Args:
        source: 'strokes' (embedded; EMNIST's 62 classes), 'unipen' (the same classes), 'emnist', or
            'folder' (your own).
        split: 'train', 'validation' or 'test'.
        num_writers: number of writers of `strokes` to make.
        seed: of those writers, and of EMNIST's validation set.
        options: of `emnist.load` or `folder.load`; a `subset` is of the training set alone.
    """
    if source == "strokes":
        return strokes.glyphs(
            split, characters=EMNIST_CHARACTERS, num_writers=num_writers, seed=seed
        )
    if source == "unipen":
        return unipen.characters(split, characters=EMNIST_CHARACTERS)
    if source == "emnist":
        if split != "train":
            options.pop("subset", None)
        return emnist.load(split=split, seed=seed, **options)
    if source == "folder":
        return folder.load(split=split, **options)
    raise ValueError(
        f"Unknown source of characters {source!r}: choose one of {', '.join(CHARACTER_SOURCES)}."
    )


def load_glyphs(source: str, split: str, *, num_writers: int = 100, seed: int = 0) -> Glyphs:
    """Load one split of a glyph source; what it lacks is borrowed from `strokes`.

    Raises `ValueError` for an unknown source.

    Args:
        source: 'strokes' (embedded), 'unipen' or 'emnist' (ByClass).
        split: 'train', 'validation' or 'test'.
        num_writers: number of writers of `strokes` to make, or to borrow from.
        seed: of those writers.
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


def load_pen_characters(
    source: str,
    split: str,
    *,
    characters: str = EMNIST_CHARACTERS,
    num_writers: int = 100,
    copies: int = 1,
    seed: int = 0,
) -> PenCharacters:
    """Load one split of single characters as pen strokes; no writer is in two splits.

    Raises `ValueError` for an unknown source or split, and if it has none of the characters.

    Args:
        source: 'strokes' (embedded), 'syriac' (embedded; its characters are `syriac.LETTERS`) or
            'unipen' (real pens; a download).
        split: 'train', 'validation' or 'test'.
        characters: the classes, in this order.
        num_writers: how many writers to invent.
        copies: how often each of them writes every character.
        seed: of the invented writers.
    """
    if source == "strokes":
        hands = strokes.writers(split, num_writers, seed)
        written = characters * copies
        inks = [ink for hand in hands for ink in _draw(hand, written)]
        labels = written * num_writers
        writers = np.repeat(np.arange(num_writers, dtype=np.int32), len(written))
    elif source == "syriac":
        made = syriac.letters(split, num_scribes=num_writers, letters_per_class=copies, seed=seed)
        inks, writers = made.inks, made.writers
        labels = "".join(syriac.LETTERS[k] for k in made.labels)
    elif source == "unipen":
        inks, labels, writers = unipen.character_inks(split)
    else:
        known = ", ".join(PEN_CHARACTER_SOURCES)
        raise ValueError(f"Unknown source of pen strokes {source!r}: choose one of {known}.")
    sizes = np.array([pen_sequences.size(ink) for ink in inks])
    chosen = np.array([label in characters for label in labels])
    if not chosen.any():
        raise ValueError(f"{source} has none of the characters {characters!r}.")
    everything = PenCharacters(
        inks=inks,
        labels=np.array([characters.find(label) for label in labels], np.int32),
        writers=writers,
        units=pen_sequences.writer_units(sizes, writers),
        characters=characters,
        source=source,
    )
    return everything if chosen.all() else everything[chosen]


def _draw(hand: strokes.Writer, written: str) -> list[Ink]:
    return hand.draw_many(written, np.random.default_rng((*hand.seed, 3)))


FEWEST_CHARACTERS = 20  # classes that a writer must have written to spell lines
TEXT_SOURCES = {"numbers": "numbers", "strokes": "faker"}  # of the embedded lines
MAX_LENGTH = 24  # characters; UNIPEN's lines have 8 on average
NUM_TEXTS = 10_000  # sentences for synthetic lines, each written many times
HANDS = {"strokes": Hand, "written": RuledHand, "drawn": Pointer}  # of invented writers
PEN_SOURCES = (*HANDS, "unipen", "spelled", "mixed", "glyphs")


def pens(source: str, split: str, num_writers: int = 300, seed: int = 0) -> list[Pen]:
    """Make the pens of a source for one split; no writer is in two splits.

    Raises `ValueError` for an unknown source.

    Args:
        source: invented writers, whose lines fill the height ('strokes'), stand on ruled paper
            ('written') or were drawn on the canvas ('drawn'); 'unipen' (recorded lines, for their
            own transcripts); 'spelled' (single characters of UNIPEN's writers in a row); 'mixed'
            ('strokes' and 'spelled'); or 'glyphs' (UNIPEN's characters, each by another hand).
        split: 'train', 'validation' or 'test'.
        num_writers: number of invented writers.
        seed: of the invented writers.
    """
    if source in HANDS:
        return [HANDS[source](writer) for writer in strokes.writers(split, num_writers, seed)]
    if source == "unipen":
        recorded = unipen.text_lines(split)
        return [Recordings(recorded.inks, recorded.transcripts)]
    if source == "mixed":
        invented = pens("strokes", split, num_writers=num_writers, seed=seed)
        return invented + pens("spelled", split)
    if source not in PEN_SOURCES:
        raise ValueError(f"Unknown pens {source!r}: choose one of {', '.join(PEN_SOURCES)}.")
    inks, labels, writers = unipen.character_inks(split)
    everybody: dict[str, list] = defaultdict(list)
    of_writer: dict[int, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for ink, label, writer in zip(inks, labels, writers, strict=True):
        everybody[label].append(ink)
        of_writer[writer][label].append(ink)
    if source == "glyphs":
        return [GlyphRow(everybody)]
    enough = [own for _, own in sorted(of_writer.items()) if len(own) >= FEWEST_CHARACTERS]
    return [Speller(own, everybody) for own in enough]


def load_text_lines(
    source: str, split: str, num: int, alphabet: Alphabet, *, num_writers: int = 100, seed: int = 0
) -> TextLines:
    """Load lines of text of one split as ink; no writer is in two splits.

    Raises `ValueError` for an unknown source or split.

    Args:
        source: 'numbers' or 'strokes' (both embedded, of numbers or of sentences), or 'unipen'.
        split: 'train', 'validation' or 'test'.
        num: how many lines; 0 for all that were recorded.
        alphabet: lines with other characters are left out.
        num_writers: how many embedded writers to invent.
        seed: of the lines.
    """
    check_split(split)
    rng = np.random.default_rng((seed, SPLITS.index(split), 4))
    if source == "unipen":
        return _some_recorded(split, num, alphabet, rng)
    if source not in TEXT_SOURCES:
        raise ValueError(f"Unknown lines {source!r}: choose numbers, strokes or unipen.")
    texts = _embedded_texts(source, split, num, alphabet, seed)
    hands = strokes.writers(split, num_writers, seed)
    writers = rng.integers(num_writers, size=num).astype(np.int32)
    inks = [hands[k].write(text, rng) for k, text in zip(writers, texts, strict=True)]
    names = tuple("-".join(map(str, hand.seed)) for hand in hands)
    return TextLines(inks, list(texts), writers, names)


def _some_recorded(split, num, alphabet, rng) -> TextLines:
    """Choose `num` of UNIPEN's lines at random, or all of them in another order."""
    recorded = unipen.text_lines(split, characters=alphabet.characters)
    chosen = rng.permutation(len(recorded))[: num or None]
    return TextLines(
        [recorded.inks[k] for k in chosen],
        [recorded.transcripts[k] for k in chosen],
        recorded.writers[chosen],
        recorded.writer_names,
    )


def _embedded_texts(source, split, num, alphabet, seed) -> tuple[str, ...]:
    kind = TEXT_SOURCES[source]
    options = {"alphabet": alphabet, "num": num, "max_length": MAX_LENGTH, "seed": seed}
    return sentences(kind, split, **options).texts


def lines_of(
    inks: Sequence[Ink], transcripts: Sequence[str], geometry: LineGeometry
) -> lines.Lines:
    """Draw every ink once, as it is: the lines that a recognizer is measured on."""
    images = np.stack([Pen().draw(ink, geometry) for ink in inks])  # (n, height, width)
    return lines.Lines(images, tuple(transcripts), lines.ink_widths(images))


def held_out_lines(
    source: str,
    split: str,
    num: int,
    alphabet: Alphabet,
    seed: int,
    *,
    height: int,
    width: int,
) -> lines.Lines:
    """Load lines to measure on, each drawn once and as it is.

    Raises `ValueError` for an unknown source.

    Args:
        source: 'numbers' and 'strokes' (written by invented writers of the split), 'unipen' or
            'iam' (real lines of the split's writers).
        split: 'validation' or 'test', or 'train' to compare with.
        num: number of lines; 0 takes all that were recorded, and is for real lines alone.
        alphabet: real lines with other characters are left out.
        seed: of the choice of lines and, for invented writers, of sentences and hands.
        height, width: of the line images, in px.
    """
    rng = np.random.default_rng((seed, SPLITS.index(split)))
    if source in TEXT_SOURCES:
        texts = _embedded_texts(source, split, num, alphabet, seed)
        hands = pens("strokes", split, num_writers=20, seed=seed)
        return lines.make_lines(PenLineMaker(hands, LineGeometry(height, width)), texts, rng)
    if source == "unipen":
        recorded = _some_recorded(split, num, alphabet, rng)
        return lines_of(recorded.inks, recorded.transcripts, LineGeometry(height, width))
    if source == "iam":
        return _iam_lines(split, num, alphabet, rng, height, width)
    raise ValueError(f"Unknown lines {source!r}: choose one of numbers, strokes, unipen, iam.")


def _iam_lines(split, num, alphabet, rng, height, width) -> lines.Lines:
    scanned = iam.lines(split, height=height, width=width, characters=alphabet.characters)
    chosen = rng.permutation(len(scanned.images))[: num or None]
    images = scanned.images[chosen]  # (num, height, width)
    texts = tuple(scanned.transcripts[k] for k in chosen)
    return lines.Lines(images, texts, lines.ink_widths(images))


def training_lines(
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
    characters. 'iam' returns its lines as they were scanned, the same in every epoch, without those
    that are too narrow for CTC.

    Args:
        source: 'numbers', 'iam', or a source of `pens`.
        lines_per_epoch: number of lines in an epoch.
        alphabet: no line has another character.
        seed: of sentences, invented writers and lines.
        height, width: of the line images, in px.
        num_writers: number of invented writers.
        change, frame_width: see `PenLineMaker`.
    """
    if source == "iam":
        rng = np.random.default_rng(seed)
        scanned = _iam_lines("train", lines_per_epoch, alphabet, rng, height, width)
        needed = np.array([frames_needed(text) * frame_width for text in scanned.transcripts])
        return scanned[np.flatnonzero(scanned.ink_widths >= needed)]
    texts, hands = texts_and_pens(source, alphabet, seed, num_writers)
    maker = PenLineMaker(hands, LineGeometry(height, width), change, frame_width)
    return lines.LineStream(maker, texts, lines_per_epoch, seed)


def texts_and_pens(
    source: str, alphabet: Alphabet, seed: int, num_writers: int = 300
) -> tuple[tuple[str, ...], list[Pen]]:
    """Return what training lines of a source say, and the pens that write them.

    Args:
        source, alphabet, seed, num_writers: see `training_lines`; not 'iam', which has no pens.
    """
    hands = pens("strokes" if source == "numbers" else source, "train", num_writers, seed)
    if source == "unipen":
        recorded = unipen.text_lines("train", characters=alphabet.characters)
        return tuple(recorded.transcripts), hands
    kind = TEXT_SOURCES.get(source, "faker")
    found = sentences(
        kind, "train", alphabet=alphabet, num=NUM_TEXTS, max_length=MAX_LENGTH, seed=seed
    )
    return found.texts, hands


def sentences(
    source: str,
    split: str,
    *,
    alphabet: Alphabet,
    num: int,
    max_length: int = 34,
    seed: int = 0,
) -> Sentences:
    """Return different lines of text, all within the alphabet. Equal seeds return equal lines.

    Raises `ValueError` for an unknown source or split, for a corpus that is empty (or has nothing
    that the alphabet can write), and if the source has fewer lines than asked for.

    Args:
        source: 'faker' (embedded), 'brown' (looked for in `FSDL_HWR_DATA`, else downloaded), or
            'numbers', one to three per line, which a small network learns in a minute.
        split: 'train', 'validation' or 'test'.
        alphabet: what lines may be written with.
        num: number of lines.
        max_length: characters of a line, at most.
        seed: of the lines.
    """
    check_split(split)
    if source not in SOURCES:
        raise ValueError(f"Unknown text source {source!r}: choose one of {', '.join(SOURCES)}.")
    if num < 1 or max_length < 2:
        raise ValueError(
            f"num={num} lines of at most max_length={max_length} characters: ask for at least "
            "1 line of 2."
        )
    texts, dropped = SOURCES[source](split, alphabet, num, max_length, seed)
    if not texts:
        raise ValueError(
            f"The text source {source!r} is empty: its split {split!r} has no line that the "
            f"alphabet {alphabet.characters!r} can write."
        )
    if len(texts) < num:
        raise ValueError(
            f"The text source {source!r} has {len(texts):,} lines of at most {max_length} "
            f"characters in its split {split!r}; {num:,} were asked for. Ask for fewer."
        )
    return Sentences(tuple(texts), dropped, source)


SOURCES = {"faker": text.faker_lines, "brown": brown.lines, "numbers": text.number_lines}
