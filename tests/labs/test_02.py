"""What lab 02 promises: a small run works and leaves a network; its defaults read honestly well."""

import subprocess
import sys

import pytest
from paths import LABS

LAB = LABS / "02_single_character.ipynb"
READ = """
import sys, keras, numpy as np
network = keras.saving.load_model(sys.argv[1])
images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
print(network.predict(images, verbose=0).shape, "fsdl_hwr" in sys.modules)
"""


@pytest.mark.long
def test_a_small_run_leaves_notebook_report_and_results(small_metrics):
    assert set(small_metrics["studies"]) == {"mlp", "lenet", "augmented", "lstm"}


@pytest.mark.long
def test_keras_alone_loads_the_network_and_gets_62_logits(small_run):
    command = [sys.executable, "-c", READ, str(small_run / "network.keras")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[-2] == "(3, 62) False"


@pytest.mark.long
def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 15 and all(alternative_texts)


def test_the_defaults_rank_the_networks_as_the_lab_does(metrics):
    accuracy = {name: study["exact"] for name, study in metrics["studies"].items()}
    assert accuracy["mlp"] < accuracy["lenet"] < accuracy["normalized"]
    assert accuracy["normalized"] < metrics["validation_accuracy"]
    in_first, in_three = metrics["planted_found"]["improbable labels"]
    assert metrics["planted_found"]["confident mistakes"][0] < in_first <= in_three
    leak = metrics["leak"]["split at random"]
    assert leak["promised"] > leak["delivered"] + 0.2
