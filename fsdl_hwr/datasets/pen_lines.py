"""Lines of text as ink, with their transcripts: the embedded ones, and those of UNIPEN."""

import numpy as np

from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import sources, strokes, unipen
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.datasets.splits import SPLITS, check_split
from fsdl_hwr.datasets.unipen import TextLines
from fsdl_hwr.ink import LineGeometry


def load(
    source: str, split: str, num: int, alphabet: Alphabet, *, num_writers: int = 100, seed: int = 0
) -> TextLines:
    """Load lines of text of one split; no writer is in two splits.

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
        recorded = unipen.text_lines(split, characters=alphabet.characters)
        chosen = rng.permutation(len(recorded))[: num or None]
        return TextLines(
            [recorded.inks[k] for k in chosen],
            [recorded.transcripts[k] for k in chosen],
            recorded.writers[chosen],
            recorded.writer_names,
        )
    if source not in sources.TEXT_SOURCES:
        raise ValueError(f"Unknown lines {source!r}: choose numbers, strokes or unipen.")
    texts = sources.sentences(
        sources.TEXT_SOURCES[source],
        split,
        alphabet=alphabet,
        num=num,
        max_length=sources.MAX_LENGTH,
        seed=seed,
    ).texts
    hands = strokes.writers(split, num_writers, seed)
    writers = rng.integers(num_writers, size=num).astype(np.int32)
    inks = [hands[k].write(text, rng) for k, text in zip(writers, texts, strict=True)]
    names = tuple("-".join(map(str, hand.seed)) for hand in hands)
    return TextLines(inks, list(texts), writers, names)


def images(text_lines: TextLines, geometry: LineGeometry) -> Lines:
    """Draw the same lines as images, each once and as it is."""
    return sources.draw_all(text_lines.inks, text_lines.transcripts, geometry)
