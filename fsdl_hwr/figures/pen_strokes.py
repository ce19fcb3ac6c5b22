"""Figures on pen strokes: plain functions from computed data to a Matplotlib figure."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from fsdl_hwr import pen_sequences
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILION, WIDTH
from fsdl_hwr.ink import Ink

COLORS = (BLUE, VERMILION, GREEN, ORANGE, SKY, BLACK)
MARKERS = "os^Dv"


def draw_records(images: np.ndarray, inks: Sequence[Ink], title: str) -> Figure:
    """Draw characters twice: as images uint8 (n, 28, 28), and as ink with its order and direction.

    A stroke has a color, a number at its start, and an arrow along its direction.
    """
    figure = Figure(figsize=(WIDTH, 2 * WIDTH / len(inks) + 0.6))
    upper, lower = figure.subplots(2, len(inks))
    for axes, image in zip(upper, images, strict=True):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        axes.set(xticks=[], yticks=[])
    for axes, ink in zip(lower, inks, strict=True):
        draw_strokes(axes, ink)
    upper[0].set_ylabel("what was written")
    lower[0].set_ylabel("and how")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_strokes(axes, ink: Ink) -> None:
    """Draw an ink's strokes with their order and direction."""
    for k, stroke in enumerate(ink):
        color = COLORS[k % len(COLORS)]
        axes.plot(stroke[:, 0], stroke[:, 1], color=color, linewidth=2)
        axes.plot(*stroke[0, :2], "o", color=color, markersize=12, markerfacecolor="white")
        axes.text(*stroke[0, :2], str(k + 1), ha="center", va="center", fontsize=8)
        if len(stroke) > 2:
            end, before = stroke[-1, :2], stroke[-3, :2]
            arrow = {"arrowstyle": "->", "color": color, "lw": 2}
            axes.annotate("", xy=end, xytext=before, arrowprops=arrow)
    axes.set(aspect="equal", xticks=[], yticks=[])
    axes.margins(0.2)
    axes.invert_yaxis()


def draw_points(ink: Ink, counts: Sequence[int], title: str) -> Figure:
    """Draw an ink as recorded, and resampled to several numbers of points."""
    figure = Figure(figsize=(WIDTH, 2.9))
    original, *others = figure.subplots(1, 1 + len(counts))
    for stroke in ink:
        original.plot(stroke[:, 0], stroke[:, 1], ".-", color=BLACK, markersize=4, linewidth=0.7)
    original.set_title(f"recorded: {sum(map(len, ink))} points", fontsize=10)
    for axes, count in zip(others, counts, strict=True):
        points, pen = pen_sequences.resample(ink, count)
        axes.plot(*points.T, "-", color=SKY, linewidth=0.7)
        for value, color in ((1, BLUE), (0, VERMILION)):
            axes.plot(*points[pen == value].T, "o", color=color, markersize=3)
        axes.set_title(f"{count} points", fontsize=10)
    for axes in (original, *others):
        axes.set(aspect="equal", xticks=[], yticks=[])
        axes.invert_yaxis()
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_earliness(shares: np.ndarray, curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """Draw accuracy against the share of the ink that was seen, one curve per name."""
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    for (name, values), color, marker in zip(curves.items(), COLORS, MARKERS, strict=False):
        axes.plot(shares, values, color=color, marker=marker, label=name)
    axes.set(xlabel="share of the ink that was drawn", ylabel="accuracy")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylim(0, 1)
    axes.legend(frameon=False)
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    return figure


def draw_by_group(rates: Mapping[str, Mapping[str, float]], title: str) -> Figure:
    """Draw bars of accuracy in groups: rates by series, then by group."""
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    groups = list(next(iter(rates.values())))
    width = 0.8 / len(rates)
    for k, ((name, values), color) in enumerate(zip(rates.items(), COLORS, strict=False)):
        places = np.arange(len(groups)) + (k - (len(rates) - 1) / 2) * width
        bars = axes.bar(places, [values[g] for g in groups], width, color=color, label=name)
        axes.bar_label(bars, fmt=lambda value: f"{value:.0%}", fontsize=8)
    axes.set_xticks(np.arange(len(groups)), groups, parse_math=False)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(rates))
    drawing.plain(axes, grid="y")
    axes.set_title(title, fontsize=12, loc="left", pad=26)
    return figure
