import json

from fsdl_hwr.explorers import budget_explorer, widget


def test_names_are_counted_by_the_frames_that_they_need():
    data = budget_explorer.page_data(["LEA", "ANNE", "ZOE", "ANNABELLE"], 392)
    assert data["counts"] == [0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 1]  # repeats need a blank
    assert data["examples"][2] == ["LEA", "ZOE"]
    json.dumps(data)


def test_the_widget_starts_from_the_frames_asked_for():
    explorer = budget_explorer.explore(["LEA"], 392, frames=8)
    assert explorer.state == {"frames": 8}
    assert "export default" in explorer._esm


def test_nothing_raises_without_anywidget(monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert budget_explorer.explore(["LEA"], 392) is None
