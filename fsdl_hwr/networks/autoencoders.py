"""Autoencoders of single characters: sparse, convolutional with tied weights, and with pooling."""

import keras
import numpy as np
from keras import layers, ops

from fsdl_hwr.networks.layers import rescaled


@keras.saving.register_keras_serializable("fsdl_hwr")
class SparseActivity(keras.regularizers.Regularizer):
    """Pulls every unit's mean activation over a batch to `target`, 0 to 1, by weight * KL.

    Source: Ng, "Sparse autoencoder", CS294A lecture notes (2011).
    """

    def __init__(self, target: float = 0.05, weight: float = 1.0):
        self.target = target
        self.weight = weight

    def __call__(self, activations):
        mean = ops.clip(ops.mean(activations, axis=0), 1e-5, 1 - 1e-5)  # (units,)
        target = self.target
        distance = target * ops.log(target / mean)
        distance += (1 - target) * ops.log((1 - target) / (1 - mean))
        return self.weight * ops.sum(distance)

    def get_config(self):
        return {"target": self.target, "weight": self.weight}


@keras.saving.register_keras_serializable("fsdl_hwr")
class Penalty(layers.Layer):
    """Adds a regularizer of its input to the loss, whole; the input passes unchanged.

    A layer's own `activity_regularizer` would not do: Keras divides it by the batch size, which a
    penalty on means over the batch has done already.
    """

    def __init__(self, regularizer, **kwargs):
        super().__init__(**kwargs)
        self.regularizer = keras.regularizers.get(regularizer)

    def call(self, x):
        self.add_loss(self.regularizer(x))
        return x

    def get_config(self):
        return super().get_config() | {
            "regularizer": keras.regularizers.serialize(self.regularizer)
        }


class Mirrored(layers.Layer):
    """Runs a dense or convolutional layer backward: its kernel, transposed, and a bias of its own.

    source: the layer, built. Strides enlarge what they had reduced.
    """

    def __init__(self, source: layers.Layer, activation: str = "linear", **kwargs):
        super().__init__(**kwargs)
        self.source = source
        self.activation = keras.activations.get(activation)
        self.bias = self.add_weight(shape=(source.kernel.shape[-2],), initializer="zeros")

    def call(self, x):
        kernel = self.source.kernel
        if len(kernel.shape) == 2:
            x = ops.matmul(x, ops.transpose(kernel))
        else:  # a transposed convolution wants (height, width, out, in): the layout that it has
            x = ops.conv_transpose(x, kernel, self.source.strides, padding="same")
        return self.activation(x + self.bias)


def sparse_autoencoder(
    num_units: int = 256, target: float = 0.05, weight: float = 1.0, shape: tuple = (28, 28)
) -> tuple[keras.Model, keras.Model]:
    """Build one hidden layer of sigmoid units, each of which is to fire on a share `target`.

    Returns the autoencoder, uint8 (batch, height, width) to float32 between 0 and 1 of that shape,
    and its encoder to (batch, num_units). They share their weights.

    Args:
        num_units: of the hidden layer.
        target: the mean activity that a unit is to have, between 0 and 1.
        weight: of the penalty.
        shape: height and width in px.
    """
    image = keras.Input(shape, dtype="uint8", name="image")
    x = layers.Flatten()(rescaled(image))  # (height * width,)
    code = layers.Dense(
        num_units,
        "sigmoid",
        bias_initializer=keras.initializers.Constant(np.log(target / (1 - target))),
    )(x)  # units begin at the target: from 0.5 the way there takes hundreds of steps
    code = Penalty(SparseActivity(target, weight), name="code")(code)  # (num_units,)
    blank = keras.initializers.Constant(-2.0)  # most of a letter's image is paper
    x = layers.Dense(int(np.prod(shape)), "sigmoid", bias_initializer=blank)(code)
    drawn = layers.Reshape(shape)(x)  # (height, width)
    return keras.Model(image, drawn, name="sparse_autoencoder"), keras.Model(image, code)


def tied_autoencoder(
    code_size: int = 64,
    filters: tuple[int, int] = (24, 48),
    hidden: int = 256,
    shape: tuple[int, int] = (28, 28),
) -> tuple[keras.Model, keras.Model]:
    """Build a convolutional autoencoder whose decoder has its encoder's kernels, transposed.

    Two convolutions of 5 x 5 and stride 2, a dense layer and a code. Returns the autoencoder, uint8
    (batch, height, width) to float32 between 0 and 1 of that shape, and its encoder to (batch,
    code_size).
    Source of tied weights: Vincent et al., "Stacked Denoising Autoencoders" (2010).

    Args:
        code_size: units of the code.
        filters: of each convolution.
        hidden: units of the dense layer.
        shape: height and width in px; 4 divides them.
    """
    height, width = shape
    if height % 4 or width % 4:
        raise ValueError(f"Two halvings need sides that 4 divides; got {height} x {width} px.")
    image = keras.Input(shape, dtype="uint8", name="image")
    first = layers.Conv2D(filters[0], 5, 2, padding="same", activation="leaky_relu")
    second = layers.Conv2D(filters[1], 5, 2, padding="same", activation="leaky_relu")
    wide = layers.Dense(hidden, activation="leaky_relu")
    narrow = layers.Dense(code_size, name="code")

    x = second(first(rescaled(image)))  # (height / 4, width / 4, filters[1])
    code = narrow(wide(layers.Flatten()(x)))  # (code_size,)
    x = Mirrored(wide, "leaky_relu")(Mirrored(narrow, "leaky_relu")(code))
    x = layers.Reshape((height // 4, width // 4, filters[1]))(x)
    x = Mirrored(second, "leaky_relu")(x)  # (height / 2, width / 2, filters[0])
    x = Mirrored(first, "sigmoid")(x)  # (height, width, 1)
    drawn = layers.Reshape(shape)(x)
    return keras.Model(image, drawn, name="tied_autoencoder"), keras.Model(image, code)


def pooled_autoencoder(
    code_size: int = 64,
    filters: tuple[int, int] = (24, 48),
    hidden: int = 256,
    shape: tuple[int, int] = (28, 28),
    places: bool = False,
) -> tuple[keras.Model, keras.Model]:
    """Build the autoencoder of `tied_autoencoder` with pooling for its strides; nothing is tied.

    On the way back each pixel is repeated; with `places`, it is put where the maximum was. Those
    places travel beside the code, so that its size no longer says what the drawing was made from.
    Source of the places: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks"
    (2014).

    Args:
        code_size, filters, hidden, shape: see `tied_autoencoder`.
        places: hands on which of four pixels was the largest.
    """
    height, width = shape
    if height % 4 or width % 4:
        raise ValueError(f"Two halvings need sides that 4 divides; got {height} x {width} px.")
    options = {"padding": "same", "activation": "leaky_relu"}
    image = keras.Input(shape, dtype="uint8", name="image")
    x, marks = rescaled(image), []
    for count in filters:
        full = layers.Conv2D(count, 5, **options)(x)
        x = layers.MaxPooling2D()(full)  # half the height and width
        repeated = layers.UpSampling2D()(x)
        marks.append(ops.cast(ops.equal(full, repeated), "float32"))
    x = layers.Dense(hidden, "leaky_relu")(layers.Flatten()(x))
    code = layers.Dense(code_size, name="code")(x)  # (code_size,)
    x = layers.Dense(hidden, "leaky_relu")(code)
    small = (height // 4, width // 4, filters[1])
    x = layers.Reshape(small)(layers.Dense(int(np.prod(small)), "leaky_relu")(x))
    for count, mark, last in ((filters[0], marks[1], False), (1, marks[0], True)):
        x = layers.UpSampling2D()(x)  # twice the height and width
        if places:
            x = layers.Multiply()([x, mark])
        x = layers.Conv2D(count, 5, padding="same", activation="sigmoid" if last else "leaky_relu")(
            x
        )
    drawn = layers.Reshape(shape)(x)
    return keras.Model(image, drawn, name="pooled_autoencoder"), keras.Model(image, code)
