"""What lab 09 promises: a small run by papermill works, and its defaults notice every fault."""

from paths import LABS

from fsdl_hwr.serving.monitoring import Reference
from fsdl_hwr.serving.streams import FAULTS

LAB = LABS / "09_deployment.ipynb"


def test_a_small_run_leaves_notebook_report_results_and_reference(small_run, small_metrics):
    assert set(small_metrics["named_after"]) == set(FAULTS)
    assert small_metrics["disagreement"]["0.0"] == 0
    assert Reference.load(small_run / "reference.npz").window == 20
    assert (small_run / "recognizers" / "current.onnx").resolve().name == "2026-11.onnx"


def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 4 and all(alternative_texts)


def test_the_defaults_name_every_fault(metrics):
    assert all(0 < after <= 75 for after in metrics["named_after"].values())
    assert metrics["disagreement"]["3.0"] > metrics["disagreement"]["0.3"] >= 0
