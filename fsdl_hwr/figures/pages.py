"""Figures of pages: their lines, profiles, maps, crops, and how finders compare."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from fsdl_hwr.datasets.pages import Page, TextLine
from fsdl_hwr.figures import drawing
from fsdl_hwr.figures.drawing import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILION, WIDTH
from fsdl_hwr.layout.profile import Profile

COLORS = (BLUE, VERMILION, GREEN, ORANGE, SKY)  # of neighboring lines, by turns
SHOWN = 900  # px, the height at which pages are drawn


def colored_lines(image: np.ndarray, owners: np.ndarray, baselines: Sequence[TextLine] = ()):
    """Paint each line's ink in a color of its own: uint8 (height, width, 3), RGB.

    image: uint8 (height, width) gray; what belongs to no line stays gray, on lighter paper.
    """
    palette = np.array([(1, 1, 1), *map(to_rgb, COLORS)])
    index = np.where(owners > 0, (owners - 1) % len(COLORS) + 1, 0)
    paper = np.repeat(image[..., None] / 255 * 0.5 + 0.5, 3, axis=2)
    painted = np.where((owners > 0)[..., None], palette[index], paper)
    painted = np.ascontiguousarray((255 * painted).astype(np.uint8))
    thickness = max(1, image.shape[0] // 500)
    for line in baselines:
        points = [np.rint(line.baseline).astype(np.int32)]
        cv2.polylines(painted, points, False, (0, 0, 0), thickness, cv2.LINE_AA)
    return painted


def draw_pages(pages: Sequence[Page], titles: Sequence[str], title: str = "") -> Figure:
    """Draw pages side by side, as photographed."""
    images = [_at_height(page.image, cv2.INTER_AREA) for page in pages]
    return _side_by_side(images, titles, title)


def draw_lines_found(
    image: np.ndarray,
    owner_maps: Sequence[np.ndarray],
    titles: Sequence[str],
    title: str = "",
    lines: Sequence[Sequence[TextLine]] = (),
) -> Figure:
    """Draw one page several times, each with the lines that somebody found on it, in colors.

    Args:
        image: the page, uint8 (height, width) gray.
        owner_maps: int (height, width) each, k on the ink of line k, 0 elsewhere.
        titles: one over each page.
        title: of the figure.
        lines: of each page, to draw their baselines; none by default.
    """
    images = []
    for k, owners in enumerate(owner_maps):
        images.append(colored_lines(image, owners, lines[k] if len(lines) else ()))
    return _side_by_side([_at_height(i, cv2.INTER_AREA) for i in images], titles, title)


def draw_profile(profile: Profile, title: str = "") -> Figure:
    """Draw a page's ink beside its row sums, with the cuts between lines."""
    height, width = profile.ink.shape
    figure = Figure(figsize=(WIDTH, 0.62 * WIDTH))
    page, sums = figure.subplots(1, 2, sharey=True, width_ratios=[1, 0.6])
    page.imshow(profile.ink, cmap="gray_r", extent=(0, width, height, 0))
    page.set(xticks=[], ylabel="row, px")
    sums.fill_betweenx(np.arange(height), profile.sums, color=BLUE, alpha=0.5)
    sums.plot(profile.sums[profile.peaks], profile.peaks, "o", color=BLACK, markersize=4)
    for axes in (page, sums):
        for cut in profile.cuts:
            axes.axhline(cut, color=VERMILION, linewidth=0.9)
    sums.set(xlabel="px of ink per row, smoothed", ylim=(height, 0))
    drawing.plain(sums, grid="")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_maps(ink: np.ndarray, maps: np.ndarray, title: str = "") -> Figure:
    """Draw what a network sees beside its three maps: core band, starts, ends."""
    figure = Figure(figsize=(WIDTH, 0.36 * WIDTH * ink.shape[0] / ink.shape[1]))
    shown = [255 - ink, *np.moveaxis(maps[..., :3], -1, 0)]
    names = ["the network's page", "core band", "line starts", "line ends"]
    for axes, image, name in zip(figure.subplots(1, 4), shown, names, strict=True):
        axes.imshow(image, cmap="gray" if image is shown[0] else "magma", vmin=0)
        axes.set_title(name, fontsize=10)
        axes.axis("off")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_bands(bands: Sequence[np.ndarray], titles: Sequence[str], title: str = "") -> Figure:
    """Draw one map several times, as it was after each epoch, say: probabilities, black is 1."""
    images = [np.round(255 * (1 - band)).astype(np.uint8) for band in bands]
    return _side_by_side(images, titles, title)


def draw_crops(crops: Sequence[np.ndarray], titles: Sequence[str], title: str = "") -> Figure:
    """Draw line images under one another, as wide as they are, a title over each."""
    widest = max(crop.shape[1] for crop in crops)
    heights = [crop.shape[0] / widest * WIDTH + 0.25 for crop in crops]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.5))
    all_axes = figure.subplots(len(crops), squeeze=False, height_ratios=heights)[:, 0]
    for axes, crop, name in zip(all_axes, crops, titles, strict=True):
        axes.imshow(crop, cmap="gray", vmin=0, vmax=255)
        axes.set_xlim(0, widest)
        axes.set_title(name, fontsize=9, loc="left", pad=2, parse_math=False)
        axes.axis("off")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_scores(scores: Mapping[str, Sequence[float]], names: Sequence[str], title: str) -> Figure:
    """Draw bars of scores from 0 to 1: finders by name, one score per threshold in `names`."""
    figure = Figure(figsize=(WIDTH, 0.8 + 0.55 * len(scores)))
    axes = figure.subplots()
    places = np.arange(len(scores))
    for k, name in enumerate(names):
        values = [score[k] for score in scores.values()]
        offset = (k - (len(names) - 1) / 2) * 0.36
        bars = axes.barh(places + offset, values, 0.34, color=COLORS[k], label=name)
        axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=9)
    axes.set_yticks(places, list(scores))
    axes.set(xlim=(0, 1.08), xlabel="F1 of lines")
    axes.invert_yaxis()
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(names))
    drawing.plain(axes, grid="x")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def _at_height(image: np.ndarray, smooth: int) -> np.ndarray:
    """Scale an image down to `SHOWN` px of height."""
    factor = min(1.0, SHOWN / image.shape[0])
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=smooth)


def _side_by_side(images, titles: Sequence[str], title: str) -> Figure:
    ratios = [image.shape[1] / image.shape[0] for image in images]
    height = min(9.0, WIDTH / sum(ratios))
    figure = Figure(figsize=(WIDTH, height + 0.7))
    axes_row = figure.subplots(1, len(images), squeeze=False, width_ratios=ratios)[0]
    for axes, image, name in zip(axes_row, images, titles, strict=True):
        axes.imshow(image, cmap="gray", vmin=0, vmax=255)
        axes.set_title(name, fontsize=10, parse_math=False)
        axes.axis("off")
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure
