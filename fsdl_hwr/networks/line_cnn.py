"""A line recognizer without recurrence: each frame sees a bounded stretch of the line."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled
from fsdl_hwr.networks.line_crnn import line_features


def line_cnn(
    input_shape: tuple[int, int | None] = (28, None),
    num_classes: int = 80,
    frame_width: int = 8,
    filters: tuple[int, ...] = (16, 48, 128),
) -> keras.Model:
    """Read lines by convolutions only; what a frame sees is its receptive field of 79 px.

    Takes uint8 (batch, height, width), returns float32 logits (batch, width // frame_width,
    num_classes). Raises `ValueError` as `line_crnn` does.
    Source: the 2021 course's `LineCNN`, in spirit.

    Args:
        input_shape: height and width in px; the width may be None, for lines of any width.
        num_classes: characters and the blank.
        frame_width: px from frame to frame; a power of two.
        filters: of each convolution that halves the height.
    """
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = line_features(rescaled(image_input), frame_width, filters)  # (frames, features)
    x = layers.Dense(128, activation="relu")(x)  # (frames, 128)
    for _ in range(2):
        x = layers.Conv1D(128, 5, padding="same", activation="relu")(x)  # (frames, 128)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (frames, num_classes)
    return keras.Model(image_input, logits, name="line_cnn")
