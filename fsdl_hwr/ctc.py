"""Connectionist temporal classification: from logits per frame to a text, and back to gradients.

A network writes one class per frame, a text has fewer characters than the line has frames. CTC
joins the two: a path of classes *collapses* to a label by merging equal neighbors and then dropping
blanks, and the probability of a label is the sum over all paths that collapse to it.

Source: Graves, Fernández, Gomez, Schmidhuber: "Connectionist Temporal Classification" (2006).
"""

from collections.abc import Sequence
from itertools import groupby

import keras
import numpy as np
from keras import ops

from fsdl_hwr.alphabet import BLANK_INDEX

# ---- targets: what goes into the loss


def frames_needed(label: Sequence[int]) -> int:
    """Return the fewest frames that can write a label: its length, and a blank in every repeat."""
    label = np.asarray(label)
    return len(label) + int(np.sum(label[1:] == label[:-1]))


def check_feasible(
    labels: Sequence[Sequence[int]], frames: Sequence[int], texts: Sequence[str] | None = None
) -> None:
    """Raise a `ValueError` that names the first line whose label needs more frames than it has.

    `labels` are n arrays of class indices, `frames` (n,) integers, `texts` n transcripts to show in
    the error in place of the class indices.
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
    labels: Sequence[Sequence[int]], frames: Sequence[int], max_length: int | None = None
) -> np.ndarray:
    """Pack labels and frame counts into the one target that Keras takes for one output.

    `labels` are n arrays of class indices (1 and up; empty ones are legal), `frames` (n,) integers.
    Returns int32 (n, 2 + max_length), rows `[frames, label length, label ..., 0 ...]`;
    `max_length` defaults to the longest label. Raises `ValueError` for a blank within a label and
    for a label longer than `max_length`.
    """
    _check_counts(labels=labels, frames=frames)
    lengths = [len(label) for label in labels]
    longest = max(lengths, default=0)
    if max_length is None:
        max_length = longest
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
    An empty label costs -sum log p(blank). A label that no path can write costs infinity and gives
    no gradient: call `check_feasible` before training.

    With TensorFlow this is the sparse-label kernel, which runs on the CPU. Under XLA (Keras
    compiles with it on a GPU unless told `jit_compile=False`) and with other backends it is
    `keras.ops.ctc_loss`.
    """
    targets = ops.cast(targets, "int32")
    logits = ops.cast(logits, "float32")
    frames, lengths, labels = targets[:, 0], targets[:, 1], targets[:, 2:]
    is_character = ops.arange(labels.shape[1])[None] < lengths[:, None]  # (batch, max_length)
    repeats = (labels[:, 1:] == labels[:, :-1]) & is_character[:, 1:]
    needed = lengths + ops.sum(ops.cast(repeats, "int32"), axis=1)

    # The kernels refuse empty labels, and disagree on impossible ones. They are given a label of
    # one character there, and their answer is replaced.
    kernel_can = (lengths > 0) & (needed <= frames)
    first = ops.arange(labels.shape[1])[None] == 0
    kernel_losses = _kernel(
        ops.where(kernel_can[:, None], labels, ops.cast(first, "int32")),
        ops.where(kernel_can, lengths, 1),
        ops.where(kernel_can, frames, ops.maximum(frames, 1)),
        logits,
    )
    empty_losses = ops.cond(  # half the time of the kernel itself: only where a line needs it
        ops.any(lengths == 0),
        lambda: _empty_losses(frames, logits),
        lambda: ops.zeros_like(kernel_losses),
    )
    losses = ops.where(kernel_can, kernel_losses, np.float32("inf"))
    return ops.where(lengths == 0, empty_losses, losses)


def _empty_losses(frames, logits):
    in_line = ops.arange(ops.shape(logits)[1])[None] < frames[:, None]  # (batch, frames)
    blank_losses = ops.logsumexp(logits, axis=-1) - logits[..., BLANK_INDEX]  # (batch, frames)
    return ops.sum(ops.where(in_line, blank_losses, 0.0), axis=1)


def _kernel(labels, lengths, frames, logits):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        from tensorflow.python.ops import control_flow_util  # no public way to ask about XLA

        if not control_flow_util.GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph()):
            return _sparse_label_kernel(labels, lengths, frames, logits)
    return ops.ctc_loss(labels, logits, lengths, frames, mask_index=BLANK_INDEX)


def _sparse_label_kernel(labels, lengths, frames, logits):
    """TensorFlow's CPU kernel: ten times as fast as its dense one; its blank is the last class."""
    import tensorflow as tf

    logits = tf.transpose(logits, (1, 0, 2))  # (frames, batch, classes)
    logits = tf.concat(
        [logits[..., 1:], logits[..., :1]], axis=-1
    )  # blank last, character k at k-1
    is_character = tf.sequence_mask(lengths, tf.shape(labels)[1])
    sparse = tf.SparseTensor(
        tf.where(is_character),
        tf.boolean_mask(labels, is_character) - 1,
        tf.shape(labels, out_type=tf.int64),
    )
    return tf.compat.v1.nn.ctc_loss(sparse, logits, frames)


# ---- decoding: from logits to labels


def collapse(path: Sequence[int]) -> np.ndarray:
    """Merge equal neighbors, then drop blanks: the label that a path of classes writes, int32."""
    return np.array([k for k, _ in groupby(path) if k != BLANK_INDEX], np.int32)


def greedy_decode(logits, frames: Sequence[int] | None = None) -> list[np.ndarray]:
    """Collapse the best class of every frame: the single best path, not always the best label.

    `logits` (batch, frames, classes), or log-probabilities; `frames` (batch,) real frames of every
    line, all of them by default. Returns one int32 label per line.
    """
    logits = ops.convert_to_numpy(logits)
    if logits.ndim != 3:
        raise ValueError(f"Logits are (batch, frames, classes); these have shape {logits.shape}.")
    if frames is None:
        frames = [logits.shape[1]] * len(logits)
    _check_counts(logits=logits, frames=frames)
    paths = logits.argmax(axis=-1)  # (batch, frames)
    return [collapse(path[:n]) for path, n in zip(paths, frames, strict=True)]


# ---- checks


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
