"""Read names by the recognizer that ships, trained on with drawn forms alone.

Run `python benchmarks/names.py [--forms 15000] [--num-real 500]`. The reader's weights, but for the
characters that names lack, are trained on with forms of `name_forms`; writers and names of the test
forms are unseen. The real names of the user's copy (FSDL_HWR_DATA/names) are read if there are any,
and none is trained on. It may be killed, and goes on from the last epoch. Writes
runs/benchmarks/names.json.
"""

import argparse
import itertools
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras
import numpy as np

from fsdl_hwr import ctc, experiments, language_model, metrics, weights
from fsdl_hwr.datasets import downloads, lines, name_forms, names, strokes
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.recognizers.line import Recognizer

FOLDER = Path(__file__).parents[1] / "runs" / "benchmarks"
HEIGHT, WIDTH = 48, 472  # px of a form as the reader that ships takes lines
WRITERS, NAMES, HELD_OUT = 600, 20000, 300
EPOCHS = 5
NGRAM_WEIGHTS, BONUSES = (0.0, 0.3, 0.4, 0.5, 0.6), (0.5, 1.0)  # of which validation chooses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=15000, help="drawn forms to train on")
    parser.add_argument("--num-real", type=int, default=500, help="real names to read")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    recognizer = names_reader()
    validation, test = fill_in("validation", 1), fill_in("test", 2)
    maker = name_forms.NameFormMaker(strokes.writers("train", WRITERS, 0))
    texts = names.made_names("train", NAMES, 0)
    stream = lines.LineStream(enlarging(maker), texts, arguments.forms // EPOCHS, 0)
    sets = {"drawn": test}
    if downloads.find("names/written_name_validation_v2.csv"):
        sets["real"] = enlarged(names.load("validation", limit=arguments.num_real).lines)
    record: dict[str, dict] = {"before": report(recognizer, sets)}
    print(record, flush=True)
    began = time.process_time()
    folder = FOLDER / "names"
    recognizer.fit(
        stream, validation, epochs=EPOCHS, batch_size=16, learning_rate=1.5e-3, folder=folder
    )
    record["seconds, this process"] = round(time.process_time() - began)
    record["greedy"] = report(recognizer, sets)
    ngram = language_model.CharacterNgram.fit(texts, 5, names.ALPHABET)
    pairs = itertools.product(NGRAM_WEIGHTS, BONUSES)
    best = max(pairs, key=lambda pair: words(validation, ngram, recognizer, *pair))
    record["n-gram"] = {"weight": best[0], "bonus": best[1]} | {
        name: round(words(some, ngram, recognizer, *best), 4) for name, some in sets.items()
    }
    for name, values in record.items():
        print(f"{name:<24} {values}")
    record["versions"] = experiments.versions()
    experiments.write_json(FOLDER / "names.json", record)


def names_reader() -> Recognizer:
    """Return the reader that ships, its outputs those of the names' characters alone."""
    return Recognizer.load(weights.KERAS).narrowed(names.ALPHABET, WIDTH)


def enlarge(image: np.ndarray) -> np.ndarray:
    """Bring a form to the reader's size."""
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)


def enlarging(maker):
    """Return a maker of enlarged forms."""
    return lambda text, rng: enlarge(maker(text, rng))


def enlarged(some: Lines) -> Lines:
    images = np.stack([enlarge(image) for image in some.images])
    return Lines(images, some.transcripts, lines.ink_widths(images))


def fill_in(split: str, number: int) -> Lines:
    """Draw forms by writers and with names of a split, as lab 12 does."""
    maker = name_forms.NameFormMaker(strokes.writers(split, 80, 0))
    return lines.make_lines(enlarging(maker), names.made_names(split, HELD_OUT, 0), (0, number))


def report(recognizer: Recognizer, sets: dict[str, Lines]) -> dict[str, list[float]]:
    """Return the share of names read right, and the CER, of each set."""
    found = {}
    for name, some in sets.items():
        texts = recognizer.read(some)
        right = metrics.accuracy(some.transcripts, texts).value
        cer = metrics.character_error_rate(some.transcripts, texts).value
        found[name] = [round(right, 4), round(cer, 4)]
    return found


def words(some: Lines, ngram, recognizer: Recognizer, weight: float, bonus: float) -> float:
    """Return the share of names read right by beam search with an n-gram."""
    frames = recognizer.frames(some.ink_widths)
    right = 0
    for transcript, logits, n in zip(
        some.transcripts, recognizer.logits(some), frames, strict=True
    ):
        found = ctc.beam_search(ctc.log_softmax(logits[:n]), 8, ngram, weight, length_bonus=bonus)
        right += names.ALPHABET.decode(found[0][0]) == transcript
    return right / len(some)


if __name__ == "__main__":
    main()
