"""Figures of tracked runs: their curves side by side, and what two settings did to an error rate.

Each is a plain function from the rows of `tracking.load_runs`, or from numbers, to a figure.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fsdl_hwr.explorers import drawing

COLORS = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.ORANGE, drawing.SKY)
MARKERS = "osD^v"


def draw_curves(panels: Sequence[tuple[str, str, Mapping]], title: str) -> Figure:
    """Draw panels of curves side by side.

    A panel is (name of x, name of y, {name of a curve: (x, y)}); y may hold None where a run has
    no value. A curve has one color in all panels, and the first panel the legend.
    """
    figure = Figure(figsize=(drawing.WIDTH, 3.4))
    names = list(dict.fromkeys(name for _, _, curves in panels for name in curves))
    all_axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (x_name, y_name, curves) in zip(all_axes, panels, strict=True):
        for name, (x, y) in curves.items():
            k = names.index(name) % len(COLORS)
            values = [np.nan if value is None else value for value in y]
            axes.plot(x, values, MARKERS[k] + "-", color=COLORS[k], label=name)
        axes.set(xlabel=x_name, ylabel=y_name)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        drawing.plain(axes)
    all_axes[0].legend(frameon=False, fontsize=9)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_effects(
    runs: Sequence[Mapping], first: str, second: str, effects: Mapping[str, float], title: str
) -> Figure:
    """Draw the validation CER of a grid of runs over two settings, and the effect of each.

    runs: rows with `validation_cer` and `validation_cer_interval`. first: the setting on the x
    axis; second: the one with a line for each value. effects: by setting, a difference of CER.
    """
    figure = Figure(figsize=(drawing.WIDTH, 3.6))
    points, bars = figure.subplots(1, 2, width_ratios=[2, 1])
    places = sorted({run[first] for run in runs})
    for k, value in enumerate(sorted({run[second] for run in runs})):
        row = sorted((run for run in runs if run[second] == value), key=lambda run: run[first])
        x = [places.index(run[first]) + 0.06 * k for run in row]  # apart, so that bars are seen
        cer = 100 * np.array([run["validation_cer"] for run in row])
        ends = 100 * np.array([run["validation_cer_interval"] for run in row]).T  # (2, runs)
        error = np.abs(ends - cer)
        style = {"color": COLORS[k % len(COLORS)], "capsize": 3}
        label = f"{second} {value:g}"
        points.errorbar(x, cer, error, fmt=MARKERS[k % len(MARKERS)] + "-", label=label, **style)
        for place, height in zip(x, cer, strict=True):
            offset = (-26, 7) if k == 0 else (7, -13)  # off the lines, which mostly rise
            at = {"xytext": offset, "textcoords": "offset points", "fontsize": 9}
            points.annotate(f"{height:.0f}%", (place, height), color=style["color"], **at)
    points.set_xticks(range(len(places)), [f"{place:g}" for place in places])
    points.set(xlabel=first, ylabel="validation CER, %")
    points.set_ylim(bottom=0)
    points.set_xlim(-0.3, len(places) - 0.7)
    points.legend(frameon=False, fontsize=9)
    drawn = bars.barh(list(effects), [100 * e for e in effects.values()], color=drawing.SKY)
    bars.bar_label(drawn, fmt="%.0f", padding=3)
    bars.invert_yaxis()
    bars.margins(x=0.2)
    bars.set_xlabel("best to worst value, points of CER")
    drawing.plain(points, grid="y")
    drawing.plain(bars, grid="x")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure
