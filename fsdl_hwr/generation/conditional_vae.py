"""A conditional variational autoencoder of ink: a letter is its label and a few numbers of style.

Sources: Kingma and Welling 2014; Sohn, Lee and Yan 2015 for the condition.
"""

import keras
import numpy as np
from keras import layers, ops

from fsdl_hwr.generation import letters
from fsdl_hwr.generation.letters import COLUMNS, NUM_POINTS

NOISE = 0.45  # of a coordinate, in half boxes: what the style need not explain
PEN_WEIGHT = 0.25  # of an error of the pen, which is 2 where it is wrong, beside a coordinate's


class ConditionalVAE(keras.Model):
    """Encoder and decoder of letters, both told the label, with the loss that trains them.

    The encoder gives a mean and a log variance for every number of the style; the decoder gets one
    draw. The loss is the negative evidence lower bound in nats: the error of the points in units of
    `NOISE`, plus what the style costs one who expects a standard normal distribution.

    Args:
        num_classes: of labels.
        style_size: numbers that hold the style.
        width: of the hidden layers.
        seed: of the draws.
    """

    def __init__(self, num_classes: int, style_size: int = 16, width: int = 256, seed: int = 0):
        super().__init__(name="conditional_vae")
        self.num_classes, self.style_size = num_classes, style_size
        size = NUM_POINTS * COLUMNS
        self.encoder = _hidden(size + num_classes, width, 2, 2 * style_size, "encoder")
        self.decoder = _hidden(style_size + num_classes, width, 3, size, "decoder")
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        """Encode, draw, decode: rows (n, points, 3), labels (n, classes) to errors and costs."""
        rows, labels = inputs
        flat = ops.reshape(rows, (-1, NUM_POINTS * COLUMNS))  # (n, points * 3)
        code = self.encoder(ops.concatenate([flat, labels], axis=-1))
        mean, log_variance = ops.split(code, 2, axis=-1)  # (n, style)
        noise = keras.random.normal(ops.shape(mean), seed=self.draws)
        style = mean + ops.exp(log_variance / 2) * noise
        made = self.decoder(ops.concatenate([style, labels], axis=-1))
        squares = ops.reshape((made - flat) ** 2, (-1, NUM_POINTS, COLUMNS))
        weights = ops.convert_to_tensor([1.0, 1.0, PEN_WEIGHT])
        error = ops.sum(squares * weights, axis=(1, 2)) / (2 * NOISE**2)  # (n,)
        cost = ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=-1) / 2  # (n,)
        return ops.stack([error, cost], axis=-1)  # (n, 2)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Add both parts up: nats per letter."""
        return ops.mean(ops.sum(y_pred, axis=-1))

    def styles(self, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return the likeliest style of each letter: float32 (n, style)."""
        flat = rows.reshape(len(rows), -1)
        inputs = np.concatenate([flat, letters.one_hot(labels, self.num_classes)], axis=1)
        return self.encoder.predict(inputs, batch_size=1024, verbose=0)[:, : self.style_size]

    def make(self, labels: np.ndarray, styles: np.ndarray) -> np.ndarray:
        """Make letters of given labels (n,) in given styles (n, style): float32 (n, points, 3)."""
        inputs = np.concatenate([styles, letters.one_hot(labels, self.num_classes)], axis=1)
        made = self.decoder.predict(inputs, batch_size=1024, verbose=0)
        return made.reshape(-1, NUM_POINTS, COLUMNS)


def _hidden(num_inputs: int, width: int, depth: int, num_outputs: int, name: str) -> keras.Model:
    inputs = keras.Input((num_inputs,))
    x = inputs
    for _ in range(depth):
        x = layers.Dense(width, activation="gelu")(x)  # (width,)
    return keras.Model(inputs, layers.Dense(num_outputs)(x), name=name)
