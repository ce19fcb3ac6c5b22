"""What a reader makes of a picture: its lines, their texts, and what the network saw of each."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from fsdl_hwr.figures import drawing
from fsdl_hwr.metrics import Rate
from fsdl_hwr.recognizers.picture import Picture

MOST_LINES = 6  # whose line images are shown


def draw_picture(image: np.ndarray, found: Picture, title: str) -> Figure:
    """Draw a picture with its lines and texts, and below it the image of each line.

    image: uint8 (height, width), the picture that was read.
    """
    shown = found.lines[:MOST_LINES]
    height = drawing.WIDTH * image.shape[0] / image.shape[1]
    figure = Figure(figsize=(drawing.WIDTH, min(height, 6) + 0.6 * len(shown) + 0.4))
    heights = [min(height, 6), *[0.5] * len(shown)]
    page, *strips = np.atleast_1d(figure.subplots(1 + len(shown), 1, height_ratios=heights))
    page.imshow(image, cmap="gray", vmin=0, vmax=255)
    page.set_title(title, fontsize=10, loc="left")
    for line in found.lines:
        page.add_patch(
            Polygon(line.corners, fill=False, edgecolor=drawing.VERMILION, linewidth=1.2)
        )
    for axes, line in zip(strips, shown, strict=True):
        axes.imshow(line.image, cmap="gray_r", vmin=0, vmax=255)
        label = f"{line.text}   ({line.reading.confidence:.0%} sure)"
        axes.set_title(label, fontsize=9, loc="left", color=drawing.BLUE, parse_math=False)
    for axes in (page, *strips):
        axes.set_axis_off()
    figure.set_layout_engine("tight")
    return figure


def draw_before_after(rates: Mapping[str, Sequence[Rate]], title: str) -> Figure:
    """Draw error rates before and after training on, one pair per set of lines, with intervals."""
    figure = Figure(figsize=(drawing.WIDTH, 0.5 + 0.75 * len(rates)))
    axes = figure.subplots()
    for row, pair in enumerate(rates.values()):
        for k, (rate, color) in enumerate(
            zip(pair, (drawing.VERMILION, drawing.BLUE), strict=True)
        ):
            y = row + 0.3 * (k - 0.5)
            axes.plot([rate.low, rate.high], [y, y], color=color, linewidth=2)
            label = ("before", "after")[k] if row == 0 else None
            axes.plot(rate.value, y, "o", color=color, label=label)
            axes.text(rate.high + 0.01, y, f"{rate.value:.0%}", va="center", fontsize=9)
    axes.set_yticks(range(len(rates)), list(rates))
    axes.set_ylim(len(rates) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("character error rate, with its 95% interval")
    axes.legend(loc="lower right")
    axes.set_title(title, fontsize=10, loc="left")
    drawing.plain(axes, "x")
    figure.set_layout_engine("tight")
    return figure


def draw_reliability(sets: Mapping[str, Sequence[Sequence[float]]], title: str) -> Figure:
    """Draw how many characters are right against how sure the recognizer was of them.

    sets: by name, rows of mean confidence, share that is right and number of characters. A marker
    on the diagonal keeps its promise, one below it is too sure; its area grows with the number.
    """
    figure = Figure(figsize=(drawing.WIDTH * 0.6, drawing.WIDTH * 0.5))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="gray", linewidth=1, label="kept promises")
    styles = zip((drawing.BLUE, drawing.VERMILION, drawing.GREEN), "os^", strict=True)
    for (name, rows), (color, marker) in zip(sets.items(), styles, strict=False):
        sure, right, number = np.array(rows, float).T
        sizes = 20 + 200 * number / number.sum()
        axes.plot(sure, right, color=color, linewidth=1, alpha=0.6)
        axes.scatter(sure, right, sizes, color=color, marker=marker, label=name)
    axes.set_xlabel("confidence in a character")
    axes.set_ylabel("share that is right")
    axes.set_title(title, fontsize=10, loc="left")
    axes.legend(loc="upper left", fontsize=8)
    drawing.plain(axes)
    figure.set_layout_engine("tight")
    return figure
