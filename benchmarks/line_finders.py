"""Score line finders on annotated pages: the row profile, a trained U-Net, and what few pages add.

Run `python benchmarks/line_finders.py PAGES --network FILE [--together "57+58 091+092"]
[--second FOLDER] [--train-on 96]`. PAGES is a folder of images with ALTO or PAGE XML; FILE is what
lab 06 leaves, `best.keras`, or its weights. With `--train-on`, two halves of the letters are
trained on in turn, with six pages at most, and the other half is scored: no letter is on both
sides. `--second` names a second annotation of some of the pages, by file name. Drawn pages by
writers never seen are scored and read, too. Writes runs/benchmarks/line_finders.json.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras
import numpy as np

from fsdl_hwr import experiments, line_metrics, metrics, page_ink, weights
from fsdl_hwr.datasets import drawn_pages, page_xml
from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.layout import crops, profile
from fsdl_hwr.layout import finder as finders
from fsdl_hwr.networks.line_detector import line_unet
from fsdl_hwr.recognizers import line_detector
from fsdl_hwr.recognizers import page as page_reader
from fsdl_hwr.serving import onnx

LEVELS = (0.5, 0.75)
FEWEST, MOST = 2, 6  # annotated pages to train on with
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "line_finders.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path, help="folder of page images with ALTO or PAGE XML")
    parser.add_argument("--network", type=Path, required=True, help="best.keras, or .weights.h5")
    parser.add_argument("--together", default="", help="pages of one letter: '57+58 091+092'")
    parser.add_argument("--second", type=Path, help="folder of a second person's XML files")
    parser.add_argument("--train-on", type=int, default=0, help="pages shown in training on")
    parser.add_argument("--drawn", type=int, default=40, help="drawn pages to score")
    arguments = parser.parse_args()
    network = line_unet()
    network.load_weights(arguments.network)
    pages = page_xml.read_pages(arguments.pages)
    find = line_detector.finder(network).find_lines
    record = {
        "profile": scores(pages, profile.find_lines),
        "drawn only": scores(pages, find),
        "seconds per page": seconds_per_page(network, pages),
    }
    if arguments.drawn:
        maker = drawn_pages.training_maker("test", 40)
        drawn = drawn_pages.make_pages(maker, arguments.drawn, 0, "test")
        record["drawn pages"] = scores(drawn, find)
        record["drawn pages, profile"] = scores(drawn, profile.find_lines)
        record["drawn pages, read"] = reading_cost(find, arguments.drawn)
    if arguments.second:
        record["two people"] = agreement(pages, arguments.second, arguments.pages)
    if arguments.train_on:
        letters = page_xml.letters_of([page.name for page in pages], arguments.together)
        record["trained on"] = cross_validated(network, pages, letters, arguments.train_on)
    for name, values in record.items():
        print(f"{name:<22} {values}")
    record["versions"] = experiments.versions()
    experiments.write_json(OUTPUT, record)


def scores(pages, find) -> dict[str, list[float]]:
    """Score a finder three ways, at two levels each: F1 of body lines, of all, and strict."""
    return summary(totals(pages, find))


def totals(pages, find):
    ways = {"body": (True, False), "all": (False, False), "strict": (False, True)}
    found = {id(page.image): find(page.image) for page in pages}

    def known(image):
        return found[id(image)]

    return {
        name: [line_detector.score_pages(pages, known, level, *way) for level in LEVELS]
        for name, way in ways.items()
    }


def summary(total) -> dict[str, list[float]]:
    return {name: [round(score.f1, 3) for score in scores] for name, scores in total.items()}


def cross_validated(network, pages, letters, num_pages) -> dict:
    """Train on with one half of the letters and score the other, both ways; pool the scores."""
    names = list(dict.fromkeys(letters))
    halves = [set(names[::2]), set(names[1::2])]
    maker = drawn_pages.training_maker("train", 60)
    pooled, began = None, time.perf_counter()
    for half in halves:
        annotated = [p for p, letter in zip(pages, letters, strict=True) if letter in half][:MOST]
        unseen = [p for p, letter in zip(pages, letters, strict=True) if letter not in half]
        adapted = line_detector.train_on(network, annotated, maker, num_pages)
        total = totals(unseen, line_detector.finder(adapted).find_lines)
        pooled = total if pooled is None else {
            name: [a + b for a, b in zip(pooled[name], total[name], strict=True)] for name in total
        }  # fmt: skip
    return summary(pooled) | {"seconds": round(time.perf_counter() - began)}


def reading_cost(find, num: int) -> dict[str, float]:
    """Read drawn pages by the reader that ships: CER with their true lines, and with found ones."""
    reader = onnx.load(weights.ONNX)
    maker = drawn_pages.training_maker("test", 20, height=1152, width=864)
    pages = drawn_pages.make_pages(maker, num, 1, "test")
    true = [crops.crop_lines(page.image, page.owners, page.lines) for page in pages]
    texts = {
        "true lines": ["\n".join(reader.read_lines(images)) for images in true],
        "found lines": [page_reader.read_page(page.image, reader, find).text for page in pages],
    }
    transcripts = [page.transcript for page in pages]
    return {
        name: round(metrics.character_error_rate(transcripts, read).value, 4)
        for name, read in texts.items()
    }


def agreement(pages, second: Path, images: Path) -> dict[str, list[float]]:
    """Score one person's lines by another's, on the pages that both annotated."""
    total = {level: 0 for level in LEVELS}
    for path in sorted(second.glob("*.xml")):
        page = next(page for page in pages if page.name == path.stem)
        other: Page = page_xml.read_page(path, images / f"{path.stem}.jpg")
        ink = page_ink.ink_mask(page.image)
        for level in LEVELS:
            total[level] += line_metrics.ink_score(
                page.owners * ink, other.owners * ink, level, strict=True
            )
    return {"all": [round(total[level].f1, 3) for level in LEVELS]}


def seconds_per_page(network, pages) -> float:
    """Time finding by the exported network, on one core: the median of the pages."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = line_detector.export(network, Path(folder) / "finder.onnx")
        find = finders.load_onnx(path).find_lines
        times = []
        for page in pages:
            began = time.thread_time()
            find(page.image)
            times.append(time.thread_time() - began)
    return round(float(np.median(times)), 3)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    main()
