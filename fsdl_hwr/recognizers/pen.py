"""Training and reading of pen strokes: single characters, finished or while they are drawn."""

import os
from collections.abc import Callable

import numpy as np

from fsdl_hwr import augmentation, pen_sequences
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.pen_characters import PenCharacters
from fsdl_hwr.recognizers import classifier, training

ROWS = (24, 40, 64, pen_sequences.MAX_STEPS + 1)  # of a batch of growing characters: few shapes
END_WEIGHT = 0.4  # of the last row of a growing character; all others share the rest
HALFWAY_WEIGHT = 0.8  # of the rows about halfway, for the answer that supposes to be there
ABOUT_HALF = (0.45, 0.55)  # shares of the ink
SORTED_BATCHES = 16  # batches: that many at a time, characters are sorted by length
SIZE_NOISE = 0.07  # by which training varies a size, on a log scale


class PenBatches(training.Batches):
    """Batches of pen characters: batch k is decided by a seed, the epoch and k alone.

    Args:
        characters: what to read.
        batch_size: characters per batch.
        change: called as `change(points, rng)` on every batch; None leaves the points as they are.
        label_smoothing: share of each target that is spread over all classes.
        seed: of the order and the changes.
    """

    def __init__(
        self,
        characters: PenCharacters,
        batch_size: int,
        change: Callable | None = None,
        label_smoothing: float = 0.0,
        seed: int = 0,
    ):
        super().__init__(len(characters), batch_size, seed)
        self.characters = characters
        self.change, self.label_smoothing = change, label_smoothing
        self._arranged: tuple[int, np.ndarray] = (-1, np.zeros((0, 0), int))

    def chosen(self, index: int) -> np.ndarray:
        """Return the places of a batch's characters: int (batch,)."""
        if self._arranged[0] != self.epoch:
            order = self._order(np.random.default_rng((self.seed, self.epoch, 0)))
            self._arranged = self.epoch, order.reshape(self.num_batches, self.batch_size)
        return self._arranged[1][index]

    def _order(self, rng: np.random.Generator) -> np.ndarray:
        """Shuffle the characters; a rest that would make a smaller batch waits for other epochs."""
        return rng.permutation(self.num_examples)[: self.num_batches * self.batch_size]

    def _rng(self, index: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, self.epoch, 1 + index))

    def targets(self, chosen: np.ndarray) -> np.ndarray:
        """Return float32 (chosen, classes); each row adds up to 1."""
        num_classes = len(self.characters.characters)
        targets = np.full((len(chosen), num_classes), self.label_smoothing / num_classes, "f4")
        targets[np.arange(len(chosen)), self.characters.labels[chosen]] += 1 - self.label_smoothing
        return targets


class FinishedCharacters(PenBatches):
    """Batches of `pen_sequences.character_features` and targets.

    with_size: whether the features tell each character's size. Other arguments as `PenBatches`.
    """

    def __init__(self, characters: PenCharacters, *arguments, with_size: bool = True, **options):
        super().__init__(characters, *arguments, **options)
        self.with_size = with_size
        sequences = [pen_sequences.resample(ink) for ink in characters.inks]
        self.points = np.stack([points for points, _ in sequences])  # (n, points, 2)
        self.pen = np.stack([pen for _, pen in sequences])  # (n, points)
        self.sizes = characters.sizes

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.chosen(index)
        points, sizes = self.points[chosen], self.sizes[chosen]
        if self.change is not None:
            rng = self._rng(index)
            points = self.change(points, rng)
            sizes = sizes * np.exp(rng.normal(0, SIZE_NOISE, len(sizes)))
        return self.features(points, self.pen[chosen], sizes), self.targets(chosen)

    def features(self, points: np.ndarray, pen: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Describe characters: float32 (n, points, features)."""
        return pen_sequences.character_features(points, pen, sizes if self.with_size else None)


class GrowingCharacters(PenBatches):
    """Batches of `pen_sequences.step_features`, with targets and weights for both answers per row.

    A character of n steps has a last row n that says that it has ended. Characters of about equal
    length share a batch, since a network computes as many rows as the longest needs. Arguments as
    `PenBatches`.
    """

    def __init__(self, characters: PenCharacters, *arguments, **options):
        super().__init__(characters, *arguments, **options)
        pairs = zip(characters.inks, characters.units, strict=True)
        sequences = [pen_sequences.steps(ink, unit) for ink, unit in pairs]
        self.lengths = np.array([len(pen) for _, pen in sequences])
        self.points = np.zeros((len(sequences), ROWS[-1], 2), np.float32)
        self.pen = np.zeros((len(sequences), ROWS[-1]), np.float32)
        for k, (points, pen) in enumerate(sequences):
            self.points[k, : len(pen)], self.points[k, len(pen) :] = points, points[-1]
            self.pen[k, : len(pen)] = pen
        drawn = np.cumsum(self.pen, axis=1)
        self.shares = drawn / drawn[:, -1:]  # of the ink, (n, rows)
        self.epoch = -1  # until training begins

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if self.epoch < 0:
            return self._example(index)
        chosen = self.chosen(index)
        features = self.features(chosen, self._rng(index))  # (batch, rows, features)
        growing = np.arange(features.shape[1]) < self.lengths[chosen, None]  # (batch, rows)
        targets = self.targets(chosen)[:, None, None]  # (batch, 1, 1, classes)
        targets = np.tile(targets, (1, growing.shape[1], 2, 1))  # (batch, rows, 2, classes)
        return features, targets, self._weights(chosen, growing)

    def _weights(self, chosen: np.ndarray, growing: np.ndarray) -> np.ndarray:
        """Weigh both answers of every row: growing (batch, rows) to float32 (batch, rows, 2)."""
        low, high = ABOUT_HALF
        shares = self.shares[chosen, : growing.shape[1]]
        halfway = growing & (shares >= low) & (shares <= high)
        now = (1 - END_WEIGHT) * _evenly(growing)
        now[np.arange(len(chosen)), self.lengths[chosen]] = END_WEIGHT
        weights = np.stack([now, HALFWAY_WEIGHT * _evenly(halfway)], axis=-1)
        return (2 * growing.shape[1] * weights).astype(np.float32)  # Keras takes the mean

    def features(self, chosen: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        """Describe characters: float32 (chosen, rows, features); with `rng`, changed ones."""
        num_rows = self._num_rows(self.lengths[chosen].max())
        points, pen = self.points[chosen, :num_rows], self.pen[chosen, :num_rows]
        if self.change is not None and rng is not None:
            points = self.change(points, rng)
        return pen_sequences.step_features(
            points, pen, np.arange(num_rows) >= self.lengths[chosen, None]
        )

    def _num_rows(self, length: int) -> int:
        """Return how many rows a batch has. Of a single batch Keras sees one example: the most."""
        return ROWS[-1] if self.num_batches == 1 else next(rows for rows in ROWS if rows > length)

    def _example(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return empty characters for Keras to inspect before the first epoch.

        It inspects two batches. If their rows agree in number, it assumes that number for all; so
        these two differ.
        """
        num_rows = self._num_rows(ROWS[index % 2] - 1)
        shape = self.batch_size, num_rows
        num_features = len(pen_sequences.STEP_FEATURES)
        num_classes = len(self.characters.characters)
        return (
            np.zeros((*shape, num_features), np.float32),
            np.zeros((*shape, 2, num_classes), np.float32),
            np.zeros((*shape, 2), np.float32),
        )

    def _order(self, rng: np.random.Generator) -> np.ndarray:
        """Sort the lengths within some batches at a time, then shuffle the batches."""
        order, at_once = super()._order(rng), SORTED_BATCHES * self.batch_size
        parts = np.split(order, range(at_once, len(order), at_once))
        order = np.concatenate([part[np.argsort(self.lengths[part])] for part in parts])
        return rng.permutation(order.reshape(-1, self.batch_size)).ravel()


def _evenly(rows: np.ndarray) -> np.ndarray:
    """Divide 1 among the rows that are true, per character: (batch, rows); among none, 0."""
    return rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)


def fit(  # long: each argument is explained
    network: keras.Model,
    training_characters: PenCharacters,
    validation: PenCharacters,
    *,
    epochs: int,
    folder: str | os.PathLike | None = None,
    batch_size: int = 128,
    learning_rate: float = 4e-3,
    label_smoothing: float = 0.1,
    seed: int = 0,
    resume: bool = True,
    verbose: bool = True,
) -> dict[str, list[float]]:
    """Train a `pen_lstm` or a `causal_pen_lstm`, and load the weights that were best on validation.

    Every training ink is changed at random, afresh in every epoch. Returns the history: lists per
    epoch of loss, val_accuracy and seconds. Raises `ValueError` if classes or the two sets do not
    fit, and what `training.fit` raises.

    Args:
        network: its classes are `training_characters.characters`, in that order.
        training_characters: what it learns from.
        validation: chooses the best weights, by the answers to finished characters.
        epochs: passes over the training characters.
        folder: the run folder, for `last.keras` and `best.keras`; without one nothing is written.
        batch_size: characters per step.
        learning_rate: the highest that the schedule reaches.
        label_smoothing: share of each target that is spread over all classes.
        seed: decides the order of the characters and their changes.
        resume: goes on with what the folder holds; False starts again.
        verbose: shows a progress line.
    """
    classifier.check_sets(network, training_characters.characters, validation.characters)
    for characters in (training_characters, validation):
        _check_characters(characters)
    learned = batches(
        network,
        training_characters,
        batch_size,
        augmentation.PointVariation(),
        label_smoothing,
        seed,
    )
    network.compile(
        training.adamw(max(1, epochs) * len(learned), learning_rate),
        keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    held_out = batches(network, validation, 512)

    def evaluate() -> dict[str, float]:
        answers = _final_logits(network, held_out).argmax(axis=-1)
        return {"val_accuracy": float(np.mean(answers == validation.labels))}

    settings = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "label_smoothing": label_smoothing,
        "seed": seed,
        "network": network.name,
        "weights": network.count_params(),
        "training": _fingerprint(training_characters),
        "validation": _fingerprint(validation),
    }
    return training.fit(
        network,
        learned,
        evaluate,
        epochs=epochs,
        monitor="val_accuracy",
        higher_is_better=True,
        folder=folder,
        settings=settings,
        resume=resume,
        layer_seed=seed,
        unit="characters",
        verbose=verbose,
    )


def _check_characters(characters: PenCharacters) -> None:
    """Raise `ValueError` for a set that is empty, and for labels that are none of its classes."""
    if len(characters.labels) == 0:
        raise ValueError("A set of pen characters is empty: there is nothing to learn or measure.")
    low, high = int(characters.labels.min()), int(characters.labels.max())
    if low < 0 or high >= len(characters.characters):
        raise ValueError(
            f"The labels are {low} to {high}; the classes are 0 to "
            f"{len(characters.characters) - 1}."
        )


def _fingerprint(characters: PenCharacters) -> int:
    return training.fingerprint(
        pen_ink.points_of(characters.inks), characters.labels, characters.units
    )


def batches(network: keras.Model, characters: PenCharacters, *arguments) -> PenBatches:
    """Make the batches that a network reads: one answer per character, or one after every step."""
    if is_causal(network):
        return GrowingCharacters(characters, *arguments)
    with_size = network.input_shape[-1] == len(pen_sequences.CHARACTER_FEATURES)
    return FinishedCharacters(characters, *arguments, with_size=with_size)


def is_causal(network: keras.Model) -> bool:
    """Return whether a network answers after every point, and not once per character."""
    return len(network.output_shape) == 4


def logits(network: keras.Model, characters: PenCharacters) -> np.ndarray:
    """Read finished characters: float32 (n, classes), a causal network's answers at the end."""
    classifier.check(network, characters.characters)
    return _final_logits(network, batches(network, characters, 512))


def read(network: keras.Model, characters: PenCharacters) -> str:
    """Read finished characters: a string with one character per ink."""
    return "".join(characters.characters[k] for k in logits(network, characters).argmax(axis=-1))


def _final_logits(network: keras.Model, data: PenBatches) -> np.ndarray:
    parts = []
    for start in range(0, data.num_examples, data.batch_size):
        chosen = np.arange(start, min(start + data.batch_size, data.num_examples))
        if isinstance(data, GrowingCharacters):
            answers = network.predict_on_batch(data.features(chosen))  # (batch, rows, 2, classes)
            parts.append(np.asarray(answers)[np.arange(len(chosen)), data.lengths[chosen], 0])
        else:
            features = data.features(data.points[chosen], data.pen[chosen], data.sizes[chosen])
            parts.append(np.asarray(network.predict_on_batch(features)))  # (batch, classes)
    return np.concatenate(parts)
