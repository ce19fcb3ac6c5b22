"""Figures of lab 12: what frames suffice for, a port beside its original, faults and their tests.

Each is a plain function from names and numbers.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, BLUE, GREEN, ORANGE, VERMILION, WIDTH

COLORS = (BLUE, VERMILION, GREEN, ORANGE)
MARKERS = "os^D"
LEAST, EQUAL = 1e-8, 1e-4  # differences: the smallest that is drawn; two ports agree up to here


def draw_frame_budget(
    needed: Mapping[str, Sequence[int]], budgets: Mapping[str, int], title: str
) -> Figure:
    """Draw the share of names that need more frames, over the number of frames.

    needed: by the set's name, the frames that each of its labels needs. budgets: frames that a
    network has, by its name.
    """
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    most = max([*budgets.values(), *(max(counts) for counts in needed.values())])
    frames = np.arange(1, most + 1)
    for (name, counts), color in zip(needed.items(), COLORS, strict=False):
        share = (np.asarray(counts)[None] > frames[:, None]).mean(axis=1)  # (frames,)
        axes.step(frames, share, where="mid", color=color, label=name)
    for k, (name, budget) in enumerate(budgets.items()):
        axes.axvline(budget, color=BLACK, ls=":", lw=1)
        height = 0.95 - 0.13 * (k % 3)
        axes.text(budget, height, f"{name} ", ha="right", fontsize=9, backgroundcolor="white")
    axes.set(xlabel="frames", ylabel="names that need more", xlim=(1, most + 1), ylim=(0, 1.02))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, fontsize=9, loc="center right")
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure


def draw_ladder(ports: Mapping[str, Mapping[str, float]], title: str) -> Figure:
    """Draw how far ports are from the original after each stage of a network.

    ports: by the port's name, the largest difference by stage, in the network's order.
    """
    figure = Figure(figsize=(WIDTH, 3.6))
    axes = figure.subplots()
    stages = list(dict.fromkeys(stage for port in ports.values() for stage in port))
    axes.axhspan(LEAST / 2, EQUAL, color=GREEN, alpha=0.12, lw=0)
    axes.text(len(stages) - 0.6, EQUAL / 2, "equal, but for rounding ", ha="right", va="top",
              fontsize=9)  # fmt: skip
    for k, (name, differences) in enumerate(ports.items()):
        places = [stages.index(stage) for stage in differences]
        heights = np.maximum(list(differences.values()), LEAST)
        marker = MARKERS[k % len(MARKERS)]
        axes.plot(places, heights, marker + "-", color=COLORS[k % len(COLORS)], label=name)
    axes.set_yscale("log")
    axes.set(ylim=(LEAST / 2, 100), xlim=(-0.4, len(stages) - 0.6))
    axes.set_xticks(range(len(stages)), stages)
    axes.set_ylabel("largest difference")
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure


def draw_fault_matrix(failed: np.ndarray, names: Sequence[str], title: str) -> Figure:
    """Draw which tests fail with which fault: bool (faults, tests), with a name per fault."""
    figure = Figure(figsize=(WIDTH, 0.6 + 0.4 * len(names)))
    axes = figure.subplots()
    for (fault, test), fails in np.ndenumerate(failed):
        color, mark = (VERMILION, "fails") if fails else (BLUE, "·")
        weight = "bold" if fault == test else "normal"
        axes.text(test, fault, mark, ha="center", va="center", color=color, weight=weight)
    axes.set_yticks(range(len(names)), [f"{name}  {k}" for k, name in enumerate(names, 1)])
    axes.set_xticks(range(failed.shape[1]), [f"test {k + 1}" for k in range(failed.shape[1])])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlim=(-0.6, failed.shape[1] - 0.4), ylim=(len(names) - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    axes.hlines(np.arange(len(names) - 1) + 0.5, -0.6, failed.shape[1] - 0.4, color="#dddddd")
    axes.set_title(title, fontsize=12, loc="left", pad=14)
    figure.tight_layout()
    return figure


def draw_seeds(settings: Mapping[str, Sequence[float]], label: str, title: str) -> Figure:
    """Draw one number per seed for each setting, and their mean: the spread is the noise.

    settings: shares by the setting's name; the first is what the others are compared with.
    """
    figure = Figure(figsize=(WIDTH, 1.2 + 0.4 * len(settings)))
    axes = figure.subplots()
    for place, values in enumerate(settings.values()):
        color = BLACK if place == 0 else BLUE
        axes.plot(values, [place] * len(values), "o", color=color, mfc="none", ms=8)
        axes.plot(np.mean(values), place, "|", color=color, ms=22, mew=2.5)
        if place == 0:
            axes.axvspan(min(values), max(values), color=ORANGE, alpha=0.2, lw=0)
    axes.set_yticks(range(len(settings)), list(settings))
    axes.set(xlabel=label, ylim=(len(settings) - 0.5, -0.5))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    drawing.plain(axes, grid="x")
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure


def draw_groups(groups: Mapping[str, Mapping[str, float]], label: str, title: str) -> Figure:
    """Draw shares as bars: a group of bars per outer name, a color per inner name."""
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    kinds = list(dict.fromkeys(kind for shares in groups.values() for kind in shares))
    width = 0.8 / len(kinds)
    for k, kind in enumerate(kinds):
        places = np.arange(len(groups)) + (k - (len(kinds) - 1) / 2) * width
        heights = [shares.get(kind, np.nan) for shares in groups.values()]
        bars = axes.bar(places, heights, 0.92 * width, color=COLORS[k % len(COLORS)], label=kind)
        shown = ["" if np.isnan(h) else f"{h:.0%}" for h in heights]
        axes.bar_label(bars, shown, fontsize=9, padding=2)
    axes.set_xticks(range(len(groups)), list(groups))
    axes.set(ylabel=label, ylim=(0, 1.1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    drawing.plain(axes, grid="y")
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure
