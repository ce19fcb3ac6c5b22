"""Time the kit's recognizer against the 2019 course's, and read with both after equal minutes.

Run `python benchmarks/recognizers.py [--minutes 2]`. Speed: both networks get the same lines, in
batches of their defaults (8 and 64), and take turns, so that a busy moment meets both. CER: each
is trained on fresh lines for the same time with its own optimizer, then reads lines of unseen
writers; `--minutes 0` leaves that out. Writes runs/benchmarks/recognizers.json.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from side_by_side import make_batches, time_in_turns

from fsdl_hwr import experiments, metrics, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.recognizers.line import Recognizer

SETTINGS = {
    "line_crnn": {"batch_size": 8, "optimizer": "adamw", "learning_rate": 3e-3},
    "line_lstm_ctc": {"batch_size": 64, "optimizer": "rmsprop", "learning_rate": 1e-3},
}
LINES = 128  # timed in every round
ROUNDS = 5
NUM_WRITERS = {"train": 200, "validation": 40, "test": 40}
NUM_TEXTS = {"train": 20_000, "validation": 100, "test": 300}
EPOCHS = 4  # into which the minutes of training are divided
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "recognizers.json"


class StopAfter(keras.callbacks.Callback):
    """Ends training when its time is over.

    The first batch, which waits for the graph to be traced (long for `line_lstm_ctc`), and
    reading the validation lines do not count.
    """

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds
        self.spent = 0.0
        self.began = None

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > 0:
            self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if self.began is not None:
            self.spent += now - self.began
        self.began = now
        if self.spent >= self.seconds:
            self.model.stop_training = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=2.0, help="of training, for each network")
    minutes = parser.parse_args().minutes
    makers, texts = make_data()
    timed = lines.make_lines(makers["train"], texts["train"][:LINES], seed=1)
    results = measure_speed(timed)
    if minutes > 0:
        for name, result in results.items():
            # A few lines more than the speed promises, so that time ends the training.
            planned = int(1.05 * 60 * minutes * result["training_lines_per_second"])
            result.update(train_and_read(name, makers, texts, 60 * minutes, planned))
    record = {
        "networks": results,
        "training_ratio": ratio(results, "training_lines_per_second"),
        "inference_ratio": ratio(results, "inference_lines_per_second"),
        "minutes": minutes,
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, record)
    print_table(record)
    print(OUTPUT)


def make_data() -> tuple[dict, dict]:
    """Make what both networks train on and read: a line maker and sentences for each split."""
    makers, texts = {}, {}
    for split, num in NUM_TEXTS.items():
        glyphs = strokes.glyphs(split, num_writers=NUM_WRITERS[split])
        makers[split] = line_makers.GlyphLineMaker(glyphs)
        texts[split] = sources.sentences("faker", split, alphabet=Alphabet(), num=num).texts
    return makers, texts


def make_recognizer(name: str) -> Recognizer:
    keras.utils.set_random_seed(0)
    return Recognizer(networks.LINE_NETWORKS[name]())


def measure_speed(timed: lines.Lines) -> dict[str, dict]:
    """Time training and inference of both networks on the same lines, in turns."""
    passes = {}  # (network, what is timed): a function that does it with all lines
    for name, settings in SETTINGS.items():
        recognizer, size = make_recognizer(name), settings["batch_size"]
        recognizer.compile(1000, settings["learning_rate"], settings["optimizer"])
        batches = make_batches(recognizer, timed, size)
        network = recognizer.network
        passes[name, "training"] = lambda n=network, b=batches: [n.train_on_batch(*x) for x in b]
        passes[name, "inference"] = lambda n=network, b=batches: [
            n.predict_on_batch(x) for x, _ in b
        ]

    seconds = time_in_turns(passes, ROUNDS)
    results = {name: dict(settings) for name, settings in SETTINGS.items()}
    for (name, what), times in seconds.items():
        results[name][f"{what}_lines_per_second"] = round(LINES / float(np.median(times)), 1)
    return results


def train_and_read(name: str, makers: dict, texts: dict, seconds: float, num_lines: int) -> dict:
    """Train for `seconds` (made for about `num_lines` lines), and read the test lines."""
    recognizer = make_recognizer(name)
    validation = lines.make_lines(makers["validation"], texts["validation"], seed=1)
    test = lines.make_lines(makers["test"], texts["test"], seed=2)
    size = SETTINGS[name]["batch_size"]
    per_epoch = max(size, num_lines // EPOCHS // size * size)
    stream = lines.LineStream(makers["train"], texts["train"], per_epoch, seed=0)
    print(f"{name}: {seconds:.0f} s of training", flush=True)
    clock = StopAfter(seconds)
    with tempfile.TemporaryDirectory() as folder:
        recognizer.fit(
            stream,
            validation,
            epochs=EPOCHS,
            folder=folder,
            callbacks=[clock],
            **SETTINGS[name],
        )
    cer = metrics.character_error_rate(test.transcripts, recognizer.read(test))
    return {
        "train_seconds": round(clock.spent, 1),
        "test_cer": round(cer.value, 4),
        "test_cer_interval": [round(cer.low, 4), round(cer.high, 4)],
    }


def ratio(results: dict, figure: str) -> float:
    return round(results["line_crnn"][figure] / results["line_lstm_ctc"][figure], 2)


def print_table(record: dict) -> None:
    print(f"\n{'':16}{'batch':>6}{'training':>12}{'inference':>12}{'trained':>10}{'test CER':>10}")
    for name, r in record["networks"].items():
        row = f"{name:16}{r['batch_size']:>6}{r['training_lines_per_second']:>8.0f} l/s"
        row += f"{r['inference_lines_per_second']:>8.0f} l/s"
        if "test_cer" in r:
            row += f"{r['train_seconds']:>8.0f} s{r['test_cer']:>10.1%}"
        print(row)
    print(f"{'ratio':22}{record['training_ratio']:>12.1f}{record['inference_ratio']:>12.1f}")


if __name__ == "__main__":
    main()
