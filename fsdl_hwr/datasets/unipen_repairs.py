"""What looking at every contributor's ink of UNIPEN found wrong, as rules on ink and label."""

import itertools
import re
from collections.abc import Sequence

import numpy as np

from fsdl_hwr import ink as pen_ink

# Contributors whose words lie elsewhere than their delineations say, in most of their files.
MISPLACED_WORDS = {"abm", "lex"}
FLATTEST = 0.12  # width of a line of text by its height and characters; of a word, a bit less
FLATTEST_WORD = 0.1
LOWER = 0.25  # of the ink's height that a second row lies below the first, on average
SHORTEST_OF_ROWS = 6  # characters that two rows have at least, a space among them
APART = 0.35  # of the lower row's height: paper between two rows
WIDEST_GAP = 2.5  # ink heights between two neighboring parts of one line
SPREAD = 1.2, 0.4  # gaps between spread characters, by their width and by the ink's height


class Broken(ValueError):
    """A segment that cannot be used; the message is the reason, as `counts` lists it."""


def is_tokenized(bodies: list[str]) -> bool:
    """Return whether labels were cut into tokens: `hpb` has files with a space before each mark."""
    spaced = [body for body in bodies if re.search(r'".*[a-z] [,.;:!?]', body)]
    return len(spaced) > len(bodies) / 4


def join_tokens(label: str) -> str:
    """Return a label of separate tokens as it was written. Raises `Broken` for a damaged one."""
    if re.search(r"\bXXX\b|(?<![^ ])[A-Z0-9] [A-Z0-9](?![^ ])", label):
        raise Broken("label lost its spaces or has a word crossed out")
    label = re.sub(r" ([,.;:!?]|'s\b)", r"\1", label)
    return re.sub(r"' (.+?) '", r"'\1'", label)


def is_one_line(ink: pen_ink.Ink, label: str) -> bool:
    """Return whether ink is as wide as its label asks for, in one row of strokes."""
    _, _, width, height = pen_ink.bounding_box(ink)
    if width < FLATTEST * height * len(label):
        return False
    found = rows(ink)
    parts = [np.concatenate([ink[k] for k in row]) for row in found]
    if " " in label and any(_are_apart(*pair) for pair in itertools.pairwise(parts)):
        return False
    parts = [part for part, row in zip(parts, found, strict=True) if len(row) > 1]
    for above, below in itertools.pairwise(parts):
        left, right = (
            max(above[:, 0].min(), below[:, 0].min()),
            min(above[:, 0].max(), below[:, 0].max()),
        )
        if right - left > 0.5 * min(np.ptp(above[:, 0]), np.ptp(below[:, 0])):
            return False
    return not has_second_row(ink, label)


def _are_apart(above: np.ndarray, below: np.ndarray) -> bool:
    """Return whether paper parts two rows, points (n, 2) each, of which one may be indented."""
    gap = below[:, 1].min() - above[:, 1].max()
    return bool(gap > APART * min(np.ptp(above[:, 1]), np.ptp(below[:, 1])))


def rows(ink: pen_ink.Ink) -> list[list[int]]:
    """Group strokes into rows without common height, from the top; low rows join the nearest."""
    spans = [(stroke[:, 1].min(), stroke[:, 1].max()) for stroke in ink]
    rows: list[list[int]] = []
    bottom = -np.inf
    for k in sorted(range(len(ink)), key=lambda k: spans[k]):
        if spans[k][0] > bottom:
            rows.append([])
        rows[-1].append(k)
        bottom = max(bottom, spans[k][1])
    heights = [max(spans[k][1] for k in row) - min(spans[k][0] for k in row) for row in rows]
    tall = [row for row, height in zip(rows, heights, strict=True) if height > 0.4 * max(heights)]
    middles = [np.mean([spans[k] for k in row]) for row in tall]
    result: list[list[int]] = [[] for _ in tall]
    for row in rows:
        middle = np.mean([spans[k] for k in row])
        result[np.abs(np.array(middles) - middle).argmin()] += row
    return result


def is_subsequence(part: str, whole: str) -> bool:
    """Return whether `whole` has all characters of `part`, in their order."""
    rest = iter(whole)
    return all(character in rest for character in part)


def has_second_row(ink: pen_ink.Ink, label: str) -> bool:
    """Return whether the pen went back to the left and wrote on below, as at a line's end.

    Rows whose ascenders and descenders overlap, as in `cec`, have a common height: only the order
    of writing tells them apart.
    """
    if " " not in label or len(label) < SHORTEST_OF_ROWS:
        return False
    left, top, last, bottom = pen_ink.bounding_box(ink)
    width, height = last - left, bottom - top
    sizes = np.array([len(stroke) for stroke in ink])
    middles = np.array([stroke[:, 1].mean() for stroke in ink])
    right = -np.inf
    for k in range(1, len(ink)):
        right = max(right, ink[k - 1][:, 0].max())
        if right - ink[k][0, 0] < 0.35 * width or right - left < 0.4 * width:
            continue
        if sizes[k:].sum() < 0.05 * sizes.sum():  # a late dot or bar
            continue
        lower = np.average(middles[k:], weights=sizes[k:])
        lower -= np.average(middles[:k], weights=sizes[:k])
        if lower > LOWER * height:
            return True
    return False


def check_word(ink: pen_ink.Ink, label: str) -> None:
    """Raise `Broken` for a word's ink that is not one row, or has other ink far beside it."""
    if len(label) == 1 and not label.isalnum():
        raise Broken("a mark alone, whose size is lost")
    _, _, width, height = pen_ink.bounding_box(ink)
    if width < FLATTEST_WORD * height * len(label):
        raise Broken("word is far too narrow for its label")


def check_gaps(ink: pen_ink.Ink, label: str) -> None:
    """Raise `Broken` for a line with a hole, or with spaces between all characters of a word."""
    _, _, _, height = pen_ink.bounding_box(ink)
    parts = _columns(ink)
    gaps = parts[1:, 0] - parts[:-1, 1]
    if len(label) > 1 and len(gaps) and gaps.max() > WIDEST_GAP * height:
        raise Broken("ink has a hole: other ink beside it")
    if " " in label or len(label) < 3 or len(parts) < 0.8 * len(label):
        return
    by_width, by_height = SPREAD
    gap, width = np.median(gaps), np.median(parts[:, 1] - parts[:, 0])
    if gap > by_width * width and gap > by_height * height:
        raise Broken("written with spaces that the label lacks")


def _columns(ink: Sequence[np.ndarray]) -> np.ndarray:
    """List the (left, right) of parts of ink with paper between them: float (parts, 2)."""
    spans = sorted((float(stroke[:, 0].min()), float(stroke[:, 0].max())) for stroke in ink)
    parts = [list(spans[0])]
    for left, right in spans[1:]:
        if left <= parts[-1][1]:
            parts[-1][1] = max(parts[-1][1], right)
        else:
            parts.append([left, right])
    return np.array(parts)
