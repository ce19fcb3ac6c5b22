"""The kit's line recognizer: convolve the line once, then read the frames in both directions."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def line_features(
    x: keras.KerasTensor,
    frame_width: int,
    filters: tuple[int, ...],
    activation: str = "relu",
    column_max: bool = False,
) -> keras.KerasTensor:
    """Turn (height, width, 1) into one feature vector per frame: (width // frame_width, features).

    Every convolution halves the height, and the width until a frame is `frame_width` px wide.
    Raises `ValueError` if the halvings cannot reach `frame_width`, or if it does not divide the
    width.

    Args:
        x: line images, rescaled.
        frame_width: px from frame to frame; a power of two up to 2 ** len(filters).
        filters: of each convolution.
        activation: 'relu', 'mish' or another that Keras knows.
        column_max: takes each filter's largest value in a frame's column, not the whole column.
    """
    strides = _strides(frame_width, len(filters))
    if x.shape[2] is not None and x.shape[2] % frame_width:
        raise ValueError(
            f"A line of {x.shape[2]} px cannot be cut into frames of {frame_width} px: "
            "choose a width that is a multiple of the frame width."
        )
    for k, (num_filters, stride) in enumerate(zip(filters, strides, strict=True)):
        x = layers.Conv2D(num_filters, 3, (2, stride), padding="same")(x)
        # (height / 2, width / stride, num_filters)
        if k > 0:  # the first sees little but white paper, and its pixels are most of the cost
            x = layers.BatchNormalization(momentum=0.95)(x)
        x = layers.Activation(activation)(x)
    if column_max:
        return keras.ops.max(x, axis=1)  # (frames, filters)
    x = layers.Permute((2, 1, 3))(x)  # (frames, height / 8, filters)
    return layers.Reshape((-1, x.shape[2] * x.shape[3]))(x)  # (frames, features)


def line_crnn(
    input_shape: tuple[int, int | None] = (28, None),
    num_classes: int = 80,
    frame_width: int = 8,
    filters: tuple[int, ...] = (16, 48, 128),
    lstm_size: int = 96,
    num_lstms: int = 1,
    dropout: float = 0.0,
    activation: str = "relu",
    column_max: bool = False,
    shortcut: bool = False,
) -> keras.Model:
    """Read lines by convolving the whole line once and bidirectional LSTMs over its frames.

    Takes uint8 (batch, height, width), returns float32 logits (batch, width // frame_width,
    num_classes). Raises `ValueError` as `line_features` does.
    Source: Shi, Bai and Yao 2015 (CRNN), with strided convolutions for pools; column maximum and
    shortcut as in Retsinas et al. 2022.

    Args:
        input_shape: height and width in px; the width may be None, for lines of any width.
        num_classes: characters and the blank.
        frame_width, filters, column_max: see `line_features`.
        lstm_size: units in each direction.
        num_lstms: layers, one above the other.
        dropout: share of the features that are left out in training. A small fixed set of lines
            needs it; an endless stream of fresh lines does not.
        activation: of the convolutions and the dense layer.
        shortcut: adds a second output, logits straight from the convolutions, which helps them to
            learn before the LSTM does.
    """
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = line_features(rescaled(image_input), frame_width, filters, activation, column_max)
    # (frames, features)
    outputs = []
    if shortcut:
        side = layers.Conv1D(num_classes, 3, padding="same", dtype="float32", name="shortcut")
        outputs.append(side(x))  # (frames, num_classes)
    x = layers.Dense(128, activation=activation)(x)  # (frames, 128)
    x = layers.Dropout(dropout)(x)
    for _ in range(num_lstms):
        x = layers.Bidirectional(layers.LSTM(lstm_size, return_sequences=True))(x)
        # (frames, 2 * lstm_size)
        x = layers.Dropout(dropout)(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (frames, num_classes)
    outputs.insert(0, logits)
    return keras.Model(image_input, outputs if shortcut else logits, name="line_crnn")


def _strides(frame_width: int, num_layers: int) -> list[int]:
    halvings = frame_width.bit_length() - 1
    if frame_width != 2**halvings or not 0 <= halvings <= num_layers:
        raise ValueError(
            f"A frame of {frame_width} px is not reached by {num_layers} halvings: "
            f"choose one of {[2**k for k in range(num_layers + 1)]}."
        )
    return [2] * halvings + [1] * (num_layers - halvings)
