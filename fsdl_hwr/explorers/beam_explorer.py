"""Prefix beam search, frame by frame: which prefixes live, where their mass comes from.

`trace` computes it for a small matrix, `draw_beam` draws it as a graph, `explore` steps through it
in the page.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import BLANK_INDEX
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing

# Two frames in which the best path, two blanks (0.36), is not the best text: "a" has 0.64.
TWO_FRAMES = np.log([[0.6, 0.4], [0.6, 0.4]])  # (frames, classes): blank, a


@dataclass
class Prefix:
    """A text begun so far, after one frame: probabilities of the paths that write it."""

    label: tuple[int, ...]
    ends_blank: float = 0.0  # of paths whose last class is the blank
    ends_character: float = 0.0  # of paths whose last class is the label's last character
    # (row in the previous beam, what was written, probability), one for each path to here
    sources: list[tuple[int, str, float]] = field(default_factory=list)
    kept: bool = True  # whether it is in the beam

    @property
    def mass(self) -> float:
        """Probability of all paths that write it."""
        return self.ends_blank + self.ends_character


def trace(log_probs: np.ndarray, beam_width: int = 3) -> list[list[Prefix]]:
    """Search as `ctc.beam_search` does, and keep everything: the candidates after every frame.

    log_probs: (frames, classes), normalized. Returns 1 + frames lists, likeliest first; the first
    `beam_width` of each are kept, and the first list holds the empty prefix alone. What was written
    is "blank", "repeat" (of the last character, which adds nothing) or "new". Plain probabilities,
    so for few frames.
    """
    if beam_width < 1:
        raise ValueError(f"A beam keeps at least one prefix; beam_width is {beam_width}.")
    columns = [[Prefix((), ends_blank=1.0)]]
    for frame in np.exp(log_probs):
        found: dict[tuple[int, ...], Prefix] = {}
        for row, prefix in enumerate(columns[-1][:beam_width]):
            for k, p in enumerate(frame.tolist()):
                if k == BLANK_INDEX:
                    _add(found, prefix.label, row, "blank", prefix.mass * p)
                elif prefix.label and k == prefix.label[-1]:
                    # Without a blank between them two equal characters are one.
                    _add(found, prefix.label, row, "repeat", prefix.ends_character * p)
                    _add(found, (*prefix.label, k), row, "new", prefix.ends_blank * p)
                else:
                    _add(found, (*prefix.label, k), row, "new", prefix.mass * p)
        column = sorted(found.values(), key=lambda prefix: -prefix.mass)
        for rank, prefix in enumerate(column):
            prefix.kept = rank < beam_width
        columns.append(column)
    return columns


def _add(found: dict, label: tuple, row: int, written: str, mass: float) -> None:
    if mass == 0.0:
        return
    prefix = found.setdefault(label, Prefix(label))
    prefix.sources.append((row, written, mass))
    if written == "blank":
        prefix.ends_blank += mass
    else:
        prefix.ends_character += mass


def greedy(log_probs: np.ndarray) -> tuple[list[int], float]:
    """Return the best class of every frame and the probability of that one path."""
    path = np.argmax(log_probs, axis=-1)
    return path.tolist(), math.exp(np.max(log_probs, axis=-1).sum())


def draw_beam(log_probs: np.ndarray, characters: str, title: str, beam_width: int = 3) -> Figure:
    """Draw the prefixes after every frame, and what flows from each to the next.

    A bar's length is a prefix's probability: sky for paths that end in the blank, orange for those
    that end in its last character. Gray ones are not kept.

    Args:
        log_probs: (frames, classes), normalized.
        characters: of the classes 1 and up.
        title: of the figure.
        beam_width: number of prefixes that outlive a frame.
    """
    columns = trace(log_probs, beam_width)
    rows = max(map(len, columns))
    figure = Figure(figsize=(drawing.WIDTH, 0.5 * rows + 1.4))
    axes = figure.add_axes((0.01, 0.02, 0.98, 1 - 0.8 / figure.get_figheight()))
    for k, column in enumerate(columns):
        heading = "start" if k == 0 else f"after frame {k}"
        axes.text(k, -0.75, heading, fontsize=9)
        for row, prefix in enumerate(column):
            _draw_prefix(axes, k, row, prefix, characters)
            for source, _, mass in prefix.sources:
                axes.plot(
                    [k - 1 + 0.62, k - 0.03], [source, row], color="#888888",
                    linewidth=0.5 + 6 * mass, alpha=0.7 if prefix.kept else 0.25, zorder=0,
                )  # fmt: skip
    path, probability = greedy(log_probs)
    shown = "".join(("-" + characters)[k] for k in path)
    words = f"greedy: the path {shown} alone, {probability:.3g}, says "
    words += f"{spell(ctc.collapse(path), characters)}; the beam's best is "
    words += f"{spell(columns[-1][0].label, characters)}, {columns[-1][0].mass:.3g}"
    figure.suptitle(f"{title}\n{words}", fontsize=11)
    axes.set(xlim=(-0.05, len(columns) - 0.3), ylim=(rows - 0.4, -1))
    axes.axis("off")
    return figure


def _draw_prefix(axes, k: int, row: int, prefix: Prefix, characters: str) -> None:
    colors = (drawing.SKY, drawing.ORANGE) if prefix.kept else ("#C8C8C8", "#A8A8A8")
    blank, character = 0.6 * prefix.ends_blank, 0.6 * prefix.ends_character  # 0.6: a mass of 1
    axes.barh(row + 0.18, blank, 0.14, left=k, color=colors[0])
    axes.barh(row + 0.18, character, 0.14, left=k + blank, color=colors[1])
    words = f"{spell(prefix.label, characters)}  {prefix.mass:.3f}"
    color = drawing.BLACK if prefix.kept else "#707070"
    axes.text(k, row, words, fontsize=10, color=color, parse_math=False)


def spell(label: Sequence[int] | np.ndarray, characters: str) -> str:
    """Write a label in quotation marks."""
    return repr("".join(characters[k - 1] for k in label))


def explore(examples: Mapping[str, np.ndarray] | None = None, characters: str = "ab"):
    """Step through prefix beam search in the page, frame by frame, for a choice of beam widths.

    examples: log-probabilities (frames, classes) of a few frames by name; by default `TWO_FRAMES`,
    on which greedy decoding is wrong. Returns the widget, or None without anywidget.
    """
    if examples is None:
        examples = {"two frames": TWO_FRAMES}
    state = {"example": next(iter(examples)), "width": 3, "frame": 0}

    def compute(state):
        return page_data(examples, state["example"], state["width"], characters)

    return widget.open_explorer("beam_explorer", compute(state), state, compute)


def page_data(examples: Mapping, example: str, beam_width: int, characters: str) -> dict:
    """Compute what the page shows of one example: JSON values.

    Args:
        examples: log-probabilities (frames, classes) by name.
        example: the name of the one to show.
        beam_width: number of prefixes that outlive a frame.
        characters: of the classes 1 and up.
    """
    log_probs = examples[example]
    path, probability = greedy(log_probs)
    return {
        "examples": list(examples),
        "example": example,
        "width": beam_width,
        "classes": ["blank", *characters[: log_probs.shape[1] - 1]],
        "probabilities": np.exp(log_probs).tolist(),
        "columns": [
            [
                {
                    "text": "".join(characters[k - 1] for k in prefix.label),
                    "blank": prefix.ends_blank,
                    "character": prefix.ends_character,
                    "sources": prefix.sources,
                    "kept": prefix.kept,
                }
                for prefix in column
            ]
            for column in trace(log_probs, beam_width)
        ],
        "greedy": {
            "path": path,
            "probability": probability,
            "text": "".join(characters[k - 1] for k in ctc.collapse(path)),
        },
    }
