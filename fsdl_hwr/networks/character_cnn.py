"""A deeper convolutional network for single characters: small images early, normalized layers."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def character_cnn(
    input_shape: tuple[int, int] = (28, 28),
    num_classes: int = 62,
    filters: tuple[int, int, int, int, int] = (16, 32, 48, 64, 96),
    dropout: float = 0.3,
) -> keras.Model:
    """Classify single characters by five normalized 3x3 convolutions and two dense layers.

    Takes uint8 (batch, height, width), returns float32 logits (batch, num_classes). Height and
    width are halved by the second convolution and after the third and the fifth, so that most of
    the work is done on small images. Raises `ValueError` for images too small to be halved three
    times.
    Source: the plan of VGG (Simonyan and Zisserman 2015), strides instead of a pool (Springenberg
    et al. 2015), batch normalization (Ioffe and Szegedy 2015).

    Args:
        input_shape: height and width in px.
        num_classes: characters.
        filters: of each convolution.
        dropout: share of the features that the dense layers miss in training.
    """
    if min(input_shape) < 8:
        raise ValueError(f"Three halvings need images of at least 8 x 8 px; got {input_shape}.")
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    x = rescaled(image_input)  # (height, width, 1)
    x = _convolution(x, filters[0])
    x = _convolution(x, filters[1], strides=2)  # (height / 2, width / 2, filters[1])
    x = _convolution(x, filters[2])
    x = layers.MaxPooling2D(2)(x)  # (height // 4, width // 4, filters[2])
    x = _convolution(x, filters[3])
    x = _convolution(x, filters[4])
    x = layers.MaxPooling2D(2)(x)  # (height // 8, width // 8, filters[4])
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(256, use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))  # (256,)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (num_classes,)
    return keras.Model(image_input, logits, name="character_cnn")


def _convolution(x: keras.KerasTensor, filters: int, strides: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))
