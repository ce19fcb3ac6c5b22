"""A probability map with two sliders: which lines it holds, and the crops that follow.

`lines_at` computes the lines for one threshold and thickness, `draw_thresholds` draws some beside
one another, and `explore` opens the map in the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.explorers import page_explorer, widget
from fsdl_hwr.figures import pages as page_figures
from fsdl_hwr.layout import crops, line_maps
from fsdl_hwr.recognizers import page as page_reader

SHOWN_HEIGHT = 620  # px of the page in the browser
NUM_CROPS = 40


@dataclass(frozen=True)
class Cut:
    """The result of one threshold and thickness: the page with its lines, and their crops."""

    page: Page
    crops: list[np.ndarray]
    threshold: float
    thickness: float


def lines_at(
    image: np.ndarray, maps: np.ndarray, scale: float, threshold: float, thickness: float
) -> Cut:
    """Read lines off maps and cut them out.

    Args:
        image: the page, uint8 (height, width) gray, dark ink on light.
        maps, scale: as `LineFinder.maps` returns them for this image.
        threshold: of the band's probability, between 0 and 1.
        thickness: factor on the x-height that a band's thickness stands for.
    """
    if not 0 < threshold < 1 or thickness <= 0:
        raise ValueError(
            f"threshold={threshold}, thickness={thickness}: a probability lies between 0 and 1, "
            "and a thickness above 0."
        )

    def find_lines(_):
        found = line_maps.lines_from_maps(maps, threshold, thickness)
        return [line.scaled(1 / scale) for line in found]

    page = page_reader.find_on_page(image, find_lines)
    return Cut(page, crops.crop_lines(image, page.owners, page.lines), threshold, thickness)


def draw_thresholds(cuts: Sequence[Cut], title: str) -> Figure:
    """Draw the lines of several thresholds side by side."""
    titles = [f"threshold {cut.threshold:.2f}: {len(cut.crops)} lines" for cut in cuts]
    return page_figures.draw_lines_found(
        cuts[0].page.image, [cut.page.owners for cut in cuts], titles, title,
        [cut.page.lines for cut in cuts],
    )  # fmt: skip


def page_data(cut: Cut, maps: np.ndarray, scale: float) -> dict:
    """Return what the page draws: the page under its map, outlines, crops."""
    height, width = cut.page.image.shape
    small = cv2.resize(
        cut.page.image, None, fx=SHOWN_HEIGHT / height, fy=SHOWN_HEIGHT / height,
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    band = (255 * (maps[..., line_maps.BAND] > cut.threshold)).astype(np.uint8)
    lines = [
        {
            "outline": np.rint(crops.outline(line)).astype(int).tolist(),
            "middle": np.rint(page_explorer.middle_points(line)).astype(int).tolist(),
            "crop": widget.png(255 - crop),
            "size": [crop.shape[1], crop.shape[0]],
        }
        for line, crop in zip(cut.page.lines[:NUM_CROPS], cut.crops[:NUM_CROPS], strict=True)
    ]
    step = line_maps.STRIDE / scale  # px of the page per px of the map
    return {
        "image": widget.png(255 - small),
        "size": [width, height],
        "band": widget.png(band),
        "bandSize": [band.shape[1] * step, band.shape[0] * step],
        "lines": lines,
        "count": len(cut.crops),
    }


def explore(image: np.ndarray, maps: np.ndarray, scale: float, threshold: float = 0.5):
    """Open a map in the page.

    `.state` of what it returns holds threshold, thickness and the chosen line.

    Args:
        image, maps, scale: see `lines_at`.
        threshold: the one to begin with.
    """

    def compute(state: dict) -> dict:
        cut = lines_at(image, maps, scale, state["threshold"], state["thickness"])
        return page_data(cut, maps, scale)

    state = {"threshold": threshold, "thickness": 1.0, "line": -1}
    return widget.open_explorer("map_explorer", compute(state), state, compute)
