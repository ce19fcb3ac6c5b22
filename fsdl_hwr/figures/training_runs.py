"""Figures of tracked runs: their curves side by side, and what two settings did to an error rate.

Each is a plain function from histories, from rows of `tracking.load_runs`, or from numbers.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from fsdl_hwr.experiments.leaderboard import Baseline
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, SKY, WIDTH

COLORS = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.ORANGE, drawing.SKY)
MARKERS = "osD^v"
METRICS = {
    "loss": "training loss, nats per line",
    "val_loss": "validation loss, nats per line",
    "val_cer": "validation CER, %",
}
VERDICT_MARKS = {
    "better": ("o", drawing.BLUE),
    "worse": ("s", drawing.VERMILION),
    "within noise": ("D", drawing.ORANGE),
}


def draw_runs(
    histories: Mapping[str, Mapping[str, Sequence]],
    metrics: Sequence[str],
    title: str,
    x: str = "epoch",
) -> Figure:
    """Draw curves of runs, a panel per metric and a color per run.

    Args:
        histories: by the run's name in the legend, lists with a value per epoch by metric, as `fit`
            returns them and as `tracking.load_run` has them in `history`. None makes a gap; a run
            without a metric is left out of its panel.
        metrics: what the panels show, such as ["val_loss", "val_cer"]; error rates in percent.
        title: of the figure.
        x: "epoch", or a metric such as "seconds", whose values are added up over the epochs.
    """
    figure = Figure(figsize=(drawing.WIDTH, 3.4))
    all_axes = figure.subplots(1, len(metrics), squeeze=False)[0]
    for axes, metric in zip(all_axes, metrics, strict=True):
        for k, (name, history) in enumerate(histories.items()):
            if metric not in history:
                continue
            y = np.array(history[metric], float) * (100 if metric.endswith("cer") else 1)
            places = np.arange(1, len(y) + 1) if x == "epoch" else np.cumsum(history[x])
            marker, color = MARKERS[k % len(MARKERS)], COLORS[k % len(COLORS)]
            axes.plot(places, y, marker + "-", color=color, label=name)
        axes.set(xlabel=x, ylabel=METRICS.get(metric, metric))
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        drawing.plain(axes)
    if len(histories) > 1:
        all_axes[-1].legend(
            *_labels(all_axes), frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1)
        )
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def _labels(all_axes) -> tuple[list, list]:
    """Return what a legend for all panels shows: each run once."""
    found: dict = {}
    for axes in all_axes:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(name, handle)
    return list(found.values()), list(found)


def draw_curves(panels: Sequence[tuple[str, str, Mapping]], title: str) -> Figure:
    """Draw panels of curves side by side.

    A panel is (name of x, name of y, {name of a curve: (x, y)}); y may hold None if a run has
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

    Args:
        runs: rows with `validation_cer` and `validation_cer_interval`.
        first: the setting on the x axis.
        second: the setting with a line per value.
        effects: by setting, a difference of CER.
        title: of the figure.
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


def draw_leaderboard(runs: Mapping[str, Mapping], baseline: Baseline, title: str) -> Figure:
    """Draw each run's validation CER with its interval over the baseline's noise."""
    ordered = sorted(runs.items(), key=lambda item: -item[1]["validation_cer"])
    figure = Figure(figsize=(WIDTH, 1.3 + 0.3 * len(ordered)))
    axes = figure.subplots()
    if math.isfinite(baseline.noise):
        band = max(0, baseline.mean - baseline.noise), baseline.mean + baseline.noise
        axes.axvspan(*band, color=SKY, alpha=0.3, lw=0, label="where one more baseline may lie")
    axes.axvline(baseline.mean, color=BLACK, lw=1, label="mean of the baseline's seeds")
    for verdict, (marker, color) in VERDICT_MARKS.items():
        places = [
            k
            for k, (_, run) in enumerate(ordered)
            if baseline.verdict(run["validation_cer"]) == verdict
        ]
        if not places:
            continue
        chosen = [ordered[k][1] for k in places]
        cers = np.array([run["validation_cer"] for run in chosen])
        ends = np.array([run["validation_cer_interval"] for run in chosen])  # (runs, 2)
        errors = np.abs(ends.T - cers)
        axes.errorbar(
            cers, places, xerr=errors, fmt=marker, color=color, ms=6, lw=1.2, label=verdict
        )
    axes.set_yticks(range(len(ordered)), [name for name, _ in ordered], fontsize=9)
    axes.set_ylim(-0.6, len(ordered) - 0.4)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel("validation CER, with its interval over other lines")
    drawing.plain(axes, grid="x")
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.set_title(title, fontsize=12, loc="left")
    return figure
