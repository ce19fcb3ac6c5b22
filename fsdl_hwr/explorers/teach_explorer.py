"""Teach it letters: a few drawings with a name each, and the next drawing is known at once."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import pen_sequences
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.datasets.canvas_ink import Sample
from fsdl_hwr.explorers import widget
from fsdl_hwr.explorers.pen_explorer import HEIGHT, RULES, WIDTH
from fsdl_hwr.figures import drawing
from fsdl_hwr.ink import Ink
from fsdl_hwr.recognizers.few_shot import NONE, Answer, TaughtLetters

MAX_EXAMPLES = 200  # as many as the page shows without becoming slow


def draw_letters(letters: TaughtLetters, asked: Sequence[Ink], title: str) -> Figure:
    """Draw each letter's examples in a row, and under them each asked ink with its answer."""
    rows = {name: [e.ink for e in letters.examples if e.name == name] for name in letters.names}
    columns = max([len(asked), *map(len, rows.values())])
    figure = Figure(figsize=(drawing.WIDTH, 1.25 * (len(rows) + 1) + 0.5))
    grid = figure.subplots(len(rows) + 1, columns, squeeze=False)
    for axes in grid.ravel():
        axes.axis("off")
    for line, (name, inks) in zip(grid, rows.items(), strict=False):
        for k, (axes, ink) in enumerate(zip(line, inks, strict=False)):
            _draw_ink(axes, ink, drawing.BLUE, name if k == 0 else "")
    for axes, ink in zip(grid[-1], asked, strict=False):
        answer = letters.answer(ink)
        color = drawing.BLACK if answer.name != NONE else drawing.VERMILION
        _draw_ink(axes, ink, color, answer.name or "none of these")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def explore(letters: TaughtLetters, samples: Sequence[Sample] = ()):
    """Open the paper: what is drawn is compared with `letters`, and can be taught to it.

    samples: characters that can write themselves. Lessons stay in `letters`. Returns the widget, or
    None without anywidget.
    """
    fixed = {
        "width": WIDTH,
        "height": HEIGHT,
        "rules": list(RULES),
        "samples": [{"label": s.label, "strokes": canvas_ink.to_lists(s.ink)} for s in samples],
    }
    done = {"teaches": 0, "forgets": 0, "taught": 0}

    def compute(state: Mapping) -> dict:
        ink = canvas_ink.to_ink(state["strokes"])
        message = _lesson(letters, ink, state, done)
        show_answer = bool(ink) and letters.examples and not message
        answer = letters.answer(ink) if show_answer else None
        return fixed | {
            "letters": [
                {
                    "name": name,
                    "examples": [_lists(e.ink) for e in letters.examples if e.name == name],
                }
                for name in letters.names
            ],
            "answer": _answer(answer, letters.threshold) if answer else None,
            "message": message or _hint(letters, ink),
            "taught": done["taught"],
        }

    state = {"strokes": [], "name": "", "teaches": 0, "forget": "", "forgets": 0}
    return widget.open_explorer("teach_explorer", compute(state), state, compute)


def _lesson(letters: TaughtLetters, ink: Ink, state: Mapping, done: dict) -> str:
    """Do what a button asked for, once, and return what to say about it."""
    if state["forgets"] != done["forgets"]:
        done["forgets"] = state["forgets"]
        letters.forget(state["forget"])
        return f"Forgot {state['forget']}."
    if state["teaches"] == done["teaches"]:
        return ""
    done["teaches"] = state["teaches"]
    if not ink:
        raise ValueError("There is nothing to learn from: draw the letter first.")
    if len(letters.examples) >= MAX_EXAMPLES:
        raise ValueError(f"{MAX_EXAMPLES} examples are enough: forget a letter first.")
    warning = letters.teach(state["name"], ink)
    done["taught"] += 1
    name = state["name"].strip()
    count = sum(example.name == name for example in letters.examples)
    return warning or f"Learned: {name} has {count} example{'s' if count > 1 else ''}."


def _hint(letters: TaughtLetters, ink: Ink) -> str:
    if not letters.examples:
        return "Draw a letter, type its name, and teach it: three times each is plenty."
    return "" if ink else "Now write one of the letters."


def _answer(answer: Answer, threshold: float) -> dict:
    """Turn an answer into JSON; closeness is 1 at distance 0, and half of it at the threshold."""
    return {
        "name": answer.name,
        "distances": [
            [name, round(distance, 3), round(max(0.0, 1 - distance / threshold / 2), 3)]
            for name, distance in answer.distances.items()
        ],
        "nearest": {"name": answer.nearest.name, "strokes": _lists(answer.nearest.ink)},
    }


def _lists(ink: Ink) -> list[list[list[float]]]:
    """Turn an ink into JSON for a small picture: whole units, x and y only."""
    return [np.rint(stroke).astype(int).tolist() for stroke in pen_sequences.clean(ink)]


def _draw_ink(axes, ink: Ink, color: str, title: str) -> None:
    for stroke in ink:
        axes.plot(stroke[:, 0], stroke[:, 1], color=color, linewidth=2)
        if len(stroke) == 1:
            axes.plot(*stroke[0, :2], "o", color=color, markersize=3)
    axes.set_aspect("equal", adjustable="datalim")
    axes.invert_yaxis()
    axes.set_title(title, fontsize=10, parse_math=False)
