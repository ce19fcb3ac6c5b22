"""One line per epoch of a training, which moves while the epoch runs."""

import sys
import time
from collections.abc import Mapping

SHARES = ("accuracy", "cer", "wer", "f1", "iou")  # shown in percent; of the others two decimals
SECONDS_BETWEEN = 0.5  # of two moves


class Progress:
    """Shows how a training goes: in a notebook one output that is updated, elsewhere printed lines.

    Within an epoch the line moves in a notebook and a terminal, and never in a file or a pipe.

    Args:
        epochs: of the whole training.
        num_batches: of an epoch.
        unit: what is counted per second.
        verbose: False shows nothing.
    """

    def __init__(self, epochs: int, num_batches: int, unit: str, verbose: bool = True):
        self.epochs = epochs
        self.num_batches = num_batches
        self.unit = unit
        self.verbose = verbose
        self.lines: list[str] = []
        self.in_notebook = type(sys.stdout).__module__.startswith("ipykernel")
        self.moves = verbose and (self.in_notebook or sys.stdout.isatty())
        self.moved = 0.0
        self.output = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error) -> None:
        if self.moves and not self.in_notebook:
            self._erase()
        elif self.output:
            self._update(self.lines)

    def begin(self, epoch: int) -> None:
        """Start an epoch, counted from 0, and its clock."""
        self.epoch = epoch
        self.began = time.perf_counter()

    def move(self, batch: int, logs: Mapping[str, float]) -> None:
        """Show that `batch` batches of the epoch are done, at most twice a second."""
        now = time.perf_counter()
        if not self.moves or now - self.moved < SECONDS_BETWEEN:
            return
        self.moved = now
        left = (now - self.began) / batch * (self.num_batches - batch)
        line = (
            f"{self._count()} · {batch}/{self.num_batches} batches · {describe(logs)} · "
            f"{left:.0f} s to the end of the epoch"
        )
        if self.in_notebook:
            self._update([*self.lines, line])
        else:
            self._erase()
            print(line[:79], end="", flush=True)

    def end(self, epoch: int, figures: Mapping[str, float], is_best: bool, rate: float) -> None:
        """Show an epoch's figures.

        Args:
            epoch: its number, from 0.
            figures: by name; those of validation begin with 'val_'.
            is_best: marks the epoch with a star.
            rate: units per second.
        """
        if not self.verbose:
            return
        seconds = (self.epochs - epoch - 1) * figures["seconds"]
        line = (
            f"{self._count()} · {describe(figures)}{' *' if is_best else '  '} · "
            f"{rate:4.0f} {self.unit}/s · {seconds:4.0f} s to go"
        )
        self.lines.append(line)
        if self.in_notebook:
            self._update(self.lines)
            return
        if self.moves:
            self._erase()
        print(line, flush=True)

    def _count(self) -> str:
        return f"epoch {self.epoch + 1:>2}/{self.epochs}"

    def _erase(self) -> None:
        print("\r" + 79 * " " + "\r", end="", flush=True)

    def _update(self, lines: list[str]) -> None:
        from IPython.display import display

        text = {"text/plain": "\n".join(lines)}
        if self.output is None:
            self.output = display(text, raw=True, display_id=True)
        else:
            self.output.update(text, raw=True)


def describe(figures: Mapping[str, float]) -> str:
    """Return figures as text: those of training, then those of validation ('val_…')."""
    training = [n for n in figures if not n.startswith("val_") and n != "seconds"]
    training = [n for n in training if "_" not in n] or training  # not each of several losses
    validation = [n for n in figures if n.startswith("val_")]
    parts = [", ".join(_figure(name, figures[name]) for name in training)]
    if validation:
        parts.append("validation " + ", ".join(_figure(n, figures[n]) for n in validation))
    return " · ".join(part for part in parts if part)


def _figure(name: str, value: float) -> str:
    name = name.removeprefix("val_")
    label = name.upper() if name in ("cer", "wer", "iou") else name.replace("_", " ")
    return f"{label} {value:6.1%}" if name in SHARES else f"{label} {value:6.2f}"
