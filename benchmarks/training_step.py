"""Say where a training step of `line_crnn` spends its time, and how near it comes to the ceiling.

Run `python benchmarks/training_step.py [--batch-size 8]`. The ceiling is the machine's best float32
matrix product, measured in the same run. The step is built up part by part (convolutions, dense
layer, LSTM, logits with CTC, optimizer); a part costs what the step takes longer with it. Then the
whole step is timed in other ways: other batches, bfloat16, XLA, lines of one width. All
take turns, so that a busy moment of the machine meets all. Writes
runs/benchmarks/training_step.json.
"""

import argparse
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from side_by_side import make_batches, time_in_turns

from fsdl_hwr import ctc, experiments, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.recognizers.line import Recognizer

LINES = 128  # in every round
ROUNDS = 5
MATRIX = 2048  # rows and columns of the product that sets the ceiling
PARTS = (
    "convolutions",
    "dense layer",
    "LSTM",
    "logits and CTC",
    "optimizer",
)  # and Keras' own call, with the last
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "training_step.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch-size", type=int, default=8, help="of the step that is taken apart")
    size = parser.parse_args().batch_size
    made = make_lines()
    ways = {("ceiling", "matrix product"): multiply_matrices()}
    ways |= {("part", part): step for part, step in growing_steps(made, size).items()}
    ways |= {("whole", name): step for name, step in whole_steps(made).items()}
    seconds = time_in_turns(ways, ROUNDS)
    ceiling = 2 * MATRIX**3 / min(seconds.pop(("ceiling", "matrix product"))) / 1e9
    median = {key: float(np.median(times)) for key, times in seconds.items()}
    record = {
        "batch_size": size,
        "matrix_product_gflops": round(ceiling, 1),
        "parts": share_out(median, count_products(made, size), ceiling),
        "lines_per_second": {
            name: round(LINES / value, 1)
            for (kind, name), value in median.items()
            if kind == "whole"
        },
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, record)
    print_tables(record)
    print(OUTPUT)


def make_lines() -> lines.Lines:
    """Make the lines of every round."""
    maker = line_makers.GlyphLineMaker(strokes.glyphs("train", num_writers=50))
    texts = sources.sentences("faker", "train", alphabet=Alphabet(), num=LINES).texts
    return lines.make_lines(maker, texts, seed=0)


def make_recognizer(precision: str = "float32", width: int | None = None) -> Recognizer:
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(precision)
    network = networks.line_crnn((lines.LINE_HEIGHT, width))
    keras.config.set_dtype_policy("float32")
    return Recognizer(network)


def multiply_matrices():
    rng = np.random.default_rng(0)
    matrix = tf.constant(rng.normal(size=(MATRIX, MATRIX)), tf.float32)
    product = tf.function(lambda: tf.matmul(matrix, matrix))
    return lambda: product().numpy()


def growing_steps(made: lines.Lines, size: int) -> dict:
    """Give a function for each part that does the step up to it: forward, then all gradients."""
    recognizer = make_recognizer()
    recognizer.compile(1000)
    network = recognizer.network
    batches = make_batches(recognizer, made, size)
    (dense,) = [x for x in network.layers if isinstance(x, keras.layers.Dense) and x.units == 128]
    (lstm,) = [x for x in network.layers if isinstance(x, keras.layers.Bidirectional)]
    ends = {"convolutions": dense.input, "dense layer": dense.output, "LSTM": lstm.output}
    steps = {}
    for part, end in ends.items():
        upto = keras.Model(network.input, end)
        steps[part] = gradients(upto, lambda packed, x: tf.reduce_mean(x), batches)
    steps["logits and CTC"] = gradients(network, ctc.loss, batches)
    steps["optimizer"] = lambda: [network.train_on_batch(*batch) for batch in batches]
    return steps


def gradients(network: keras.Model, loss, batches: list[tuple]):
    @tf.function(reduce_retracing=True)
    def step(images, packed):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(packed, network(images, training=True)))
        return tape.gradient(value, network.trainable_variables)

    tensors = [(tf.constant(images), tf.constant(packed)) for images, packed in batches]
    return lambda: [step(*batch)[0].numpy() for batch in tensors]


def whole_steps(made: lines.Lines) -> dict:
    """Give a function for every way to train on all lines once."""

    def train(size, jit=False, **options):
        recognizer = make_recognizer(**options)
        recognizer.compile(1000)
        network = recognizer.network
        if jit:
            network.compile(network.optimizer, loss=ctc.loss, jit_compile=True)
        batches = make_batches(recognizer, made, size)
        return lambda: [network.train_on_batch(*batch) for batch in batches]

    ways = {f"batches of {size}": train(size) for size in (8, 16, 32, 64)}
    ways["batches of 8, all of one width"] = train(8, width=lines.LINE_WIDTH)
    ways["batches of 8, all of one width, XLA"] = train(8, jit=True, width=lines.LINE_WIDTH)
    ways["batches of 8, bfloat16"] = train(8, precision="mixed_bfloat16")
    ways["batches of 32, bfloat16"] = train(32, precision="mixed_bfloat16")
    return ways


def count_products(made: lines.Lines, size: int) -> dict[str, float]:
    """Count the multiplications and additions of one round in every part.

    The two gradients of a layer cost as much as its forward pass each; the first layer's input
    needs none.
    """
    recognizer = make_recognizer()
    network = recognizer.network
    counted = (keras.layers.Conv2D, keras.layers.Dense, keras.layers.Bidirectional)
    upto = {
        layer: keras.Model(network.input, layer.input)
        for layer in network.layers
        if isinstance(layer, counted)
    }
    counts = dict.fromkeys(PARTS, 0.0)
    for images, _ in make_batches(recognizer, made, size):
        for layer, before in upto.items():
            came = before.compute_output_shape(images.shape)
            gives = layer.compute_output_shape(came)
            passes = 2 if came[-1] == 1 else 3
            if isinstance(layer, keras.layers.Conv2D):
                part, weights = "convolutions", np.prod(layer.kernel.shape[:3])
            elif isinstance(layer, keras.layers.Dense):
                part = "logits and CTC" if layer.name == "logits" else "dense layer"
                weights = came[-1]
            else:  # four gates for each output, of the frame and of what the LSTM gave before
                part, weights = "LSTM", 4 * (came[-1] + gives[-1] // 2)
            counts[part] += 2 * passes * float(np.prod(gives)) * weights
    return counts


def share_out(median: dict, counts: dict[str, float], ceiling: float) -> dict[str, dict]:
    """Say for every part, and for the whole, what it takes, and its share of the ceiling."""
    total, before, parts = median["part", "optimizer"], 0.0, {}
    for part in PARTS:
        upto = median["part", part]
        parts[part] = describe(upto - before, total, counts[part], ceiling)
        before = upto
    parts["whole step"] = describe(total, total, sum(counts.values()), ceiling)
    return parts


def describe(seconds: float, total: float, count: float, ceiling: float) -> dict[str, float]:
    gflops = count / max(seconds, 1e-9) / 1e9
    return {
        "milliseconds_a_line": round(1000 * seconds / LINES, 3),
        "share_of_time": round(seconds / total, 3),
        "gflops": round(gflops, 1),
        "share_of_ceiling": round(gflops / ceiling, 3),
    }


def print_tables(record: dict) -> None:
    print(f"\nceiling: {record['matrix_product_gflops']:.0f} GFLOP/s ({MATRIX}², float32)")
    batches = f"batches of {record['batch_size']}"
    print(f"{batches:18}{'ms a line':>10}{'time':>8}{'GFLOP/s':>9}{'ceiling':>9}")
    for part, row in record["parts"].items():
        print(
            f"{part:18}{row['milliseconds_a_line']:10.2f}{row['share_of_time']:8.0%}"
            f"{row['gflops']:9.1f}{row['share_of_ceiling']:9.1%}"
        )
    print()
    for name, rate in record["lines_per_second"].items():
        print(f"{name:38}{rate:7.1f} lines/s")


if __name__ == "__main__":
    main()
