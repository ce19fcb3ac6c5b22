"""Train the 2019 network on drawn pages and score it as lab 06 scores its finders.

Run `python benchmarks/odd_even_lines.py [--pages 320] [--drawn 16]`. The network classifies every
pixel of a page of 256 x 256 px: paper, odd line, even line. Its classes become lines by the steps
that the lab's own maps take; each class is a band, and there are no marks. Beside it stand the row
profile and the finder that ships. Writes runs/benchmarks/odd_even_lines.json.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras
import numpy as np

from fsdl_hwr import experiments, page_ink, weights
from fsdl_hwr.datasets import drawn_pages
from fsdl_hwr.datasets.pages import Page, TextLine, core_band
from fsdl_hwr.layout import finder, line_maps, profile
from fsdl_hwr.networks.line_detector import line_fcn
from fsdl_hwr.recognizers import line_detector, training

SIDE = 256  # px
BATCH = 4  # pages
LEVELS = (0.5, 0.75)
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "odd_even_lines.json"


def prepare(image: np.ndarray) -> np.ndarray:
    """Squeeze a page to the network's square: uint8 (256, 256), ink 255 on 0."""
    return page_ink.contrast(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def squeeze(page_shape: tuple[int, ...]) -> np.ndarray:
    """Return the 2x3 matrix from a page of (height, width) to the network's square."""
    height, width = page_shape
    return np.array([[SIDE / width, 0, 0], [0, SIDE / height, 0]])


def classes(page: Page) -> np.ndarray:
    """Draw the target: uint8 (256, 256), 0 paper, 1 and 2 by turns down the page."""
    target = np.zeros((SIDE, SIDE), np.uint8)
    to_square = squeeze(page.image.shape)
    order = np.argsort([line.baseline[:, 1].mean() for line in page.lines])
    for turn, k in enumerate(order):
        band = core_band(page.lines[k].moved(to_square), 1.0)
        cv2.fillPoly(target, [np.rint(band).astype(np.int32)], 1 + turn % 2)
    return target


class Batches(training.Batches):
    """An endless stream of drawn pages: batch b is decided by its number."""

    def __init__(self, maker: drawn_pages.PageMaker, num_pages: int):
        super().__init__(num_pages, BATCH, 0)
        self.maker = maker

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        pages = [self.maker(rng) for _ in range(self.batch_size)]
        return np.stack([prepare(p.image) for p in pages]), np.stack([classes(p) for p in pages])


def find_lines(network: keras.Model, image: np.ndarray) -> list[TextLine]:
    """Find the lines of a page: the components of each of both classes, in px of the page."""
    logits = np.asarray(network.predict_on_batch(prepare(image)[None]), np.float32)[0]
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)  # (256, 256, classes)
    scale = 1 / line_maps.STRIDE  # `lines_from_maps` takes maps of half the size
    matrix = squeeze(image.shape)[:, :2].diagonal()
    back = np.array([[scale / matrix[0], 0, 0], [0, scale / matrix[1], 0]])
    found = []
    for turn in (1, 2):
        band = np.dstack([shares[..., turn], np.zeros((SIDE, SIDE, 2), np.float32)])
        thick = line_maps.BAND_SHARE  # the classes fill the whole x-height
        found += line_maps.lines_from_maps(band, 0.5, thick)
    return [line.moved(back) for line in found]


def main() -> None:
    """Train, score, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=320, help="drawn pages to train on")
    parser.add_argument("--drawn", type=int, default=16, help="drawn pages to score")
    options = parser.parse_args()
    keras.utils.set_random_seed(0)
    network = line_fcn()
    batches = Batches(drawn_pages.training_maker("train", 60), options.pages)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(training.adamw(batches.num_batches, 2e-3), loss)
    began = time.process_time()
    network.fit(batches, epochs=1, shuffle=False, verbose=2)
    record = {"CPU seconds": round(time.process_time() - began)}
    pages = drawn_pages.make_pages(drawn_pages.training_maker("test", 20), options.drawn, 0, "test")
    finders = {
        "row profile": profile.find_lines,
        "2019 network": lambda image: find_lines(network, image),
        "U-Net that ships": finder.load_onnx(weights.FINDER).find_lines,
    }
    for name, find in finders.items():
        f1 = [line_detector.score_pages(pages, find, level).f1 for level in LEVELS]
        record[name] = [round(value, 3) for value in f1]
    for name, value in record.items():
        print(f"{name:<20} {value}")
    record["versions"] = experiments.versions()
    experiments.write_json(OUTPUT, record)


if __name__ == "__main__":
    main()
