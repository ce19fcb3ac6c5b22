"""Flow matching for ink: a network learns the way from noise to letters, and walks it in steps.

Between a noise n and a letter x lies the straight way (1 - t) n + t x. The network sees a point of
it, the time t and the label, and learns the direction x - n. On average over all letters that lead
through a point the directions form a flow; following it from a noise ends at a letter.
Sources: Lipman and others 2023, Liu and others 2023; Ho and Salimans 2022 for the guidance.
"""

import keras
import numpy as np
from keras import layers, ops

from fsdl_hwr.generation.letters import Basis

FREQUENCIES = 8  # by which the network sees the time
DROPPED = 0.1  # share of the letters in training whose label is hidden, for the guidance
STEPS = 16  # from noise to letter


def flow_network(size: int, num_classes: int, width: int = 256, depth: int = 3) -> keras.Model:
    """Return where to go: a point (size,), a time (1,) and a label (num_classes + 1,) to (size,).

    The last class stands for a hidden label. Each block is scaled and shifted by time and label.

    Args:
        size: of a point.
        num_classes: letters.
        width: units of each block.
        depth: number of blocks.
    """
    point, time = keras.Input((size,)), keras.Input((1,))
    label = keras.Input((num_classes + 1,))
    waves = [wave(np.pi * k * time) for k in range(1, FREQUENCIES) for wave in (ops.cos, ops.sin)]
    told = layers.Dense(width, activation="gelu")(layers.Concatenate()([time, *waves, label]))
    x = layers.Dense(width)(point)
    for _ in range(depth):
        scale, shift = layers.Dense(width)(told), layers.Dense(width)(told)
        inside = layers.LayerNormalization()(x) * (1 + scale) + shift
        inside = layers.Dense(width, activation="gelu")(inside)
        x = x + layers.Dense(width)(inside)  # (width,)
    x = layers.LayerNormalization()(x)
    return keras.Model([point, time, label], layers.Dense(size)(x), name="flow_network")


class PenFlow(keras.Model):
    """A flow from noise to letters, in the coordinates of a `Basis`; `fit` it on codes and labels.

    Inputs of `fit`: (codes (n, size), one-hot labels (n, num_classes)), no targets. The loss is the
    mean square error of a direction: it falls to what no network can foresee, not to 0.

    Args:
        basis: turns letters into codes and back.
        num_classes: of labels.
        width: of the hidden layers.
        depth: blocks of two layers.
        seed: of noise, times and hidden labels in training.
    """

    def __init__(
        self, basis: Basis, num_classes: int, width: int = 256, depth: int = 2, seed: int = 0
    ):
        super().__init__(name="pen_flow")
        self.basis, self.num_classes = basis, num_classes
        self.network = flow_network(basis.size, num_classes, width, depth)
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        """Return by how much the direction is missed at a random time: float32 (n, size)."""
        code, label = inputs
        noise = keras.random.normal(ops.shape(code), seed=self.draws)
        one = (ops.shape(code)[0], 1)
        # Logit-normal: more often in the middle of the way, where the decisions are made.
        time = ops.sigmoid(keras.random.normal(one, seed=self.draws))  # (n, 1)
        known = ops.cast(keras.random.uniform(one, seed=self.draws) > DROPPED, "float32")
        told = ops.concatenate([label * known, 1 - known], axis=-1)  # (n, num_classes + 1)
        found = self.network([(1 - time) * noise + time * code, time, told])
        return found - (code - noise)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean square of what `call` returns."""
        return ops.mean(y_pred**2)

    def walk(
        self, labels: np.ndarray, noise: np.ndarray, guidance: float = 1.0, steps: int = STEPS
    ) -> np.ndarray:
        """Follow the flow from noises: float32 (steps + 1, n, points, 3), noise first.

        Raises `ValueError` for less than one step.

        Args:
            labels: int (n,), the class of each letter.
            noise: (n, size).
            guidance: 1 follows the label; more exaggerates what the label changes, 0 ignores it.
            steps: number of steps to the letter.
        """
        if steps < 1:
            raise ValueError(f"From noise to letters takes at least one step; got steps={steps}.")
        hidden = np.zeros((len(labels), self.num_classes + 1), np.float32)
        told = hidden.copy()
        told[np.arange(len(labels)), labels] = 1
        hidden[:, -1] = 1
        code: np.ndarray = np.asarray(noise, np.float32)
        places = []
        for k in range(steps):
            places.append(code)
            direction = self._direction(code, k / steps, told)
            if guidance != 1:
                anyhow = self._direction(code, k / steps, hidden)
                direction = anyhow + guidance * (direction - anyhow)
            code = code + direction / steps
        return np.stack([self.basis.decode(place) for place in [*places, code]])

    def make(
        self, labels: np.ndarray, seed: int = 0, guidance: float = 1.0, steps: int = STEPS
    ) -> np.ndarray:
        """Make letters: float32 (n, points, 3).

        Args:
            labels: int (n,), the class of each letter.
            seed: of the noises.
            guidance, steps: see `walk`.
        """
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=(len(labels), self.basis.size)).astype(np.float32)
        return self.walk(labels, noise, guidance, steps)[-1]

    def _direction(self, code: np.ndarray, time: float, label: np.ndarray) -> np.ndarray:
        times = np.full((len(code), 1), time, np.float32)
        return self.network.predict_on_batch([code, times, label])  # `predict` sets up a queue
