"""Figures of lab 11: dictionaries that disagree, letters in rows, dates with their doubt."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr.figures import drawing, single_characters
from fsdl_hwr.figures.drawing import BLACK, BLUE, ORANGE, VERMILION, WIDTH


def draw_rows(rows: Mapping[str, np.ndarray], title: str, columns: Sequence[str] = ()) -> Figure:
    """Draw the same letters in several versions: images (n, 28, 28) by the name of their row.

    Images are uint8, bool, or float between 0 and 1; `columns` names the letters.
    """
    sheets = []
    for images in rows.values():
        if images.dtype != np.uint8:
            images = np.rint(255 * np.clip(images.astype(np.float32), 0, 1)).astype(np.uint8)
        sheets.append(images)
    names = columns or [""] * len(sheets[0])
    return single_characters.draw_sheet(np.stack(sheets), list(rows), names, title)


def draw_agreement(agreement: np.ndarray, suspicious: Sequence[int], title: str) -> Figure:
    """Draw in how many classes every two files agree, and mark those that stand apart."""
    figure = Figure(figsize=(WIDTH / 2, WIDTH / 2 - 0.6))
    axes = figure.subplots()
    shown = axes.imshow(agreement, cmap="cividis", vmin=0, vmax=1)
    names = [f"file {k + 1}" for k in range(len(agreement))]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        for k in suspicious:
            labels[k].set(color=VERMILION, fontweight="bold")
    figure.colorbar(shown, ax=axes, label="share of letters alike")
    axes.set_title(title, fontsize=11, loc="left")
    figure.tight_layout()
    return figure


def draw_dates(
    years: np.ndarray, panels: Mapping[str, tuple[np.ndarray, float]], title: str
) -> Figure:
    """Draw the year found over the true one, with its interval, in a panel per model.

    years: true ones (n,). panels: the years found (n,), and the interval's radius, by name.
    """
    figure = Figure(figsize=(WIDTH, 1.2 + WIDTH / len(panels)))
    ends = [years.min(), years.max()]
    for axes, (name, (found, radius)) in zip(
        figure.subplots(1, len(panels), sharey=True, squeeze=False)[0], panels.items(), strict=True
    ):
        inside = np.abs(found - years) <= radius
        for chosen, color, label in ((inside, BLUE, "inside"), (~inside, VERMILION, "outside")):
            axes.errorbar(
                years[chosen], found[chosen], radius, fmt="o", ms=3, lw=0.7, alpha=0.6,
                color=color, label=f"the truth lies {label}",
            )  # fmt: skip
        axes.plot(ends, ends, color=BLACK, lw=1)
        error = np.abs(found - years).mean()
        axes.set_title(f"{name}: off by {error:.0f} years", fontsize=10)
        axes.set(xlabel="year of writing")
        drawing.plain(axes)
        axes.legend(frameon=False, fontsize=8)
    figure.axes[0].set_ylabel("year found, with its interval")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_activations(means: Mapping[str, np.ndarray], target: float, title: str) -> Figure:
    """Draw how often units fire: a histogram of mean activations (units,) per network."""
    figure = Figure(figsize=(WIDTH, 2.8))
    axes = figure.subplots()
    for color, (name, values) in zip((ORANGE, BLUE), means.items(), strict=False):
        axes.hist(values, np.linspace(0, 1, 51).tolist(), color=color, alpha=0.6, label=name)
    axes.axvline(target, color=BLACK, lw=1, ls="--")
    axes.set(xlabel="mean activation of a unit over all letters", ylabel="units")
    axes.legend(frameon=False)
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure
