"""CTC's loss and its gradient, on any backend; what needs no Keras is in test_ctc.py."""

import keras
import numpy as np
import pytest
from ctc_paths import enumerated, softmax_minus_occupancy
from gradients import loss_and_gradient

from fsdl_hwr import ctc

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
BATCH = [  # label, frames, of 5 frames of 4 classes
    ([1], 5),
    ([2, 1, 3], 5),
    ([1, 1], 3),  # a repeat in as many frames as it needs
    ([2, 2, 3], 5),
    ([], 5),
    ([3], 1),
    ([], 0),
    ([3, 3], 2),  # one frame too few
    ([1, 2, 3], 2),
    ([2], 0),
]


@pytest.fixture(scope="module")
def batch():
    labels, frames = zip(*BATCH, strict=True)
    logits = np.random.default_rng(0).normal(0, 2, (len(BATCH), 5, 4)).astype(np.float32)
    expected = [
        enumerated(x[:n], label) for x, label, n in zip(logits, labels, frames, strict=True)
    ]
    losses = np.array([value for value, _ in expected])
    gradients = np.zeros(logits.shape)  # nothing past a line's own frames
    for line, (_, gradient) in enumerate(expected):
        gradients[line, : frames[line]] = gradient
    return ctc.pack_labels(labels, frames), logits, losses, gradients


def test_loss_and_gradient_equal_enumeration(batch):
    targets, logits, losses, gradients = batch
    found_losses, found_gradients = loss_and_gradient(targets, logits)
    np.testing.assert_allclose(found_losses, losses, atol=1e-5)
    np.testing.assert_allclose(found_gradients, gradients, atol=1e-5)
    assert np.isinf(losses).sum() == 3


@pytest.mark.parametrize("line", range(len(BATCH)))
def test_loss_of_one_line_alone(batch, line):
    targets, logits, losses, _ = batch
    packed = ctc.pack_labels([BATCH[line][0]], [BATCH[line][1]], max_length=7)
    found = keras.ops.convert_to_numpy(ctc.loss(packed, logits[line : line + 1]))
    np.testing.assert_allclose(found, losses[line : line + 1], atol=1e-5)


def test_loss_of_only_empty_labels(batch):
    _, logits, _, _ = batch
    targets = ctc.pack_labels([[], []], [5, 2])
    assert targets.shape == (2, 3)
    losses, gradients = loss_and_gradient(targets, logits[:2])
    for line, frames in enumerate([5, 2]):
        value, gradient = enumerated(logits[line, :frames], [])
        assert losses[line] == pytest.approx(value, abs=1e-5)
        np.testing.assert_allclose(gradients[line, :frames], gradient, atol=1e-5)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="graphs and XLA are TensorFlow's")
@pytest.mark.parametrize("jit_compile", [False, True])
def test_loss_in_a_graph(batch, jit_compile):
    import tensorflow as tf

    targets, logits, losses, gradients = batch

    @tf.function(jit_compile=jit_compile)
    def step(logits):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            found = ctc.loss(targets, logits)
        return found, tape.gradient(found, logits)

    found_losses, found_gradients = step(tf.constant(logits))
    np.testing.assert_allclose(found_losses, losses, atol=1e-5)
    np.testing.assert_allclose(found_gradients, gradients, atol=1e-5)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="other backends have one path")
def test_fast_path_equals_keras_on_lines_of_real_size():
    rng = np.random.default_rng(1)
    labels = [rng.integers(1, 80, size=rng.integers(1, 35)) for _ in range(8)]
    frames = rng.integers(70, 120, size=8)
    logits = rng.normal(0, 3, (8, 119, 80)).astype(np.float32)
    targets = ctc.pack_labels(labels, frames)
    slow = keras.ops.ctc_loss(targets[:, 2:], logits, targets[:, 1], targets[:, 0], mask_index=0)
    np.testing.assert_allclose(ctc.loss(targets, logits), slow, rtol=1e-5)


@pytest.mark.slow
def test_fit_trains_a_network_on_lines_of_mixed_length():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    labels = [rng.integers(1, 4, size=n) for n in rng.integers(0, 4, size=24)]
    frames = np.array([6, 9] * 12)
    images = np.zeros((24, 9, 4), np.float32)
    for image, label in zip(images, labels, strict=True):
        image[2 * np.arange(len(label)), label] = 1.0  # a character every second frame
    network = keras.Sequential([keras.Input((9, 4)), keras.layers.Dense(4)])
    network.compile(keras.optimizers.Adam(0.1), loss=ctc.loss)
    targets = ctc.pack_labels(labels, frames)
    history = network.fit(images, targets, batch_size=7, epochs=40, verbose=0).history["loss"]
    mean = float(np.mean(keras.ops.convert_to_numpy(ctc.loss(targets, network(images)))))
    assert network.evaluate(images, targets, verbose=0) == pytest.approx(mean, rel=1e-4)
    assert np.isfinite(history).all() and history[-1] < 0.1 < history[0]
    for label, found in zip(labels, ctc.greedy_decode(network(images), frames), strict=True):
        assert label.tolist() == found.tolist()


def test_occupancy_is_the_gradient_of_the_loss():
    rng = np.random.default_rng(6)
    logits = rng.normal(0, 2, (2, 30, 12)).astype(np.float32)
    labels, frames = [rng.integers(1, 12, size=9), np.array([4, 4, 4, 7])], [30, 17]
    losses, gradients = loss_and_gradient(ctc.pack_labels(labels, frames), logits)
    for line, (label, n) in enumerate(zip(labels, frames, strict=True)):
        log_probs = ctc.log_softmax(logits[line, :n])
        lattice = ctc.forward_backward(log_probs, label)
        assert losses[line] == pytest.approx(-lattice.log_likelihood, rel=1e-5)
        expected = softmax_minus_occupancy(log_probs, lattice)
        np.testing.assert_allclose(gradients[line, :n], expected, atol=1e-4)
        np.testing.assert_allclose(gradients[line, n:], 0.0)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="only TensorFlow traces with open shapes")
def test_loss_with_shapes_that_are_unknown_while_tracing():
    import tensorflow as tf

    spec = [tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None, None, 4), tf.float32)]
    traced = tf.function(ctc.loss, input_signature=spec)
    logits = np.random.default_rng(0).normal(size=(len(BATCH), 5, 4)).astype("float32")
    targets = ctc.pack_labels(*zip(*BATCH, strict=True))
    np.testing.assert_allclose(traced(targets, logits), ctc.loss(targets, logits), rtol=1e-5)


def test_log_softmax_is_that_of_keras():
    logits = np.random.default_rng(0).normal(0, 3, (2, 5, 4)).astype(np.float32)
    np.testing.assert_allclose(ctc.log_softmax(logits), keras.ops.log_softmax(logits), atol=1e-6)
