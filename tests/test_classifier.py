"""The classifier of single characters: what it learns, keeps, refuses, and hands on."""

import keras
import numpy as np
import pytest

from fsdl_hwr import alphabet, classifier, networks
from fsdl_hwr.datasets import strokes


def test_classes_that_stay_keep_their_logits_and_merged_ones_get_the_mean(rng):
    keras.utils.set_random_seed(0)
    network = networks.mlp(num_classes=4)
    images = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    before = network.predict(images, verbose=0)
    carried = classifier.with_classes(network, "aCc0", "0aC")
    after = carried.predict(images, verbose=0)
    assert after.shape == (5, 3)
    assert np.allclose(after[:, :2], before[:, [3, 0]], atol=1e-5)
    assert np.allclose(after[:, 2], before[:, 1:3].mean(1), atol=1e-5)
    assert classifier.with_classes(network, "aCc0", "aCc0") is network


def test_a_split_class_starts_as_the_merged_one_and_a_new_one_at_random(rng):
    keras.utils.set_random_seed(0)
    network = networks.mlp(num_classes=2)
    images = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    before = network.predict(images, verbose=0)
    after = classifier.with_classes(network, "aC", "Ccx").predict(images, verbose=0)
    assert np.allclose(after[:, 0], before[:, 1], atol=1e-5)
    assert np.allclose(after[:, 1], before[:, 1], atol=1e-5)
    assert not np.allclose(after[:, 2], before[:, 1], atol=1e-3)
    with pytest.raises(ValueError, match="3 characters"):
        classifier.with_classes(network, "abc", "abd")
