import pytest
import small

from fsdl_hwr.explorers import power_explorer, widget


def test_more_writers_see_more():
    few = power_explorer.page_data({"writers": 5, "lines": 10, "error": 10})
    many = power_explorer.page_data({"writers": 40, "lines": 25, "error": 10})
    tenth = few["effects"].index(10)
    assert few["worse"][tenth] < 0.5 < 0.85 < many["worse"][tenth]
    for data in (few, many):
        assert data["worse"][0] + data["better"][0] <= 0.1
        assert data["worse"][-1] >= data["worse"][0]


def test_the_page_asks_for_another_number_of_writers():
    explorer = power_explorer.explore()
    before = explorer.data["worse"]
    after = small.ask(explorer, writers=60)["worse"]
    assert sum(after) > sum(before)
    assert explorer.data["effects"][:2] == [0, pytest.approx(5)]


def test_nothing_raises_without_anywidget(monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert power_explorer.explore() is None
