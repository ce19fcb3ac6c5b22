"""Typical wrong answers to the exercises, and words of the message that each must meet.

Each is written as a student would, without a look at how the checks recognize it. A lab has a
module of its own, `lab_03` say, which registers its answers when `of_lab("03")` asks for them.
"""

import functools
import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class WrongAnswer:
    exercise: str  # grade_id of the answer cell
    says: str
    function: object


_registered: dict[str, list[WrongAnswer]] = {}  # by lab


def wrong(exercise, says):
    """Register a function as an answer to `lab/exercise` whose check must say `says`."""

    def register(function):
        lab, name = exercise.split("/")
        _registered.setdefault(lab, []).append(WrongAnswer(name, says, function))

    return register


@functools.cache
def of_lab(lab: str) -> tuple[WrongAnswer, ...]:
    importlib.import_module(f"wrong_answers.lab_{lab}")
    return tuple(_registered[lab])
