import json

import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.explorers import map_explorer, widget
from fsdl_hwr.layout import line_maps


@pytest.fixture
def mapped():
    """A page of the network's size, with a map whose second line is faint."""
    page = bars(height=768, width=576, rows=(200, 300, 400))
    maps = line_maps.targets(page.lines, (768, 576))[..., :3].astype(np.float32)
    maps[130:160] *= 0.4
    return page.image, maps


def test_fewer_lines_at_a_higher_threshold(mapped):
    image, maps = mapped
    assert len(map_explorer.lines_at(image, maps, 1.0, 0.2, 1.0).crops) == 3
    cut = map_explorer.lines_at(image, maps, 1.0, 0.5, 1.0)
    assert len(cut.crops) == 2 and len(cut.page.lines) == 2


def test_a_thicker_band_makes_taller_crops(mapped):
    image, maps = mapped
    usual, thick = (map_explorer.lines_at(image, maps, 1.0, 0.2, t).crops[0] for t in (1.0, 1.8))
    assert thick.shape[0] > 1.5 * usual.shape[0]


def test_impossible_sliders_are_refused(mapped):
    with pytest.raises(ValueError, match="between 0 and 1"):
        map_explorer.lines_at(*mapped, 1.0, 1.5, 1.0)


def test_what_the_page_draws_is_json_and_follows_the_state(mapped):
    image, maps = mapped
    cuts = [map_explorer.lines_at(image, maps, 1.0, t, 1.0) for t in (0.2, 0.5)]
    data = map_explorer.page_data(cuts[0], maps, 1.0)
    assert data["count"] == 3 and len(data["lines"]) == 3
    assert data["bandSize"] == [576, 768]
    json.dumps(data)
    figure = map_explorer.draw_thresholds(cuts, "two thresholds")
    assert [axes.get_title() for axes in figure.axes] == [
        "threshold 0.20: 3 lines", "threshold 0.50: 2 lines",
    ]  # fmt: skip


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_moving_a_slider_computes_the_lines_anew(mapped):
    explorer = map_explorer.explore(*mapped, 1.0)
    explorer.state = {**explorer.state, "threshold": 0.2}
    explorer.asked += 1
    assert explorer.data["count"] == 3 and explorer.problem == ""
    explorer.state = {**explorer.state, "threshold": 2}
    explorer.asked += 1
    assert "between 0 and 1" in explorer.problem
