import json

import pytest

from fsdl_hwr.experiments.timelines import Bar
from fsdl_hwr.explorers import timeline_explorer, widget

BARS = [
    Bar("a", 0, 0.0, 2.0, "died"),
    Bar("b", 1, 0.0, 3.0, "finished"),
    Bar("a", 2, 3.0, 4.0, "finished"),
]


def test_the_page_gets_the_sweep_as_it_ran_and_its_replays():
    data = timeline_explorer.page_data(BARS, ["x", "y", "z"])
    assert [bar["state"] for bar in data["measured"]] == ["died", "finished", "finished"]
    one, two = data["replays"]
    assert [(bar["run"], bar["start"], bar["end"]) for bar in one] == [("b", 0, 3), ("a", 3, 4)]
    assert [(bar["lane"], bar["end"]) for bar in two] == [(0, 3), (1, 1)]
    assert (data["longest"], data["total"]) == (3, 4)
    json.dumps(data, allow_nan=False)
    with pytest.raises(ValueError, match="nothing to replay"):
        timeline_explorer.page_data(BARS[:1], ["x"])


def test_the_widget_starts_with_the_sweep_as_it_ran(monkeypatch):
    explorer = timeline_explorer.explore(BARS, ["x", "y", "z"])
    assert explorer.state == {"workers": 0} and "export default" in explorer._esm
    monkeypatch.setattr(widget, "anywidget", None)
    assert timeline_explorer.explore(BARS, ["x", "y", "z"]) is None
