"""Changing the recognizer while people use it: beside the old one first, and back by one link.

A folder of recognizers holds a file per version, and a link `current` to the one that reads:

    recognizers/2026-11-20.onnx   recognizers/2026-11-28.onnx   recognizers/current -> …

The service looks at the link before every line, so moving it is all that a deployment does.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from fsdl_hwr.serving import onnx

CURRENT, PREVIOUS = "current.onnx", "previous.onnx"
LEAST = 50  # lines: fewer disagreements decide nothing


def switch(folder: str | os.PathLike, name: str) -> Path:
    """Let `current.onnx` point to the recognizer `name` of a folder; returns the link.

    The file is loaded before, so that no damaged one gets there; the link changes at once. What it
    pointed to before is what `roll_back` returns to. Raises what `onnx.load` raises.
    """
    folder = Path(folder)
    onnx.load(folder / name, threads=1)
    link = folder / CURRENT
    if link.is_symlink() and (before := os.readlink(link)) != name:
        _point(folder / PREVIOUS, before)
    return _point(link, name)


def roll_back(folder: str | os.PathLike) -> Path:
    """Let `current.onnx` point to what it pointed to before; raises `ValueError` at the first."""
    previous = Path(folder) / PREVIOUS
    if not previous.is_symlink():
        raise ValueError(f"{folder} has no recognizer before the current one.")
    return switch(folder, os.readlink(previous))


def _point(link: Path, target: str) -> Path:
    """Make a link, or replace it: at any moment there is the old one or the new one."""
    partial = link.with_name(f".{link.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    os.replace(partial, link)
    return link


@dataclass
class Trial:
    """Two recognizers side by side on a share of the lines: do they say the same?

    As a *shadow* the candidate reads and nobody sees it; as a *canary* its texts are what those
    requests get. A canary that departs from the current recognizer too often is taken back at
    once: nobody knows which of the two is right, but a change that large was to be looked at first.

    Args:
        share: of the lines that both read.
        canary: whether the candidate answers them.
        allowed: share of lines that may be read differently.
    """

    share: float
    canary: bool = False
    allowed: float = 0.3
    read: int = 0
    disagreed: int = 0
    different: list[tuple[str, str]] = field(default_factory=list)  # the last hundred
    stopped: bool = False

    def takes(self, name: str) -> bool:
        """Say whether a request is in the trial, by its id: hexadecimal digits."""
        return not self.stopped and int(name[:8], 16) < self.share * 16**8

    def compare(self, current: str, candidate: str) -> str:
        """Note both texts of a line, and return the one to answer with."""
        self.read += 1
        if current != candidate:
            self.different = [*self.different[-99:], (current, candidate)]
            self.disagreed += 1
        if self.read >= LEAST and self.disagreed > self.allowed * self.read:
            self.stopped = True
        return candidate if self.canary and not self.stopped else current

    @property
    def disagreement(self) -> float:
        """The share of the lines in the trial that were read differently; 0 before the first."""
        return self.disagreed / max(1, self.read)
