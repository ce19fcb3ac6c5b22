"""Letters taught by a few examples: class means in a trained network's answers, no training."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fsdl_hwr.datasets.pen_characters import PenCharacters
from fsdl_hwr.ink import Ink

NONE = ""  # the answer to an ink that is near to nothing that was taught
# Distance from a letter's mean beyond which an ink is none of those taught. By lab 10's network, on
# validation writers: 99 of 100 letters by the same hand are within 0.28, scribbles begin at 0.78.
THRESHOLD = 0.6
SAME = 0.05  # distance below which two inks are one drawing


@dataclass(frozen=True)
class Example:
    """A drawing that was given a name, with its place among the network's answers."""

    name: str
    ink: Ink
    place: np.ndarray


@dataclass(frozen=True)
class Answer:
    """What an ink is taken for.

    name: the nearest letter, or `NONE` beyond the threshold. distances: from every letter's mean,
    the nearest first. nearest: the example that is most like the ink.
    """

    name: str
    distances: dict[str, float]
    nearest: Example


class TaughtLetters:
    """Letters by name, each the mean of its examples; an ink is the one that it is nearest to.

    embed: turns an ink into a vector, such as `PenReader.embed` with a unit. threshold: see
    `Answer.name`. Source: Snell, Swersky and Zemel 2017 (prototypical networks), whose network is
    trained for it; here the logits of any network will do.
    """

    def __init__(self, embed: Callable[[Ink], np.ndarray], threshold: float = THRESHOLD):
        self.embed = embed
        self.threshold = threshold
        self.examples: list[Example] = []

    @property
    def names(self) -> list[str]:
        """The letters in the order in which they were first taught."""
        return list(dict.fromkeys(example.name for example in self.examples))

    def teach(self, name: str, ink: Ink) -> str:
        """Add an example, and return a warning, or "" if there is nothing to warn of.

        A name that is known gets one more example. Raises `ValueError` without a name or ink.
        """
        name = name.strip()
        if not name:
            raise ValueError("A letter needs a name: type one, then teach it.")
        example = Example(name, ink, self._place(ink))
        others = [other for other in self.examples if other.name != name]
        twins = [o.name for o in others if np.linalg.norm(o.place - example.place) < SAME]
        self.examples.append(example)
        if twins:
            return (
                f"This drawing is also an example of {twins[0]!r}: two names for one drawing "
                "cannot be told apart. Forget one of them, or draw them differently."
            )
        return ""

    def forget(self, name: str) -> None:
        """Remove a letter with all its examples; a name that nobody taught is no error."""
        self.examples = [example for example in self.examples if example.name != name]

    def answer(self, ink: Ink) -> Answer:
        """Find what an ink is. Raises `ValueError` if nothing was taught, or without ink."""
        if not self.examples:
            raise ValueError("Nothing was taught yet: draw a letter, name it, and teach it.")
        place = self._place(ink)
        distances = {
            name: float(np.linalg.norm(mean - place)) for name, mean in self.means().items()
        }
        distances = dict(sorted(distances.items(), key=lambda pair: pair[1]))
        name, distance = next(iter(distances.items()))
        nearest = min(self.examples, key=lambda example: np.linalg.norm(example.place - place))
        return Answer(name if distance <= self.threshold else NONE, distances, nearest)

    def means(self) -> dict[str, np.ndarray]:
        """Return the mean place of each letter's examples, by name."""
        return {
            name: np.mean([e.place for e in self.examples if e.name == name], axis=0)
            for name in self.names
        }

    def _place(self, ink: Ink) -> np.ndarray:
        """Put an ink on the sphere of radius 1: how large logits are says little of the letter."""
        vector = self.embed(ink)
        return vector / max(float(np.linalg.norm(vector)), 1e-6)


def lesson(
    characters: PenCharacters,
    names: str,
    shots: int,
    rng: np.random.Generator,
    same_hand: bool = True,
) -> tuple[PenCharacters, PenCharacters]:
    """Draw examples of some letters to teach, and letters of one writer to ask.

    Returns `shots` examples per letter, and up to as many to ask. Raises `ValueError` if no writer
    wrote each letter more than `shots` times.

    Args:
        characters: to draw from.
        names: the letters.
        shots: examples per letter.
        rng: chooses the writer and the inks.
        same_hand: whether the examples are by the writer who is asked, or by others.
    """
    labels = [characters.characters.index(name) for name in names]
    places = [np.flatnonzero(characters.labels == label) for label in labels]
    num_writers = characters.writers.max() + 1
    counts = [np.bincount(characters.writers[k], minlength=num_writers) for k in places]
    able = np.flatnonzero((np.array(counts) > shots).all(axis=0))
    if len(able) == 0:
        raise ValueError(f"No writer wrote each of {names!r} more than {shots} times.")
    writer, known, asked = able[rng.integers(len(able))], [], []
    for of_letter in places:
        own = characters.writers[of_letter] == writer
        mine, others = rng.permutation(of_letter[own]), rng.permutation(of_letter[~own])
        known += list((mine if same_hand else others)[:shots])
        asked += list(mine[shots : 2 * shots])
    return characters[np.array(known)], characters[np.array(asked)]
