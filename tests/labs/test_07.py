"""What lab 07 promises: a small run works, and leaves labels, a manifest and metadata."""

import json

import pytest
from paths import LABS

from fsdl_hwr.datasets import manifest

LAB = LABS / "07_data.ipynb"


@pytest.mark.long
def test_a_small_run_leaves_labels_in_four_formats_and_a_version(small_run, small_metrics):
    assert max(small_metrics["px_lost"].values()) <= 1
    assert manifest.check(small_run / "archive", manifest.read(small_run / "manifest.json")) == []
    names = {path.name for path in (small_run / "labels").iterdir()}
    assert {"own.json", "alto.xml", "page.xml", "label_studio.json"} <= names
    assert json.loads((small_run / "croissant.json").read_text())["name"] == "letters"


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 7 and all(alternative_texts)


def test_the_defaults_keep_what_the_lab_promises(metrics):
    assert metrics["cer"]["after"] < 0.7 * metrics["cer"]["before"]
    assert metrics["saved"]["after"] >= 0.6
    assert metrics["auroc"]["shifted"] >= 0.98 and metrics["shifted_in_first_10_percent"] >= 0.9
    assert metrics["auroc"]["shifted"] > metrics["auroc"]["look-alike"]
    assert max(metrics["px_lost"].values()) <= 1
