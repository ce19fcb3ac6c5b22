"""Time the making of line images against what training consumes, and over 100,000 lines.

Run `python benchmarks/making_lines.py [--lines 100000]`. Every line maker makes a fixed set, and
streams the groups of batches that `fit` asks for, in turns with training steps of `line_crnn`, so
that a busy moment of the machine meets all. Then one stream is read to its end: memory is taken at
about the 1,000th line, the 10,000th and so on, and the median speed of what lies between. Writes
runs/benchmarks/making_lines.json.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import psutil
from side_by_side import make_batches, time_in_turns

from fsdl_hwr import augmentation, experiments, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import canvas_ink, line_makers, lines, sources, strokes
from fsdl_hwr.recognizers.line import Recognizer

BATCH = 8
GROUP = 16 * BATCH  # lines that `fit` asks for at a time
ROUNDS = 7
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "making_lines.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000, help="that one stream gives")
    num_lines = parser.parse_args().lines
    glyphs = strokes.glyphs("train", num_writers=300)
    texts = sources.sentences("faker", "train", alphabet=Alphabet(), num=20_000).texts
    makers = {
        "glyphs": line_makers.GlyphLineMaker(glyphs),
        "glyphs, augmented": line_makers.GlyphLineMaker(glyphs, change=augmentation.Augmentation()),
        "written": line_makers.PenLineMaker(sources.pens("written", "train")),
        "drawn on the canvas": line_makers.PenLineMaker(
            sources.pens("drawn", "train"), canvas_ink.GEOMETRY
        ),
    }
    rates = compare_rates(makers, texts)
    training = rates.pop("training")
    record = {
        "training_lines_per_second": training,
        "making_lines_per_second": rates,
        "times_training": {
            name: {way: round(value / training, 1) for way, value in each.items()}
            for name, each in rates.items()
        },
        "stream": watch_stream(makers["glyphs"], texts, num_lines),
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions(),
    }
    experiments.write_json(OUTPUT, record)
    print_tables(record)
    print(OUTPUT)


def compare_rates(makers: dict, texts: tuple[str, ...]) -> dict:
    """Time a group of lines of every maker, made and streamed, and a group of training steps."""
    recognizer = Recognizer(networks.line_crnn())
    recognizer.compile(1000)
    made = lines.make_lines(makers["glyphs"], texts[:GROUP], seed=0)
    batches = make_batches(recognizer, made, BATCH)
    ways = {"training": lambda: [recognizer.network.train_on_batch(*b) for b in batches]}
    for name, maker in makers.items():
        stream = lines.LineStream(maker, texts, len(texts), seed=0)
        ways[name, "fixed"] = lambda m=maker: lines.make_lines(m, texts[:GROUP], seed=1)
        ways[name, "streamed"] = lambda s=stream: feed(recognizer, s)
    seconds = time_in_turns(ways, ROUNDS)
    rates = {key: round(GROUP / float(np.median(times)), 1) for key, times in seconds.items()}
    found = {"training": rates.pop("training")}
    for (name, way), rate in rates.items():
        found.setdefault(name, {})[way] = rate
    return found


def feed(recognizer: Recognizer, stream: lines.LineStream) -> list[tuple]:
    """Make a group of batches from a stream, as `fit` does: the lines are checked too."""
    made = stream.batch(0, 0, GROUP)
    recognizer.check(made)
    return make_batches(recognizer, made, BATCH)


def watch_stream(maker, texts: tuple[str, ...], num_lines: int) -> list[dict]:
    """Read a stream; say for each tenfold of lines how fast it came, and what is held after it."""
    stream = lines.LineStream(maker, texts, num_lines, seed=0)
    stops = sorted({min(1000 * 10**k, num_lines) for k in range(10)})
    rows, groups = [], 0
    for stop in stops:
        seconds = []
        while groups * GROUP < stop:
            began = time.perf_counter()
            stream.batch(0, groups, GROUP)
            seconds.append(time.perf_counter() - began)
            groups += 1
        if not seconds:  # the last whole group reached farther
            continue
        rows.append(
            {
                "lines": groups * GROUP,
                "lines_per_second": round(GROUP / float(np.median(seconds)), 1),
                "memory_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
            }
        )
    return rows


def print_tables(record: dict) -> None:
    print(f"\ntraining consumes {record['training_lines_per_second']:.0f} lines/s")
    print(f"{'making':22}{'fixed':>14}{'streamed':>16}{'times training':>16}")
    for name, rates in record["making_lines_per_second"].items():
        times = record["times_training"][name]["streamed"]
        row = f"{name:22}{rates['fixed']:8.0f} lines/s{rates['streamed']:8.0f} lines/s"
        print(f"{row}{times:16.1f}")
    print(f"\n{'streamed':>10}{'since the row above':>22}{'memory':>12}")
    for row in record["stream"]:
        rate = f"{row['lines_per_second']:.0f} lines/s"
        print(f"{row['lines']:10,}{rate:>22}{row['memory_mb']:9.0f} MB")


if __name__ == "__main__":
    main()
