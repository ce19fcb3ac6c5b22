"""Single characters as ink, with their writers."""

from dataclasses import dataclass, replace

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr import pen_sequences
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import Ink


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
            images=np.stack([pen_ink.glyph_image(ink, character) for ink, character in pairs]),
            labels=self.labels,
            writers=self.writers,
            characters=self.characters,
            source=self.source,
        )

    @property
    def text(self) -> str:
        """The characters in their order, as one string."""
        return "".join(self.characters[k] for k in self.labels)
