"""What labels cost in keystrokes, and which lines to label next."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.recognizers.reader import Reading

ACCEPT = 1  # keystroke: Enter


def keystrokes(proposals: Sequence[str], transcripts: Sequence[str]) -> np.ndarray:
    """Count what a simulated annotator types, int (n,): the edits to the truth, and Enter.

    From blank, proposals are empty, and every character is typed. Moving the cursor is free.
    """
    edits = [Levenshtein.distance(*pair) for pair in zip(proposals, transcripts, strict=True)]
    return np.array(edits, int) + ACCEPT


def saving(proposals: Sequence[str], transcripts: Sequence[str]) -> float:
    """Return the share of keystrokes that proposals save, against typing all; negative if none."""
    blank = keystrokes([""] * len(transcripts), transcripts).sum()
    return float(1 - keystrokes(proposals, transcripts).sum() / max(1, blank))


def order_by_doubt(readings: Sequence[Reading], lines: Lines, *, diverse: bool = True) -> list[int]:
    """Order lines for labeling: what the reader doubts most first, per character.

    diverse: passes over a line that looks much like one already chosen, until the others are used
    up: doubt alone asks for the same difficulty again and again.
    """
    doubt = np.array([1 - reading.confidence for reading in readings])
    order = np.argsort(-doubt, kind="stable").tolist()
    if not diverse:
        return order
    looks = _looks(lines.images)
    typical = float(np.median(np.linalg.norm(looks - looks.mean(axis=0), axis=1)))
    chosen: list[int] = []
    passed: list[int] = []
    for k in order:
        near = chosen and np.linalg.norm(looks[chosen] - looks[k], axis=1).min() < 0.5 * typical
        (passed if near else chosen).append(k)
    return chosen + passed


def within_budget(order: Sequence[int], costs: np.ndarray, budget: float) -> list[int]:
    """Take lines in order while their keystrokes fit into a budget; pass over what does not."""
    taken, spent = [], 0.0
    for k in order:
        if spent + costs[k] <= budget:
            taken.append(k)
            spent += costs[k]
    return taken


def _looks(images: np.ndarray) -> np.ndarray:
    """Describe line images coarsely: ink by rows and by strokes' directions; (n, features)."""
    ink = images.astype(np.float32) / 255
    total = np.maximum(ink.sum(axis=(1, 2)), 1)[:, None]
    rows = ink.sum(axis=2) / total  # (n, height)
    shifts = [np.minimum(ink[:, 1:, 4 + s :], ink[:, :-1, 4 : ink.shape[2] - s] if s else
              ink[:, :-1, 4:]).sum(axis=(1, 2)) for s in (0, 1, 2, 3)]  # fmt: skip
    return np.concatenate([rows, np.stack(shifts, axis=1) / total], axis=1)
