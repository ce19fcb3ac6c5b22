"""What lab 05 promises: a small run works; its defaults rank ideas against a measured noise."""

import pytest
from paths import LABS

from fsdl_hwr.experiments import tracking
from fsdl_hwr.recognizers.line import Recognizer

LAB = LABS / "05_experimentation.ipynb"


@pytest.mark.long
def test_a_small_run_leaves_notebook_report_results_and_recognizer(small_run, small_metrics):
    names = {"baseline, seed 0", "baseline, seed 1", "an LSTM"}
    assert set(small_metrics["today"]["validation_cer"]) == names
    assert set(small_metrics["test_cer"]) == {"recipe", "2019, batches of 64", "2019, batches of 8"}
    assert Recognizer.load(small_run / "recognizer.keras").geometry.height == 40


@pytest.mark.long
def test_every_run_left_its_record(small_run):
    rows = tracking.load_runs(small_run)
    runs = [row for row in rows if row["run"] != small_run.name]
    assert len(runs) == 6 and all(row["state"] == "finished" for row in runs)
    assert all(len(row["predictions"]) == 1 for row in runs)


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 4 and all(alternative_texts)


def test_the_defaults_show_an_idea_within_the_noise_and_2019_fairly(metrics):
    today = metrics["today"]
    assert len(today["validation_cer"]) == 3 + 5
    assert today["baseline_noise"] > 0
    test_cer = metrics["test_cer"]
    assert test_cer["recipe"] < test_cer["2019, batches of 64"]
    assert test_cer["2019, batches of 8"] < test_cer["2019, batches of 64"]
