"""Training and reading of single characters: what every classifier in the labs shares."""

import os
from collections.abc import Callable

import keras
import numpy as np

from fsdl_hwr import alphabet, files
from fsdl_hwr.datasets.glyphs import Glyphs


def fit(
    network: keras.Model,
    training: Glyphs,
    validation: Glyphs,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    change: Callable | None = None,
    label_smoothing: float = 0.0,
    seed: int = 0,
    path: str | os.PathLike | None = None,
    verbose: int = 2,
) -> dict[str, list[float]]:
    """Train a classifier with AdamW, whose rate warms up, then follows a cosine down to zero.

    network: uint8 (batch, 28, 28) to logits (batch, classes), class k for `training.characters[k]`.
    change: called as `change(image, rng)` on every training image, in every epoch anew.
    path: where the network is written, whole, after every epoch that beats the ones before on
    validation; the best weights are loaded at the end. Returns lists per epoch of loss, accuracy,
    val_loss, val_accuracy. Raises `ValueError` where classes, or the two sets, do not fit.
    """
    check(network, training.characters)
    if validation.characters != training.characters:
        raise ValueError(
            f"Training has the classes {training.characters!r}, validation "
            f"{validation.characters!r}: they must be the same, in the same order."
        )
    batches = Batches(training, batch_size, change, label_smoothing, seed)
    total_steps = epochs * len(batches)
    warmup_steps = min(100, max(1, total_steps // 10))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 100,
        decay_steps=max(1, total_steps - warmup_steps),
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )
    network.compile(
        keras.optimizers.AdamW(schedule, weight_decay=1e-4, global_clipnorm=5.0),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    keep_best = _KeepBest(path)
    history = network.fit(
        batches,
        validation_data=Batches(validation, 512, shuffle=False),
        epochs=epochs,
        shuffle=False,  # `batches` shuffles by its own seed
        verbose=verbose,
        callbacks=[keep_best],
    ).history
    network.set_weights(keep_best.weights)
    return history


def check(network: keras.Model, characters: str) -> None:
    """Raise `ValueError` unless the network has one output for each character."""
    num_classes = network.output_shape[-1]
    if num_classes != len(characters):
        raise ValueError(
            f"The network has {num_classes} outputs; {len(characters)} characters need as many. "
            "Build it with num_classes=len(glyphs.characters)."
        )


def read(network: keras.Model, images: np.ndarray, characters: str) -> str:
    """Say what each image shows: uint8 (n, 28, 28) to a string of n characters."""
    check(network, characters)
    if len(images) == 0:
        return ""
    classes = network.predict(images, batch_size=512, verbose=0).argmax(-1)  # (n,)
    return "".join(characters[k] for k in classes)


def with_classes(network: keras.Model, known: str, characters: str) -> keras.Model:
    """Give a trained classifier of the characters `known` one output for each of `characters`.

    All layers but the last are shared with `network`. A class starts with the last layer's weights
    for its own character, or with the mean over those that it stands for (`alphabet.class_map`);
    a character that `known` has nothing like starts at random. Equal characters give `network`.
    """
    check(network, known)
    if characters == known:
        return network
    last = network.layers[-1]
    new = keras.layers.Dense(len(characters), dtype="float32", name=last.name)
    model = keras.Model(network.input, new(last.input), name=network.name)
    merged = alphabet.class_map(known, characters)  # (known,)
    nearest = alphabet.class_map(characters, known)  # (characters,)
    kernel, bias = new.get_weights()  # (features, characters), (characters,)
    known_kernel, known_bias = last.get_weights()
    for k in range(len(characters)):
        its = np.flatnonzero(merged == k)
        if len(its) == 0 and nearest[k] >= 0:
            its = nearest[[k]]
        if len(its):
            kernel[:, k], bias[k] = known_kernel[:, its].mean(1), known_bias[its].mean()
    new.set_weights([kernel, bias])
    return model


class Batches(keras.utils.PyDataset):
    """Images and one-hot labels for `fit`, the same for equal (seed, epoch, batch).

    change: called as `change(image, rng)` on every image. label_smoothing: share of each target
    that is spread over all classes, for labels that may be wrong.
    """

    def __init__(
        self,
        glyphs: Glyphs,
        batch_size: int,
        change: Callable | None = None,
        label_smoothing: float = 0.0,
        seed: int = 0,
        shuffle: bool = True,
    ):
        super().__init__()
        if batch_size < 1 or len(glyphs) == 0:
            raise ValueError(f"Nothing to learn from: {len(glyphs)} images, {batch_size=}.")
        self.glyphs = glyphs
        self.batch_size = min(batch_size, len(glyphs))
        self.change = change
        self.label_smoothing = label_smoothing
        self.seed = seed
        self.shuffle = shuffle
        self.epoch = 0
        self._order = self._shuffled()

    def __len__(self) -> int:
        if self.shuffle:  # a rest would give a batch of another shape; it comes in another epoch
            return len(self.glyphs) // self.batch_size
        return -(-len(self.glyphs) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        images = self.glyphs.images[chosen]  # (batch, 28, 28)
        if self.change is not None:
            rng = np.random.default_rng((self.seed, self.epoch, 1 + index))
            images = np.stack([self.change(image, rng) for image in images])
        num_classes = len(self.glyphs.characters)
        targets = np.full(
            (len(chosen), num_classes), self.label_smoothing / num_classes, np.float32
        )
        targets[np.arange(len(chosen)), self.glyphs.labels[chosen]] += 1 - self.label_smoothing
        return images, targets  # (batch, 28, 28), (batch, classes)

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self._order = self._shuffled()

    def _shuffled(self) -> np.ndarray:
        if not self.shuffle:
            return np.arange(len(self.glyphs))
        return np.random.default_rng((self.seed, self.epoch, 0)).permutation(len(self.glyphs))


class _KeepBest(keras.callbacks.Callback):
    """Remembers the weights of the best epoch, and writes the network to `path` if there is one."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.best = -1.0
        self.weights = None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] > self.best:
            self.best, self.weights = logs["val_accuracy"], self.model.get_weights()
            if self.path is not None:
                save(self.model, self.path)


def save(network: keras.Model, path: str | os.PathLike) -> None:
    """Write a network as one `.keras` file, whole or not at all."""
    with files.write_atomically(path) as partial:
        network.save(partial)
