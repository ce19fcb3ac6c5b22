"""The classifier of single characters: what it learns, keeps, refuses, and hands on."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from fsdl_hwr import networks
from fsdl_hwr.augmentation import Augmentation
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.networks.layers import rescaled
from fsdl_hwr.recognizers import classifier

pytestmark = pytest.mark.usefixtures("eagerly")


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


def test_fit_keeps_and_loads_the_best_epoch(rng, tmp_path):
    keras.utils.set_random_seed(0)
    some = glyphs_of("ab", rng.integers(0, 256, (64, 28, 28), dtype=np.uint8))
    network = networks.mlp(num_classes=2)
    history = classifier.fit(network, some, some, epochs=3, folder=tmp_path, verbose=False)
    assert history.keys() == {"loss", "accuracy", "val_loss", "val_accuracy", "seconds"}
    assert list(map(len, history.values())) == [3] * 5
    best = np.mean([c == "ab"[k] for c, k in zip(read(network, some), some.labels, strict=True)])
    assert best == pytest.approx(max(history["val_accuracy"]))
    assert read(keras.saving.load_model(tmp_path / "best.keras"), some) == read(network, some)


def test_what_does_not_fit_is_refused_before_training(rng):
    some = glyphs_of("ab", rng.integers(0, 256, (8, 28, 28), dtype=np.uint8))
    with pytest.raises(ValueError, match="3 outputs; 2 characters"):
        classifier.fit(networks.mlp(num_classes=3), some, some, epochs=1)
    other = glyphs_of("ba", some.images)
    with pytest.raises(ValueError, match="must be the same, in the same order"):
        classifier.fit(networks.mlp(num_classes=2), some, other, epochs=1)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"labels": np.array([0, 1, -1, 0], np.int32)}, "Label -1 of image 2 .* classes 0 to 1"),
        ({"labels": np.array([0, 1, 2, 0], np.int32)}, "Label 2 of image 2 .* classes 0 to 1"),
        ({"images": np.zeros((0, 28, 28), np.uint8), "labels": np.zeros(0, np.int32)}, "0 images"),
    ],
)
def test_glyphs_that_cannot_be_learned_are_refused_in_either_set(changed, message):
    good = glyphs_of("ab", np.zeros((4, 28, 28), np.uint8))
    bad = replace(good, writers=np.zeros(len(changed.get("images", good)), np.int32), **changed)
    for sets in ((good, bad), (bad, good)):
        with pytest.raises(ValueError, match=message):
            classifier.fit(networks.mlp(num_classes=2), *sets, epochs=1)
    with pytest.raises(ValueError, match="epochs=0"):
        classifier.fit(networks.mlp(num_classes=2), good, good, epochs=0)


def test_a_killed_classifier_goes_on_as_if_nothing_had_happened(rng, tmp_path):
    """With dropout, whose random numbers the checkpoint keeps."""
    some = glyphs_of("ab", rng.integers(0, 256, (40, 28, 28), dtype=np.uint8))

    def fit(folder, change):
        keras.utils.set_random_seed(0)
        image = keras.Input((28, 28), dtype="uint8")
        x = keras.layers.Dropout(0.5, seed=1)(keras.layers.Flatten()(rescaled(image)))
        network = keras.Model(image, keras.layers.Dense(2)(x), name="small")
        options = {"epochs": 3, "batch_size": 8, "folder": folder, "change": change}
        return network, classifier.fit(network, some, some, verbose=False, **options)

    def killed_after(num_calls):
        calls = 0

        def change(image, rng):
            nonlocal calls
            calls += 1
            if calls > num_calls:
                raise RuntimeError("killed")
            return image

        return change

    straight, history = fit(tmp_path / "straight", killed_after(np.inf))
    with pytest.raises(Exception, match="killed"):
        # in the second epoch or, as Keras reads ahead, after it
        fit(tmp_path / "killed", killed_after(120))
    resumed, resumed_history = fit(tmp_path / "killed", killed_after(np.inf))
    for name in ("loss", "val_accuracy"):
        np.testing.assert_allclose(resumed_history[name], history[name], rtol=1e-5)
    for a, b in zip(resumed.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_batches_are_decided_by_seed_epoch_and_number(rng):
    some = glyphs_of("ab", rng.integers(0, 256, (10, 28, 28), dtype=np.uint8))
    one, two = (classifier.Batches(some, 4, Augmentation(), 0.1, seed=3) for _ in range(2))
    first = one[1]
    assert first[0].shape == (4, 28, 28) and np.allclose(first[1].sum(1), 1)
    assert all(np.array_equal(a, b) for a, b in zip(first, two[1], strict=True))
    two.epoch = 1
    assert not np.array_equal(first[0], two[1][0])


def glyphs_of(characters, images):
    labels = np.arange(len(images), dtype=np.int32) % len(characters)
    return Glyphs(images, labels, np.zeros(len(images), np.int32), characters, "made")


def read(network, glyphs):
    return classifier.read(network, glyphs.images, glyphs.characters)


def test_two_lambdas_of_one_place_are_two_changes():
    darker, lighter = (lambda image, rng: image // 2), (lambda image, rng: image // 3)
    assert darker.__qualname__ == lighter.__qualname__
    assert classifier._name(darker) != classifier._name(lighter)
    again = [classifier._name(change) for change in (lambda image, rng: image // 2, darker)]
    assert again[0] == again[1]
