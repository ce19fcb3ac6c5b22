"""Watch it think: what a reader of growing pen strokes believes after every point of the pen."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.datasets.canvas_ink import Sample
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.ink import Ink
from fsdl_hwr.recognizers.pen_reader import PenReader, Trace

WIDTH, HEIGHT = canvas_ink.SIZES["character"]  # units of the paper
RULES = (90, 210)  # the lines that a letter of the usual size fills
UNIT = float(RULES[1] - RULES[0])  # what the lines say of the writer's size, before any ink
NUM_ANSWERS = 8
LEAST = 0.005  # probabilities below are not sent to the page


def progress(trace: Trace, expected: np.ndarray) -> np.ndarray:
    """Return how far into its likeliest letter a reader believed to be, after every point: (n,).

    expected: float (classes,), how many points each letter has on average; see
    `PenReader.expected_points`.
    """
    likeliest = trace.probabilities.argmax(axis=-1)
    return np.minimum(1.0, np.arange(1, len(trace) + 1) / expected[likeliest])


def thoughts(trace: Trace, unit: float, expected: np.ndarray) -> list[dict]:
    """Turn a trace into what the page draws: for each point its place and the likely letters.

    unit: the length on the paper that stands for 1 in the trace.
    """
    rows = []
    for k, far in enumerate(progress(trace, expected)):
        shares = trace.probabilities[k]
        likely = [j for j in np.argsort(-shares)[:NUM_ANSWERS] if shares[j] >= LEAST]
        x, y = unit * trace.points[k]
        rows.append(
            {
                "x": round(float(x), 1),
                "y": round(float(y), 1),
                "likely": [[int(j), round(float(shares[j]), 4)] for j in likely],
                "entropy": round(float(trace.entropy[k]), 3),
                "progress": round(float(far), 3),
            }
        )
    return rows


def draw_moments(trace: Trace, characters: str, expected: np.ndarray, title: str) -> Figure:
    """Draw eight moments of a growing letter, and the entropy over all of its points.

    In each moment stand what is drawn and, behind it, the likeliest letter, as dark as it is
    probable and as far as it is believed to be drawn.

    Args:
        trace: what a reader made of the letter, point by point.
        characters: of the classes.
        expected: float (classes,), how many points each letter has on average.
        title: of the figure.
    """
    moments = np.unique(np.linspace(0, len(trace) - 1, 8).round().astype(int))
    far = progress(trace, expected)
    figure = Figure(figsize=(drawing.WIDTH, 3.6))
    grid = figure.add_gridspec(2, 8, height_ratios=[1.5, 1])
    low, high = trace.points.min(axis=0) - 0.2, trace.points.max(axis=0) + 0.2
    for column, k in enumerate(moments):
        axes = figure.add_subplot(grid[0, column])
        best = int(trace.probabilities[k].argmax())
        share = float(trace.probabilities[k, best])
        x, y = (low + high) / 2
        axes.text(
            x,
            y,
            characters[best],
            fontsize=54,
            color=drawing.ORANGE,
            alpha=share * float(far[k]),
            ha="center",
            va="center",
            parse_math=False,
        )
        drawn = np.where(trace.pen[: k + 1, None] > 0, trace.points[: k + 1], np.nan)
        axes.plot(*drawn.T, color=drawing.BLACK, linewidth=2)
        axes.plot(*trace.points[k], "o", color=drawing.VERMILION, markersize=4)
        axes.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), aspect="equal")
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"{characters[best]}  {share:.0%}", fontsize=10, parse_math=False)
    curve = figure.add_subplot(grid[1, :])
    curve.plot(np.arange(1, len(trace) + 1), trace.entropy, color=drawing.BLUE)
    for k in moments:
        curve.axvline(k + 1, color=drawing.VERMILION, alpha=0.3)
    curve.set(xlabel="point", ylabel="entropy, bits", xlim=(0.5, len(trace) + 0.5))
    drawing.plain(curve)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def explore(reader: PenReader, expected: np.ndarray, samples: Sequence[Sample] = ()):
    """Open the paper: `reader` reads what is drawn after every point.

    expected: see `progress`. samples: characters that can write themselves. The size of a letter
    comes from the ruled lines. Returns the widget, or None without anywidget.
    """
    fixed = {
        "width": WIDTH,
        "height": HEIGHT,
        "rules": list(RULES),
        "characters": reader.characters,
        "places": NUM_ANSWERS,
        "samples": [{"label": s.label, "strokes": canvas_ink.to_lists(s.ink)} for s in samples],
    }

    def compute(state: Mapping) -> dict:
        ink = canvas_ink.to_ink(state["strokes"])
        if not ink:
            return fixed | {"rows": []}
        trace = reader.trace(ink, UNIT, state["lifted"], state["ended"])
        return fixed | {"rows": thoughts(trace, UNIT, expected)}

    state = {"strokes": [], "lifted": True, "ended": False}
    return widget.open_explorer("pen_explorer", compute(state), state, compute)


def ink(explorer) -> Ink:
    """Return what is drawn on an open paper, as the package's ink."""
    return canvas_ink.to_ink(explorer.state["strokes"])
