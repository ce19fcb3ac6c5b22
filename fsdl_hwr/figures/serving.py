"""Figures of a service: its latency under load, and its drift."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from fsdl_hwr.figures import drawing

COLORS = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.ORANGE, drawing.SKY)


def draw_pictures(pictures: Mapping[str, np.ndarray], title: str) -> Figure:
    """Draw pictures as they came, uint8 gray, each under its name."""
    figure = Figure(figsize=(drawing.WIDTH, 0.8 * len(pictures) + 0.6))
    axes = figure.subplots(len(pictures), 1, squeeze=False)[:, 0]
    for place, (name, image) in zip(axes, pictures.items(), strict=True):
        place.imshow(image, cmap="gray", vmin=0, vmax=255)
        place.set(xticks=[], yticks=[])
        place.set_ylabel(name, rotation=0, ha="right", va="center")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_load(
    rates: Sequence[float],
    read: Sequence[float],
    p50: Sequence[float],
    p99: Sequence[float],
    refused: Sequence[float],
    title: str,
) -> Figure:
    """Draw what a service did under rising rates.

    Args:
        rates: requests per second that were sent.
        read: lines per second that were read.
        p50, p99: seconds of the requests that were accepted.
        refused: share of requests that got 503.
        title: of the figure.
    """
    figure = Figure(figsize=(drawing.WIDTH, 3.2))
    through, late = figure.subplots(1, 2)
    through.plot(rates, rates, color="#888888", linestyle=":", label="all that was asked")
    through.plot(rates, read, "o-", color=drawing.BLUE, label="read")
    wrong = [rate * share for rate, share in zip(rates, refused, strict=True)]
    through.plot(rates, wrong, "s--", color=drawing.VERMILION, label="refused (503)")
    through.set(xlabel="requests per second", ylabel="per second")
    for values, style, name in ((p50, "o-", "p50"), (p99, "s--", "p99")):
        milliseconds = 1000 * np.asarray(values)
        late.plot(rates, milliseconds, style, color=drawing.GREEN, label=name)
    late.set(xlabel="requests per second", ylabel="ms, accepted requests", yscale="log")
    late.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    late.yaxis.set_minor_locator(NullLocator())
    late.yaxis.set_major_formatter("{x:g}")
    for axes in (through, late):
        axes.legend(fontsize=9)
        drawing.plain(axes)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_streams(
    scores: Mapping[str, tuple[Sequence[int], Sequence[float]]], begins: int, title: str
) -> Figure:
    """Draw how far windows lie off as streams go wrong: by name, (requests so far, scores)."""
    figure = Figure(figsize=(drawing.WIDTH, 3.6))
    axes = figure.subplots()
    for k, (name, (requests, values)) in enumerate(scores.items()):
        style = "-" if k < len(COLORS) else "--"
        axes.plot(requests, values, style, marker="o", markersize=3, label=name,
                  color=COLORS[k % len(COLORS)])  # fmt: skip
    axes.axhline(1, color="#888888", linestyle=":")
    axes.axvline(begins, color="#888888", linestyle=":")
    axes.set(xlabel="requests", ylabel="distance, 1 is the limit", yscale="symlog")
    axes.legend(fontsize=9, ncols=2)
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure
