"""A small U-Net that cleans photos of single letters, with or without being told the letter."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def letter_unet(
    shape: tuple[int, int] = (28, 28),
    filters: tuple[int, int, int] = (8, 16, 32),
    num_classes: int = 0,
) -> keras.Model:
    """Say for every pixel of a letter's photo whether it is ink.

    Takes uint8 (batch, height, width), dark ink on lighter paper, sides that 4 divides; returns
    float32 logits of that shape. num_classes: 0, or how many letters there are; the network then
    takes [photos, classes int (batch,)], and adds what it learned of the letter at the bottom.
    Source: Ronneberger, Fischer and Brox, "U-Net" (2015).
    """
    if shape[0] % 4 or shape[1] % 4:
        raise ValueError(f"Two halvings need sides that 4 divides; got {shape[0]} x {shape[1]} px.")
    image = keras.Input(shape, dtype="uint8", name="image")
    x = rescaled(image)
    contrast = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(x)
    fine = _convolution(contrast, filters[0])  # (height, width, filters[0])
    middle = _convolution(fine, filters[1], 2)  # (height / 2, width / 2, filters[1])
    x = _convolution(middle, filters[2], 2)  # (height / 4, width / 4, filters[2])
    inputs = image
    if num_classes:
        letter = keras.Input((), dtype="int32", name="letter")
        size = (shape[0] // 4, shape[1] // 4, filters[2])
        drawn = layers.Embedding(num_classes, size[0] * size[1] * size[2])(letter)
        x = layers.Add()([x, layers.Reshape(size)(drawn)])
        inputs = [image, letter]
    x = _convolution(x, filters[2])
    x = layers.UpSampling2D(2)(layers.Conv2D(filters[1], 1)(x))
    x = _convolution(layers.Add()([x, middle]), filters[1])
    x = layers.UpSampling2D(2)(layers.Conv2D(filters[0], 1)(x))
    x = _convolution(layers.Add()([x, fine]), filters[0])  # (height, width, filters[0])
    logits = layers.Conv2D(1, 1, dtype="float32", name="logits")(x)
    return keras.Model(inputs, layers.Reshape(shape)(logits), name="letter_unet")


def _convolution(x, filters: int, stride: int = 1):
    x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.Activation("relu")(x)
