"""What lab 08 promises: a small run by papermill works, and its defaults kill every defect."""

from paths import LABS

from fsdl_hwr.gate import defects

LAB = LABS / "08_testing.ipynb"


def test_a_small_run_leaves_notebook_report_and_results(small_run, small_metrics):
    assert small_metrics["defects"] == small_metrics["killed"] == 3
    assert set(small_metrics["verdicts"]) == {"another seed", "half the data", "stopped early"}
    assert (small_run / "champion").is_dir()


def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 5 and all(alternative_texts)


def test_the_defaults_kill_every_defect_and_judge_rightly(metrics):
    assert metrics["defects"] == metrics["killed"] == len(defects.load())
    assert metrics["idle_tests"] == 0
    verdicts = metrics["verdicts"]
    assert verdicts["half the data"] == verdicts["stopped early"] == "worse"
    assert metrics["same_recipe"] == "cannot say"
    assert metrics["false_alarms"] <= 0.05
