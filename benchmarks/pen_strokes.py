"""What lab 10 promises of real pens, measured on UNIPEN; needs that data.

`python benchmarks/pen_strokes.py finished` trains the network that waits until a character is
finished, `unsized` the same without the size, `growing` the one that answers after every point;
then it measures what it has trained, `growing` also how early it answers and what it learns from
three examples. `halves` trains the first on the first half of every ink: about what can be known by
then, by a network that looks both ways and has nothing else to learn. Called again, each goes on
where it was, or measures again. Figures go to runs/benchmarks/pen_<name>.json. `--source strokes`
takes the embedded pens, and adds that to the name.

`growing` at half of the ink: 38.4% of the answers are right, and 54.1% of those that are told
that it is half; `halves` knows 59.4%. Most of the difference is this knowledge and not the
network: half of a Z is a 7, and only the rest tells. Answers that reach 90% come after 73.4% of
the ink and 92.0% of them are right; those that reach 95%, after 75.5%, 96.9%. Without label
smoothing while a character grows, the latter come 1.3 points earlier, but of five taught symbols
94.8% instead of 96.6% are right.
"""

import argparse
import dataclasses
import time
from functools import partial
from pathlib import Path

import keras
import numpy as np

from fsdl_hwr import experiments, metrics, networks
from fsdl_hwr.datasets import sources
from fsdl_hwr.datasets.pen_characters import PenCharacters
from fsdl_hwr.ink import Ink
from fsdl_hwr.recognizers import few_shot, pen, pen_reader, templates

FOLDER = Path(__file__).parents[1] / "runs" / "benchmarks"
NETWORKS = {
    "finished": lambda: networks.pen_lstm(num_features=6),
    "unsized": lambda: networks.pen_lstm(num_features=5),
    "growing": networks.causal_pen_lstm,
    "halves": lambda: networks.pen_lstm(num_features=6),
}
GROUPS = {"digits": slice(0, 10), "capitals": slice(10, 36), "small letters": slice(36, 62)}
SHARES = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0)
SYMBOLS = "!\"#&'()*+,-./:;?"
LESSONS = {"answers": 300, "one": 30, "cloud": 30}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=NETWORKS)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--source", default="unipen", help="unipen or strokes")
    arguments = parser.parse_args()

    keras.utils.set_random_seed(0)
    training, validation, test = (
        sources.load_pen_characters(arguments.source, split)
        for split in ("train", "validation", "test")
    )
    if arguments.name == "halves":
        training, validation, test = map(halved, (training, validation, test))
    network = NETWORKS[arguments.name]()
    began = time.process_time()
    unipen = arguments.source == "unipen"
    name = f"pen_{arguments.name}" if unipen else f"pen_{arguments.name}_{arguments.source}"
    folder = FOLDER / name
    pen.fit(network, training, validation, epochs=arguments.epochs, folder=folder)
    figures = {"epochs": arguments.epochs, "cpu_seconds": time.process_time() - began}
    figures |= measure(pen.logits(network, test), test)
    if arguments.name == "growing":
        reader = pen_reader.PenReader(network, test.characters)
        figures |= measure_growing(reader, validation, test) | measure_lessons(reader)
    print(experiments.write_json(FOLDER / f"{name}.json", figures))


def halved(characters: PenCharacters) -> PenCharacters:
    """Leave the first half of each ink, by the length that was drawn."""
    return dataclasses.replace(characters, inks=[first_half(ink) for ink in characters.inks])


def first_half(ink: Ink) -> Ink:
    strokes = [stroke[:, :2] for stroke in ink]
    moves = [np.linalg.norm(np.diff(stroke, axis=0), axis=1) for stroke in strokes]
    ways = [np.append(0, np.cumsum(move)) for move in moves]  # from each stroke's beginning
    left, kept = sum(way[-1] for way in ways) / 2, []
    for stroke, way in zip(strokes, ways, strict=True):
        end = [np.interp(min(left, way[-1]), way, stroke[:, k]) for k in (0, 1)]
        kept.append(np.vstack([stroke[way <= left], end]).astype(np.float32))
        left -= way[-1]
        if left <= 0:
            break
    return kept


def measure(logits: np.ndarray, test: PenCharacters) -> dict:
    """Measure answers (n, 62) to finished characters: all classes, folded, and within a group."""
    read = "".join(test.characters[k] for k in logits.argmax(axis=-1))
    rates = {
        "accuracy": metrics.accuracy(test.text, read),
        "folded": metrics.folded_accuracy(test.text, read),
    }
    for name, group in GROUPS.items():
        own = (test.labels >= group.start) & (test.labels < group.stop)
        answers = group.start + logits[own, group].argmax(axis=-1)
        rates[name] = metrics.accuracy(test.labels[own].tolist(), answers.tolist())
    return {name: [rate.value, rate.low, rate.high] for name, rate in rates.items()}


def measure_growing(reader: pen_reader.PenReader, validation, test) -> dict:
    """Measure how early characters are known, and what a step takes."""
    some = np.random.default_rng(0).permutation(len(validation))[:1500]
    figures = {"temperature": reader.calibrate(validation[some])}
    began = time.process_time()
    pairs = zip(test.inks, test.units, strict=True)
    traces = [reader.trace(ink, unit) for ink, unit in pairs]
    seconds = time.process_time() - began
    figures["ms_per_step"] = 1000 * seconds / sum(map(len, traces))
    for share in SHARES:
        right = pen_reader.answers_at(traces, share) == test.labels
        figures[f"accuracy at {share:.0%}"] = float(np.mean(right))
    told = pen_reader.answers_halfway(traces) == test.labels
    figures["accuracy at 50%, told that it is half"] = float(np.mean(told))
    for threshold in (0.5, 0.7, 0.8, 0.9, 0.95, 0.98):
        found = pen_reader.decide(traces, test.labels, threshold)
        figures[f"sure at {threshold:.0%}"] = {
            "decided": found.decided / found.total,
            "after": found.mean_share,
            "right": found.right / max(found.decided, 1),
        }
    return figures


def measure_lessons(reader: pen_reader.PenReader) -> dict:
    """Teach letters by three examples of one writer of the test split, and ask the same writer."""
    letters = sources.load_pen_characters("unipen", "test")
    symbols = sources.load_pen_characters("unipen", "test", characters=SYMBOLS)
    ways = {
        "answers": partial(by_answers, reader),
        "one": partial(by_templates, templates.one_template, templates.one_distance),
        "cloud": partial(by_templates, templates.cloud_template, templates.cloud_distance),
    }
    figures = {}
    for way, answer in ways.items():
        rng, right = np.random.default_rng(0), {"A to D": [], "five symbols": []}
        for _ in range(LESSONS[way]):
            known, asked = few_shot.lesson(letters, "ABCD", 3, rng)
            right["A to D"] += answer(known, asked)
            known, asked = five_symbols(symbols, rng)
            right["five symbols"] += answer(known, asked)
        figures[f"taught, {way}"] = {name: float(np.mean(r)) for name, r in right.items()}
    return figures


def five_symbols(symbols: PenCharacters, rng) -> tuple[PenCharacters, PenCharacters]:
    """Draw a lesson of five symbols that some writer wrote often enough."""
    while True:
        names = "".join(rng.choice(list(SYMBOLS), 5, replace=False))
        try:
            return few_shot.lesson(symbols, names, 3, rng)
        except ValueError:  # nobody did: draw others
            continue


def by_answers(reader, known, asked) -> list[bool]:
    letters = few_shot.TaughtLetters(lambda ink: reader.embed(ink, known.units[0]), np.inf)
    for name, ink in zip(known.text, known.inks, strict=True):
        letters.teach(name, ink)
    pairs = zip(asked.text, asked.inks, strict=True)
    return [letters.answer(ink).name == name for name, ink in pairs]


def by_templates(template, distance, known, asked) -> list[bool]:
    shapes = [template(ink) for ink in known.inks]
    pairs = zip(asked.text, asked.inks, strict=True)
    return [
        templates.nearest(distance, shapes, known.text, template(ink)) == name
        for name, ink in pairs
    ]


if __name__ == "__main__":
    main()
