"""What every source of characters returns: glyph images with their labels and writers."""

from dataclasses import dataclass, field, replace

import numpy as np

from fsdl_hwr.ink import GLYPH_SIZE


@dataclass(frozen=True)
class Glyphs:
    """Images of single characters.

    images: uint8 (n, 28, 28), ink 255 on 0, upright. labels: int32 (n,), class k is
    `characters[k]`. writers: int32 (n,), an index into `writer_names`, -1 if unknown.
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

    def __getitem__(self, chosen) -> "Glyphs":
        """Choose glyphs by a slice, by indices or by a mask."""
        return replace(
            self,
            images=self.images[chosen],
            labels=self.labels[chosen],
            writers=self.writers[chosen],
        )

    def __add__(self, other: "Glyphs") -> "Glyphs":
        """Append the glyphs of another source; its writers count as unknown.

        Raises `ValueError` if a character of `other` is none of these classes.
        """
        class_of = np.array([self.characters.find(c) for c in other.characters], np.int32)
        labels = class_of[other.labels]
        if (labels < 0).any():
            outside = {other.characters[k] for k in other.labels[labels < 0]}
            raise ValueError(
                f"{other.source} has glyphs of {' '.join(sorted(outside))}, which are no classes "
                f"of {self.source}: choose those of common classes first."
            )
        unknown = np.full(len(other), -1, np.int32)
        return replace(
            self,
            images=np.concatenate([self.images, other.images]),
            labels=np.concatenate([self.labels, labels]).astype(np.int32),
            writers=np.concatenate([self.writers, unknown]).astype(np.int32),
        )

    @property
    def text(self) -> str:
        """The characters that the glyphs show, in their order."""
        return "".join(self.characters[k] for k in self.labels)

    def counts(self) -> np.ndarray:
        """Images of each class: int (len(characters),)."""
        return np.bincount(self.labels, minlength=len(self.characters))
