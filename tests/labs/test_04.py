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


def test_the_defaults_show_what_the_lab_promises(metrics):
    assert metrics["first_cer"] < 0.3  # 0.14 when this was written
    assert metrics["second_cer"] > 0.95  # blanks, after a quarter of the updates
    assert metrics["second_loss_fell_by"] > 0.2  # 0.33
    assert metrics["sessions"] == [2, 1, 1, 1, 1, 1] and metrics["same_run"]
    assert metrics["epochs_recorded"] == [4] * 6
    effects = metrics["effects"]  # in CER: 0.47 and 0.18 when this was written
    assert effects["batch_size"] > effects["learning_rate"]
    assert metrics["spread_by_updates"] < metrics["spread_by_epochs"]
    by_heart = metrics["by_heart"]
    assert by_heart["loss"] < 1 < by_heart["val_loss"]  # 0.1, 11.5
    assert by_heart["val_cer"] > 2 * metrics["first_cer"]
