"""The recognizer that ships: convolutions only, wide over the frames, so that it learns fast."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import gelu, rescaled


def line_convnext(
    input_shape: tuple[int, int | None] = (48, None),
    num_classes: int = 80,
    filters: tuple[int, int, int] = (16, 48, 96),
    features: int = 192,
    num_blocks: int = 7,
    kernel_size: int = 9,
    shortcut: bool = False,
) -> keras.Model:
    """Read lines by a residual stem over pixels, then residual blocks over frames of 4 px.

    Takes uint8 (batch, height, width), returns float32 logits (batch, width // 4, num_classes).
    A block mixes frames within each feature, then features within each frame, as ConvNeXt does
    (Liu et al. 2022); that convolutions along the line can stand in for an LSTM was shown by
    Coquenet, Chatelain and Paquet (2020).

    Args:
        input_shape: height and width in px; the width may stay open (None).
        num_classes: characters and the blank.
        filters: of the stem's three resolutions.
        features: of every frame after the stem.
        num_blocks: over frames; each sees `kernel_size` frames.
        kernel_size: frames that a block mixes.
        shortcut: a second output, logits straight from the stem, which only trains.
    """
    first, second, third = filters
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = rescaled(image_input)  # (height, width, 1)
    x = _convolved(x, first, (2, 2))  # (height / 2, width / 2, first)
    x = _convolved(x, second, (2, 2))  # (height / 4, width / 4, second)
    x = _residual(x, second)
    x = _convolved(x, third, (2, 1))  # (height / 8, width / 4, third)
    x = _residual(x, third)
    x = layers.Conv2D(features, (x.shape[1], 1), use_bias=False)(x)  # (1, frames, features)
    x = layers.Activation("relu")(layers.BatchNormalization(momentum=0.97)(x))
    x = layers.Reshape((-1, features))(x)  # (frames, features)
    outputs = []
    if shortcut:
        side = layers.Conv1D(num_classes, 3, padding="same", dtype="float32", name="shortcut")
        outputs.append(side(x))  # (frames, num_classes)
    for _ in range(num_blocks):
        y = layers.DepthwiseConv1D(kernel_size, padding="same")(x)
        y = layers.LayerNormalization()(y)
        y = layers.Dense(2 * features, activation=gelu)(y)  # (frames, 2 * features)
        x = layers.add([x, layers.Dense(features)(y)])  # (frames, features)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (frames, num_classes)
    outputs.insert(0, logits)
    return keras.Model(image_input, outputs if shortcut else logits, name="line_convnext")


def _convolved(x, filters: int, strides: tuple[int, int] = (1, 1), activation: str = "relu"):
    x = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.97)(x)
    return layers.Activation(activation)(x)


def _residual(x, filters: int):
    y = _convolved(_convolved(x, filters), filters, activation="linear")
    return layers.Activation("relu")(layers.add([x, y]))
