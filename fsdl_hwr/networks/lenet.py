"""The LeNet of the 2019 course: two convolutions, one pool, one dense layer."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def lenet_features(x: keras.KerasTensor, batch_normalization: bool = False) -> keras.KerasTensor:
    """Turn (height, width, 1) into 128 features: LeNet without its dropout and its classifier."""
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        # (height - 2, width - 2, 32), then (height - 4, width - 4, 64)
        if batch_normalization:
            x = layers.BatchNormalization(momentum=0.95)(x)
    x = layers.MaxPooling2D(2)(x)  # ((height - 4) // 2, (width - 4) // 2, 64)
    x = layers.Dropout(0.2)(x)
    x = layers.Flatten()(x)
    return layers.Dense(128, activation="relu")(x)  # (128,)


def lenet(input_shape: tuple[int, int] = (28, 28), num_classes: int = 62) -> keras.Model:
    """Classify single characters by two convolutions and two dense layers.

    Takes uint8 (batch, height, width), returns float32 logits (batch, num_classes).
    Source: LeCun et al. 1998 by way of Full Stack Deep Learning, March 2019, lab 2
    (1,208,912 parameters with 80 classes).
    """
    if min(input_shape) < 6:
        raise ValueError(f"LeNet needs images of at least 6 x 6 px; got {input_shape}.")
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = lenet_features(rescaled(image_input))  # (128,)
    x = layers.Dropout(0.2)(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (num_classes,)
    return keras.Model(image_input, logits, name="lenet")
