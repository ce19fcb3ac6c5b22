"""What lab 04 promises: a killed run goes on, and the defaults show what the lab says."""

import pytest
from paths import LABS

from fsdl_hwr.experiments import tracking

LAB = LABS / "04_tracking_experiments.ipynb"


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
    assert len(alternative_texts) >= 7 and all(alternative_texts)


def test_the_killed_run_of_the_defaults_is_one_of_six(metrics):
    assert metrics["sweep_sessions"] == [2, 1, 1, 1, 1, 1]
    assert metrics["sweep_epoch"] == [4] * 6
    assert metrics["same_run"]
    assert metrics["spread"]["updates"] < metrics["spread"]["epochs"]
