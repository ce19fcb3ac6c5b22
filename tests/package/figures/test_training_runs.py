"""The figures of runs: every value is drawn, a run without a metric is left out of its panel."""

import numpy as np
import pytest

from fsdl_hwr.experiments import leaderboard
from fsdl_hwr.figures import training_runs

HISTORIES = {
    "small": {"val_loss": [4.0, None, 2.0], "val_cer": [1.0, 0.5, 0.25], "seconds": [2, 1, 1]},
    "large": {"val_loss": [5.0, 4.5], "seconds": [1, 1]},
}


def test_runs_have_a_panel_per_metric_and_a_curve_each():
    figure = training_runs.draw_runs(HISTORIES, ["val_loss", "val_cer"], "Two runs")
    loss, cer = figure.axes
    assert [line.get_label() for line in loss.lines] == ["small", "large"]
    assert [line.get_label() for line in cer.lines] == ["small"]
    assert cer.lines[0].get_ydata().tolist() == [100, 50, 25]  # percent
    assert [axes.get_xlabel() for axes in figure.axes] == ["epoch"] * 2


def test_curves_have_gaps_where_a_run_has_no_value():
    figure = training_runs.draw_runs(HISTORIES, ["val_loss"], "Loss")
    values = figure.axes[0].lines[0].get_ydata()
    assert values[[0, 2]].tolist() == [4, 2]
    assert np.isnan(values[1])


def test_another_axis_adds_up_over_the_epochs():
    figure = training_runs.draw_runs(HISTORIES, ["val_loss"], "Loss", x="seconds")
    assert figure.axes[0].lines[0].get_xdata().tolist() == [2, 3, 4]
    assert figure.axes[0].get_xlabel() == "seconds"


def test_effects_show_every_run_with_its_interval():
    runs = [
        {"size": size, "rate": rate, "validation_cer": 0.5, "validation_cer_interval": [0.4, 0.7]}
        for size in (8, 4)
        for rate in (0.1, 0.2)
    ]
    figure = training_runs.draw_effects(runs, "size", "rate", {"size": 0.2, "rate": 0.1}, "Title")
    points, bars = figure.axes
    assert [text.get_text() for text in points.texts] == ["50%"] * 4
    assert [text.get_text() for text in points.get_xticklabels()] == ["4", "8"]
    assert [text.get_text() for text in bars.texts] == ["20", "10"]
    (interval,) = points.collections[0].get_segments()[:1]
    assert interval[:, 1].tolist() == pytest.approx([40, 70])


def test_the_figure_has_a_point_for_every_run():
    runs = {"a": run(0.3), "b": run(0.1), "c": run(0.2)}
    verdicts = ["worse", "better", "within noise"]
    title = leaderboard.finding(verdicts)
    assert title.startswith("Of 3 ideas, 1 helped and 1 hurt")
    figure = training_runs.draw_leaderboard(runs, leaderboard.Baseline((0.20, 0.21, 0.22)), title)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "c", "b"]
    assert len(axes.containers) == 3  # a kind of mark for every verdict
    alone = training_runs.draw_leaderboard(runs, leaderboard.Baseline((0.2,)), "")
    assert len(alone.axes[0].containers) == 1


def run(cer, lines_seen=100):
    interval = [cer - 0.02, cer + 0.02]
    return {"validation_cer": cer, "validation_cer_interval": interval, "lines_seen": lines_seen}
