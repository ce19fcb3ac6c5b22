import json

import pytest

from fsdl_hwr.explorers import kill_explorer, widget
from fsdl_hwr.gate import defects, matrix


@pytest.fixture
def found():
    """Two defects and two tests, of which the second defect's own is missing."""
    planted = (defects.named("padding is trained"), defects.named("wrong polarity"))
    tests = ("test_a_wide_beam_is_exact", "test_targets_keep_both_lengths")
    rows = (("", "padding would be trained"), ("", ""))
    return matrix.Matrix(planted, tests, rows, dict.fromkeys(tests, ""), 1.0)


def test_the_page_gets_the_change_the_lesson_and_the_findings(found):
    data = kill_explorer.page_data(found)
    first, second = data["defects"]
    assert first["own"] == 1 and second["own"] == -1
    assert "+    packed[:, 0], packed[:, 1] = frames, max_length" in first["diff"]
    assert data["tests"][0] == "a wide beam is exact"
    assert data["findings"] == [["", "padding would be trained"], ["", ""]]
    json.dumps(data, allow_nan=False)


def test_it_opens_at_the_first_defects_own_test(found):
    assert kill_explorer.explore(found).state == {"defect": 0, "test": 1}


def test_nothing_raises_without_anywidget(monkeypatch, found):
    monkeypatch.setattr(widget, "anywidget", None)
    assert kill_explorer.explore(found) is None
