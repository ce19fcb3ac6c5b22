"""A reader of growing pen strokes in NumPy: one point in, one answer out, nothing looked ahead."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr import pen_sequences
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.pen_characters import PenCharacters
from fsdl_hwr.ink import Ink
from fsdl_hwr.recognizers import classifier


@dataclass(frozen=True)
class PenState:
    """What a reader remembers of the points so far: a new one for every point.

    recent: float32 (4, features), the points that the convolution still sees. hidden, cell: float32
    (units,), the LSTM's.
    """

    recent: np.ndarray
    hidden: np.ndarray
    cell: np.ndarray


@dataclass(frozen=True)
class Trace:
    """What a reader thought while an ink grew: one row per point.

    points: float32 (n, 2), in units of the writer. pen: float32 (n,), 1 on the paper.
    probabilities: float32 (n, classes), calibrated. logits: float32 (n, classes), as they were.
    halfway: float32 (n, classes), the logits of the answer that supposes half of it to be drawn.
    """

    points: np.ndarray
    pen: np.ndarray
    probabilities: np.ndarray
    logits: np.ndarray
    halfway: np.ndarray

    def __len__(self) -> int:
        return len(self.points)

    @property
    def entropy(self) -> np.ndarray:
        """How unsure the reader was after every point, in bits: (n,)."""
        p = np.maximum(self.probabilities, 1e-12)
        return -(p * np.log2(p)).sum(axis=-1)

    @property
    def shares(self) -> np.ndarray:
        """The share of the ink that had been drawn at every point: (n,), known only afterwards."""
        drawn = np.cumsum(self.pen)
        return drawn / drawn[-1]


class PenReader:
    """Reads characters while they are drawn, with the weights of a `causal_pen_lstm`.

    A point is computed from it and the state before it, always by the same products: so what is
    drawn later changes no earlier answer, not by a bit. Raises `ValueError` for another network.
    """

    def __init__(self, network: keras.Model, characters: str, temperature: float = 1.0):
        classifier.check(network, characters)
        if "halfway" not in {layer.name for layer in network.layers}:
            raise ValueError(
                "The network gives no second answer for half of a character: only a "
                "`causal_pen_lstm` can be read point by point. Train an older one again (lab 10)."
            )
        self.characters = characters
        self.temperature = temperature  # by which logits are divided, see `calibrate`
        self.kernel, self.bias = network.get_layer("convolution").get_weights()
        self.gates = network.get_layer("lstm").get_weights()  # input, recurrent, bias
        self.readouts = [network.get_layer(name).get_weights() for name in ("logits", "halfway")]

    def begin(self) -> PenState:
        """Return the state before the first point."""
        reach, num_features, _ = self.kernel.shape
        units = len(self.gates[1])
        recent = np.zeros((reach - 1, num_features), np.float32)
        return PenState(recent, np.zeros(units, np.float32), np.zeros(units, np.float32))

    def step(self, features: np.ndarray, state: PenState) -> tuple[np.ndarray, PenState]:
        """Read one more point: features (10,) to logits (2, classes) and the state after it."""
        seen = np.concatenate([state.recent, features[None]])  # (5, features)
        x = np.tensordot(seen, self.kernel, 2) + self.bias  # (filters,)
        of_input, of_hidden, bias = self.gates
        z = np.maximum(x, 0) @ of_input + state.hidden @ of_hidden + bias  # (4 * units,)
        enter, forget, content, leave = np.split(z, 4)
        cell = _sigmoid(forget) * state.cell + _sigmoid(enter) * np.tanh(content)
        hidden = _sigmoid(leave) * np.tanh(cell)
        answers = np.stack([hidden @ kernel + bias for kernel, bias in self.readouts])
        return answers, PenState(seen[1:], hidden, cell)

    def trace(self, ink: Ink, unit: float, lifted: bool = True, ended: bool = False) -> Trace:
        """Read a growing ink: an answer after every point that `pen_sequences.steps` takes of it.

        Raises `ValueError` for an ink without points.

        Args:
            ink: what is drawn so far.
            unit: the length that stands for 1: the median size of the writer's letters.
            lifted: whether the last stroke is complete.
            ended: whether the writer has said that this is all; it adds a last row.
        """
        points, pen = pen_sequences.steps(pen_sequences.clean(ink), unit, lifted)
        if ended:
            points, pen = np.concatenate([points, points[-1:]]), np.append(pen, np.float32(0))
        said = np.zeros(len(points), np.float32)
        said[len(points) - ended :] = 1
        features = pen_sequences.step_features(points[None], pen[None], said[None])[0]
        rows, state = [], self.begin()
        for row in features:
            answers, state = self.step(row, state)
            rows.append(answers)
        logits, halfway = np.array(rows).transpose(1, 0, 2)  # (n, classes) each
        return Trace(points, pen, _softmax(logits / self.temperature), logits, halfway)

    def calibrate(self, known: PenCharacters) -> float:
        """Set, and return, the temperature at which probabilities keep their word on `known`.

        All answers count, the early ones too. Source: Guo et al. 2017.
        """
        self.temperature = 1.0
        shares, labels = [], []
        for ink, unit, label in zip(known.inks, known.units, known.labels, strict=True):
            trace = self.trace(ink, unit, ended=True)
            shares.append(trace.probabilities)
            labels += [label] * len(trace)
        logs = np.log(np.maximum(np.concatenate(shares), 1e-30))  # (answers, classes)
        places = np.arange(len(labels)), np.array(labels)

        def loss(temperature: float) -> float:
            scaled = logs / temperature
            return float(np.mean(np.logaddexp.reduce(scaled, axis=-1) - scaled[places]))

        self.temperature = min(np.geomspace(0.3, 3, 41).tolist(), key=loss)
        return self.temperature

    def expected_points(self, known: PenCharacters) -> np.ndarray:
        """Return how many points each letter has on average: float (classes,), 1 or more."""
        rows = [
            len(pen_sequences.steps(i, u)[1]) for i, u in zip(known.inks, known.units, strict=True)
        ]
        counts = np.bincount(known.labels, minlength=len(self.characters))
        sums = np.bincount(known.labels, rows, minlength=len(self.characters))
        return np.maximum(sums / np.maximum(counts, 1), 1.0)

    def embed(self, ink: Ink, unit: float) -> np.ndarray:
        """Describe a finished ink by what it has of every known letter: float32 (classes,)."""
        return self.trace(ink, unit, ended=True).logits[-1]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Decisions:
    """What a reader decides before a character is finished.

    decided: how many of `total` it decided on while they were drawn. right: how many of these were
    right. mean_share: of the ink that was drawn by then.
    """

    total: int
    decided: int
    right: int
    mean_share: float


def answers_at(traces: Sequence[Trace], share: float) -> np.ndarray:
    """Return the classes that were likeliest when a share of each ink was drawn: int (n,)."""
    return np.array([trace.probabilities[_row_at(trace, share)].argmax() for trace in traces])


def answers_halfway(traces: Sequence[Trace]) -> np.ndarray:
    """Return the likeliest classes at half of each ink, as a reader told so finds: int (n,)."""
    return np.array([trace.halfway[_row_at(trace, 0.5)].argmax() for trace in traces])


def _row_at(trace: Trace, share: float) -> int:
    return max(int(np.searchsorted(trace.shares, share, side="right")) - 1, 0)


def decide(traces: Sequence[Trace], labels: Sequence[int], threshold: float = 0.9) -> Decisions:
    """Let a reader answer as soon as one letter's probability reaches a threshold, and no later."""
    shares, right = [], 0
    for trace, label in zip(traces, labels, strict=True):
        sure = np.flatnonzero(trace.probabilities.max(axis=-1) >= threshold)
        if len(sure):
            shares.append(float(trace.shares[sure[0]]))
            right += int(trace.probabilities[sure[0]].argmax() == label)
    mean = float(np.mean(shares)) if shares else 1.0
    return Decisions(len(labels), len(shares), right, mean)
