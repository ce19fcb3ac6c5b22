"""What lab 04 promises: a killed run goes on, and the defaults show what the lab says."""

from pathlib import Path

import numpy as np
import pytest

from fsdl_hwr.experiments import tracking
from fsdl_hwr.figures import training_runs

ROOT = Path(__file__).parents[2]
LAB = ROOT / "labs" / "04_tracking_experiments.ipynb"
SMALL = {
    "wandb_mode": "disabled",
    "num_writers": 5,
    "num_validation": 20,
    "lines_per_epoch": 32,
    "epochs": 2,
    "other_batch_size": 16,
    "sweep_batch_sizes": "8",  # the run that is killed, alone
    "sweep_learning_rates": "1e-3",
    "filters": "4 4 8",
    "fixed_lines": 8,
    "fixed_epochs": 2,
}


@pytest.mark.long
def test_the_killed_run_went_on_as_the_same_run(small_run, small_metrics):
    assert small_metrics["killed_after"] >= 1
    assert small_metrics["same_run"]
    assert small_metrics["answer"].startswith("No difference")  # there is one run only
    (run,) = tracking.load_runs(small_run / "sweep")
    assert (run["state"], run["sessions"], run["epoch"]) == ("finished", 2, 2)


@pytest.mark.long
def test_without_wandb_nothing_of_it_is_written(small_run):
    assert not list(small_run.rglob("wandb"))


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) == 7 and all(alternative_texts)


def test_curves_have_gaps_where_a_run_has_no_value():
    curve = {"a": ([1, 2, 3], [4.0, None, 2.0])}
    figure = training_runs.draw_curves([("epoch", "loss", curve), ("epoch", "CER", curve)], "Two")
    assert [len(axes.lines) for axes in figure.axes] == [1, 1]
    assert figure.axes[0].lines[0].get_ydata()[[0, 2]].tolist() == [4, 2]
    assert np.isnan(figure.axes[0].lines[0].get_ydata()[1])


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


def test_the_defaults_show_what_the_lab_promises(metrics):
    assert metrics["first_cer"] < 0.3  # 0.14 when this was written
    assert metrics["second_cer"] > 0.95  # blanks, after a quarter of the updates
    assert metrics["second_loss_fell_by"] > 0.2  # 0.33
    assert metrics["sessions"] == [2, 1, 1, 1, 1, 1] and metrics["same_run"]
    assert metrics["epochs_recorded"] == [4] * 6
    assert metrics["answer"] == "batch_size mattered more than learning_rate"
    assert metrics["spread_by_updates"] < metrics["spread_by_epochs"]
    by_heart = metrics["by_heart"]
    assert by_heart["loss"] < 1 < by_heart["val_loss"]  # 0.1, 11.5
    assert by_heart["val_cer"] > 2 * metrics["first_cer"]
