"""What every source of characters gives: glyph images with their labels and writers."""

from dataclasses import dataclass, field

import numpy as np

from fsdl_hwr.ink import GLYPH_SIZE


@dataclass(frozen=True)
class Glyphs:
    """Images of single characters.

    images: uint8 (n, 28, 28), ink 255 on 0, upright. labels: int32 (n,), class k is
    `characters[k]`. writers: int32 (n,), an index into `writer_names`, -1 where unknown.
    notes: sentences worth telling the reader (what was dropped, borrowed, repaired).
    """

    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray
    characters: str
    source: str
    writer_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self):
        n = len(self.images)
        if self.images.shape != (n, GLYPH_SIZE, GLYPH_SIZE) or self.images.dtype != np.uint8:
            raise ValueError(
                f"Glyph images are uint8 of shape (n, {GLYPH_SIZE}, {GLYPH_SIZE}); "
                f"got {self.images.dtype} {self.images.shape}."
            )
        if not len(self.labels) == len(self.writers) == n:
            raise ValueError(
                f"{n} images need as many labels and writers; "
                f"got {len(self.labels)} and {len(self.writers)}."
            )

    def __len__(self) -> int:
        return len(self.images)

    def counts(self) -> np.ndarray:
        """Images of each class: int (len(characters),)."""
        return np.bincount(self.labels, minlength=len(self.characters))
