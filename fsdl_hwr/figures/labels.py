"""Figures of labels: where two annotators part, what a network doubts, what labels cost."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, BLUE, GREEN, ORANGE, VERMILION, WIDTH
from fsdl_hwr.labeling.agreement import Agreement

AGREED, OTHERWISE, ALONE = GREEN, ORANGE, VERMILION
SHOWN = 900  # px, the height at which pages are drawn
BINS = 40


def draw_disagreements(first: Page, second: Page, found: Agreement, title: str) -> Figure:
    """Draw both annotations of a page: lines of both, lines cut otherwise, lines of one alone.

    Args:
        first, second: the page as each annotator has it.
        found: the agreement of the two.
        title: of the figure.
    """
    verdicts = [
        _verdicts(len(first.lines), found.split_first, found.only_first),
        _verdicts(len(second.lines), found.split_second, found.only_second),
    ]
    figure = Figure(figsize=(WIDTH, 0.6 * WIDTH * first.image.shape[0] / first.image.shape[1]))
    sides = zip(figure.subplots(1, 2), (first, second), verdicts, strict=True)
    for number, (axes, page, colors) in enumerate(sides, start=1):
        axes.imshow(_painted(page, colors))
        axes.set_title(f"annotator {number}: {len(page.lines)} lines", fontsize=10)
        axes.axis("off")
    names = ("same line", "cut otherwise", "the other has none")
    handles = [
        axes.plot([], [], color=color, linewidth=4)[0] for color in (GREEN, ORANGE, VERMILION)
    ]
    figure.legend(handles, names, loc="lower center", ncols=3, frameon=False)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    return figure


def _verdicts(count: int, otherwise: Sequence[int], alone: Sequence[int]) -> list[str]:
    colors = [AGREED] * count
    for k in otherwise:
        colors[k] = OTHERWISE
    for k in alone:
        colors[k] = ALONE
    return colors


def _painted(page: Page, colors: Sequence[str]) -> np.ndarray:
    """Paint the outlines of lines over a page: uint8 (height, width, 3), RGB."""
    factor = min(1.0, SHOWN / page.image.shape[0])
    small = cv2.resize(page.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    painted = np.repeat(small[..., None], 3, axis=2)
    tint = painted.copy()
    for line, color in zip(page.lines, colors, strict=True):
        corners = np.rint(line.polygon * factor).astype(np.int32)
        rgb = tuple(round(255 * c) for c in to_rgb(color))
        cv2.fillPoly(tint, [corners], rgb)
        cv2.polylines(painted, [corners], True, rgb, 2, cv2.LINE_AA)
    return cv2.addWeighted(tint, 0.3, painted, 0.7, 0)


def draw_noise(scores: np.ndarray, kinds: np.ndarray, title: str) -> Figure:
    """Draw how a noise score parts labels, by kind: "" is a label that nobody spoiled."""
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    finite = np.minimum(scores, np.quantile(scores[np.isfinite(scores)], 1.0))
    bins = np.linspace(0, finite.max() + 0.1, BINS).tolist()
    names = ["", *dict.fromkeys(kind for kind in kinds if kind)]
    colors = (BLUE, VERMILION, ORANGE, GREEN, BLACK)
    for kind, color in zip(names, colors, strict=False):
        label = f"{kind or 'untouched'} ({(kinds == kind).sum()})"
        axes.hist(finite[kinds == kind], bins, color=color, alpha=0.7, label=label)
    axes.set(xlabel="-log p(label | image) per character, nats", ylabel="labels", yscale="symlog")
    axes.legend(frameon=False)
    drawing.plain(axes)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_suspects(lines: Lines, readings: Sequence[str], scores: np.ndarray, title: str) -> Figure:
    """Draw lines under their label and what a network read instead, a row each.

    Args:
        lines: with the labels in question as transcripts.
        readings: what the network reads, one per line.
        scores: (lines,), printed beside each label.
        title: of the figure.
    """
    widest = max(200, int(lines.ink_widths.max()) + 8)
    height = lines.images.shape[1] / widest * WIDTH + 0.42
    figure = Figure(figsize=(WIDTH, height * len(lines) + 0.6))
    all_axes = figure.subplots(len(lines), squeeze=False)[:, 0]
    for k, axes in enumerate(all_axes):
        axes.imshow(255 - lines.images[k, :, :widest], cmap="gray", vmin=0, vmax=255)
        says = (
            f"{scores[k]:5.2f}  label {lines.transcripts[k][:56]}\n       read  {readings[k][:56]}"
        )
        axes.set_title(says, fontsize=8, loc="left", pad=2, family="monospace", parse_math=False)
        axes.axis("off")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_costs(costs: Mapping[str, float], title: str) -> Figure:
    """Draw bars of keystrokes, by how the labels were made."""
    figure = Figure(figsize=(WIDTH, 0.9 + 0.45 * len(costs)))
    axes = figure.subplots()
    bars = axes.barh(list(costs), list(costs.values()), color=BLUE)
    axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=9)
    axes.set(xlabel="keystrokes")
    axes.margins(x=0.1)
    axes.invert_yaxis()
    drawing.plain(axes, grid="x")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure
