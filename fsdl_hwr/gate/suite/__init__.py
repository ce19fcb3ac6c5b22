"""The gate's tests: plain functions whose name begins with `test_`, so that pytest runs them too.

Each says in its message what is wrong. They need no fixture, and seconds in all.
"""

import contextlib
import importlib
import io
from collections.abc import Callable

# By kind; `training` imports Keras, the others need NumPy alone.
KINDS = ("units", "properties", "data", "reading", "memory", "training")


def tests(kinds: tuple[str, ...] = KINDS) -> dict[str, Callable[[], None]]:
    """Import the tests of some kinds: functions by name, in the order of their modules."""
    found: dict[str, Callable[[], None]] = {}
    for kind in kinds:
        module = importlib.import_module(f"{__name__}.{kind}")
        found |= {name: f for name, f in vars(module).items() if name.startswith("test_")}
    return found


def run(kinds: tuple[str, ...] = KINDS) -> dict[str, str]:
    """Run the tests of some kinds: what each says, '' if it passes."""
    return {name: finding(test) for name, test in tests(kinds).items()}


def finding(test: Callable[[], None]) -> str:
    """Run one test: '' if it passes, what it says if not."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            test()
    except AssertionError as error:
        return str(error) or "an assertion without a message"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
