"""The way back: which noise would a generator have made this image from?

For `NoiseEncoder` the generator is finished, and stays as it is. What the encoder learns from costs
nothing: the generator makes as many pairs of noise and image as are wanted. Real images add the
rest: drawn again from the noise that was found for them, they should look as they did.
`EncodedGAN` learns both ways at once.
Sources: Chen and others 2016 (InfoGAN) for the latter; Donahue and others 2017 and Dumoulin and
others 2017 let a discriminator of pairs teach both, which takes longer to settle.
"""

import keras
import numpy as np
from keras import layers, ops

from fsdl_hwr.generation import gan, letters
from fsdl_hwr.ink import GLYPH_SIZE

IMAGE_WEIGHT = 20.0  # of a real image's mean square error, beside the noise's


def encoder_network(
    noise_size: int, num_classes: int, filters: tuple[int, int, int] = (16, 32, 64)
) -> keras.Model:
    """Find a noise: image (28, 28, 1), -1 to 1, and label (num_classes,) to (noise_size,)."""
    image, label = keras.Input((GLYPH_SIZE, GLYPH_SIZE, 1)), keras.Input((num_classes,))
    x = image
    for count in filters:
        x = layers.LeakyReLU(0.2)(layers.Conv2D(count, 3, strides=2, padding="same")(x))
    x = layers.Concatenate()([layers.Flatten()(x), label])
    x = layers.LeakyReLU(0.2)(layers.Dense(128)(x))
    return keras.Model([image, label], layers.Dense(noise_size)(x), name="noise_encoder")


def rebuild(
    encoder: keras.Model, generator: keras.Model, images: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Draw images again from the noise that is found for them: uint8 (n, 28, 28).

    Args:
        encoder: an `encoder_network`.
        generator: of its noises.
        images: uint8 (n, 28, 28).
        labels: int (n,), the class of each.
    """
    told = letters.one_hot(labels, encoder.input_shape[1][-1])
    noise = encoder.predict([gan.to_pixels(images), told], batch_size=512, verbose=0)
    return gan.make_images(generator, noise, told)


class NoiseEncoder(keras.Model):
    """Finds the noise that a frozen generator makes an image from; `fit` it on real images.

    Inputs of `fit`: (images (n, 28, 28, 1), -1 to 1, one-hot labels (n, classes)), no targets.

    Args:
        generator: noise and label to an image; it is frozen, and not changed.
        filters: of the three convolutions.
        seed: of the noise in training.
    """

    def __init__(
        self, generator: keras.Model, filters: tuple[int, int, int] = (16, 32, 64), seed: int = 0
    ):
        super().__init__(name="noise_encoder")
        self.noise_size, self.num_classes = (shape[-1] for shape in generator.input_shape)
        self.generator = keras.models.clone_model(generator)
        self.generator.set_weights(generator.get_weights())
        self.generator.trainable = False
        self.encoder = encoder_network(self.noise_size, self.num_classes, filters)
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        """Return the mean square errors of a noise, and of a real image: (n, 2)."""
        real, label = inputs
        noise = keras.random.normal((ops.shape(real)[0], self.noise_size), seed=self.draws)
        found = self.encoder([self.generator([noise, label]), label])
        again = self.generator([self.encoder([real, label]), label])
        of_noise = ops.mean((found - noise) ** 2, axis=-1)  # (n,)
        of_image = ops.mean((again - real) ** 2, axis=(1, 2, 3))  # (n,)
        return ops.stack([of_noise, of_image], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Add both errors up, the image's `IMAGE_WEIGHT` times."""
        return ops.mean(y_pred[:, 0] + IMAGE_WEIGHT * y_pred[:, 1])

    def rebuild(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Draw images, uint8 (n, 28, 28), again from the noise that is found for them."""
        return rebuild(self.encoder, self.generator, images, labels)


class EncodedGAN(gan.ConditionalGAN):
    """A GAN that learns the way back at the same time; `fit` it as one.

    The generator is pulled two ways: to images that look real, and to images whose noise can be
    found again.

    Args:
        generator: noise and label to an image.
        discriminator: image and label to a score.
        encoder: an `encoder_network` for the generator's noise.
        weight: of the noise's mean square error.
        options: of `gan.ConditionalGAN`: penalties and seed.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        encoder: keras.Model,
        weight: float = 1.0,
        **options,
    ):
        super().__init__(generator, discriminator, **options)
        self.encoder, self.weight = encoder, weight

    def call(self, inputs, training=None):
        """Return what a GAN's `call` does, and the mean square error of a noise: (n, 5)."""
        scored = super().call(inputs)
        label = inputs[1]
        shape = ops.shape(label)[0], self.encoder.output_shape[-1]
        noise = keras.random.normal(shape, seed=self.draws)
        found = self.encoder([self.generator([noise, label]), label])
        error = ops.mean((found - noise) ** 2, axis=-1, keepdims=True)  # (n, 1)
        return ops.concatenate([scored, error], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Add the noise's error, `weight` times, to the loss of the GAN."""
        return super().compute_loss(y_pred=y_pred[:, :4]) + self.weight * ops.mean(y_pred[:, 4])
