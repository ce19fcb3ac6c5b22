from fsdl_hwr.experiments.timelines import Bar
from fsdl_hwr.figures import timelines


def test_a_lane_per_worker_and_a_cross_per_death():
    bars = [Bar("a", 0, 0.0, 2.0, "died"), Bar("b", 1, 0.0, 3.0, "finished")]
    (axes,) = timelines.draw_timeline(bars, ["x", "y"], "A sweep").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "y"]
    assert [bar.get_width() for bar in axes.patches] == [2, 3]
    (cross,) = axes.lines
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (2, 0)
