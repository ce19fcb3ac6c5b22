"""What lab 04b promises: a killed worker costs no run, and changes no result."""

import pytest
from paths import LABS

from fsdl_hwr.experiments import timelines

LAB = LABS / "04b_many_machines.ipynb"


@pytest.mark.long
def test_a_small_run_finishes_every_run_in_spite_of_the_kill(small_run, small_metrics):
    assert small_metrics["finished"] == 3
    bars, _ = timelines.read(small_run / "killed")
    assert {bar.run for bar in bars if bar.state == "finished"} == {bar.run for bar in bars}


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 2 and all(alternative_texts)


def test_the_defaults_learn_and_gain_by_workers_until_the_longest_is_left(metrics):
    assert metrics["finished"] == 6 and metrics["died"] <= 2
    walls = metrics["walls"]
    assert walls == sorted(walls, reverse=True) and walls[-1] == pytest.approx(walls[-2], rel=0.1)
    assert min(metrics["errors"]) < 0.5
