"""The line recognizer of the 2019 course: a LeNet on every window, then one LSTM."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import SlidingWindows, num_windows, rescaled
from fsdl_hwr.networks.lenet import lenet_features


def line_lstm_ctc(
    input_shape: tuple[int, int] = (28, 952),
    num_classes: int = 80,
    window_width: int = 12,
    window_stride: int = 5,
    lstm_size: int = 128,
    num_lstms: int = 1,
    bidirectional: bool = False,
    batch_normalization: bool = False,
) -> keras.Model:
    """Read lines by sliding a LeNet over windows and an LSTM over its features.

    Takes uint8 (batch, height, width), returns float32 logits (batch, windows, num_classes): one
    frame per window. `num_lstms`, `bidirectional` and `batch_normalization` are what the course's
    students tried next. Raises `ValueError` if a window is wider than the line or too narrow for
    LeNet.
    Source: Full Stack Deep Learning, March 2019, lab 3 (windows 12 px wide every 5 px).

    Args:
        input_shape: height and width in px.
        num_classes: characters and the blank.
        window_width: px.
        window_stride: px from window to window.
        lstm_size: units in each direction.
        num_lstms: layers, one above the other.
        bidirectional: runs the LSTMs over the frames in both directions.
        batch_normalization: normalizes in the LeNet.
    """
    height, width = input_shape
    count = num_windows(width, window_width, window_stride)
    if window_width < 6 or height < 6:
        raise ValueError(
            f"LeNet needs windows of at least 6 x 6 px; got {height} x {window_width}."
        )
    window_input = keras.Input((height, window_width, 1))
    lenet_on_window = keras.Model(
        window_input, lenet_features(window_input, batch_normalization), name="lenet"
    )

    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    windows = SlidingWindows(window_width, window_stride, name="windows")(rescaled(image_input))
    # windows: (windows, height, window_width, 1)
    # What `TimeDistributed` means, one LeNet on every window, with all windows as one batch: Keras
    # would trace the LeNet once per window.
    x = keras.ops.reshape(windows, (-1, height, window_width, 1))
    x = lenet_on_window(x)  # (128,) for each window
    x = keras.ops.reshape(x, (-1, count, x.shape[-1]))  # (windows, 128)
    for _ in range(num_lstms):
        lstm = layers.LSTM(lstm_size, return_sequences=True)
        x = layers.Bidirectional(lstm)(x) if bidirectional else lstm(x)  # (windows, lstm_size)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (windows, num_classes)
    return keras.Model(image_input, logits, name="line_lstm_ctc")
