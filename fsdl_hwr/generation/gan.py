"""A conditional generative adversarial network of pixels, trained as one model by one loss.

The generator makes images, the discriminator tells them from real ones; what lowers the loss for
one raises it for the other. So one loss serves both, if the gradient is turned around between
them: the generator climbs where the discriminator descends. Both penalties, on real images (R1)
and on generated ones (R2), are needed for that to settle.
Sources: Goodfellow and others 2014; Radford and others 2015 for the deconvolutions; Odena and
others 2016 for the grid that they leave; Miyato and Koyama 2018 for the projection; Huang and
others 2024 for R1 with R2; Ganin and Lempitsky 2015 for the turned gradient.
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from fsdl_hwr.generation import letters
from fsdl_hwr.ink import GLYPH_SIZE

START = GLYPH_SIZE // 4  # px, side of the image that the generator begins with
PROBE = 0.05  # of a pixel's range of 2: how far the penalties look around an image
UPSAMPLINGS = ("deconvolution", "resize")


def generator(
    num_classes: int,
    noise_size: int = 32,
    filters: tuple[int, int] = (32, 16),
    upsampling: str = "resize",
    initializer: str | keras.initializers.Initializer = "glorot_uniform",
) -> keras.Model:
    """Make images: noise (noise_size,) and label (num_classes,) to (28, 28, 1), -1 to 1.

    Raises `ValueError` for an unknown way of upsampling.

    Args:
        num_classes: of labels.
        noise_size: numbers that an image is made from, besides its label.
        filters: at 7 and at 14 px.
        upsampling: "deconvolution" spreads each pixel over 5 x 5 at a stride of 2, so that
            neighbors get unequal shares; "resize" doubles the image, then convolves it.
        initializer: of the weights.
    """
    if upsampling not in UPSAMPLINGS:
        raise ValueError(f"Upsampling is one of {', '.join(UPSAMPLINGS)}; got {upsampling!r}.")
    options = {"padding": "same", "kernel_initializer": initializer}
    noise, label = keras.Input((noise_size,)), keras.Input((num_classes,))
    x = layers.Concatenate()([noise, label])
    x = layers.Dense(START**2 * filters[0], kernel_initializer=initializer)(x)
    x = layers.LeakyReLU(0.2)(layers.Reshape((START, START, filters[0]))(x))  # (7, 7, filters[0])
    if upsampling == "deconvolution":
        x = layers.Conv2DTranspose(filters[1], 5, strides=2, **options)(x)  # (14, 14, filters[1])
        x = layers.LeakyReLU(0.2)(x)
        x = layers.Conv2DTranspose(1, 5, strides=2, activation="tanh", **options)(x)  # (28, 28, 1)
    else:
        x = layers.UpSampling2D()(x)  # (14, 14, filters[0])
        x = layers.LeakyReLU(0.2)(layers.Conv2D(filters[1], 3, **options)(x))
        x = layers.UpSampling2D(interpolation="bilinear")(x)  # (28, 28, filters[1])
        x = layers.Conv2D(1, 5, activation="tanh", **options)(x)  # (28, 28, 1)
    return keras.Model([noise, label], x, name=f"{upsampling}_generator")


def discriminator(num_classes: int, filters: tuple[int, int, int] = (16, 32, 64)) -> keras.Model:
    """Say how real an image with its label looks: (28, 28, 1) and (num_classes,) to (1,).

    The label's own vector is multiplied with the image's features (a projection), so that the
    label cannot be ignored. No batch normalization: it would let the images of a batch look at
    each other.
    """
    image, label = keras.Input((GLYPH_SIZE, GLYPH_SIZE, 1)), keras.Input((num_classes,))
    x = image
    for count in filters:
        x = layers.LeakyReLU(0.2)(layers.Conv2D(count, 3, strides=2, padding="same")(x))
    x = layers.Flatten()(x)
    x = layers.LeakyReLU(0.2)(layers.Dense(64, name="trunk")(x))  # (64,)
    match = layers.Dot(axes=-1)([x, layers.Dense(64, use_bias=False)(label)])  # (1,)
    score = layers.Add()([layers.Dense(1)(x), match])
    return keras.Model([image, label], score, name="discriminator")


class ConditionalGAN(keras.Model):
    """A generator and a discriminator with the loss that trains both; `fit` it on images.

    Inputs of `fit`: (images (n, 28, 28, 1), -1 to 1, one-hot labels (n, classes)), no targets.
    A generated image gets the label of the real one beside it, so that labels are as frequent.

    Args:
        generator: noise and label to an image.
        discriminator: image and label to a score.
        real_penalty: weight of R1, on the slope of the score at real images.
        made_penalty: weight of R2, on the slope at generated images.
        seed: of the noise in training.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        real_penalty: float = 1.0,
        made_penalty: float = 1.0,
        seed: int = 0,
    ):
        super().__init__(name="conditional_gan")
        self.generator, self.discriminator = generator, discriminator
        self.penalties = real_penalty, made_penalty
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        """Return scores of real and made images and the squares of their slopes: (n, 4).

        A slope is taken along a random direction, by a difference: no gradient of a gradient is
        needed, so that every backend can do it.
        """
        real, label = inputs
        shape = ops.shape(real)
        noise = keras.random.normal((shape[0], self.generator.input_shape[0][-1]), seed=self.draws)
        made = self.generator([noise, label])
        still = ops.stop_gradient(made)
        turned = 2 * still - made  # the same image, its gradient turned around
        aside = PROBE * keras.random.normal(shape, seed=self.draws)
        images = [real, turned, real + aside, real - aside, still + aside, still - aside]
        every = [ops.concatenate(images), ops.concatenate([label] * len(images))]
        of_real, of_made, *around = ops.split(self.discriminator(every), len(images))  # (n, 1) each
        slopes = [(around[k] - around[k + 1]) / (2 * PROBE) for k in (0, 2)]
        return ops.concatenate([of_real, of_made, slopes[0] ** 2, slopes[1] ** 2], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return how little real images look more real than made ones, plus both penalties.

        The discriminator lowers it, and the generator, behind the turned gradient, raises it.
        """
        of_real, of_made, real_slope, made_slope = ops.split(y_pred, 4, axis=-1)  # (n, 1) each
        penalty = self.penalties[0] * real_slope + self.penalties[1] * made_slope
        return ops.mean(ops.softplus(of_made - of_real) + penalty / 2)

    def make(self, labels: np.ndarray, seed: int = 0) -> np.ndarray:
        """Make images of given labels: uint8 (n, 28, 28), ink 255 on 0."""
        size, num_classes = (shape[-1] for shape in self.generator.input_shape)
        noise = np.random.default_rng(seed).normal(size=(len(labels), size)).astype(np.float32)
        return make_images(self.generator, noise, letters.one_hot(labels, num_classes))


class ImageLog(keras.callbacks.Callback):
    """Writes a row of made images after every epoch, for TensorBoard; it needs TensorFlow.

    folder: of TensorBoard's files. labels: int (n,), of the images.
    """

    def __init__(self, folder: Path, labels: np.ndarray):
        super().__init__()
        from tensorflow import summary

        self.labels, self.summary = labels, summary
        self.writer = summary.create_file_writer(str(folder))

    def on_epoch_end(self, epoch, logs=None):
        row = np.concatenate(list(self.model.make(self.labels)), axis=1)  # (28, n * 28)
        with self.writer.as_default(step=epoch):
            self.summary.image("made", 255 - row[None, ..., None])
        self.writer.flush()


def make_images(generator: keras.Model, noise: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Draw a generator's images: uint8 (n, 28, 28); values that are not finite become paper.

    Raises `ValueError` for labels of another alphabet than the generator's.
    """
    known = generator.input_shape[1][-1]
    if labels.shape[-1] != known:
        raise ValueError(
            f"The generator makes {known} letters, and these labels are of {labels.shape[-1]}: it "
            "was trained on another alphabet. Load the one that belongs to these letters."
        )
    values = generator.predict([noise, labels], batch_size=512, verbose=0)[..., 0]
    return np.rint(np.clip(127.5 * (np.nan_to_num(values, nan=-1) + 1), 0, 255)).astype(np.uint8)


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Turn glyph images, uint8 (n, 28, 28), into what a GAN learns from: float32, -1 to 1."""
    return (images[..., None] / 127.5 - 1).astype(np.float32)


def optimizer(learning_rate: float = 1e-3) -> keras.optimizers.Optimizer:
    """Return the Adam that suits a game: no momentum, and an average of the weights (EMA).

    At the end of `fit` Keras puts the average in place of the last weights.
    """
    return keras.optimizers.Adam(
        learning_rate,
        beta_1=0.0,
        beta_2=0.99,
        use_ema=True,
        ema_momentum=0.995,
        ema_overwrite_frequency=None,
    )
