"""Noise to ink: a flow's letter step by step, and what a judge reads in each step."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.flow import PenFlow
from fsdl_hwr.generation.scores import Judge

SIDE, ROOM = 280, 120  # units of the paper, and of them half a letter's box
NUM_ANSWERS = 5
LARGEST_GUIDANCE = 4.0


def page_data(flow: PenFlow, judge: Judge, state: Mapping) -> dict:
    """Return what the page draws: the letter at every step, and the judge's likeliest answers.

    state: letter (its class), guidance, and noise, a number that stands for where it starts.
    Raises `ValueError` for a letter or a guidance out of range.
    """
    characters = judge.real.characters
    if not 0 <= state["letter"] < len(characters):
        raise ValueError(f"There are {len(characters)} letters; {state['letter']} is none of them.")
    if not 0 <= state["guidance"] <= LARGEST_GUIDANCE:
        raise ValueError(f"Guidance is 0 to {LARGEST_GUIDANCE:g}; got {state['guidance']}.")
    rows, answers = walk(flow, judge, state["letter"], state["noise"], state["guidance"])
    return {
        "width": SIDE,
        "height": SIDE,
        "characters": characters,
        "frames": [
            {"strokes": to_paper(row), "likely": likely}
            for row, likely in zip(rows, answers, strict=True)
        ],
    }


def walk(
    flow: PenFlow, judge: Judge, letter: int, noise: int, guidance: float
) -> tuple[np.ndarray, list[list]]:
    """Walk from a noise to a letter: rows (steps + 1, points, 3), and per step what is read.

    What is read is a list of [character, probability], the likeliest first.

    Args:
        flow: makes the letter.
        judge: reads it.
        letter: its class.
        noise: the seed of the noise.
        guidance: see `PenFlow.walk`.
    """
    start = np.random.default_rng(noise).normal(size=(1, flow.basis.size))
    rows = flow.walk(np.array([letter]), start, guidance)[:, 0]
    same = np.full(len(rows), letter)
    images = letters.draw(rows, same, judge.real.characters, "flow").images
    shares = judge.probabilities(images)  # (steps + 1, classes)
    names = judge.real.characters
    likely = [
        [[names[k], round(float(row[k]), 4)] for k in np.argsort(-row)[:NUM_ANSWERS]]
        for row in shares
    ]
    return rows, likely


def to_paper(row: np.ndarray) -> list[list[list[float]]]:
    """Turn a letter's points into strokes in the units of the paper; what lies outside is cut."""
    return [
        np.round(np.clip(SIDE / 2 + ROOM * stroke, 0, SIDE), 1).astype(float).tolist()
        for stroke in letters.decode(row)
    ]


def draw_walks(
    flow: PenFlow, judge: Judge, asked: Sequence[tuple[int, int]], guidance: float, title: str
) -> Figure:
    """Draw some letters on their way from noise, a row each, and under each step what is read.

    Args:
        flow, judge, guidance: see `walk`.
        asked: the class of each letter, and the seed of its noise.
        title: of the figure.
    """
    shown = [0, 4, 8, 11, 13, 16]
    figure = Figure(figsize=(drawing.WIDTH, 1.75 * len(asked) + 0.5))
    grid = figure.subplots(len(asked), len(shown), squeeze=False)
    for line, (letter, noise) in zip(grid, asked, strict=True):
        rows, answers = walk(flow, judge, letter, noise, guidance)
        for axes, k in zip(line, shown, strict=True):
            for stroke in letters.decode(rows[k]):
                axes.plot(stroke[:, 0], stroke[:, 1], color=drawing.BLACK, linewidth=2)
            (character, share), *_ = answers[k]
            right = character == judge.real.characters[letter]
            color = drawing.BLUE if right else drawing.VERMILION
            axes.set_xlabel(f"{character}  {share:.0%}", color=color, fontsize=9)
            axes.set(aspect="equal", xlim=(-1.3, 1.3), ylim=(1.3, -1.3), xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    for axes, k in zip(grid[0], shown, strict=True):
        axes.set_title(f"step {k}", fontsize=9)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def explore(flow: PenFlow, judge: Judge, letter: int = 0, guidance: float = 1.5):
    """Open the player; `.state` of what it returns holds the choices.

    Returns None without anywidget.

    Args:
        flow, judge, guidance: see `walk`.
        letter: the class of the first one.
    """
    state = {"letter": letter, "guidance": guidance, "noise": 0, "step": 0}
    state["step"] = len(page_data(flow, judge, state)["frames"]) - 1

    def compute(state: Mapping) -> dict:
        return page_data(flow, judge, state)

    return widget.open_explorer("noise_explorer", compute(state), state, compute)
