"""Recorded lines of text as strokes and as images, at equal minutes, and both together.

`python benchmarks/pen_lines.py [--minutes 5]` trains a stroke network and an image network on the
same lines of UNIPEN (needs that data), each for so many minutes of computing, reads the test lines
with each, and with both, whose balance validation chooses. How many epochs the minutes are is
measured first and kept; so it may be killed, and goes on from the last epoch. Figures go to
runs/benchmarks/pen_lines.json. `--source numbers --lines 300` tries it without data.
"""

import argparse
import json
from pathlib import Path

import keras

from fsdl_hwr import augmentation, ctc, experiments, metrics, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, sources
from fsdl_hwr.datasets.lines import LineStream
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers import pen_line
from fsdl_hwr.recognizers.line import Recognizer

FOLDER = Path(__file__).parents[1] / "runs" / "benchmarks" / "pen_lines"
ALPHABET = Alphabet()
GEOMETRY = LineGeometry(width=640)
PROBE = 256  # lines by which the speed is measured
WEIGHTS = (0.2, 0.35, 0.5, 0.65, 0.8)  # of the image, of which validation chooses
OPTIONS = {"strokes": {"batch_size": 16}, "image": {"batch_size": 8}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5, help="of computing, for each network")
    parser.add_argument("--source", default="unipen", help="unipen, numbers or strokes")
    parser.add_argument("--lines", type=int, default=0, help="to train on; 0 for all")
    arguments = parser.parse_args()
    train = sources.load_text_lines(arguments.source, "train", arguments.lines, ALPHABET)
    few = max(30, arguments.lines // 10) if arguments.lines else 200
    validation, test = (
        sources.load_text_lines(arguments.source, split, few, ALPHABET)
        for split in ("validation", "test")
    )
    folder = FOLDER / f"{arguments.source}_{len(train)}_{arguments.minutes:g}"
    epochs = plan(folder / "plan.json", arguments.source, len(train), arguments.minutes)
    readers, record = {}, {"lines": len(train), "test lines": len(test), "epochs": epochs}
    for name, build in BUILDERS.items():
        reader, source, held_out = build(train, validation)
        options = {"epochs": epochs[name], "folder": folder / name} | OPTIONS[name]
        history = reader.fit(source, held_out, **options)
        readers[name] = reader
        record[f"{name}, seconds"] = round(sum(history["seconds"]))
    record |= compare(readers["strokes"], readers["image"], validation, test)
    record["versions"] = experiments.versions()
    print(experiments.write_json(FOLDER.parent / "pen_lines.json", record))


def by_strokes(train, validation):
    """Return a new stroke recognizer, its training lines and its validation lines."""
    keras.utils.set_random_seed(0)
    network = networks.pen_line_lstm(num_classes=ALPHABET.num_classes)
    return pen_line.PenLineRecognizer(network, ALPHABET), train, validation


def by_image(train, validation):
    """Return a new image recognizer, a stream of the same lines, and validation lines as images."""
    keras.utils.set_random_seed(0)
    recorded = line_makers.Recordings(train.inks, train.transcripts)
    maker = line_makers.PenLineMaker(
        [recorded], GEOMETRY, augmentation.PenVariation(), frame_width=8
    )
    stream = LineStream(maker, train.transcripts, len(train.transcripts), 0)
    reader = Recognizer(networks.line_crnn(), ALPHABET, GEOMETRY)
    return reader, stream, sources.lines_of(validation.inks, validation.transcripts, GEOMETRY)


BUILDERS = {"strokes": by_strokes, "image": by_image}


def plan(file: Path, source: str, num_lines: int, minutes: float) -> dict[str, int]:
    """Return how many epochs of each network take so many minutes, by the second of two."""
    if file.is_file():
        return json.loads(file.read_text())
    some = sources.load_text_lines(source, "train", min(PROBE, num_lines), ALPHABET)
    few = sources.load_text_lines(source, "validation", 8, ALPHABET)
    epochs = {}
    for name, build in BUILDERS.items():
        reader, lines, held_out = build(some, few)
        folder = file.parent / "probe" / name
        history = reader.fit(
            lines, held_out, epochs=2, folder=folder, resume=False, **OPTIONS[name]
        )
        whole = history["seconds"][1] * num_lines / len(some)
        epochs[name] = max(1, round(60 * minutes / whole))
    experiments.write_json(file, epochs)
    return epochs


def compare(strokes, image, validation, test) -> dict[str, list[float]]:
    """Return the test CER with its interval of each recognizer, and of both together."""

    def proposed(some):
        pictures = sources.lines_of(some.inks, some.transcripts, GEOMETRY)
        pairs = zip(image.logits(pictures), image.frames(pictures.ink_widths), strict=True)
        log_probs = [ctc.log_softmax(logits[:frames]) for logits, frames in pairs]
        return pen_line.candidates(strokes.log_probs(some.inks), log_probs)

    def rate(some, texts):
        return metrics.character_error_rate(some.transcripts, texts)

    chosen = proposed(validation)
    weight = min(
        WEIGHTS,
        key=lambda w: rate(validation, pen_line.best_texts(chosen, ALPHABET, w)).value,
    )
    texts = {
        "strokes": strokes.read(test.inks),
        "image": image.read(sources.lines_of(test.inks, test.transcripts, GEOMETRY)),
        "both": pen_line.best_texts(proposed(test), ALPHABET, weight),
    }
    rates = {name: rate(test, read) for name, read in texts.items()}
    figures = {f"CER, {name}": [r.value, r.low, r.high] for name, r in rates.items()}
    return {"weight of the image": weight} | figures


if __name__ == "__main__":
    main()
