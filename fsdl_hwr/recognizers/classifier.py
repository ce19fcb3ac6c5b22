"""Training and reading of single characters: what every classifier in the labs shares."""

import dataclasses
import os
from collections.abc import Callable

import numpy as np

from fsdl_hwr import alphabet, files
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.recognizers import training


def fit(  # long: each argument is explained
    network: keras.Model,
    training_glyphs: Glyphs,
    validation: Glyphs,
    *,
    epochs: int,
    folder: str | os.PathLike | None = None,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    change: Callable | None = None,
    label_smoothing: float = 0.0,
    seed: int = 0,
    resume: bool = True,
    verbose: bool = True,
) -> dict[str, list[float]]:
    """Train a classifier with AdamW, whose rate warms up, then follows a cosine down to zero.

    The weights that are best on validation are kept, and loaded at the end. Returns the history:
    lists per epoch of loss, accuracy, val_loss, val_accuracy and seconds. Raises `ValueError` for
    classes, labels or sets that do not fit, and what `training.fit` raises.

    Args:
        network: uint8 (batch, 28, 28) to logits (batch, classes), class k for
            `training_glyphs.characters[k]`.
        training_glyphs: what it learns from.
        validation: chooses the best weights.
        epochs: passes over the training glyphs.
        folder: the run folder, for `last.keras` and `best.keras`; without one nothing is written.
        batch_size: glyphs per step.
        learning_rate: the highest that the schedule reaches.
        change: called as `change(image, rng)` on every training image, afresh in every epoch.
        label_smoothing: share of each target that is spread over all classes.
        seed: decides the order of the glyphs and their changes.
        resume: goes on with what the folder holds; False starts again.
        verbose: shows a progress line.
    """
    check_sets(network, training_glyphs.characters, validation.characters)
    for glyphs in (training_glyphs, validation):
        _check_glyphs(glyphs)
    batches = Batches(training_glyphs, batch_size, change, label_smoothing, seed)
    held_out = Batches(validation, 512, shuffle=False)
    network.compile(
        training.adamw(max(1, epochs) * len(batches), learning_rate),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    settings = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "change": _name(change),
        "label_smoothing": label_smoothing,
        "seed": seed,
        "network": network.name,
        "weights": network.count_params(),
        "characters": training_glyphs.characters,
        "glyphs": len(training_glyphs),
        "training": training.fingerprint(training_glyphs.images, training_glyphs.labels),
        "validation": training.fingerprint(validation.images, validation.labels),
    }

    def evaluate() -> dict[str, float]:
        measured = network.evaluate(held_out, verbose=0, return_dict=True)
        return {f"val_{name}": value for name, value in measured.items()}

    return training.fit(
        network,
        batches,
        evaluate,
        epochs=epochs,
        monitor="val_accuracy",
        higher_is_better=True,
        folder=folder,
        settings=settings,
        resume=resume,
        unit="glyphs",
        verbose=bool(verbose),
    )


def check_sets(network: keras.Model, training_classes: str, validation_classes: str) -> None:
    """Raise `ValueError` unless a network and both sets have the same classes, in one order."""
    check(network, training_classes)
    if validation_classes != training_classes:
        raise ValueError(
            f"Training has the classes {training_classes!r}, validation {validation_classes!r}: "
            "they must be the same, in the same order."
        )


def _check_glyphs(glyphs: Glyphs) -> None:
    """Raise `ValueError` for a set that is empty, and for labels that are none of its classes."""
    if len(glyphs) == 0:
        raise ValueError(f"Nothing to learn from: {glyphs.source!r} has 0 images.")
    wrong = np.flatnonzero((glyphs.labels < 0) | (glyphs.labels >= len(glyphs.characters)))
    if len(wrong):
        raise ValueError(
            f"Label {glyphs.labels[wrong[0]]} of image {wrong[0]} of {glyphs.source!r} is none of "
            f"the classes 0 to {len(glyphs.characters) - 1}: {len(wrong):,} labels are wrong."
        )


def _name(change: Callable | None) -> str:
    """Return what distinguishes one change from another, in another process too."""
    if change is None or dataclasses.is_dataclass(change):
        return str(change)
    name = getattr(change, "__qualname__", type(change).__qualname__)
    if code := getattr(change, "__code__", None):  # two lambdas of one place have one name
        constants = [c for c in code.co_consts if not hasattr(c, "co_code")]
        name += f" {training.fingerprint(code.co_code.hex(), constants, code.co_names)}"
    return name


def check(network: keras.Model, characters: str) -> None:
    """Raise `ValueError` unless the network has one output for each character."""
    num_classes = network.output_shape[-1]
    if num_classes != len(characters):
        raise ValueError(
            f"The network has {num_classes} outputs; {len(characters)} characters need as many. "
            "Build it with num_classes=len(glyphs.characters)."
        )


def read(network: keras.Model, images: np.ndarray, characters: str) -> str:
    """Return what each image shows: uint8 (n, 28, 28) to a string of n characters."""
    check(network, characters)
    if len(images) == 0:
        return ""
    classes = network.predict(images, batch_size=512, verbose=0).argmax(-1)  # (n,)
    return "".join(characters[k] for k in classes)


def with_classes(network: keras.Model, known: str, characters: str) -> keras.Model:
    """Return a classifier of `characters` that starts from a trained one of the characters `known`.

    All layers but the last are shared with `network`. A class starts with the last layer's weights
    for its own character, or with the mean over those that it stands for (`alphabet.class_map`);
    a character that `known` has nothing like starts at random. Equal characters
    return `network` itself.
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


class Batches(training.Batches):
    """Images and one-hot labels for `fit`, the same for equal (seed, epoch, batch).

    Args:
        glyphs: where they come from.
        batch_size: images per batch.
        change: called as `change(image, rng)` on every image.
        label_smoothing: share of each target that is spread over all classes, for labels that may
            be wrong.
        seed: of the order and the changes.
        shuffle: False keeps the order, and a last batch that is smaller.
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
        super().__init__(len(glyphs), batch_size, seed)
        self.glyphs = glyphs
        self.change = change
        self.label_smoothing = label_smoothing
        self.shuffle = shuffle
        self._order: tuple = (None, None)  # an epoch, and its permutation of the glyphs

    def __len__(self) -> int:
        rest = not self.shuffle and self.num_examples % self.batch_size > 0
        return self.num_examples // self.batch_size + rest

    @property
    def num_batches(self) -> int:
        """Batches per epoch; the last may be smaller."""
        return len(self)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self._shuffled()[index * self.batch_size : (index + 1) * self.batch_size]
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

    def _shuffled(self) -> np.ndarray:
        if not self.shuffle:
            return np.arange(len(self.glyphs))
        epoch, order = self._order
        if epoch != self.epoch:  # Keras reads ahead in another thread: use what this call made
            rng = np.random.default_rng((self.seed, self.epoch, 0))
            epoch, order = self._order = self.epoch, rng.permutation(len(self.glyphs))
        return order


def save(network: keras.Model, path: str | os.PathLike) -> None:
    """Write a network as one `.keras` file, atomically."""
    with files.write_atomically(path) as partial:
        network.save(partial)
