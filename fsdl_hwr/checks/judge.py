"""What every check shares: calling a student's function, comparing, and saying what was found.

A check knows the typical mistakes of its exercise as functions that make them. An answer that is
wrong is compared with each, so that the message can name the mistake.
"""

import _thread
import contextlib
import copy
import io
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

import numpy as np

PATIENCE = 20.0  # seconds, after which a check says that an answer still runs
LONGEST = 60.0  # seconds, after which it is stopped
MOST_PRINTED = 20_000  # characters that one call of an answer may print


class Wrong(AssertionError):
    """What a check found, in plain words: a notebook shows them without a traceback."""

    heading = "Not right yet"

    def _render_traceback_(self) -> list[str]:  # IPython asks for it
        return [f"{self.heading}: {self}"]


class NotAnswered(Wrong):
    """The answer is still `raise NotImplementedError()`."""

    heading = "Not answered yet"


def _show_plainly(shell, kind, error, trace, tb_offset=None) -> None:
    """Print what is not answered yet as text, which no notebook paints red as an error."""
    print(f"{error.heading}: {error}")


def _register() -> None:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.set_custom_exc((NotAnswered,), _show_plainly)


_register()
_right: set[str] = set()  # names of the functions whose checks have passed


def call(function: Callable, *arguments):
    """Call a student's function on copies of the arguments, and return what it returns.

    Raises `NotAnswered` if nothing is written yet, `Wrong` if nothing is returned, or if the call
    does not end or prints without end. An error in the function itself goes on to the student, in a
    notebook with the traceback of the student's own lines alone.
    """
    return _call(function, *copy.deepcopy(arguments))


def _call(function: Callable, *arguments):
    _right.discard(function.__name__)
    try:
        with _limits(function.__name__):
            given = function(*arguments)
    except NotImplementedError:
        raise NotAnswered(
            f"write `{function.__name__}` in the cell above, run it, then this one again."
        ) from None
    except Wrong:  # of a part that the check handed to the function
        raise
    except Exception as error:
        below = error.__traceback__ and error.__traceback__.tb_next
        own = traceback.format_exception(type(error), error, below)
        # IPython shows what this returns instead of the whole traceback.
        error._render_traceback_ = lambda: "".join(own).splitlines()  # type: ignore[attr-defined]
        raise
    if given is None:
        raise Wrong(f"`{function.__name__}` returns None. Does it end with a `return`?")
    return given


@contextlib.contextmanager
def _limits(name: str) -> Iterator[None]:
    """Stop an answer that does not end, or that floods the page, by a `Wrong`."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        _thread.interrupt_main()

    handler = signal.getsignal(signal.SIGINT)
    deaf = not callable(handler) and threading.current_thread() is threading.main_thread()
    if deaf:  # a process that was started in the background ignores interrupts
        signal.signal(signal.SIGINT, signal.default_int_handler)
    timers = [threading.Timer(PATIENCE, _say_that_it_runs, [name]), threading.Timer(LONGEST, stop)]
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        with contextlib.redirect_stdout(_Limited(sys.stdout, name)):
            yield
    except KeyboardInterrupt:
        if not late.is_set():  # the student pressed stop
            raise
        raise Wrong(
            f"`{name}` was stopped after {LONGEST:g} s. Has it a loop that never ends?"
        ) from None
    finally:
        for timer in timers:
            timer.cancel()
        if deaf:
            signal.signal(signal.SIGINT, handler)


def _say_that_it_runs(name: str) -> None:
    print(
        f"`{name}` still runs after {PATIENCE:g} s; it is stopped after {LONGEST:g} s. To stop it "
        "now, press the square above.",
        flush=True,
    )


class _Limited(io.TextIOBase):
    """Passes on what an answer prints, up to `MOST_PRINTED` characters."""

    def __init__(self, output: TextIO, name: str):
        self.output, self.name, self.room = output, name, MOST_PRINTED

    def write(self, text: str) -> int:
        self.room -= len(text)
        if self.room < 0:
            raise Wrong(
                f"`{self.name}` was stopped, because it prints more than {MOST_PRINTED:,} "
                "characters. Has it a loop that never ends, or a `print` left in one?"
            )
        return self.output.write(text)

    def flush(self) -> None:
        self.output.flush()


def compare(
    function: Callable,
    cases: Sequence[tuple],
    right: Callable,
    mistakes: Sequence[tuple[str, Callable]],
    advice: str,
    agree: Callable | None = None,
    *,
    keeps: bool = False,
) -> None:
    """Raise `Wrong` unless a student's function returns what `right` returns on every case.

    Args:
        function: the student's.
        cases: arguments per call, the plainest first.
        right: what the function should do, by its arguments.
        mistakes: what to say, and a function that makes the mistake.
        advice: what to do if none of them is recognized.
        agree: says whether two answers agree; by default `same`.
        keeps: whether what the function is given must stay as it is, since the notebook uses it on.
    """
    agree = agree or same
    handed = [copy.deepcopy(case) for case in cases]
    given = [_call(function, *arguments) for arguments in handed]
    wanted = [right(*copy.deepcopy(case)) for case in cases]
    failed = [k for k in range(len(cases)) if not agree(given[k], wanted[k])]
    if not failed:
        if keeps and not all(map(_is_kept, cases, handed)):
            raise Wrong(
                f"the answer is right, but `{function.__name__}` has changed what it was given, "
                "and whoever called it goes on with that. Work on a copy: `x = x + 1` makes a new "
                "array, `x += 1` changes the old one."
            )
        return
    for message, mistaken in mistakes:
        if all(
            agree(g, mistaken(*copy.deepcopy(case))) for g, case in zip(given, cases, strict=True)
        ):
            raise Wrong(message)
    got, want = given[failed[0]], wanted[failed[0]]
    arguments = ", ".join(map(show, cases[failed[0]]))
    found = f"`{function.__name__}({arguments})` returns {show(got)}"
    if kind(got) != kind(want):
        raise Wrong(f"{found}, which is {kind(got)}; {kind(want)} is needed.")
    raise Wrong(f"{found}, which is not right. {advice}")


def near(relative: float = 0.0, absolute: float = 0.0) -> Callable:
    """Return what lets numbers differ by a share of the right one, or by so much, for `compare`."""

    def agree(given, wanted) -> bool:
        if kind(given) != kind(wanted):
            return False
        return np.allclose(np.asarray(given, float), wanted, relative, absolute)

    return agree


def draws_from_generator(function: Callable, *arguments) -> None:
    """Raise `Wrong` unless a function draws from the generator that is its last argument alone."""
    one, again, other = (
        call(function, *arguments, np.random.default_rng(seed)) for seed in (5, 5, 6)
    )
    if same(one, other):
        raise Wrong("another generator leads to the very same answer: draw from `rng`.")
    if not same(one, again):
        raise Wrong(
            "two calls with generators of the same seed differ: draw from `rng` and from nothing "
            "else, or nobody can repeat your numbers."
        )


def _is_kept(before, after) -> bool:
    """Say whether arrays and lists, and those within them, are as they were."""
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after) or before.tobytes() == after.tobytes()  # NaNs
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_is_kept, before, after))
    return True


def confirm(function: Callable) -> None:
    """Say that an answer is right, after everything in its check has passed."""
    _right.add(function.__name__)
    print(f"Right: `{function.__name__}` does what it should.")


def score(**points: int) -> None:
    """Print how many points the checks have given so far: `score(collapse=1, forward=4)`.

    points: of each exercise, by the name of its function.
    """
    reached = sum(value for name, value in points.items() if name in _right)
    print(f"{reached} of {sum(points.values())} points")
    if open_names := [name for name in points if name not in _right]:
        print("still open:", ", ".join(open_names))
    else:
        print("All exercises are solved.")


def same(given, wanted) -> bool:
    """Say whether two answers agree: numbers closely, sequences place by place."""
    if isinstance(wanted, str | dict | set | None):
        return type(given) is type(wanted) and given == wanted
    if isinstance(wanted, list | tuple):
        try:
            given = list(given)  # a range, an array, a tuple will do as well
        except TypeError:
            return False
        return len(given) == len(wanted) and all(map(same, given, wanted))
    try:
        if np.asarray(given).dtype.kind in "SU":  # a number as text is no number
            return False
        given, wanted = np.asarray(given, float), np.asarray(wanted, float)
    except (TypeError, ValueError):  # text, or rows of different lengths
        return False
    return given.shape == wanted.shape and np.allclose(given, wanted, equal_nan=True)


def kind(value) -> str:
    """Name what a value is, for a student: a number, text, or an array and its shape."""
    if isinstance(value, str):
        return "text"
    try:
        shape = np.asarray(value, float).shape
    except (TypeError, ValueError):  # texts, or rows of different lengths
        return f"a {type(value).__name__}"
    return f"an array of shape {shape}" if shape else "a number"


def show(value) -> str:
    """Write a value shortly, as an argument or as an answer."""
    if isinstance(value, np.ndarray) and value.size > 12:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.4g}"
    text = repr(value)
    return text if len(text) <= 90 else f"{text[:87]}..."
