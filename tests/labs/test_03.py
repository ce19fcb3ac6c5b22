"""What lab 03 promises: a small run by papermill works, and its defaults read honestly well."""

import pytest
from paths import LABS

from fsdl_hwr.recognizers.line import Recognizer

LAB = LABS / "03_line_recognizer.ipynb"


@pytest.mark.long  # browser/test_labs.py runs the same lab as small
def test_a_small_run_leaves_notebook_report_results_and_recognizer(small_run, small_metrics):
    assert {"validation_cer", "test_cer", "test_cer_folded", "window_cer"} <= set(small_metrics)
    assert Recognizer.load(small_run / "recognizer.keras").num_frames == 119


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 8 and all(alternative_texts)


def test_folding_and_the_language_model_remove_errors(metrics):
    assert metrics["test_cer_folded"] < metrics["test_cer"]
    alone, _, weighted = metrics["beam_cer"].values()
    assert weighted < alone
