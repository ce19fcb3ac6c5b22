"""The order-and-direction player: the same drawing, written in other ways."""

import json

import numpy as np
import pytest

from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import order_explorer

pytest.importorskip("anywidget")
LETTERS = "ABRt"


@pytest.fixture(scope="module")
def samples():
    return canvas_ink.embedded_samples("character", list(LETTERS))


def ask(explorer, **changes):
    """Do what the page does: change the state, then ask for its data."""
    explorer.state = explorer.state | changes
    explorer.asked += 1
    assert explorer.answered == explorer.asked
    json.dumps(explorer.data, allow_nan=False)
    return explorer.data


def test_an_ink_in_another_order_is_the_same_drawing(samples):
    ink = samples[0].ink
    written = order_explorer.rearrange(ink, [1, 0], [True, False])
    np.testing.assert_array_equal(written[0], ink[1][::-1])
    np.testing.assert_array_equal(written[1], ink[0])
    with pytest.raises(ValueError, match="order"):
        order_explorer.rearrange(ink, [0, 0], [False, False])


def test_every_reader_sees_the_new_order(samples):
    inks = {sample.label: sample.ink for sample in samples}
    readers = {
        "start": lambda ink: [(f"{ink[0][0, 0]:.0f}", 1.0)],
        "count": lambda ink: [(str(len(ink)), 1.0)],
    }
    player = order_explorer.explore(inks, readers)
    first = player.data["answers"][0]["likely"][0][0]
    count = len(samples[0].ink)
    data = ask(player, reversed=[True] * count)
    assert data["answers"][0]["likely"][0][0] != first
    data = ask(player, sample=3, order=[], reversed=[])
    assert player.state["order"] == list(range(len(samples[3].ink)))
    assert data["answers"][1]["likely"][0][0] == str(len(samples[3].ink))
    order_explorer.draw_ways(samples[0].ink, readers, "title")
