"""Time the reading of one line at a time, by Keras and by ONNX Runtime, with the same weights.

Run `python benchmarks/latency.py [--recognizer FILE] [--repeats 300]`. Without a file the kit's
default network is timed with the random weights it starts with: they cost the same. Both read the
same lines in the same order, in turns, so that a busy moment of the machine meets both; what is
timed is `Recognizer.read`, from the image to the text. Every line is read once before the clock
starts, as TensorFlow traces a graph for every width. Writes runs/benchmarks/latency.json.
"""

import argparse
import os
import tempfile
import time
from importlib import metadata
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"  # what exports
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from fsdl_hwr import experiments, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.recognizers.line import Recognizer
from fsdl_hwr.serving import onnx

LINES = 20  # read in turns
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "latency.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recognizer", type=Path, help="a .keras file that Recognizer.save wrote")
    parser.add_argument("--repeats", type=int, default=300, help="lines that each way reads")
    parser.add_argument("--threads", type=int, default=0, help="of ONNX Runtime; 0: all cores")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    if arguments.recognizer:
        by_keras = Recognizer.load(arguments.recognizer)
    else:
        by_keras = Recognizer(networks.line_crnn())
    with tempfile.TemporaryDirectory() as folder:
        path = onnx.save(by_keras, Path(folder) / "recognizer.onnx")
        size = path.stat().st_size
        ways = {"keras": by_keras, "onnx": onnx.load(path, arguments.threads)}
    pages = make_lines(by_keras)
    difference = np.abs(ways["keras"].logits(pages) - ways["onnx"].logits(pages)).max()
    same_texts = ways["keras"].read(pages) == ways["onnx"].read(pages)

    singles = [pages[k : k + 1] for k in range(len(pages))]
    for single in singles:
        for way in ways.values():
            way.read(single)
    milliseconds = {name: [] for name in ways}
    for repeat in range(arguments.repeats):
        for name, way in ways.items():
            began = time.perf_counter()
            way.read(singles[repeat % len(singles)])
            milliseconds[name].append(1000 * (time.perf_counter() - began))

    results = {
        name: {f"p{q}_ms": round(float(np.percentile(times, q)), 3) for q in (50, 99)}
        for name, times in milliseconds.items()
    }
    record = {
        "network": by_keras.network.name,
        "recognizer": arguments.recognizer,
        "one_line": results,
        "p50_ratio": round(results["keras"]["p50_ms"] / results["onnx"]["p50_ms"], 2),
        "repeats": arguments.repeats,
        "largest_difference_in_logits": float(difference),
        "same_texts": same_texts,
        "onnx_file_bytes": size,
        "onnx_threads": arguments.threads,
        "cpu_cores": os.cpu_count(),
        "versions": experiments.versions() | {"onnxruntime": metadata.version("onnxruntime")},
    }
    experiments.write_json(OUTPUT, record)
    print(f"{'one line':10}{'p50':>9}{'p99':>12}   ({arguments.repeats} readings each, in turns)")
    for name, result in results.items():
        print(f"{name:10}{result['p50_ms']:9.2f} ms{result['p99_ms']:9.2f} ms")
    print(f"largest difference in logits {difference:.1e}, same texts: {same_texts}")
    print(OUTPUT)


def make_lines(recognizer: Recognizer) -> lines.Lines:
    """Make lines of embedded writers, of many widths, at the recognizer's geometry."""
    maker = line_makers.GlyphLineMaker(strokes.glyphs("test", num_writers=10))
    texts = sources.sentences("faker", "test", alphabet=Alphabet(), num=LINES).texts
    images = lines.make_lines(maker, texts, seed=0).images
    fitted = np.stack([recognizer.fit_image(image) for image in images])
    return lines.Lines(fitted, texts, lines.ink_widths(fitted))


if __name__ == "__main__":
    main()
