"""Figures of lab 08: the kill matrix, verdicts on models, and how often a gate is right.

Each is a plain function from what the gate found.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, BLUE, GREEN, ORANGE, VERMILION, WIDTH
from fsdl_hwr.gate.matrix import Matrix
from fsdl_hwr.gate.verdict import BETTER, CANNOT_SAY, WORSE, Verdict
from fsdl_hwr.metrics import Rate

COLORS = {BETTER: BLUE, WORSE: VERMILION, CANNOT_SAY: BLACK}


def draw_matrix(found: Matrix, title: str) -> Figure:
    """Draw which test (columns) fails with which defect (rows); its own test is filled."""
    names = [test.removeprefix("test_").replace("_", " ") for test in found.tests]
    rows, columns = len(found.defects), len(names)
    figure = Figure(figsize=(WIDTH, 0.24 * rows + 3.2))
    axes = figure.subplots()
    for (row, column), fails in np.ndenumerate(found.killed):
        if fails:
            own = found.defects[row].test == found.tests[column]
            color = VERMILION if own else ORANGE
            axes.add_patch(_square(column, row, color, filled=own))
    axes.set_yticks(range(rows), [d.name for d in found.defects], fontsize=9)
    axes.set_xticks(range(columns), names, rotation=60, ha="left", fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_xticks(np.arange(columns - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(rows - 1) + 0.5, minor=True)
    axes.grid(True, which="minor", color="#dddddd", lw=0.6)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_visible(False)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def _square(column: int, row: int, color: str, filled: bool):
    from matplotlib.patches import Rectangle

    face = color if filled else "none"
    return Rectangle((column - 0.34, row - 0.34), 0.68, 0.68, fc=face, ec=color, lw=1.6)


def draw_verdicts(verdicts: Mapping[str, Verdict], title: str) -> Figure:
    """Draw the difference of each candidate's CER from the champion's, with its interval."""
    figure = Figure(figsize=(WIDTH, 1.1 + 0.5 * len(verdicts)))
    axes = figure.subplots()
    axes.axvline(0, color=BLACK, lw=1)
    for row, verdict in enumerate(verdicts.values()):
        color = COLORS[verdict.answer]
        axes.plot([100 * verdict.low, 100 * verdict.high], [row, row], color=color, lw=3)
        axes.plot(100 * verdict.difference, row, "o", color=color, ms=8)
        axes.annotate(verdict.answer, (100 * verdict.high, row), (8, 0), va="center",
                      textcoords="offset points", color=color)  # fmt: skip
    axes.set_yticks(range(len(verdicts)), list(verdicts))
    axes.set(ylim=(len(verdicts) - 0.5, -0.5), xlabel="points of CER beyond the champion's")
    axes.margins(x=0.15)
    drawing.plain(axes, grid="x")
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure


def draw_power(
    counts: Sequence[int], shares: Mapping[str, Sequence[float]], label: str, title: str
) -> Figure:
    """Draw how often a difference is found over a count of lines or writers.

    Args:
        counts: of the horizontal axis.
        shares: by what the candidate is like, one share per count.
        label: what is counted.
        title: of the figure.
    """
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    for (name, values), color in zip(shares.items(), (BLACK, GREEN, BLUE, VERMILION), strict=False):
        axes.plot(counts, values, "o-", color=color, label=name)
    axes.axhline(0.05, color=ORANGE, ls=":")
    axes.set_xscale("log")
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.set(xlabel=label, ylabel="answers other than 'cannot say'", ylim=(0, 1.04))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure


def draw_rates(groups: Mapping[str, Mapping[str, Rate]], title: str) -> Figure:
    """Draw rates with their intervals, by group: a table of capabilities as a picture."""
    names = [name for rates in groups.values() for name in rates]
    figure = Figure(figsize=(WIDTH, 1.0 + 0.27 * len(names)))
    axes = figure.subplots()
    row = 0
    for (group, rates), color in zip(groups.items(), (BLUE, GREEN, ORANGE), strict=False):
        for number, rate in enumerate(rates.values()):
            label = group if number == 0 else None
            axes.plot([rate.low, rate.high], [row, row], color=color, lw=3, label=label)
            axes.plot(rate.value, row, "o", color=color)
            row += 1
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.set(ylim=(len(names) - 0.5, -0.5), xlabel="CER, with its 95% interval")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    drawing.plain(axes, grid="x")
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure
