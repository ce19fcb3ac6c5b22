"""What the lab on generated letters shows: sheets, spectra, and what the scores say."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.figures import drawing, single_characters
from fsdl_hwr.generation import letters, scores
from fsdl_hwr.ink import Ink

MAX_COLUMNS = 26  # classes of a sheet


def draw_made(sets: Mapping[str, Glyphs], title: str, rows: int = 2) -> Figure:
    """Draw generated letters: for each set some rows, a column per class.

    A place stays white if a class has too few.
    """
    characters = next(iter(sets.values())).characters[:MAX_COLUMNS]
    images = np.zeros((rows * len(sets), len(characters), 28, 28), np.uint8)
    for k, made in enumerate(sets.values()):
        for column in range(len(characters)):
            own = made.images[made.labels == column][:rows]
            images[k * rows : k * rows + len(own), column] = own
    names = [name if k == 0 else "" for name in sets for k in range(rows)]
    return single_characters.draw_sheet(images, names, list(characters), title)


def draw_rows(rows: np.ndarray, titles: Sequence[str], title: str) -> Figure:
    """Draw letters (n, points, 3) as their points: filled on the paper, hollow in the air."""
    figure = Figure(figsize=(drawing.WIDTH, drawing.WIDTH / len(rows) + 0.6))
    for axes, row, name in zip(figure.subplots(1, len(rows)), rows, titles, strict=True):
        for stroke in letters.decode(row):
            axes.plot(stroke[:, 0], stroke[:, 1], color=drawing.SKY, linewidth=3)
        up = row[:, 2] < 0
        axes.plot(*row[~up, :2].T, "o", color=drawing.BLUE, markersize=3)
        axes.plot(*row[up, :2].T, "o", color=drawing.VERMILION, markersize=3, fillstyle="none")
        axes.set(aspect="equal", xlim=(-1.2, 1.2), ylim=(1.2, -1.2))
        axes.axis("off")
        axes.set_title(name, fontsize=10)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_spectra(images: Mapping[str, np.ndarray], title: str) -> Figure:
    """Draw, for named sets of images (n, 28, 28), one of them and the mean spectrum of all.

    The number is `scores.grid_peak`: where it is far above 1, the corners and edges are bright.
    """
    figure = Figure(figsize=(drawing.WIDTH, 2 * drawing.WIDTH / max(len(images), 4) + 0.6))
    grid = figure.subplots(2, len(images), squeeze=False)
    for (name, part), column in zip(images.items(), grid.T, strict=True):
        column[0].imshow(part[0], cmap="gray_r", vmin=0, vmax=255)
        column[0].set_title(name, fontsize=10)
        column[1].imshow(np.log10(scores.spectrum(part) + 1e-6), cmap="magma")
        column[1].set_title(f"grid {scores.grid_peak(part):.2g}", fontsize=9)
        for axes in column:
            axes.axis("off")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_nearest(made: np.ndarray, known: np.ndarray, title: str) -> Figure:
    """Draw generated images (n, 28, 28) over the most similar of the known ones, and how far."""
    places, apart = scores.nearest(made, known)
    sheet = np.stack([made, known[places]])
    names = [f"{value:.2f}" for value in apart]
    return single_characters.draw_sheet(sheet, ["made", "nearest"], names, title)


def draw_line(inks: Mapping[str, Ink], title: str) -> Figure:
    """Draw lines of ink under each other, a name before each."""
    figure = Figure(figsize=(0.6 * drawing.WIDTH, 0.9 * len(inks) + 0.5))
    column = figure.subplots(len(inks), 1, squeeze=False)[:, 0]
    for axes, (name, ink) in zip(column, inks.items(), strict=True):
        for stroke in ink:
            axes.plot(stroke[:, 0], stroke[:, 1], color=drawing.BLACK, linewidth=1.6)
        axes.set(aspect="equal", ylim=(1.3, -1.3))
        axes.set_axis_off()
        axes.set_title(name, fontsize=9, loc="left", parse_math=False)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_guidance(curve: Mapping[float, scores.Score], title: str) -> Figure:
    """Draw what guidance does: the share that is read, precision, recall and coverage."""
    figure = Figure(figsize=(0.7 * drawing.WIDTH, 3.2))
    axes = figure.subplots()
    names = {"read": "read by the judge", "precision": "precision", "recall": "recall"}
    names["coverage"] = "coverage"
    for (name, label), color in zip(names.items(), single_characters.COLORS, strict=False):
        values = [getattr(score, name) for score in curve.values()]
        axes.plot(list(curve), values, "o-", color=color, label=label)
    axes.set(xlabel="guidance", ylim=(0, 1.02))
    drawing.plain(axes)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title, fontsize=12, loc="left")
    return figure
