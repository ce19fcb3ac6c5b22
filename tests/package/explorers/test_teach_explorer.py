"""Teach it letters: lessons are learned once, forgotten on demand, and explained in words."""

import pytest
import small

from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import pen_explorer, teach_explorer
from fsdl_hwr.recognizers.few_shot import TaughtLetters
from fsdl_hwr.recognizers.pen_reader import PenReader

pytest.importorskip("anywidget")
LETTERS = "ABRt"


@pytest.fixture(scope="module")
def reader():
    return PenReader(small.growing(4), LETTERS)


@pytest.fixture(scope="module")
def samples():
    return canvas_ink.embedded_samples("character", list(LETTERS))


@pytest.fixture
def letters(reader):
    return TaughtLetters(lambda ink: reader.embed(ink, pen_explorer.UNIT))


def test_a_lesson_is_learned_once_and_the_paper_is_cleared(letters, samples):
    teaching = teach_explorer.explore(letters, samples)
    strokes = canvas_ink.to_lists(samples[0].ink)
    data = small.ask(teaching, strokes=strokes, name=" A ", teaches=1)
    assert data["taught"] == 1 and "A has 1 example." in data["message"]
    assert data["answer"] is None  # the paper is free for the next one
    data = small.ask(teaching, strokes=strokes)  # the same state again teaches nothing
    assert data["taught"] == 1 and data["answer"]["name"] == "A"


def test_without_name_or_ink_nothing_is_learned_and_a_sentence_says_why(letters, samples):
    teaching = teach_explorer.explore(letters)
    small.ask(teaching, strokes=[], name="A", teaches=1)
    assert "nothing to learn from" in teaching.problem
    small.ask(teaching, strokes=canvas_ink.to_lists(samples[0].ink), name="", teaches=2)
    assert "needs a name" in teaching.problem
    assert letters.examples == []


def test_a_letter_can_be_forgotten_while_it_is_recognized(letters, samples):
    teaching = teach_explorer.explore(letters)
    strokes = canvas_ink.to_lists(samples[0].ink)
    small.ask(teaching, strokes=strokes, name="A", teaches=1)
    data = small.ask(teaching, strokes=strokes, forget="A", forgets=1)
    assert data["letters"] == [] and data["answer"] is None and "Forgot A" in data["message"]
    assert small.ask(teaching, strokes=strokes)["answer"] is None
    assert teaching.problem == ""


def test_two_names_for_one_drawing_are_warned_of(letters, samples):
    teaching = teach_explorer.explore(letters)
    strokes = canvas_ink.to_lists(samples[0].ink)
    small.ask(teaching, strokes=strokes, name="A", teaches=1)
    data = small.ask(teaching, strokes=strokes, name="Alpha", teaches=2)
    assert "cannot be told apart" in data["message"]


def test_taught_letters_are_drawn(letters, samples):
    letters.teach("A", samples[0].ink)
    figure = teach_explorer.draw_letters(letters, [s.ink for s in samples], "title")
    assert len(figure.axes) == 8


@pytest.mark.parametrize(
    "strokes",
    [
        [[[140, 140, 0]]],
        [[[140, 140, 0], [140, 140, 0]]],
        [[[0, 0, 3], [50, 90, 2], [200, 10, 1]]],
    ],
    ids=["a dot", "two equal points", "times backwards"],
)
def test_any_ink_can_be_taught(letters, strokes):
    teaching = teach_explorer.explore(letters)
    data = small.ask(teaching, strokes=strokes, name="it", teaches=1)
    assert [letter["name"] for letter in data["letters"]] == ["it"]
    assert small.ask(teaching, strokes=strokes)["answer"]["name"] == "it"


@pytest.mark.parametrize("strokes", small.REFUSED_INK.values(), ids=list(small.REFUSED_INK))
def test_what_nobody_draws_is_not_taught(letters, strokes):
    teaching = teach_explorer.explore(letters)
    data = small.ask(teaching, strokes=strokes, name="it", teaches=1)
    assert data["letters"] == [] and teaching.problem
