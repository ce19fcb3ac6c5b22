"""How far two annotations of one page agree: in what a line is, and in what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from fsdl_hwr import metrics
from fsdl_hwr.datasets import page_xml
from fsdl_hwr.datasets.pages import Page, TextLine
from fsdl_hwr.line_metrics import LineScore

ROWS = 1000  # px of height at which areas are counted
COVERED = 0.6  # of a line's area that lies in others: then it was split or joined, not missed


@dataclass(frozen=True)
class Agreement:
    """Two annotations of a page, compared line by line.

    pairs: (index in the first, index in the second) of lines that share enough of their area.
    splits, joins: indices of a line that the other has in several pieces, or within a longer one;
    a split is of the first's, a join of the second's making. only_first, only_second: lines that
    the other lacks. score: of the lines, F1 is symmetric. cer: Rate of the pairs' texts, the
    first's taken as reference; None without pairs that have text.
    """

    pairs: tuple[tuple[int, int], ...]
    split_first: tuple[int, ...]
    split_second: tuple[int, ...]
    only_first: tuple[int, ...]
    only_second: tuple[int, ...]
    score: LineScore
    cer: metrics.Rate | None


def shared_areas(
    first: Sequence[TextLine], second: Sequence[TextLine], shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the area of lines and what each pair shares, in px of a page 1,000 px high at most.

    Returns int (first lines,), (second lines,) and (first lines, second lines).
    """
    scale = min(1.0, ROWS / shape[0])
    size = max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
    one, two = (np.stack([_filled(line, size, scale) for line in lines]) if len(lines)
                else np.zeros((0, size[0] * size[1]), bool)
                for lines in (first, second))  # fmt: skip
    shared = np.zeros((len(one), len(two)), int)
    for k, mask in enumerate(one):
        shared[k] = two[:, np.flatnonzero(mask)].sum(axis=1)
    return one.sum(axis=1), two.sum(axis=1), shared


def compare(first: Page, second: Page, threshold: float = 0.5) -> Agreement:
    """Compare two annotations of one page by the outlines of their lines.

    threshold: intersection over union from which two lines are one. Raises `ValueError` for pages
    of different sizes.
    """
    if first.image.shape != second.image.shape:
        raise ValueError(
            f"Pages of {first.image.shape} and {second.image.shape} px are not one page: bring "
            "both annotations to the same image."
        )
    areas = shared_areas(first.lines, second.lines, first.image.shape)
    pairs = _matches(*areas, threshold)
    matched = [set(column) for column in zip(*pairs, strict=True)] or [set(), set()]
    apart = [_apart(areas[0], areas[2], matched[0]), _apart(areas[1], areas[2].T, matched[1])]
    texts = [(first.lines[i].transcript, second.lines[j].transcript) for i, j in pairs]
    texts = [pair for pair in texts if pair[0]]
    ones, others = [one for one, _ in texts], [other for _, other in texts]
    cer = metrics.character_error_rate(ones, others) if texts else None
    score = LineScore(len(pairs), len(first.lines), len(second.lines))
    return Agreement(
        tuple(pairs), apart[0][0], apart[1][0], apart[0][1], apart[1][1], score, cer
    )  # fmt: skip


def _matches(one, two, shared, threshold: float) -> list[tuple[int, int]]:
    """Match lines greedily, the most alike first, each once."""
    union = one[:, None] + two[None] - shared
    likeness = shared / np.maximum(union, 1)
    pairs = []
    while likeness.size and likeness.max() >= threshold:
        i, j = map(int, np.unravel_index(likeness.argmax(), likeness.shape))
        pairs.append((i, j))
        likeness[i], likeness[:, j] = 0, 0
    return sorted(pairs)


def _apart(areas, shared, matched: set[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Part the lines without a match: those that the other has otherwise, and those it lacks."""
    rest = [k for k in range(len(areas)) if k not in matched]
    covered = [k for k in rest if shared[k].sum() >= COVERED * max(areas[k], 1)]
    return tuple(covered), tuple(k for k in rest if k not in covered)


def _filled(line: TextLine, size: tuple[int, int], scale: float) -> np.ndarray:
    outline = line.polygon if len(line.polygon) > 2 else page_xml.around(line)
    mask = np.zeros(size[::-1], np.uint8)
    corners = np.rint(np.clip(outline * scale, -1e4, 1e4) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, 4)
    return mask.ravel().astype(bool)


@dataclass(frozen=True)
class Changes:
    """What a new version of a page's labels changed.

    added, removed: lines. reworded: (old, new) transcripts. moved: new lines whose place changed.
    """

    added: tuple[TextLine, ...]
    removed: tuple[TextLine, ...]
    reworded: tuple[tuple[str, str], ...]
    moved: tuple[TextLine, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.reworded or self.moved)

    def __str__(self) -> str:
        rows = [f"+ {line.transcript}" for line in self.added]
        rows += [f"- {line.transcript}" for line in self.removed]
        rows += [f"~ {old} -> {new}" for old, new in self.reworded]
        rows += [f"@ {line.transcript}" for line in self.moved]
        return "\n".join(rows) or "no change"


def changes(old: Page, new: Page, tolerance: float = 1.0) -> Changes:
    """Compare two versions of a page's labels; lines that share half of their area are one.

    tolerance: px that points may differ by before a line counts as moved.
    """
    found = compare(old, new)
    pairs = [(old.lines[i], new.lines[j]) for i, j in found.pairs]
    in_old, in_new = ({pair[k] for pair in found.pairs} for k in (0, 1))
    return Changes(
        tuple(line for j, line in enumerate(new.lines) if j not in in_new),
        tuple(line for i, line in enumerate(old.lines) if i not in in_old),
        tuple((a.transcript, b.transcript) for a, b in pairs if a.transcript != b.transcript),
        tuple(b for a, b in pairs if _has_moved(a, b, tolerance)),
    )


def _has_moved(old: TextLine, new: TextLine, tolerance: float) -> bool:
    for one, two in ((old.baseline, new.baseline), (old.polygon, new.polygon)):
        if len(one) != len(two) or (len(one) and np.abs(one - two).max() > tolerance):
            return True
    return False
