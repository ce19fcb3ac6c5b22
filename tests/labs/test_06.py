"""What lab 06 promises: a small run works; its defaults find more lines than row sums."""

import pytest
from page_examples import bars
from paths import LABS

from fsdl_hwr.layout.finder import load_onnx

LAB = LABS / "06_line_detector.ipynb"


@pytest.mark.long
def test_a_small_run_leaves_scores_and_a_finder_that_needs_no_keras(small_run, small_metrics):
    assert set(small_metrics["f1_drawn"]) == {"row profile", "U-Net"}
    assert set(small_metrics["page_cer"]) == {"true lines", "row profile", "U-Net"}
    assert "2 pages" in small_metrics["f1_archive"]
    maps, _ = load_onnx(small_run / "line_finder.onnx").maps(bars().image)
    assert maps.shape[-1] == 3 and 0 <= maps.min() <= maps.max() <= 1


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 11 and all(alternative_texts)


def test_the_defaults_keep_what_the_lab_promises(metrics):
    drawn = metrics["f1_drawn"]
    assert drawn["U-Net"][1] > drawn["row profile"][1]
    assert metrics["page_cer"]["true lines"] < metrics["page_cer"]["row profile"]
