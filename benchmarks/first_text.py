"""Read lines in a fresh process, by Keras and from an ONNX file: seconds, megabytes, the same text.

Run `python benchmarks/first_text.py [--recognizer FILE] [--rounds 5]`. Without a file the kit's
default network is used with the random weights it starts with: they cost the same. Each round
starts one process per way, in turns. Seconds count from the start of the process, Python's own
start and all imports included; megabytes are what the process held at most. Both read the same
lines, one after another. Writes runs/benchmarks/first_text.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

LINES = 100
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "first_text.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recognizer", type=Path, help="a .keras file that Recognizer.save wrote")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each way")
    parser.add_argument("--lines", type=int, default=LINES, help="that each process reads")
    parser.add_argument("--read", nargs=2, metavar=("FILE", "IMAGES"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read(*map(Path, arguments.read))))
    else:
        record = compare(arguments.recognizer, arguments.rounds, arguments.lines)
        report(record)


def read(file: Path, images: Path) -> dict:
    """Read lines in this process; return when the first and the last text were there."""
    from fsdl_hwr.experiments.tracking import peak_memory

    if file.suffix == ".onnx":
        from fsdl_hwr.serving import onnx

        reader = onnx.load(file)
    else:
        from fsdl_hwr.recognizers.line import Recognizer

        reader = Recognizer.load(file)
    with np.load(images) as arrays:
        pages = arrays["images"]
    texts, times = [], []
    for page in pages:
        texts += reader.read_lines(page)
        times.append(time.time())
    heavy = sorted({"keras", "tensorflow"} & set(sys.modules))
    return {
        "first": times[0],
        "last": times[-1],
        "megabytes": peak_memory(),
        "texts": texts,
        "imports": heavy,
    }


def compare(recognizer: Path | None, rounds: int, num_lines: int) -> dict:
    """Start processes in turns; return medians by way, and whether their texts agree."""
    with tempfile.TemporaryDirectory() as folder:
        files = make_files(recognizer, num_lines, Path(folder))
        images = Path(folder) / "lines.npz"
        measured = {way: [] for way in files}
        for _ in range(rounds):
            for way, file in files.items():
                measured[way].append(run(file, images))
        sizes = {way: file.stat().st_size for way, file in files.items()}
    ways = {
        way: {
            "first_text_seconds": median(runs, "first"),
            "all_texts_seconds": median(runs, "last"),
            "peak_megabytes": median(runs, "megabytes"),
            "imports": runs[0]["imports"],
            "file_bytes": sizes[way],
        }
        for way, runs in measured.items()
    }
    texts = [tuple(one["texts"]) for runs in measured.values() for one in runs]
    return {
        "lines": num_lines,
        "rounds": rounds,
        "ways": ways,
        "same_texts": len(set(texts)) == 1,
        "cpu_cores": os.cpu_count(),
    }


def make_files(recognizer: Path | None, num_lines: int, folder: Path) -> dict[str, Path]:
    """Write the lines, and the recognizer for either way."""
    os.environ["KERAS_BACKEND"] = "tensorflow"  # what exports
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    from fsdl_hwr import networks
    from fsdl_hwr.alphabet import Alphabet
    from fsdl_hwr.datasets import line_makers, lines, sources, strokes
    from fsdl_hwr.recognizers.line import Recognizer
    from fsdl_hwr.serving import onnx

    keras.utils.set_random_seed(0)
    by_keras = Recognizer.load(recognizer) if recognizer else Recognizer(networks.line_crnn())
    maker = line_makers.GlyphLineMaker(strokes.glyphs("test", num_writers=10))
    texts = sources.sentences("faker", "test", alphabet=Alphabet(), num=num_lines)
    made = lines.make_lines(maker, texts.texts, seed=0)
    np.savez(folder / "lines.npz", images=made.images)
    return {
        "keras": by_keras.save(folder / "recognizer.keras"),
        "onnx": onnx.save(by_keras, folder / "recognizer.onnx"),
    }


def run(file: Path, images: Path) -> dict:
    began = time.time()
    command = [sys.executable, __file__, "--read", str(file), str(images)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    return measured | {name: measured[name] - began for name in ("first", "last")}


def median(runs: list[dict], name: str) -> float:
    return round(float(np.median([one[name] for one in runs])), 2)


def report(record: dict) -> None:
    from fsdl_hwr import experiments

    experiments.write_json(OUTPUT, record)
    all_texts = f"{record['lines']} texts"
    print(f"{'':8}{'first text':>12}{all_texts:>12}{'memory':>12}")
    for way, result in record["ways"].items():
        print(
            f"{way:8}{result['first_text_seconds']:10.2f} s{result['all_texts_seconds']:10.2f} s"
            f"{result['peak_megabytes']:9.0f} MB"
        )
    print(f"the same texts: {record['same_texts']}")
    print(OUTPUT)


if __name__ == "__main__":
    main()
