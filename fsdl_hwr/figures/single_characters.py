"""Figures on single characters: plain functions from computed data to a Matplotlib figure."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILION, WIDTH
from fsdl_hwr.metrics import Rate

COLORS = (ORANGE, BLUE, GREEN, VERMILION, SKY, BLACK)
MARKERS = "osD^vP"
GAP = 2  # px between the images of a sheet
MAX_COLUMNS = 40  # classes of a contact sheet beside each other
LONGEST_LEVEL_NAME = 4  # characters; longer ones over the columns of a sheet would overlap


def draw_sheet(
    images: np.ndarray, row_names: Sequence[str], column_names: Sequence[str], title: str
) -> Figure:
    """Draw a table of glyph images, with names beside and above.

    Args:
        images: uint8 (rows, columns, 28, 28).
        row_names: one per row.
        column_names: one per column.
        title: of the figure.
    """
    rows, columns = images.shape[:2]
    figure = Figure(figsize=(WIDTH, WIDTH * rows / columns + 0.7))
    axes = figure.subplots()
    _show_sheet(axes, images, row_names, column_names)
    axes.set_title(title, fontsize=12, loc="left", pad=10)
    return figure


def _show_sheet(axes, images: np.ndarray, row_names: Sequence[str], column_names: Sequence[str]):
    rows, columns, height, width = images.shape
    tiles = np.pad(images, ((0, 0), (0, 0), (0, GAP), (0, GAP)))
    height, width = height + GAP, width + GAP
    sheet = tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255)
    axes.set_yticks((np.arange(rows) + 0.5) * height, row_names, fontsize=9)
    axes.set_xticks((np.arange(columns) + 0.5) * width, column_names, fontsize=9)
    axes.xaxis.tick_top()
    if max(map(len, column_names), default=0) > LONGEST_LEVEL_NAME:
        for name in axes.get_xticklabels():
            name.set(rotation=50, ha="left", rotation_mode="anchor")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def draw_classes(glyphs: Glyphs, title: str, per_class: int = 4, seed: int = 0) -> Figure:
    """Draw a contact sheet by class: a column per class, with some of its glyphs at random.

    Many classes go into two bands, one above the other.

    Args:
        glyphs: to choose from.
        title: of the figure.
        per_class: rows of the sheet.
        seed: of the choice.
    """
    rng = np.random.default_rng(seed)
    num_bands = 2 if len(glyphs.characters) > MAX_COLUMNS else 1
    num_columns = -(-len(glyphs.characters) // num_bands)
    figure = Figure(figsize=(WIDTH, num_bands * (WIDTH * per_class / num_columns + 0.35) + 0.4))
    for band, axes in enumerate(figure.subplots(num_bands, squeeze=False)[:, 0]):
        names = glyphs.characters[band * num_columns : (band + 1) * num_columns]
        sheet = np.zeros((per_class, num_columns, *glyphs.images.shape[1:]), np.uint8)
        for column, character in enumerate(names):
            places = np.flatnonzero(glyphs.labels == glyphs.characters.index(character))
            if len(places):  # one glyph twice only if there are too few
                chosen = rng.choice(places, per_class, replace=len(places) < per_class)
                sheet[:, column] = glyphs.images[chosen]
        _show_sheet(axes, sheet, [""] * per_class, list(names.ljust(num_columns)))
    figure.suptitle(title, fontsize=12)
    figure.tight_layout(rect=(0, 0, 1, 0.99))
    return figure


def draw_writers(
    glyphs: Glyphs, characters: Sequence[str], title: str, num_writers: int = 8, seed: int = 0
) -> Figure:
    """Draw a contact sheet by writer: a row per writer, the same characters in each.

    The writers who wrote most of the characters come first; a place stays white if a writer lacks
    one. Raises `ValueError` if the source does not name its writers.

    Args:
        glyphs: to choose from.
        characters: one per column.
        title: of the figure.
        num_writers: rows of the sheet.
        seed: of the choice.
    """
    rng = np.random.default_rng(seed)
    classes = np.array([glyphs.characters.index(character) for character in characters])
    asked = np.isin(glyphs.labels, classes)
    wrote = {
        writer: len(set(glyphs.labels[asked & (glyphs.writers == writer)]))
        for writer in np.unique(glyphs.writers[asked & (glyphs.writers >= 0)])
    }
    if not wrote:
        raise ValueError(f"{glyphs.source} does not say who wrote its glyphs.")
    chosen = sorted(wrote, key=lambda writer: (-wrote[writer], writer))[:num_writers]
    sheet = np.zeros((len(chosen), len(classes), *glyphs.images.shape[1:]), np.uint8)
    for row, writer in enumerate(chosen):
        for column, label in enumerate(classes):
            places = np.flatnonzero((glyphs.writers == writer) & (glyphs.labels == label))
            if len(places):
                sheet[row, column] = glyphs.images[rng.choice(places)]
    names = [f"writer {k + 1}" for k in range(len(chosen))]
    return draw_sheet(sheet, names, list(characters), title)


def draw_counts(counts: np.ndarray, characters: str, title: str) -> Figure:
    """Draw how many images each class has: counts (classes,)."""
    figure = Figure(figsize=(WIDTH, 2.2))
    axes = figure.subplots()
    axes.bar(np.arange(len(counts)), counts, color=BLUE)
    axes.set_xticks(np.arange(len(counts)), list(characters), fontsize=8)
    axes.set_xlim(-1, len(counts))
    axes.set_ylabel("images")
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    return figure


def draw_curves(histories: Mapping[str, Mapping], title: str) -> Figure:
    """Draw loss and accuracy over the epochs: dashed in training, solid on validation.

    histories: by name, what `classifier.fit` returns.
    """
    figure = Figure(figsize=(WIDTH, 3.4))
    for axes, key, label in zip(
        figure.subplots(1, 2),
        ("loss", "accuracy"),
        ("loss, nats per image", "accuracy"),
        strict=True,
    ):
        for name, color, marker in zip(histories, COLORS, MARKERS, strict=False):
            history = histories[name]
            epochs = np.arange(1, len(history[key]) + 1)
            axes.plot(epochs, history[key], "--", color=color, marker=marker, markersize=4)
            axes.plot(epochs, history[f"val_{key}"], "-", color=color, marker=marker, label=name)
        axes.set(xlabel="epoch", ylabel=label)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        drawing.plain(axes)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(
        frameon=False,
        title="solid: validation\ndashed: training",
        fontsize=9,
        loc="upper left",
        bbox_to_anchor=(1, 1),
    )
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_losses(
    losses: Mapping[str, Sequence[float]],
    x: np.ndarray,
    label: str,
    title: str,
    mark: float | None = None,
) -> Figure:
    """Draw losses over the steps or the learning rates of a training.

    The axis is logarithmic if x spans more than a thousandfold. A loss far above the first is cut
    off.

    Args:
        losses: by name, n values each.
        x: (n,), steps or learning rates.
        label: what x is.
        title: of the figure.
        mark: a place on the axis, drawn as a line.
    """
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    for name, color in zip(losses, COLORS, strict=False):
        axes.plot(x, losses[name], color=color, label=name)
    if x[-1] > 1000 * max(x[0], 1e-9):
        axes.set_xscale("log")
    if mark is not None:
        axes.axvline(mark, color=BLACK, linestyle=":", label=f"{mark:.1g}")
    axes.set(xlabel=label, ylabel="loss, nats per image")
    axes.set_ylim(0, 1.5 * max(values[0] for values in losses.values()))
    drawing.plain(axes)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title, fontsize=12, loc="left")
    return figure


def draw_rates(rates: Mapping[str, Mapping[str, Rate]], title: str) -> Figure:
    """Draw accuracies with their 95% intervals: a row for each name, one or two kinds in it.

    rates: by name, then by kind, such as {"lenet": {"exact": Rate, "look-alikes folded": Rate}}.
    """
    kinds = list(dict.fromkeys(kind for named in rates.values() for kind in named))
    figure = Figure(figsize=(WIDTH, 1.1 + 0.42 * len(rates)))
    axes = figure.subplots()
    for k, (kind, color) in enumerate(zip(kinds, (BLUE, VERMILION), strict=False)):
        shown = [(row, named[kind]) for row, named in enumerate(rates.values()) if kind in named]
        rows = np.array([row for row, _ in shown]) + 0.16 * (2 * k - len(kinds) + 1)
        values = np.array([rate.value for _, rate in shown])
        ends = np.array([[rate.low, rate.high] for _, rate in shown]).T  # (2, rows)
        axes.errorbar(
            values, rows, xerr=np.abs(ends - values), fmt=MARKERS[k], color=color,
            capsize=3, label=kind,
        )  # fmt: skip
        for row, value, high in zip(rows, values, ends[1], strict=True):
            axes.text(high, row, f"  {value:.1%}", va="center", fontsize=8, color=color)
    axes.set_yticks(np.arange(len(rates)), list(rates))
    axes.set_ylim(len(rates) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel("accuracy, with its 95% interval")
    drawing.plain(axes)
    axes.margins(x=0.12)
    if len(kinds) > 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title, fontsize=12, loc="left")
    return figure


def draw_confusions(counts: np.ndarray, characters: str, title: str) -> Figure:
    """Draw which class was read as which, in shares of the true class: counts (true, read).

    The diagonal, on which nothing is confused, is left white.
    """
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    np.fill_diagonal(shares, np.nan)
    figure = Figure(figsize=(WIDTH, WIDTH * 0.86))
    axes = figure.subplots()
    mesh = axes.imshow(shares, cmap="Blues", vmin=0, vmax=max(0.1, np.nanmax(shares)))
    ticks = np.arange(len(characters))
    axes.set_xticks(ticks, list(characters), fontsize=7)
    axes.set_yticks(ticks, list(characters), fontsize=7)
    axes.set(xlabel="read as", ylabel="true class")
    axes.tick_params(length=0)
    figure.colorbar(mesh, ax=axes, label="share of the true class", shrink=0.7, pad=0.02)
    axes.set_title(title, fontsize=12, loc="left")
    return figure


def draw_reading(
    page: np.ndarray, boxes: Sequence[tuple], answers: Sequence[str], title: str
) -> Figure:
    """Draw a photograph of characters, with a box on each and what was read.

    Args:
        page: gray (height, width).
        boxes: (left, top, right, bottom) in px.
        answers: one per box.
        title: of the figure.
    """
    height, width = page.shape
    figure = Figure(figsize=(WIDTH, min(8.0, WIDTH * height / width) + 0.5))
    axes = figure.subplots()
    axes.imshow(page, cmap="gray", vmin=0, vmax=255)
    for (left, top, right, bottom), answer in zip(boxes, answers, strict=True):
        corners = [left, right, right, left, left], [top, top, bottom, bottom, top]
        axes.plot(*corners, color=BLUE, linewidth=1)
        middle, above = (left + right) / 2, top - 0.02 * height
        axes.text(middle, above, answer, ha="center", color=VERMILION, fontsize=14, weight="bold")
    axes.axis("off")
    axes.set_title(title, fontsize=12, loc="left", pad=18)
    return figure
