"""The judge of the exercises: what counts as right, and how it says what is wrong."""

import signal
import time

import numpy as np
import pytest

from fsdl_hwr.checks import judge


def check_double(function):
    cases = [(np.array([1.0, 2.0]),), (np.arange(30.0),)]
    mistakes = [("that is the half.", lambda x: x / 2)]
    judge.compare(function, cases, lambda x: 2 * x, mistakes, "Add it to itself.")


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: x / 2, "^that is the half.$"),
        (lambda x: None, "returns None.*return"),
        (lambda x: 3 * x, r"\[3.0, 6.0\], which is not right. Add it to itself."),
        (lambda x: x.sum(), r"returns 3, which is a number; an array of shape \(2,\) is needed"),
        (lambda x: "2x", "returns '2x', which is text"),
        (lambda x: [x, x, x], r"shape \(3, 2\)"),
        (lambda x: 2 * x if len(x) < 9 else x, r"\(an array of shape \(30,\)\)` returns an array"),
    ],
)
def test_what_a_check_says_of_a_mistake(function, says):
    with pytest.raises(judge.Wrong, match=says):
        check_double(function)


@pytest.mark.parametrize(
    ("given", "wanted", "agree"),
    [
        (range(3), [0, 1, 2], True),
        (np.arange(3), [0, 1, 2], True),
        ((0, 1), [0, 1, 2], False),
        ([np.array([1, 2]), np.array([])], [[1, 2], []], True),
        (5, [5], False),
        (["b", 0.1], ("b", 0.1), True),
        (("b", 0.1 + 1e-12), ("b", 0.1), True),
        (-np.inf, -np.inf, True),
        (np.nan, 0.0, False),
        ([("a", "b")], {("a", "b")}, False),
        (np.ones((2, 1)), np.ones(2), False),
    ],
)
def test_what_counts_as_the_same_answer(given, wanted, agree):
    assert judge.same(given, wanted) is agree


def test_an_error_in_the_answer_keeps_the_traceback_of_its_own_lines():
    def double(x):
        return halve(0)

    def halve(x):
        return 1 // x

    with pytest.raises(ZeroDivisionError) as caught:
        check_double(double)
    shown = "\n".join(caught.value._render_traceback_())  # what a notebook shows
    assert "return halve(0)" in shown and "return 1 // x" in shown
    assert shown.splitlines()[-1].startswith("ZeroDivisionError")
    assert "checks/judge.py" not in shown and "check_double" not in shown


def test_what_a_check_hands_to_an_answer_may_say_what_is_wrong():
    def complain(x):
        raise judge.Wrong("not like this.")

    with pytest.raises(judge.Wrong) as caught:
        check_double(complain)
    assert caught.value._render_traceback_() == ["Not right yet: not like this."]


def test_a_right_answer_that_changes_its_input_is_not_called_wrong():
    def double(x):
        x *= 2
        return x

    check_double(double)  # no exception


def test_what_the_notebook_uses_on_must_stay_as_it_was():
    def double(x):
        x *= 2
        return x

    given = [(np.array([1.0, np.nan]),), (np.array([3]),)]
    with pytest.raises(judge.Wrong, match="has changed what it was given"):
        judge.compare(double, given, lambda x: 2 * x, [], "Add it to itself.", keeps=True)
    judge.compare(lambda x: 2 * x, given, lambda x: 2 * x, [], "Add it to itself.", keeps=True)


def test_numbers_may_be_as_near_as_is_asked_for():
    agree = judge.near(relative=1e-3)
    assert agree(1.0005, 1.0) and not agree(1.002, 1.0)
    assert not agree("1", 1.0) and not agree([1.0, 1.0], 1.0)
    assert not judge.same("413", 413) and judge.same(413.0, 413)


def test_a_notebook_shows_the_message_alone():
    assert judge.Wrong("a reason.")._render_traceback_() == ["Not right yet: a reason."]
    assert judge.NotAnswered("write it.")._render_traceback_() == ["Not answered yet: write it."]


def test_an_answer_that_does_not_end_is_told_while_it_runs(monkeypatch, capsys):
    monkeypatch.setattr(judge, "PATIENCE", 0.05)

    def double(x):
        time.sleep(0.3)
        return 2 * x

    judge.call(double, 1)
    assert "`double` still runs after 0.05 s" in capsys.readouterr().out
    judge.call(lambda x: x, 1)
    time.sleep(0.1)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_an_answer_that_does_not_end_is_stopped(handler, monkeypatch):
    monkeypatch.setattr(judge, "LONGEST", 0.05)
    before = signal.signal(signal.SIGINT, handler)

    def endless(x):
        while True:
            pass

    try:
        with pytest.raises(judge.Wrong, match=r"`endless` was stopped after 0.05 s"):
            judge.call(endless, 1)
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_answer_that_prints_without_end_is_stopped(capsys):
    def flood(x):
        while True:
            print("line", x)

    with pytest.raises(judge.Wrong, match="`flood` was stopped, because it prints"):
        judge.call(flood, 1)
    assert judge.MOST_PRINTED - 10 < len(capsys.readouterr().out) <= judge.MOST_PRINTED


def test_an_interrupt_by_the_student_stays_one():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge.call(interrupted, 1)
