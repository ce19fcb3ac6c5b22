"""The reader of growing strokes: as Keras computes, step by step, and never ahead."""

import time

import keras
import numpy as np
import pytest
import small

from fsdl_hwr.datasets import sources
from fsdl_hwr.recognizers import pen, pen_reader
from fsdl_hwr.recognizers.pen_reader import PenReader, Trace

LETTERS = "cCil1"


@pytest.fixture(scope="module")
def characters():
    return sources.load_pen_characters("strokes", "train", characters=LETTERS, num_writers=12)


@pytest.fixture(scope="module")
def causal():
    return small.growing(5)


@pytest.fixture(scope="module")
def reader(causal):
    return PenReader(causal, LETTERS)


def test_the_reader_computes_what_keras_computes(characters, causal, reader):
    wanted = pen.logits(causal, characters[:10])
    wanted = np.exp(wanted) / np.exp(wanted).sum(axis=-1, keepdims=True)
    for ink, unit, probabilities in zip(characters.inks, characters.units, wanted, strict=False):
        trace = reader.trace(ink, unit, ended=True)
        np.testing.assert_allclose(trace.probabilities[-1], probabilities, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_drawn_later_changes_no_earlier_answer_by_a_bit(seed, reader):
    rng = np.random.default_rng(seed)
    ink = [np.cumsum(rng.normal(0, 8, (25, 2)), axis=0).astype(np.float32)]
    more = np.concatenate([ink[0], rng.normal(0, 100, (50, 2)).astype(np.float32)])
    now = reader.trace(ink, 100.0, lifted=False)
    later = reader.trace([more], 100.0, lifted=False)
    assert len(later) > len(now)
    assert now.probabilities.tobytes() == later.probabilities[: len(now)].tobytes()
    assert now.halfway.tobytes() == later.halfway[: len(now)].tobytes()
    lifted, ended = reader.trace(ink, 100.0), reader.trace(ink, 100.0, ended=True)
    assert lifted.probabilities.tobytes() == ended.probabilities[:-1].tobytes()


def test_a_network_that_looks_ahead_is_caught(characters):
    """The test above would fail for it: here the peeking one is a convolution padded on both sides.

    Its early answers change when points are appended.
    """
    points = keras.Input((None, 10))
    x = keras.layers.Conv1D(4, 5, padding="same")(points)
    network = keras.Model(points, keras.layers.Dense(5)(x))
    features = np.random.default_rng(0).normal(size=(1, 20, 10)).astype("f4")
    short, long = (network.predict_on_batch(features[:, :n]) for n in (12, 20))
    assert np.abs(np.asarray(short)[:, :9] - np.asarray(long)[:, :9]).max() < 1e-5
    assert np.abs(np.asarray(short) - np.asarray(long)[:, :12]).max() > 1e-3


def test_a_step_is_quick(reader):
    state, row, seconds = reader.begin(), np.zeros(10, np.float32), []
    for _ in range(200):
        began = time.perf_counter()
        _, state = reader.step(row, state)
        seconds.append(time.perf_counter() - began)
    assert np.median(seconds) < 2e-3


def hostile(name):
    rng = np.random.default_rng(0)
    curve = np.cumsum(rng.normal(0, 9, (40, 2)), axis=0).astype(np.float32)
    return {
        "a dot": [curve[:1]],
        "two equal points": [curve[[0, 0]]],
        "100,000 points": [rng.uniform(0, 280, (100_000, 2)).astype(np.float32)],
        "broken points": [np.concatenate([curve, [[np.nan, 0], [np.inf, 1]]]).astype(np.float32)],
        "times backwards": [np.column_stack([curve, np.arange(40)[::-1]]).astype(np.float32)],
        "ten letters in one stroke": [
            np.tile(curve, (10, 1)) + np.repeat(np.arange(10), 40)[:, None]
        ],
        "backwards": [curve[::-1]],
        "mirrored": [curve * np.array([-1, 1], np.float32)],
        "upside down": [-curve],
        "empty strokes": [curve[:0], curve, curve[:0]],
    }[name]


HOSTILE = [
    "a dot", "two equal points", "100,000 points", "broken points", "times backwards",
    "ten letters in one stroke", "backwards", "mirrored", "upside down", "empty strokes",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_any_ink_has_an_answer(name, reader):
    trace = reader.trace(hostile(name), 120.0, ended=True)
    assert np.isfinite(trace.probabilities).all()
    np.testing.assert_allclose(trace.probabilities.sum(axis=-1), 1, atol=1e-5)
    assert np.isfinite(reader.embed(hostile(name), 120.0)).all()


def test_a_network_with_one_answer_per_point_is_refused(causal):
    once = keras.Model(causal.input, causal.get_layer("logits").output)
    with pytest.raises(ValueError, match="Train an older one again"):
        PenReader(once, LETTERS)


def test_no_ink_has_none(reader):
    with pytest.raises(ValueError, match="draw something"):
        reader.trace([], 120.0)


def test_a_temperature_changes_how_sure_the_reader_is_and_not_of_what(characters, causal):
    reader = PenReader(causal, LETTERS)
    before = reader.trace(characters.inks[0], characters.units[0])
    assert reader.calibrate(characters[:10]) == reader.temperature
    after = reader.trace(characters.inks[0], characters.units[0])
    assert (before.probabilities.argmax(-1) == after.probabilities.argmax(-1)).all()


def trace_of(*best):
    """Make a trace of as many points as there are (class, probability) pairs, all on the paper."""
    probabilities = np.full((len(best), 3), 0.0)
    for row, (answer, share) in zip(probabilities, best, strict=True):
        row[:] = (1 - share) / 2
        row[answer] = share
    count = len(best)
    halfway = probabilities[:, [1, 2, 0]]  # another answer than the probabilities
    return Trace(np.zeros((count, 2)), np.ones(count), probabilities, probabilities, halfway)


def test_an_early_answer_counts_and_cannot_be_taken_back():
    traces = [
        trace_of((0, 0.5), (1, 0.95), (2, 0.99), (2, 0.99)),
        trace_of((0, 0.5), (0, 0.6), (0, 0.7), (0, 0.95)),
        trace_of((2, 0.5), (2, 0.6)),
    ]
    found = pen_reader.decide(traces, [2, 0, 2], threshold=0.9)
    assert (found.total, found.decided, found.right) == (3, 2, 1)
    assert found.mean_share == pytest.approx((0.5 + 1) / 2)
    assert pen_reader.answers_at(traces, 0.5).tolist() == [1, 0, 2]
    assert pen_reader.answers_at(traces, 1.0).tolist() == [2, 0, 2]
    assert pen_reader.answers_halfway(traces).tolist() == [0, 2, 1]


def test_nothing_decided_is_no_division_by_zero():
    found = pen_reader.decide([trace_of((0, 0.5))], [0])
    assert (found.decided, found.right, found.mean_share) == (0, 0, 1.0)


def test_a_letter_has_as_many_points_as_it_is_long(characters, reader):
    expected = reader.expected_points(characters)
    assert expected.shape == (5,) and (expected >= 1).all()
    assert expected[LETTERS.index("C")] > expected[LETTERS.index("c")]
