"""Training of networks that draw letters: autoencoders that copy them, U-Nets that clean them."""

from collections.abc import Sequence

import numpy as np

from fsdl_hwr.backend import keras
from fsdl_hwr.datasets import parchment
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.recognizers import training


def fit_autoencoder(
    network: keras.Model,
    images: np.ndarray,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
) -> list[float]:
    """Train a network to copy images; return the loss of every epoch.

    The loss is the squared error summed over an image's pixels, so that a penalty on a code of many
    units weighs as much as the drawing.

    Args:
        network: uint8 (n, height, width) to float32 between 0 and 1.
        images: uint8 (n, 28, 28).
        epochs: passes over the images.
        batch_size: images per step.
        learning_rate: of the optimizer.
    """
    steps = epochs * -(-len(images) // batch_size)
    network.compile(training.adamw(steps, learning_rate), _squared_error)
    targets = images.astype(np.float32) / 255
    history = network.fit(images, targets, batch_size=batch_size, epochs=epochs, verbose=0)
    return history.history["loss"]


def _squared_error(true, drawn):
    return keras.ops.sum(keras.ops.square(true - drawn), axis=(1, 2))


def squared_errors(images: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return each image's mean squared error, pixels counted from 0 to 1: float (n,)."""
    return ((images.astype(np.float32) / 255 - drawn) ** 2).mean((1, 2))


def fit_cleaner(
    network: keras.Model,
    glyphs: Glyphs,
    *,
    epochs: int,
    kinds: Sequence[str] = parchment.KINDS,
    batch_size: int = 64,
    learning_rate: float = 4e-3,
    seed: int = 0,
) -> list[float]:
    """Train a `letter_unet` on photos of glyphs, made anew for every epoch; returns its losses.

    Args:
        network: of photos, or of photos and classes.
        glyphs: the clean letters, one photo of each per epoch.
        epochs: passes over the letters.
        kinds: of damage, see `parchment`.
        batch_size: photos per step.
        learning_rate: the highest that the schedule reaches.
        seed: of the photos.
    """
    steps = epochs * -(-len(glyphs) // batch_size)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    network.compile(training.adamw(steps, learning_rate), loss)
    targets = (glyphs.images > 127).astype(np.float32)
    losses = []
    for epoch in range(epochs):
        photos = parchment.photographs(glyphs, kinds, seed + epoch)
        history = network.fit(
            _inputs(network, photos, glyphs.labels), targets, batch_size=batch_size, verbose=0
        )
        losses += history.history["loss"]
    return losses


def clean(network: keras.Model, photos: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """Return the ink that a trained U-Net finds: bool (n, height, width)."""
    logits = network.predict(_inputs(network, photos, labels), batch_size=256, verbose=0)
    return logits > 0


def _inputs(network: keras.Model, photos: np.ndarray, labels: np.ndarray | None):
    if len(network.inputs) == 1:
        return photos
    if labels is None:
        raise ValueError("This network was told the letter in training: give `labels` too.")
    return [photos, labels]
