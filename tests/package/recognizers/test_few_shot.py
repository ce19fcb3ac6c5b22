"""Letters by a few examples: what is taught is known at once, and a scribble is none of them."""

import numpy as np
import pytest

from fsdl_hwr.datasets import sources
from fsdl_hwr.recognizers import few_shot
from fsdl_hwr.recognizers.few_shot import NONE, TaughtLetters


def embed(ink):
    """Describe an ink by where it begins, its middle and its end: enough for strokes like these."""
    points = np.concatenate(ink)[:, :2]
    if len(points) == 0:
        raise ValueError("This ink has no points: draw something first.")
    return (points[[len(points) // 2, -1]] - points[0]).ravel()


def stroke(*places):
    return [np.array(places, np.float32)]


DOWN, ACROSS = stroke((0, 0), (0, 5), (0, 10)), stroke((0, 0), (5, 0), (10, 0))


@pytest.fixture
def letters():
    letters = TaughtLetters(embed)
    letters.teach("down", DOWN)
    letters.teach("across", ACROSS)
    return letters


def test_one_example_is_enough(letters):
    answer = letters.answer(stroke((0, 0), (0.5, 4), (0, 9)))
    assert answer.name == "down" and answer.nearest.name == "down"
    assert list(answer.distances) == ["down", "across"]


def test_a_name_twice_is_one_letter_of_two_examples(letters):
    assert letters.teach("down", stroke((0, 0), (2, 5), (0, 10))) == ""
    assert letters.names == ["down", "across"] and len(letters.examples) == 3


def test_two_names_for_one_drawing_are_warned_of(letters):
    assert "'down'" in letters.teach("under", DOWN)


def test_what_is_near_to_nothing_is_none_of_these(letters):
    assert letters.answer(stroke((0, 0), (-5, -5), (-9, 0))).name == NONE


def test_a_letter_can_be_forgotten(letters):
    letters.forget("down")
    assert letters.answer(DOWN).distances.keys() == {"across"}
    letters.forget("down")  # again
    letters.forget("across")
    with pytest.raises(ValueError, match="Nothing was taught"):
        letters.answer(DOWN)


def test_a_letter_needs_a_name_and_ink(letters):
    with pytest.raises(ValueError, match="needs a name"):
        letters.teach("  ", DOWN)
    with pytest.raises(ValueError, match="draw something"):
        letters.teach("x", [np.zeros((0, 2), np.float32)])


@pytest.mark.parametrize("same_hand", [True, False])
def test_a_lesson_shares_no_ink_with_its_questions(same_hand):
    letters = sources.load_pen_characters(
        "strokes", "test", characters="AB", num_writers=5, copies=4
    )
    known, asked = few_shot.lesson(letters, "AB", 3, np.random.default_rng(0), same_hand)
    assert known.text == "AAABBB" and asked.text == "AB"
    assert not {i[0].tobytes() for i in known.inks} & {i[0].tobytes() for i in asked.inks}
    assert len(set(asked.writers)) == 1
    assert (set(known.writers) == set(asked.writers)) == same_hand
    if not same_hand:
        assert not set(known.writers) & set(asked.writers)


def test_a_lesson_that_nobody_could_give_is_refused():
    letters = sources.load_pen_characters("strokes", "test", characters="AB", num_writers=2)
    with pytest.raises(ValueError, match="more than 3 times"):
        few_shot.lesson(letters, "AB", 3, np.random.default_rng(0))
