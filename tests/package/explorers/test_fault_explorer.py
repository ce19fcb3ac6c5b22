import json

import pytest
import small

from fsdl_hwr.datasets import lines
from fsdl_hwr.explorers import fault_explorer, widget


@pytest.fixture(scope="module")
def recognizer():
    return small.tiny()


@pytest.fixture(scope="module")
def sample():
    return lines.make_lines(small.MAKER, small.TEXTS, 0)


def test_without_faults_the_port_equals_keras(recognizer, sample):
    board = fault_explorer.throw(recognizer, sample, ())
    assert max(board.differences.values()) < 1e-5
    assert board.texts == recognizer.read(sample)
    assert not any(board.findings[:8])  # the ninth asks for a trained network


def test_a_fault_that_is_on_is_found(recognizer, sample):
    board = fault_explorer.throw(recognizer, sample, {1, 6})
    assert board.findings[0] and board.findings[5]
    assert board.differences["conv2"] < 1e-5 < board.differences["frames"]


def test_the_page_asks_for_other_faults(recognizer, sample):
    explorer = fault_explorer.explore(recognizer, sample)
    assert explorer.data["findings"][1] == ""
    explorer.state = {"faults": [2]}
    explorer.asked = 1
    assert "class 0" in explorer.data["findings"][1]
    assert explorer.answered == 1 and explorer.problem == ""
    assert len(explorer.data["images"]) == fault_explorer.SHOWN
    json.dumps(explorer.data, allow_nan=False)


def test_nothing_raises_without_anywidget(monkeypatch, recognizer, sample):
    monkeypatch.setattr(widget, "anywidget", None)
    assert fault_explorer.explore(recognizer, sample) is None
