"""Connectionist temporal classification: from logits per frame to a text, and back to gradients.

A network writes one class per frame, but a text has fewer characters than the line has frames. CTC
joins the two: a path of classes *collapses* to a label by merging equal neighbors and then dropping
blanks, and the probability of a label is the sum over all paths that collapse to it.

Only the loss needs Keras, and imports it when it is called: reading is NumPy alone.

Source: Graves, Fernández, Gomez, Schmidhuber: "Connectionist Temporal Classification" (2006).
"""

# long: one theory, read from the loss to the alignment
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

import numpy as np

from fsdl_hwr.alphabet import BLANK_INDEX, frames_needed

Label = Sequence[int] | np.ndarray  # class indices
Counts = Sequence[int] | np.ndarray  # one integer per line, or per frame


def check_feasible(
    labels: Sequence[Label], frames: Counts, texts: Sequence[str] | None = None
) -> None:
    """Raise a `ValueError` that names the first line whose label needs more frames than it has.

    `labels` are n arrays of class indices, `frames` (n,) integers, `texts` n transcripts to show in
    the error instead of the class indices.
    """
    _check_counts(labels=labels, frames=frames, texts=labels if texts is None else texts)
    for line, (label, has) in enumerate(zip(labels, frames, strict=True)):
        if (needs := frames_needed(label)) > has:
            shown = list(map(int, label)) if texts is None else texts[line]
            raise ValueError(
                f"Line {line}, {shown!r}, has {int(has)} frames and needs {needs} (one per "
                "character, one more between equal neighbors). Use a smaller frame width (stride), "
                "a wider image, or drop the line."
            )


def pack_labels(
    labels: Sequence[Label], frames: Counts, max_length: int | None = None
) -> np.ndarray:
    """Pack labels and frame counts into the one target that Keras takes for one output.

    `labels` are n arrays of class indices (1 and up; empty ones are legal), `frames` (n,) integers.
    Returns int32 (n, 2 + max_length), rows `[frames, label length, label ..., 0 ...]`;
    `max_length` defaults to the longest label's, and is 1 or more. Raises `ValueError` for a blank
    within a label and for a label longer than `max_length`.
    """
    _check_counts(labels=labels, frames=frames)
    lengths = [len(label) for label in labels]
    longest = max(lengths, default=0)
    if max_length is None:
        max_length = max(1, longest)  # the kernels want a place even if every label is empty
    if max_length < 1:
        raise ValueError(
            f"max_length is {max_length}; a target has at least one place for a label."
        )
    if longest > max_length:
        raise ValueError(
            f"Line {int(np.argmax(lengths))} has a label of {longest} characters, and max_length "
            f"is {max_length}: raise it, or leave the line out."
        )
    packed = np.zeros((len(labels), 2 + max_length), np.int32)
    packed[:, 0], packed[:, 1] = frames, lengths
    for line, label in enumerate(labels):
        packed[line, 2 : 2 + len(label)] = _check_label(label, f"The label of line {line}")
    return packed


def loss(targets, logits):
    """Return -log p(label) of every line, as a Keras loss: `model.compile(loss=ctc.loss)`.

    `targets` (batch, 2 + max_length) as `pack_labels` makes them, `logits` (batch, frames, classes)
    before the softmax, blank 0. Returns float32 (batch,), in nats, not divided by any length.
    An empty label costs -sum log p(blank). A label that no path can write costs infinity and has
    no gradient: call `check_feasible` before training.

    On TensorFlow this is the sparse-label kernel, which runs on the CPU. Under XLA (Keras
    compiles with it on a GPU unless told `jit_compile=False`) and on other backends it is
    `keras.ops.ctc_loss`.
    """
    from keras import ops

    targets = ops.cast(targets, "int32")
    logits = ops.cast(logits, "float32")
    frames, lengths, labels = targets[:, 0], targets[:, 1], targets[:, 2:]
    places = ops.arange(ops.shape(labels)[1])[None]  # (1, max_length), unknown while Keras traces
    is_character = places < lengths[:, None]  # (batch, max_length)
    repeats = (labels[:, 1:] == labels[:, :-1]) & is_character[:, 1:]
    needed = lengths + ops.sum(ops.cast(repeats, "int32"), axis=1)

    # The kernels refuse empty labels, and disagree on impossible ones. They are given a label of
    # one character there, and their answer is replaced.
    kernel_can = (lengths > 0) & (needed <= frames)
    kernel_losses = _kernel(
        ops.where(kernel_can[:, None], labels, ops.cast(places == 0, "int32")),
        ops.where(kernel_can, lengths, 1),
        ops.where(kernel_can, frames, ops.maximum(frames, 1)),
        logits,
    )
    losses = ops.where(kernel_can, kernel_losses, np.float32("inf"))
    return ops.where(lengths == 0, _empty_losses(frames, logits), losses)


def _empty_losses(frames, logits):
    from keras import ops

    in_line = ops.arange(ops.shape(logits)[1])[None] < frames[:, None]  # (batch, frames)
    blank_losses = ops.logsumexp(logits, axis=-1) - logits[..., BLANK_INDEX]  # (batch, frames)
    return ops.sum(ops.where(in_line, blank_losses, 0.0), axis=1)


def _kernel(labels, lengths, frames, logits):
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        from tensorflow.python.ops import control_flow_util  # no public way to ask about XLA

        if not control_flow_util.GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph()):
            return _sparse_label_kernel(labels, lengths, frames, logits)
    return keras.ops.ctc_loss(labels, logits, lengths, frames, mask_index=BLANK_INDEX)


def _sparse_label_kernel(labels, lengths, frames, logits):
    """TensorFlow's CPU kernel: ten times as fast as its dense one; its blank is the last class."""
    import tensorflow as tf

    logits = tf.transpose(logits, (1, 0, 2))  # (frames, batch, classes)
    logits = tf.roll(logits, -1, axis=-1)  # character k at k - 1, the blank last
    is_character = tf.sequence_mask(lengths, tf.shape(labels)[1])
    sparse = tf.SparseTensor(
        tf.where(is_character),
        tf.boolean_mask(labels, is_character) - 1,
        tf.shape(labels, out_type=tf.int64),
    )
    return tf.compat.v1.nn.ctc_loss(sparse, logits, frames)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Turn logits (..., classes) into log-probabilities: float64, each frame's exp sums to 1."""
    logits = np.asarray(logits, np.float64)
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def collapse(path: Sequence[int]) -> np.ndarray:
    """Merge equal neighbors, then drop blanks: the label that a path of classes writes, int32."""
    return np.array([k for k, _ in groupby(path) if k != BLANK_INDEX], np.int32)


def greedy_decode(logits, frames: Counts | None = None) -> list[np.ndarray]:
    """Collapse the best class of every frame: the single best path, not always the best label.

    `logits` (batch, frames, classes), or log-probabilities; `frames` (batch,) real frames of every
    line, all of them by default. Returns one int32 label per line.
    """
    logits = np.asarray(logits)
    if logits.ndim != 3:
        raise ValueError(f"Logits are (batch, frames, classes); these have shape {logits.shape}.")
    if frames is None:
        frames = [logits.shape[1]] * len(logits)
    _check_counts(logits=logits, frames=frames)
    paths = logits.argmax(axis=-1)  # (batch, frames)
    return [collapse(path[:n]) for path, n in zip(paths, frames, strict=True)]


def greedy_confidences(log_probs: np.ndarray) -> np.ndarray:
    """Return how sure a line's network is of each character that greedy decoding writes.

    That is the highest probability that the character has in the frames that write it. `log_probs`
    (frames, classes); returns float64 (characters,), from 0 to 1.
    """
    best = np.asarray(log_probs).argmax(axis=-1)  # (frames,)
    starts = np.flatnonzero(np.diff(best, prepend=-1))  # of each run of equal classes
    highest = np.maximum.reduceat(np.max(log_probs, axis=-1), starts)  # (runs,)
    return np.exp(highest[best[starts] != BLANK_INDEX])


def label_confidences(log_probs: np.ndarray, label: Label) -> np.ndarray:
    """Return how sure a line's network is of each character of a label that fits its frames.

    That is the highest probability that the character has in its frames of the best alignment: a
    language model may have chosen it against the network. float64 (characters,), from 0 to 1.
    """
    label = np.asarray(label)
    if len(label) == 0:
        return np.zeros(0)
    states = best_alignment(log_probs, label)
    own = [log_probs[states == 2 * k + 1, character].max() for k, character in enumerate(label)]
    return np.exp(np.array(own))


class LanguageModel(Protocol):
    """What beam search asks of a language model, such as `language_model.CharacterNgram`."""

    def next_log_probs(self, label: tuple[int, ...]) -> np.ndarray:
        """Return (classes,) log-probabilities of what follows a label: [0] is its end."""


def beam_search(
    log_probs: np.ndarray,
    beam_width: int = 10,
    language_model: LanguageModel | None = None,
    weight: float = 1.0,
    length_bonus: float = 0.0,
) -> list[tuple[tuple[int, ...], float]]:  # long: one loop over frames, vectorized
    """Return the likeliest labels of one line with their scores, best first: prefix beam search.

    A label's score is log p(label | line) + weight * log p(label, end | language model)
    + length_bonus * length. With a beam that is wide enough, scores without a language model are
    exact. Raises `ValueError` for frames whose probabilities do not sum to 1.
    Source: Hannun, Maas, Jurafsky, Ng: "First-Pass Large Vocabulary Continuous Speech Recognition
    using Bi-Directional Recurrent DNNs" (2014).

    Args:
        log_probs: (frames, classes), normalized in every frame.
        beam_width: number of prefixes that outlive a frame, at most.
        language_model: None uses the line alone.
        weight: of the language model.
        length_bonus: makes up for what a language model takes from long labels.
    """
    log_probs = _check_log_probs(log_probs)
    if beam_width < 1:
        raise ValueError(f"A beam keeps at least one prefix; beam_width is {beam_width}.")
    num_classes = log_probs.shape[1]
    prefixes = [()]
    # A prefix is reached by paths that end in a blank and by paths that end in its last character.
    # They are kept apart: only after a blank does the same character once more make a new one.
    ends_blank, ends_character = np.zeros(1), np.full(1, -np.inf)  # (beam,) log-probabilities
    language = np.zeros(1)  # (beam,) what the language model adds to the score of each prefix

    for frame in log_probs:
        last = np.array([prefix[-1] if prefix else BLANK_INDEX for prefix in prefixes])
        either = np.logaddexp(ends_blank, ends_character)

        stay_blank = either + frame[BLANK_INDEX]
        stay_character = ends_character + frame[last]  # no such paths end the empty prefix: -inf
        grow = either[:, None] + frame  # (beam, classes)
        rows = np.arange(len(prefixes))
        grow[rows, last] = ends_blank + frame[last]

        # A prefix in the beam may be another one's child: then both roads lead to it, and add up.
        row_of = {prefix: row for row, prefix in enumerate(prefixes)}
        for row, prefix in enumerate(prefixes):
            parent = row_of.get(prefix[:-1]) if prefix else None
            if parent is not None:
                stay_character[row] = np.logaddexp(stay_character[row], grow[parent, last[row]])
                grow[parent, last[row]] = -np.inf

        grown_language = np.tile(language[:, None], num_classes)  # (beam, classes)
        if language_model is not None:
            following = np.stack([language_model.next_log_probs(prefix) for prefix in prefixes])
            grown_language += weight * following
        grown_language += length_bonus

        # Column 0, where a blank would stand, holds the prefix that stays as it is.
        masses = grow.copy()
        masses[:, BLANK_INDEX] = np.logaddexp(stay_blank, stay_character)
        grown_language[:, BLANK_INDEX] = language
        scores = (masses + grown_language).ravel()
        best = np.argpartition(-scores, min(beam_width, scores.size) - 1)[:beam_width]
        best = best[scores[best] > -np.inf]
        row, column = np.divmod(best, num_classes)
        stays = column == BLANK_INDEX
        ends_blank = np.where(stays, stay_blank[row], -np.inf)
        ends_character = np.where(stays, stay_character[row], grow[row, column])
        language = grown_language[row, column]
        prefixes = [
            prefixes[r] if c == BLANK_INDEX else (*prefixes[r], int(c))
            for r, c in zip(row, column, strict=True)
        ]

    scores = np.logaddexp(ends_blank, ends_character) + language
    if language_model is not None:
        ends = [language_model.next_log_probs(prefix)[BLANK_INDEX] for prefix in prefixes]
        scores += weight * np.array(ends)
    return sorted(zip(prefixes, scores.tolist(), strict=True), key=lambda found: -found[1])


@dataclass(frozen=True)
class Lattice:
    """All paths of a label through the frames of one line, summed.

    The states of a label `a b` are `blank a blank b blank`: character k is state 2k + 1.
    """

    states: np.ndarray  # (states,) class of each state
    log_alpha: np.ndarray  # (frames, states) log-probability of all ways to get here, this frame in
    log_beta: np.ndarray  # (frames, states) log-probability of all ways on to the end, from here
    occupancy: np.ndarray  # (frames, states) share of the paths that pass here: 1 per frame
    log_likelihood: float  # log p(label | line), which is minus the loss


def forward_backward(log_probs: np.ndarray, label: Label) -> Lattice:
    """Sum over all alignments of a label with a line, from both ends.

    `log_probs` (frames, classes) is normalized in every frame, `label` an array of class indices.
    The loss's gradient with respect to the logits is softmax - occupancy; the occupancy of a class
    is the sum over its states. Raises `ValueError` for a label that does not fit the frames
    or has probability 0. Source: Graves et al. (2006), with beta not counting its own frame.
    """
    log_probs, label = _check_alignable(log_probs, label)
    states, may_skip = _states(label)
    emit = log_probs[:, states]  # (frames, states)

    log_alpha = np.full(emit.shape, -np.inf)
    log_alpha[0, :2] = emit[0, :2]
    for t in range(1, len(emit)):
        ways = _arrivals(log_alpha[t - 1], may_skip)
        log_alpha[t] = np.logaddexp.reduce(ways) + emit[t]

    log_beta = np.full(emit.shape, -np.inf)
    log_beta[-1, -2:] = 0.0
    # Read from the end, the same moves are open: a skip enters a state from two states away.
    may_skip_back = np.append(may_skip[2:], [False] * min(2, len(states)))[::-1]
    for t in range(len(emit) - 2, -1, -1):
        ways = _arrivals((log_beta[t + 1] + emit[t + 1])[::-1], may_skip_back)
        log_beta[t] = np.logaddexp.reduce(ways)[::-1]

    log_likelihood = float(np.logaddexp.reduce(log_alpha[-1, -2:]))
    if log_likelihood == -np.inf:
        raise ValueError(f"The label {label.tolist()} has probability 0 in these frames.")
    occupancy = np.exp(log_alpha + log_beta - log_likelihood)
    return Lattice(states, log_alpha, log_beta, occupancy, log_likelihood)


def best_alignment(log_probs: np.ndarray, label: Label) -> np.ndarray:
    """Return the state of every frame on the likeliest path of a label: int (frames,).

    States are those of `Lattice`: even ones are blanks, state 2k + 1 is character k. Takes and
    raises what `forward_backward` does. Source: Viterbi's algorithm.
    """
    log_probs, label = _check_alignable(log_probs, label)
    states, may_skip = _states(label)
    emit = log_probs[:, states]  # (frames, states)
    moves = np.zeros(emit.shape, int)  # by how many states each frame's best way advances
    best = np.full(len(states), -np.inf)
    best[:2] = emit[0, :2]
    for t in range(1, len(emit)):
        ways = _arrivals(best, may_skip)
        moves[t] = ways.argmax(axis=0)
        best = ways.max(axis=0) + emit[t]

    state = len(states) - 1
    if len(states) > 1 and best[-2] > best[-1]:
        state -= 1
    path = np.zeros(len(emit), int)
    for t in range(len(emit) - 1, -1, -1):
        path[t] = state
        state -= moves[t, state]
    return path


class Boundary(NamedTuple):
    """Where a character stands: its frames and its pixels, ends exclusive."""

    start_frame: int
    end_frame: int
    start_px: float
    end_px: float


def character_boundaries(states: Counts, label: Label, frame_width: float) -> list[Boundary]:
    """Return where each character of a label stands on an alignment, blanks left out.

    `states` (frames,) are `best_alignment`'s, `frame_width` is in pixels of the line image. CTC is
    free to write a character in one frame anywhere on its ink: boundaries mark that frame, and are
    not the edges of the ink. Raises `ValueError` if the states miss a character.
    """
    states, label = np.asarray(states), _check_label(label)
    boundaries = []
    for k in range(len(label)):
        frames = np.flatnonzero(states == 2 * k + 1)
        if len(frames) == 0:
            raise ValueError(
                f"No frame is in state {2 * k + 1}, character {k} of the label: pass the states "
                "that best_alignment returns for this label."
            )
        start, end = int(frames[0]), int(frames[-1]) + 1
        boundaries.append(Boundary(start, end, start * frame_width, end * frame_width))
    return boundaries


def _states(label):
    """Put blanks around the characters; return which states may be entered from two back, too."""
    states = np.full(2 * len(label) + 1, BLANK_INDEX)
    states[1::2] = label
    may_skip = np.zeros(len(states), bool)
    may_skip[3::2] = label[1:] != label[:-1]  # over a blank, unless it parts two equal characters
    return states, may_skip


def _arrivals(previous, may_skip):
    """Stack the three ways into each state: from itself, one back, two back; (3, states)."""
    ways = np.full((3, len(previous)), -np.inf)
    ways[0] = previous
    ways[1, 1:] = previous[:-1]
    ways[2, 2:] = previous[:-2]
    ways[2, ~may_skip] = -np.inf
    return ways


def _check_counts(**columns):
    counts = {name: len(column) for name, column in columns.items()}
    if len(set(counts.values())) > 1:
        raise ValueError(f"One of each per line is needed, and the counts differ: {counts}.")


def _check_label(label, what: str = "The label") -> np.ndarray:
    label = np.asarray(label, np.int32)
    if label.ndim != 1 or (label <= BLANK_INDEX).any():
        raise ValueError(
            f"{what} must be a row of class indices from 1 up; it is {label.tolist()}. "
            "The blank (0) has no place in a label: Alphabet.encode makes labels without it."
        )
    return label


def _check_log_probs(log_probs) -> np.ndarray:
    log_probs = np.asarray(log_probs, np.float64)
    if log_probs.ndim != 2 or 0 in log_probs.shape:
        raise ValueError(
            f"Log-probabilities of one line are (frames, classes); these have shape "
            f"{log_probs.shape}."
        )
    totals = np.exp(log_probs).sum(axis=1)
    if not np.allclose(totals, 1.0, atol=1e-3):
        worst = int(np.argmax(np.abs(totals - 1.0)))  # NaN counts as worst
        raise ValueError(
            f"The probabilities of frame {worst} sum to {totals[worst]:.4g}, not to 1: pass logits "
            "through a log-softmax first (ctc.log_softmax)."
        )
    return log_probs


def _check_alignable(log_probs, label) -> tuple[np.ndarray, np.ndarray]:
    log_probs, label = _check_log_probs(log_probs), _check_label(label)
    if len(label) and label.max() >= log_probs.shape[1]:
        raise ValueError(
            f"The label has class {label.max()}, and there are {log_probs.shape[1]} classes."
        )
    check_feasible([label], [len(log_probs)])
    return log_probs, label


def count_paths(text: str, num_frames: int) -> int:
    """Count the paths of `num_frames` frames that collapse to a text; 0 if they are too few.

    Every frame that the shortest path does not need either lengthens one of the n characters or
    puts a blank into one of the n + 1 gaps around them. k such frames fall into these 2n + 1 places
    in "k + 2n choose 2n" ways.
    """
    spare = num_frames - frames_needed(text)
    return math.comb(spare + 2 * len(text), 2 * len(text)) if spare >= 0 else 0
