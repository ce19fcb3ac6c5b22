"""Networks that read pen strokes: their batches and their training."""

import dataclasses

import keras
import numpy as np
import pytest
import small

from fsdl_hwr import augmentation, networks
from fsdl_hwr.datasets import sources
from fsdl_hwr.datasets.pen_characters import PenCharacters
from fsdl_hwr.recognizers import pen
from fsdl_hwr.recognizers.pen_reader import PenReader

LETTERS = "cCil1"


@pytest.fixture(scope="module")
def characters():
    return sources.load_pen_characters("strokes", "train", characters=LETTERS, num_writers=12)


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


def test_every_row_counts_for_one_answer_and_those_halfway_for_the_other(characters, causal):
    data = pen.batches(causal, characters, 8)
    data.epoch = 0
    features, _, weights = data[0]
    chosen = data.chosen(0)[0]
    length, shares = data.lengths[chosen], data.shares[chosen, : weights.shape[1]]
    assert features[0, length, -1] == 1 and (features[0, :length, -1] == 0).all()
    now, halfway = weights[0].T / weights[0].size  # Keras takes the mean over both
    np.testing.assert_allclose(now[:length], (1 - pen.END_WEIGHT) / length, rtol=1e-5)
    np.testing.assert_allclose(now[length:], [pen.END_WEIGHT, *[0] * (len(now) - length - 1)])
    low, high = pen.ABOUT_HALF
    assert ((halfway > 0) == ((shares >= low) & (shares <= high))).all()
    assert halfway.sum() == pytest.approx(pen.HALFWAY_WEIGHT)


def test_a_dot_is_halfway_at_no_row_and_teaches_what_it_is(causal):
    dots = sources.load_pen_characters("strokes", "train", characters=LETTERS, num_writers=1)[:2]
    dots = dataclasses.replace(dots, inks=[[np.zeros((1, 3), np.float32)]] * 2)
    data = pen.batches(causal, dots, 2)
    data.epoch = 0
    _, _, weights = data[0]
    assert (weights[..., 1] == 0).all() and (weights[..., 0].sum(axis=1) > 0).all()


def test_told_that_half_is_drawn_a_reader_answers_with_the_longer_letter():
    """A short bar is all of one letter and half of the other."""
    lengths = np.repeat([0.5, 1.0], 32)  # units
    bars = PenCharacters(
        inks=[[np.array([[0, 0], [0, length]], np.float32)] for length in lengths],
        labels=(lengths == 1).astype(np.int32),
        writers=np.zeros(64, np.int32),
        units=np.ones(64, np.float32),
        characters="lo",
        source="bars",
    )
    keras.utils.set_random_seed(0)
    network = small.growing(2)
    pen.fit(network, bars, bars, epochs=20, batch_size=8, verbose=False)
    trace = PenReader(network, "lo").trace(bars.inks[-1], 1.0)
    assert (trace.logits[5].argmax(), trace.halfway[5].argmax()) == (0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("features", [6, 5])
def test_two_letters_are_learned_in_seconds(features):
    training, validation = (
        sources.load_pen_characters("strokes", split, characters="Lo", num_writers=n)
        for split, n in (("train", 40), ("validation", 10))
    )
    keras.utils.set_random_seed(0)
    network = networks.pen_lstm(features, 2, filters=(8, 8, 8), lstm_size=8)
    history = pen.fit(network, training, validation, epochs=6, batch_size=8, verbose=False)
    assert history["val_accuracy"][-1] >= 0.9
    assert pen.read(network, validation).count("L") in range(8, 13)


def test_sets_of_other_classes_are_refused(characters, causal):
    others = sources.load_pen_characters("strokes", "test", characters="abcde", num_writers=1)
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
