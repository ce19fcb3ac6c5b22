"""Single characters as ink, with their writers: the embedded ones, Syriac, and UNIPEN's."""

from dataclasses import dataclass, replace

import numpy as np

from fsdl_hwr import ink as ink_module
from fsdl_hwr import pen_sequences
from fsdl_hwr.alphabet import EMNIST_CHARACTERS
from fsdl_hwr.datasets import strokes, syriac, unipen
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import Ink

SOURCES = ("strokes", "syriac", "unipen")


@dataclass(frozen=True)
class PenCharacters:
    """Inks of single characters.

    inks: n of them. labels: int32 (n,), class k is `characters[k]`. writers: int32 (n,).
    units: float32 (n,), the median size of the writer's characters, in the coordinates of the inks.
    """

    inks: list[Ink]
    labels: np.ndarray
    writers: np.ndarray
    units: np.ndarray
    characters: str
    source: str

    def __len__(self) -> int:
        return len(self.inks)

    def __getitem__(self, places: slice | np.ndarray) -> "PenCharacters":
        """Choose some of them by a slice, by their indices, or by an array of truth values."""
        chosen = np.arange(len(self))[places]
        return replace(
            self,
            inks=[self.inks[k] for k in chosen],
            labels=self.labels[chosen],
            writers=self.writers[chosen],
            units=self.units[chosen],
        )

    @property
    def sizes(self) -> np.ndarray:
        """The size of each ink in its writer's units: float (n,)."""
        return np.array([pen_sequences.size(ink) for ink in self.inks]) / self.units

    def glyphs(self) -> Glyphs:
        """Draw every ink as an image, as EMNIST does: all as large, whatever their size was."""
        pairs = zip(self.inks, self.text, strict=True)
        return Glyphs(
            images=np.stack([ink_module.glyph_image(ink, character) for ink, character in pairs]),
            labels=self.labels,
            writers=self.writers,
            characters=self.characters,
            source=self.source,
        )

    @property
    def text(self) -> str:
        """The characters in their order, as one string."""
        return "".join(self.characters[k] for k in self.labels)


def load(
    source: str,
    split: str,
    *,
    characters: str = EMNIST_CHARACTERS,
    num_writers: int = 100,
    copies: int = 1,
    seed: int = 0,
) -> PenCharacters:
    """Load one split of a source of pen strokes; no writer is in two splits.

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
        text = characters * copies
        inks = [ink for hand in hands for ink in _draw(hand, text)]
        labels = text * num_writers
        writers = np.repeat(np.arange(num_writers, dtype=np.int32), len(text))
    elif source == "syriac":
        made = syriac.letters(split, num_scribes=num_writers, letters_per_class=copies, seed=seed)
        inks, writers = made.inks, made.writers
        labels = "".join(syriac.LETTERS[k] for k in made.labels)
    elif source == "unipen":
        inks, labels, writers = unipen.character_inks(split)
    else:
        raise ValueError(
            f"Unknown source of pen strokes {source!r}: choose one of {', '.join(SOURCES)}."
        )
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


def _draw(hand: strokes.Writer, text: str) -> list[Ink]:
    return hand.draw_many(text, np.random.default_rng((*hand.seed, 3)))
