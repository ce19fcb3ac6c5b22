"""Networks that read pen strokes: their batches and their training."""

import dataclasses

import keras
import numpy as np
import pytest
import small

from fsdl_hwr import augmentation, networks
from fsdl_hwr.datasets import pen_characters
from fsdl_hwr.recognizers import pen

LETTERS = "cCil1"


@pytest.fixture(scope="module")
def characters():
    return pen_characters.load("strokes", "train", characters=LETTERS, num_writers=12)


@pytest.fixture(scope="module")
def causal():
    return small.growing(5)


@pytest.mark.parametrize("build", [networks.pen_lstm, networks.causal_pen_lstm])
def test_batches_repeat_for_equal_seeds_and_differ_by_epoch(build, characters):
    network = build(num_classes=5)
    change = augmentation.PointVariation()
    first, again, other = (pen.batches(network, characters, 8, change, 0.1, 3) for _ in range(3))
    first.epoch = again.epoch = 0  # as `training.fit` sets it
    other.epoch = 1
    for a, b in zip(first[2], again[2], strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first.chosen(0), other.chosen(0))
    np.testing.assert_allclose(first[0][1].sum(axis=-1), 1, atol=1e-5)


def test_the_rows_of_a_growing_character_weigh_more_the_later_they_are(characters, causal):
    data = pen.batches(causal, characters, 8)
    data.epoch = 0
    features, targets, weights = data[0]
    assert targets.shape == (*features.shape[:2], 5) and weights.shape == features.shape[:2]
    np.testing.assert_allclose(weights.sum(axis=1), features.shape[1], rtol=1e-4)
    length = data.lengths[data.chosen(0)[0]]
    assert (np.diff(weights[0, : length + 1]) > 0).all()
    assert (weights[0, length + 1 :] == 0).all()
    assert features[0, length, -1] == 1 and (features[0, :length, -1] == 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("features", [6, 5])
def test_two_letters_are_learned_in_seconds(features):
    training, validation = (
        pen_characters.load("strokes", split, characters="Lo", num_writers=n)
        for split, n in (("train", 40), ("validation", 10))
    )
    keras.utils.set_random_seed(0)
    network = networks.pen_lstm(features, 2, filters=(8, 8, 8), lstm_size=8)
    history = pen.fit(network, training, validation, epochs=6, batch_size=8, verbose=False)
    assert history["val_accuracy"][-1] >= 0.9
    assert pen.read(network, validation).count("L") in range(8, 13)


def test_sets_of_other_classes_are_refused(characters, causal):
    others = pen_characters.load("strokes", "test", characters="abcde", num_writers=1)
    with pytest.raises(ValueError, match="same, in the same order"):
        pen.fit(causal, characters, others, epochs=1)


def test_a_run_does_not_go_on_with_other_characters(characters, causal, tmp_path):
    few = characters[:16]
    pen.fit(causal, few, few, epochs=1, batch_size=8, folder=tmp_path, verbose=False)
    for training, validation in ((characters[16:32], few), (few, characters[16:32])):
        with pytest.raises(ValueError, match="other settings"):
            pen.fit(
                causal, training, validation, epochs=1, batch_size=8, folder=tmp_path, verbose=False
            )


@pytest.mark.parametrize("count", [60, 8])
def test_keras_is_shown_batches_of_two_lengths_before_it_begins(count, characters, causal):
    """Else it would take the first batches' length for that of all; of a single batch, the most."""
    data = pen.batches(causal, characters[:count], 8)
    shapes = {data[k][0].shape[1] for k in range(min(2, len(data)))}
    assert shapes == ({24, 40} if count == 60 else {97})


def test_empty_sets_and_wrong_labels_are_refused_before_training(characters, causal):
    empty = dataclasses.replace(
        characters, inks=[], labels=characters.labels[:0], units=characters.units[:0]
    )
    wrong = dataclasses.replace(characters, labels=characters.labels - 1)
    for first, second, message in (
        (empty, characters, "empty"),
        (characters, empty, "empty"),
        (characters, wrong, "labels are -1 to 3"),
    ):
        with pytest.raises(ValueError, match=message):
            pen.fit(causal, first, second, epochs=1)
