"""Glyphs that are easy to reason about: every image is one gray box."""

import numpy as np

from fsdl_hwr.datasets.glyphs import Glyphs


def boxes(characters, per_character=1, value=255, source="boxes"):
    """Glyphs that fill their whole image; the n-th of all has brightness `value - n`."""
    n = len(characters) * per_character
    brightness = value - np.arange(n)
    return Glyphs(
        images=np.broadcast_to(brightness[:, None, None], (n, 28, 28)).astype(np.uint8),
        labels=np.repeat(np.arange(len(characters), dtype=np.int32), per_character),
        writers=np.arange(n, dtype=np.int32),
        characters=characters,
        source=source,
        writer_names=tuple(f"writer {k}" for k in range(n)),
    )
