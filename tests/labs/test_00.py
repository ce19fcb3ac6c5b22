"""What lab 00 promises: a small run works, and reads what strangers write."""

import pytest
from paths import LABS

LAB = LABS / "00_read_my_name.ipynb"


@pytest.mark.long
def test_a_small_run_reads_canvas_and_photograph_and_trains_on(small_metrics):
    before, after = small_metrics["others_cer"]
    assert before < 0.2 and after < 0.5
    assert (
        small_metrics["photograph"]["text"] and 0 < small_metrics["photograph"]["confidence"] <= 1
    )


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 6 and all(alternative_texts)
