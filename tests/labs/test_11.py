"""What lab 11 promises: a small run works; its defaults read, compress, clean and date."""

import pytest
from paths import LABS

LAB = LABS / "11_any_script.ipynb"


@pytest.mark.long
def test_a_small_run_leaves_its_numbers(small_metrics):
    assert set(small_metrics["test_accuracy"]) == {"BLSTM", "CNN"}
    ways = {"10", "100", "forms", "constant", "by letter", "by scribe"}
    assert ways == set(small_metrics["years_off"])
    assert len(small_metrics["f_scores"]) == 8


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 7 and all(alternative_texts)


def test_the_defaults_keep_what_the_lab_promises(metrics):
    dictionary = metrics["dictionary"]
    assert dictionary["shuffled"] < 0.6 < dictionary["truth"]
    assert metrics["unshuffled"] < dictionary["sound"] / 2
    f_scores = metrics["f_scores"]
    assert f_scores["unseen damage, U-Net"] > f_scores["unseen damage, Otsu"]
    years = metrics["years_off"]
    assert years["100"] < years["10"] < years["constant"]
    assert years["by letter"] < years["by scribe"]
