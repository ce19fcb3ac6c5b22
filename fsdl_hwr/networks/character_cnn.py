"""A deeper convolutional network for single characters: normalized, and pooled late."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def character_cnn(
    input_shape: tuple[int, int] = (28, 28),
    num_classes: int = 62,
    filters: tuple[int, ...] = (32, 64, 128),
    dropout: float = 0.3,
) -> keras.Model:
    """Classify single characters by pairs of normalized 3x3 convolutions, a pool after each pair.

    filters: of each pair; every pair halves height and width. dropout: share of the pooled features
    left out in training. Takes uint8 (batch, height, width), gives float32 logits (batch,
    num_classes). Raises `ValueError` for images too small for so many pools.
    Source: the plan of VGG (Simonyan and Zisserman 2015), with batch normalization (Ioffe and
    Szegedy 2015) and global average pooling (Lin et al. 2014).
    """
    smallest = 2 ** len(filters)
    if min(input_shape) < smallest:
        raise ValueError(
            f"{len(filters)} pools need images of at least {smallest} x {smallest} px; got "
            f"{input_shape}."
        )
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = rescaled(image_input)  # (height, width, 1)
    for count in filters:
        for _ in range(2):
            x = layers.Conv2D(count, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D(2)(x)  # (height // 2, width // 2, count)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(256, activation="relu")(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (num_classes,)
    return keras.Model(image_input, logits, name="character_cnn")
