"""Two networks that find lines on a page: the 2019 course's, and a small U-Net."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled

ODD_EVEN = 3  # classes of the 2019 network: paper, odd line, even line
MAPS = 3  # of the U-Net: core band, start, end


def line_fcn(input_shape: tuple[int | None, int | None] = (256, 256)) -> keras.Model:
    """Find lines as the 2019 course did: a class per pixel, odd and even lines alternating.

    Takes uint8 (batch, height, width), ink 255 on 0; returns float32 logits (batch, height, width,
    3). Fourteen convolutions 7x7 of 16 filters in seven residual blocks, dilated by 3 and by 7, see
    493 px around each pixel; 165,795 parameters. Source: FSDL 2019, `networks/fcn.py`.
    """
    image = keras.Input(input_shape, dtype="uint8", name="image")
    x = rescaled(image)  # (height, width, 1)
    for dilation in (3, 3, 7, 7, 7, 7, 7):
        shortcut = layers.Conv2D(16, 1)(x)
        for _ in range(2):
            x = layers.Conv2D(16, 7, padding="same", dilation_rate=dilation, activation="relu")(x)
        x = layers.Activation("relu")(layers.Add()([x, shortcut]))  # (height, width, 16)
    logits = layers.Conv2D(ODD_EVEN, 1, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="line_fcn")


def line_unet(
    input_shape: tuple[int | None, int | None] = (None, None),
    filters: tuple[int, ...] = (24, 48, 64, 48),
) -> keras.Model:
    """Find lines at half the resolution and with more context: a small U-Net.

    Takes uint8 (batch, height, width), ink 255 on 0, sides that are multiples of 32; returns
    float32 logits (batch, height / 2, width / 2, 3): core band, start marks, end marks. A quarter
    of the page's size is the finest level, since full size costs most and adds least; the coarsest,
    dilated, lets every pixel see 369 px around it, enough to bridge the widest gaps between words;
    on the way up a level adds what the way down saw. 245,539 parameters.
    Sources: Ronneberger et al. 2015 (U-Net); Grüning et al. 2018 (ARU-Net: starts and ends as a
    class).
    """
    image = keras.Input(input_shape, dtype="uint8", name="image")
    x = layers.Conv2D(12, 5, 2, padding="same", activation="relu")(rescaled(image))
    # (height / 2, width / 2, 12)
    levels = []
    for size in filters:
        x = _convolution(x, size, 2)  # half as high and wide
        x = _convolution(x, size)
        levels.append(x)
    x = _convolution(x, filters[-1], dilation=2)
    for size, level in zip(filters[-2::-1], levels[-2::-1], strict=True):
        x = layers.Conv2D(size, 1)(x)
        x = layers.UpSampling2D(2)(x)  # twice as high and wide
        x = _convolution(layers.Add()([x, level]), size)
    logits = layers.Conv2DTranspose(MAPS, 2, 2, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="line_unet")  # (height / 2, width / 2, 3)


def _convolution(x, filters: int, stride: int = 1, dilation: int = 1):
    x = layers.Conv2D(filters, 3, stride, padding="same", dilation_rate=dilation, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.Activation("relu")(x)
