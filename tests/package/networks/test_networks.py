import keras
import numpy as np
import pytest
from keras import layers

from fsdl_hwr import networks
from fsdl_hwr.networks.layers import SlidingWindows, num_windows

pytestmark = pytest.mark.usefixtures("eagerly")
TINY = {"num_classes": 5, "filters": (2, 3, 4)}


@pytest.mark.parametrize("name, parameters", [("mlp", 143_824), ("lenet", 1_208_912)])
def test_character_networks_of_2019(name, parameters, rng):
    network = networks.CHARACTER_NETWORKS[name](num_classes=80)
    assert network.count_params() == parameters
    logits = network.predict_on_batch(rng.integers(0, 256, (2, 28, 28), np.uint8))
    assert logits.shape == (2, 80) and logits.dtype == np.float32
    assert logits.min() < 0  # not yet a softmax


@pytest.mark.parametrize("size", [(28, 28), (32, 20)])
@pytest.mark.parametrize("network", [networks.character_cnn, networks.character_lstm])
def test_other_character_networks(network, size, rng):
    built = network(size, num_classes=7)
    assert built.input_shape == (None, *size) and built.output_shape == (None, 7)
    assert networks.CHARACTER_NETWORKS[built.name] is network
    images = rng.integers(0, 256, (3, *size), np.uint8)
    logits = built.predict_on_batch(images)
    assert logits.shape == (3, 7) and logits.dtype == np.float32
    assert np.ptp(logits.sum(axis=1)) > 1e-6  # not yet a softmax
    assert np.abs(logits[0] - logits[1]).max() > 1e-6  # images tell
    np.testing.assert_allclose(built.predict_on_batch(images[:1]), logits[:1], atol=1e-4)
    assert network().output_shape == (None, 62)


def test_line_network_of_2019():
    network = networks.line_lstm_ctc()
    assert network.count_params() == 554_064
    assert network.input_shape == (None, 28, 952)
    assert network.output_shape == (None, 189, 80)


def test_networks_rescale_themselves():
    dark, light = np.zeros((1, 28, 28), np.uint8), np.full((1, 28, 28), 255, np.uint8)
    network = networks.mlp(num_classes=3)
    first = keras.Model(network.input, network.layers[1].output)
    assert first.predict_on_batch(dark).max() == 0
    assert first.predict_on_batch(light).max() == pytest.approx(1)


@pytest.mark.parametrize("frame_width", [1, 2, 4, 8])
@pytest.mark.parametrize("network", [networks.line_crnn, networks.line_cnn])
def test_frame_widths(network, frame_width):
    fixed = network((28, 64), frame_width=frame_width, **TINY)
    assert fixed.output_shape == (None, 64 // frame_width, 5)
    assert fixed.output.dtype == "float32"
    opened = network((28, None), frame_width=frame_width, **TINY)
    assert opened.output_shape == (None, None, 5)
    assert opened.compute_output_shape((2, 28, 96)) == (2, 96 // frame_width, 5)
    assert opened.count_params() == fixed.count_params()


def test_an_open_width_reads_lines_of_any_width(rng):
    network = networks.line_crnn((28, None), frame_width=4, lstm_size=3, **TINY)
    for width in (32, 64):
        images = rng.integers(0, 256, (2, 28, width), np.uint8)
        assert network.predict_on_batch(images).shape == (2, width // 4, 5)


def test_line_cnn_sees_79_pixels_a_frame(rng):
    network = networks.line_cnn((28, 400), num_classes=3)
    image = rng.integers(0, 256, (1, 28, 400), np.uint8)
    before = network.predict_on_batch(image)[0]
    image[:, :, 200] ^= 255
    frames = np.flatnonzero(np.abs(network.predict_on_batch(image)[0] - before).max(axis=1) > 1e-7)
    span = np.ptp(frames) + 1
    assert span <= 79 // 8 + 1 and frames.min() <= 25 <= frames.max()


@pytest.mark.parametrize("frame_width", [0, -1, 3, 16])
def test_impossible_frame_widths(frame_width):
    for width in (48, None):
        with pytest.raises(ValueError, match=r"choose one of \[1, 2, 4, 8\]"):
            networks.line_crnn((28, width), frame_width=frame_width)


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda: networks.line_crnn((28, 950), frame_width=8), "950 px.*multiple of the frame"),
        (lambda: networks.line_cnn((28, 31), frame_width=2), "31 px.*multiple of the frame"),
        (lambda: networks.line_lstm_ctc((28, 100), window_width=101), "101 px does not fit"),
        (lambda: networks.line_lstm_ctc((28, 100), window_width=0), "does not fit"),
        (lambda: networks.line_lstm_ctc((28, 100), window_stride=0), "stride is 0 px"),
        (lambda: networks.line_lstm_ctc((28, 100), window_width=5), "at least 6 x 6 px"),
        (lambda: networks.lenet((28, 5)), "at least 6 x 6 px"),
        (lambda: networks.character_cnn((28, 1)), r"at least \d+ x \d+ px; got \(28, 1\)"),
    ],
)
def test_impossible_geometry(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_windows_are_cut_where_they_should_be(rng):
    images = rng.random((2, 4, 23, 1)).astype("float32")
    layer = SlidingWindows(window_width=7, window_stride=5)
    windows = keras.ops.convert_to_numpy(layer(images))
    assert windows.shape == (2, num_windows(23, 7, 5), 4, 7, 1) == (2, 4, 4, 7, 1)
    assert layer.compute_output_shape((2, 4, 23, 1)) == windows.shape
    for k in range(4):
        np.testing.assert_array_equal(windows[:, k], images[:, :, 5 * k : 5 * k + 7])
    assert SlidingWindows.from_config(layer.get_config()).window_stride == 5


def test_convolving_once_gives_what_windows_give(rng):
    # 28 px windows every 14 px through two valid 3x3 convolutions and a 2x2 pool: 24 columns, 12
    # after the pool, and a window's stride is 7 of them, so frame k is columns 7 k to 7 k + 12.
    shared = keras.Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", bias_initializer="random_normal"),
            layers.Conv2D(4, 3, activation="relu", bias_initializer="random_normal"),
            layers.MaxPooling2D(2),
        ]
    )
    line = rng.random((1, 28, 112, 1)).astype("float32")
    windows = SlidingWindows(28, 14)(line)[0]  # (7, 28, 28, 1)
    cut_first = keras.ops.convert_to_numpy(shared(windows))  # (7, 12, 12, 4)
    once = keras.ops.convert_to_numpy(shared(line))[0]  # (12, 54, 4)
    assert cut_first.shape == (7, 12, 12, 4) and once.shape == (12, 54, 4)
    for k, features in enumerate(cut_first):
        np.testing.assert_allclose(features, once[:, 7 * k : 7 * k + 12], atol=1e-5)


def test_windows_as_one_batch_are_what_time_distributed_gives(rng):
    network = networks.line_lstm_ctc((28, 62), num_classes=5, window_width=12, window_stride=5)
    windows = network.get_layer("windows").output  # (batch, 11, 28, 12, 1)
    distributed = keras.layers.TimeDistributed(network.get_layer("lenet"))(windows)
    lstm = next(layer for layer in network.layers if isinstance(layer, keras.layers.LSTM))
    by_batch = keras.Model(network.input, lstm.input)
    by_window = keras.Model(network.input, distributed)
    images = rng.integers(0, 256, (2, 28, 62)).astype(np.uint8)
    expected = by_window.predict(images, verbose=0)
    assert expected.shape == (2, 11, 128)
    np.testing.assert_allclose(by_batch.predict(images, verbose=0), expected, atol=1e-5)


@pytest.mark.parametrize(
    "build, options",
    [
        (networks.line_lstm_ctc, {"bidirectional": True}),
        (networks.line_lstm_ctc, {"num_lstms": 2}),
        (networks.line_lstm_ctc, {"batch_normalization": True}),
        (networks.line_crnn, {"num_lstms": 2}),
        (networks.line_crnn, {"activation": "mish"}),
    ],
)
def test_options_keep_the_frames_and_change_the_network(build, options, rng):
    images = rng.integers(0, 256, (2, 28, 64), np.uint8)
    outputs = []
    for chosen in ({}, options):
        keras.utils.set_random_seed(0)
        network = build((28, 64), num_classes=5, lstm_size=3, **chosen)
        outputs.append(network.predict_on_batch(images))
    assert outputs[0].shape == outputs[1].shape
    assert not np.allclose(outputs[0], outputs[1])


def test_the_column_maximum_does_not_say_how_high_the_ink_is():
    spot = np.zeros((2, 64, 64), np.uint8)
    spot[0, 24:28, 28:32] = spot[1, 40:44, 28:32] = 255  # 16 px apart: two rows of features
    for column_max in (False, True):
        network = networks.line_crnn((64, 64), 5, lstm_size=3, column_max=column_max)
        high, low = network.predict_on_batch(spot)
        assert np.allclose(high, low, atol=1e-5) == column_max


def test_the_shortcut_is_a_second_output_that_the_lstm_does_not_touch(rng):
    network = networks.line_crnn((28, 64), lstm_size=3, shortcut=True, **TINY)
    images = rng.integers(0, 256, (2, 28, 64), np.uint8)
    logits, shortcut = network.predict_on_batch(images)
    assert logits.shape == shortcut.shape == (2, 8, 5)
    lstm = next(layer for layer in network.layers if isinstance(layer, layers.Bidirectional))
    lstm.set_weights([weight + 1 for weight in lstm.get_weights()])
    changed, same = network.predict_on_batch(images)
    assert np.allclose(same, shortcut) and not np.allclose(changed, logits)
