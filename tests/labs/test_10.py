"""What lab 10 promises: a small run works and leaves two networks; its defaults read well."""

import keras
import pytest
from paths import LABS

from fsdl_hwr.recognizers.pen_reader import PenReader

LAB = LABS / "10_pen_strokes.ipynb"


@pytest.mark.long
def test_a_small_run_leaves_what_it_measured(small_metrics):
    assert set(small_metrics["line_cer"]) == {"strokes", "image", "both"}
    assert len(small_metrics["earliness"]) == 8


@pytest.mark.long
def test_the_growing_network_can_be_used_again(small_run):
    network = keras.saving.load_model(small_run / "growing.keras", compile=False)
    assert PenReader(network, "x" * 62).begin().hidden.shape == (128,)


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 8 and all(alternative_texts)


def test_the_defaults_keep_what_the_lab_promises(metrics):
    assert metrics["test_folded_accuracy"] > 0.9
    assert metrics["test_accuracy"] > metrics["unsized_accuracy"]
    earliness = list(metrics["earliness"].values())
    assert earliness[0] < earliness[3] < earliness[-1]
    taught = metrics["taught"]
    templates = [taught[f"ABCD {way} other hands"] for way in ("$1", "$P")]
    assert taught["ABCD answers other hands"] > max(templates)
