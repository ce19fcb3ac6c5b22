import json

import numpy as np
import pytest

from fsdl_hwr import networks
from fsdl_hwr.datasets import sources
from fsdl_hwr.explorers import noise_explorer, widget
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.flow import STEPS, PenFlow
from fsdl_hwr.generation.letters import Basis
from fsdl_hwr.generation.scores import Judge

STATE = {"letter": 1, "guidance": 1.5, "noise": 0, "step": 0}


@pytest.fixture(scope="module")
def untrained():
    real = sources.load_pen_characters("strokes", "test", characters="AB", num_writers=10)
    rows = letters.encode(real.inks)
    flow = PenFlow(Basis(rows, 4), 2, width=8, depth=1)
    network = networks.character_cnn(num_classes=2, filters=(4, 4, 4, 4, 4))
    return flow, Judge(network, letters.draw(rows, real.labels, "AB", "real"))


def test_every_step_is_drawn_and_read(untrained):
    data = noise_explorer.page_data(*untrained, STATE)
    assert len(data["frames"]) == STEPS + 1
    points = np.concatenate([np.array(s) for f in data["frames"] for s in f["strokes"]])
    assert points.min() >= 0
    assert points.max() <= data["width"]
    for frame in data["frames"]:
        shares = [share for _, share in frame["likely"]]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1, abs=1e-3)
    json.dumps(data)


def test_other_noise_is_another_letter(untrained):
    first, again, other = (
        noise_explorer.page_data(*untrained, STATE | {"noise": noise}) for noise in (0, 0, 1)
    )
    assert first == again
    assert first["frames"] != other["frames"]


@pytest.mark.parametrize("change", [{"letter": 2}, {"letter": -1}, {"guidance": 9}])
def test_what_is_out_of_range_is_said(untrained, change):
    with pytest.raises(ValueError, match="none of them|got 9"):
        noise_explorer.page_data(*untrained, STATE | change)


def test_the_static_figure_has_a_row_per_letter(untrained):
    figure = noise_explorer.draw_walks(*untrained, [(0, 0), (1, 3)], 1.0, "Two letters")
    assert len(figure.axes) == 12
    assert figure.axes[0].get_title() == "step 0"


def test_the_widget_starts_at_the_finished_letter(untrained):
    explorer = noise_explorer.explore(*untrained, letter=1)
    assert explorer.state["step"] == STEPS
    assert "export default" in explorer._esm


def test_nothing_raises_without_anywidget(untrained, monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert noise_explorer.explore(*untrained) is None
