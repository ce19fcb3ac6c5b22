"""Time the CTC loss and its gradient on TensorFlow: ours, the bare kernel, keras.ops.ctc_loss.

Run `python benchmarks/ctc_paths.py`. The bare kernel is TensorFlow's sparse-label kernel on logits
and labels that already lie as it wants them (frames first, blank last); ours does that work too,
and takes empty labels. The ways take turns, so that a busy moment of the machine meets all of them.
Writes runs/benchmarks/ctc_paths.json.
"""

import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from side_by_side import time_in_turns

from fsdl_hwr import ctc, experiments

BATCH, FRAMES, CLASSES, LABEL_LENGTHS = 32, 119, 80, (26, 35)
ROUNDS = 40
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "ctc_paths.json"


def main() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(*LABEL_LENGTHS, size=BATCH)
    labels = [rng.integers(1, CLASSES, size=n) for n in lengths]
    logits = tf.constant(rng.normal(size=(BATCH, FRAMES, CLASSES)), tf.float32)
    targets = tf.constant(ctc.pack_labels(labels, [FRAMES] * BATCH))
    with_empty = tf.constant(ctc.pack_labels([[]] + labels[1:], [FRAMES] * BATCH))

    kernel_logits = tf.transpose(
        tf.roll(logits, -1, axis=-1), (1, 0, 2)
    )  # (frames, batch, classes)
    sparse = tf.RaggedTensor.from_row_lengths(np.concatenate(labels) - 1, lengths).to_sparse()
    sparse = tf.cast(sparse, tf.int32)
    frames = tf.fill([BATCH], FRAMES)

    def dense(x):
        return keras.ops.ctc_loss(targets[:, 2:], x, targets[:, 1], targets[:, 0], mask_index=0)

    ways = {
        "bare sparse-label kernel": (
            lambda x: tf.compat.v1.nn.ctc_loss(sparse, x, frames),
            kernel_logits,
        ),
        "ctc.loss": (lambda x: ctc.loss(targets, x), logits),
        "ctc.loss, an empty label": (lambda x: ctc.loss(with_empty, x), logits),
        "keras.ops.ctc_loss": (dense, logits),
    }
    steps = {name: _step(*way) for name, way in ways.items()}
    seconds = time_in_turns(steps, ROUNDS, warm_ups=3)

    milliseconds = {name: 1000 * float(np.median(times)) for name, times in seconds.items()}
    bare = milliseconds["bare sparse-label kernel"]
    difference = np.abs(steps["ctc.loss"]()[0] - steps["bare sparse-label kernel"]()[0]).max()
    results = {
        "shape": {"batch": BATCH, "frames": FRAMES, "classes": CLASSES},
        "milliseconds": {name: round(value, 2) for name, value in milliseconds.items()},
        "times_bare_kernel": {name: round(v / bare, 2) for name, v in milliseconds.items()},
        "largest_difference_in_loss": float(difference),
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, results)
    print(f"{'loss and gradient':26}{'ms':>8}{'x bare':>8}   (median of {ROUNDS} rounds)")
    for name, value in milliseconds.items():
        print(f"{name:26}{value:8.2f}{value / bare:8.2f}")
    print(OUTPUT)


def _step(loss, logits):
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            tape.watch(logits)
            losses = loss(logits)
        return losses, tape.gradient(losses, logits)

    return step


if __name__ == "__main__":
    main()
