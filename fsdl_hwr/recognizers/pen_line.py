"""A network that reads lines of text from their pen strokes, with CTC: train it, read with it."""

import os
from collections.abc import Sequence

import numpy as np

from fsdl_hwr import augmentation, ctc, metrics, pen_sequences
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import Alphabet, frames_needed
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.unipen import TextLines
from fsdl_hwr.ink import Ink
from fsdl_hwr.recognizers import training

POINTS_PER_FRAME = 4  # of `networks.pen_line_lstm`
UNIT = 1.5  # small letters' heights that stand for 1: a point every 0.15 of such a height
SORTED_BATCHES = 16  # batches: that many at a time, lines are sorted by length
GRAIN = 128  # points; a batch's lines are padded to a multiple of it


class PenLineRecognizer:
    """Reads lines of text from pen strokes: a network, and the characters that it writes.

    network: float32 (batch, points, features) to float32 logits (batch, points / 4, classes).
    Raises `ValueError` if the network's classes are not the alphabet's and the blank.
    """

    def __init__(self, network: keras.Model, alphabet: Alphabet):
        if network.output_shape[-1] != alphabet.num_classes:
            raise ValueError(
                f"The network has {network.output_shape[-1]} outputs; the alphabet needs "
                f"{alphabet.num_classes}, the blank included."
            )
        self.network = network
        self.alphabet = alphabet

    def fit(  # long: each argument is explained
        self,
        training_lines: TextLines,
        validation: TextLines,
        *,
        epochs: int,
        folder: str | os.PathLike | None = None,
        batch_size: int = 32,
        learning_rate: float = 4e-3,
        seed: int = 0,
        resume: bool = True,
        verbose: bool = True,
    ) -> dict[str, list[float]]:
        """Train with CTC, and load the weights that read the validation lines best.

        Every training ink is changed at random, afresh in every epoch. Returns the history: lists
        per epoch of loss, val_cer and seconds. Raises `ValueError` for sets without lines or text,
        and for texts outside the alphabet; else what `training.fit` raises.

        Args:
            training_lines: what to learn; lines with too few frames for CTC are left out.
            validation: chooses the best weights.
            epochs: passes over the training lines.
            folder: the run folder, for `last.keras` and `best.keras`; without one nothing is
                written.
            batch_size: lines per step.
            learning_rate: the highest that the schedule reaches.
            seed: decides the order of the lines and their changes.
            resume: goes on with what the folder holds; False starts again.
            verbose: shows a progress line.
        """
        if not any(validation.transcripts):
            raise ValueError(
                f"Validation has {len(validation)} lines and no text: the best weights could not "
                "be chosen. Pass lines with transcripts."
            )
        for transcript in validation.transcripts:
            self.alphabet.encode(transcript)
        batches = LineBatches(training_lines, self.alphabet, batch_size, seed)
        optimizer = training.adamw(max(1, epochs) * len(batches), learning_rate)
        self.network.compile(optimizer, ctc.loss)

        def evaluate() -> dict[str, float]:
            rate = metrics.character_error_rate(validation.transcripts, self.read(validation.inks))
            return {"val_cer": rate.value}

        settings = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "seed": seed,
            "weights": self.network.count_params(),
            "lines": len(training_lines),
            "training": _fingerprint(training_lines),
            "validation": _fingerprint(validation),
        }
        return training.fit(
            self.network,
            batches,
            evaluate,
            epochs=epochs,
            monitor="val_cer",
            folder=folder,
            settings=settings,
            resume=resume,
            layer_seed=seed,
            unit="lines",
            verbose=verbose,
        )

    def log_probs(self, inks: Sequence[Ink]) -> list[np.ndarray]:
        """Return the log-probabilities of each line: float64 (frames, classes)."""
        features = [features_of(ink) for ink in inks]
        order = np.argsort([len(rows) for rows in features])
        found = [np.zeros(0)] * len(inks)
        for places in np.split(order, range(32, len(order), 32)):
            logits = self.network.predict_on_batch(pad([features[k] for k in places]))
            for k, one in zip(places, np.asarray(logits), strict=True):
                found[k] = ctc.log_softmax(one[: num_frames(features[k])])
        return found

    def read(self, inks: Sequence[Ink]) -> list[str]:
        """Read lines by greedy decoding."""
        return [
            self.alphabet.decode(ctc.greedy_decode(log_probs[None])[0])
            for log_probs in self.log_probs(inks)
        ]


def _fingerprint(lines: TextLines) -> int:
    return training.fingerprint(pen_ink.points_of(lines.inks), lines.transcripts)


class LineBatches(training.Batches):
    """Batches of line features and packed labels: batch k is decided by a seed, the epoch and k.

    Lines of about equal length share a batch. Lines that CTC cannot write in their frames are left
    out, and counted in `num_dropped`.

    Args:
        lines: inks and transcripts.
        alphabet: their characters.
        batch_size: lines per batch.
        seed: of the order and the changes.
    """

    def __init__(self, lines: TextLines, alphabet: Alphabet, batch_size: int, seed: int):
        labels = [alphabet.encode(transcript) for transcript in lines.transcripts]
        lengths = np.array([len(features_of(ink)) for ink in lines.inks])
        needed = np.array([frames_needed(label) for label in labels])
        # A changed ink may have fewer points: a line has a fifth more frames than it needs.
        self.kept = np.flatnonzero(lengths // POINTS_PER_FRAME >= 1.2 * needed + 1)
        super().__init__(len(self.kept), batch_size, seed)
        self.num_dropped = len(labels) - len(self.kept)
        self.lines, self.labels, self.lengths = lines, labels, lengths
        self.longest = max(len(labels[k]) for k in self.kept)
        self.change = augmentation.PenVariation()
        self._arranged: tuple[int, np.ndarray] = (-1, np.zeros((0, 0), int))
        self.epoch = -1  # until training begins

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if self.epoch < 0:
            return self._example(index)
        chosen = self.chosen(index)
        rng = np.random.default_rng((self.seed, self.epoch, 1 + index))
        features = [features_of(self.change(self.lines.inks[k], rng)) for k in chosen]
        frames = [num_frames(rows) for rows in features]
        labels = [self.labels[k] for k in chosen]
        return pad(features, self._least), ctc.pack_labels(labels, frames, self.longest)

    @property
    def _least(self) -> int:
        """The fewest points of a batch. Of a single batch Keras sees one example: the most."""
        return pen_sequences.MAX_LINE_STEPS if self.num_batches == 1 else 0

    def _example(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return empty lines for Keras to inspect before the first epoch.

        It inspects two batches. If their points agree in number, it assumes that number for all; so
        these two differ.
        """
        points = np.zeros((1 + GRAIN * index, len(pen_sequences.LINE_FEATURES)), np.float32)
        packed = np.zeros((self.batch_size, 2 + self.longest), np.int32)
        return pad([points] * self.batch_size, self._least), packed

    def chosen(self, index: int) -> np.ndarray:
        """Return the places of a batch's lines: int (batch,)."""
        if self._arranged[0] != self.epoch:
            rng = np.random.default_rng((self.seed, self.epoch, 0))
            order, at_once = rng.permutation(self.kept), SORTED_BATCHES * self.batch_size
            order = order[: self.num_batches * self.batch_size]
            parts = np.split(order, range(at_once, len(order), at_once))
            order = np.concatenate([part[np.argsort(self.lengths[part])] for part in parts])
            self._arranged = self.epoch, rng.permutation(order.reshape(-1, self.batch_size))
        return self._arranged[1][index]


def features_of(ink: Ink) -> np.ndarray:
    """Turn a line's ink into what the network gets: float32 (points, features)."""
    ink = pen_sequences.clean(ink)
    unit = UNIT * pen_sequences.line_unit(ink)
    points, pen = pen_sequences.steps(ink, unit, limit=pen_sequences.MAX_LINE_STEPS)
    return pen_sequences.line_features(points, pen)


def num_frames(features: np.ndarray) -> int:
    """Count the frames that a network with two strides of 2 makes of a line's points."""
    return -(-len(features) // POINTS_PER_FRAME)


def pad(features: Sequence[np.ndarray], least: int = 0) -> np.ndarray:
    """Put lines into one array, zeros after each: float32 (n, `least` or more points, features)."""
    longest = max(least, *(len(rows) for rows in features))
    padded = np.zeros((len(features), -(-longest // GRAIN) * GRAIN, features[0].shape[1]), "f4")
    for k, rows in enumerate(features):
        padded[k, : len(rows)] = rows
    return padded


def candidates(
    first: Sequence[np.ndarray], second: Sequence[np.ndarray], beam_width: int = 8
) -> list[dict[tuple[int, ...], tuple[float, float]]]:
    """List the labels that either of two recognizers proposes for each line, with both scores.

    first, second: log-probabilities of each line, (frames, classes); their frames need not agree in
    number. Each proposes the `beam_width` labels of its beam. A score is log p(label | line).
    """
    proposed = []
    for pair in zip(first, second, strict=True):
        labels = {tuple(label) for one in pair for label, _ in ctc.beam_search(one, beam_width)}
        scores = {k: (_log_likelihood(pair[0], k), _log_likelihood(pair[1], k)) for k in labels}
        proposed.append(scores)
    return proposed


def best_texts(
    proposed: Sequence[dict[tuple[int, ...], tuple[float, float]]],
    alphabet: Alphabet,
    weight: float,
) -> list[str]:
    """Choose from each line's `candidates` the text with the best mean score.

    weight: of the second recognizer, between 0 and 1.
    """
    texts = []
    for scores in proposed:
        labels = list(scores)
        means = np.array(list(scores.values())) @ [1 - weight, weight]  # (labels,)
        texts.append(alphabet.decode(labels[int(means.argmax())]))
    return texts


def _log_likelihood(log_probs: np.ndarray, label: Sequence[int]) -> float:
    """Score a label; one that does not fit the frames is as good as impossible."""
    if frames_needed(label) > len(log_probs):
        return -1e9
    return ctc.forward_backward(log_probs, label).log_likelihood
