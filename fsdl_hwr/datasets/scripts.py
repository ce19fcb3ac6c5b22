"""Letters of any script for lab 11: Syriac, our capitals, or a folder of your own."""

import string
from pathlib import Path

from fsdl_hwr.datasets import folder, strokes, syriac
from fsdl_hwr.datasets.glyphs import Glyphs


def load(
    script: str, split: str, *, num_writers: int = 100, per_class: int = 2, seed: int = 0
) -> Glyphs:
    """Load one split of a script; no writer belongs to two splits.

    Raises `FileNotFoundError` for what is neither a script nor a folder, and what `folder.load`
    raises.

    Args:
        script: 'syriac' or 'capitals', both embedded, or a folder that `folder.load` reads, of
            Kuzushiji characters, say.
        split: 'train', 'validation' or 'test'.
        num_writers: invented ones, of the embedded scripts.
        per_class: letters of each class by each of these.
        seed: of the invented writers.
    """
    if script == "syriac":
        return syriac.letters(
            split, num_scribes=num_writers, letters_per_class=per_class, seed=seed
        ).glyphs()
    if script == "capitals":
        return strokes.glyphs(
            split,
            characters=string.ascii_uppercase,
            num_writers=num_writers,
            glyphs_per_character=per_class,
            seed=seed,
        )
    if not Path(script).expanduser().exists():
        raise FileNotFoundError(f"{script!r} is neither syriac nor capitals, nor a folder.")
    return folder.load(script, split)
