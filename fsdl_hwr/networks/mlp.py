"""The multilayer perceptron of the 2019 course's first labs."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def mlp(
    input_shape: tuple[int, int] = (28, 28),
    num_classes: int = 62,
    layer_size: int = 128,
    num_layers: int = 3,
    dropout: float = 0.2,
) -> keras.Model:
    """Classify single characters by dense layers only.

    Takes uint8 (batch, height, width), returns float32 logits (batch, num_classes).
    Source: Full Stack Deep Learning, March 2019, lab 2 (143,824 parameters with 80 classes).

    Args:
        input_shape: height and width in px.
        num_classes: characters.
        layer_size: units of each hidden layer.
        num_layers: hidden layers.
        dropout: share of the units that are left out in training.
    """
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = layers.Flatten()(rescaled(image_input))  # (height * width,)
    for _ in range(num_layers):
        x = layers.Dense(layer_size, activation="relu")(x)  # (layer_size,)
        x = layers.Dropout(dropout)(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (num_classes,)
    return keras.Model(image_input, logits, name="mlp")
