"""The characters a recognizer can write, and the numbers that stand for them."""

import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

EMNIST_CHARACTERS = (
    "0123456789"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz"
)  # the 62 classes of EMNIST ByClass, in its order
SYMBOLS = " !\"#&'()*+,-./:;?"
DEFAULT_CHARACTERS = EMNIST_CHARACTERS + SYMBOLS
BLANK_INDEX = 0  # CTC's extra class, and the padding of labels past their length

# Shapes that even a person cannot tell apart without their neighbors: the first of each group
# stands for all of it when accuracy is folded.
LOOK_ALIKES = (
    "0Oo", "1Il", "2Zz", "5Ss", "6b", "9gq", "Cc", "Jj", "Kk", "Mm", "Pp", "Uu", "Vv", "Ww", "Xx",
    "Yy",
)  # fmt: skip


def frames_needed(label: Sequence | np.ndarray) -> int:
    """Count the fewest frames that can write a label, or a text, by CTC.

    One per character, and one for the blank between equal neighbors.
    """
    return len(label) + sum(bool(a == b) for a, b in itertools.pairwise(label))


def normalize(text: str) -> str:
    """Return a text in NFC: texts that look the same are the same."""
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Alphabet:
    """The characters of a recognizer, as a value: class 0 is the blank, character k class k + 1.

    `characters` is a string without repeats. Raises `ValueError` if it is empty or repeats one.
    """

    characters: str = DEFAULT_CHARACTERS
    _index: dict = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self):
        if not self.characters:
            raise ValueError("An alphabet needs at least one character; this one is empty.")
        repeated = [c for c, n in Counter(self.characters).items() if n > 1]
        if repeated:
            raise ValueError(f"An alphabet names each character once; repeated: {repeated}.")
        self._index.update({c: k + 1 for k, c in enumerate(self.characters)})

    @property
    def num_classes(self) -> int:
        """Outputs of a network that reads lines: one per character and the blank."""
        return len(self.characters) + 1

    def __contains__(self, character: str) -> bool:
        return character in self._index

    def encode(self, text: str) -> np.ndarray:
        """Turn a text into its label: int32, shape (len(text),), values 1 to len(characters).

        An accented letter is one character or two, as the alphabet has it, however it was typed.
        Raises `ValueError` that names the first character outside the alphabet.
        """
        text = self.spell(text)
        for position, character in enumerate(text):
            if character not in self._index:
                raise ValueError(
                    f"{character!r} at position {position} of {text!r} is not in the alphabet. "
                    "Remove it with Alphabet.clean, or pass an Alphabet that has it."
                )
        return np.array([self._index[c] for c in text], dtype=np.int32)

    def spell(self, text: str) -> str:
        """Write accented letters in one code point (NFC), or in two if the alphabet has those."""
        return "".join(self._parts(character) for character in normalize(text))

    def _parts(self, character: str) -> str:
        parts = unicodedata.normalize("NFD", character)
        apart = character not in self._index and all(part in self._index for part in parts)
        return parts if apart else character

    def decode(self, label: Iterable[int]) -> str:
        """Turn class indices back into text; blanks (and so padding) are left out."""
        return "".join(self.characters[k - 1] for k in label if k != BLANK_INDEX)

    def clean(self, text: str) -> tuple[str, Counter]:
        """Drop the characters outside the alphabet; return the text and the count of each drop."""
        text = self.spell(text)
        dropped = Counter(c for c in text if c not in self._index)
        return "".join(c for c in text if c in self._index), dropped


def class_map(source: str, target: str) -> np.ndarray:
    """Return the class of `target` for each character of `source`: int32 (len(source),).

    A small letter that `target` lacks is its capital's class (EMNIST Balanced has C for C and c);
    a character with no class at all is -1.
    """
    stands_in = [c if c in target else c.upper() for c in source]
    return np.array([target.find(c) for c in stands_in], dtype=np.int32)


def fold(text: str) -> str:
    """Replace each character by the first of its look-alikes, so that `fold('O') == fold('0')`."""
    return text.translate(_FOLD)


_FOLD = str.maketrans({c: group[0] for group in LOOK_ALIKES for c in group})
