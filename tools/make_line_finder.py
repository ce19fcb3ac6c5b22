"""Train the line finder that ships, on drawn pages alone. It may be killed, and goes on from there.

    python tools/make_line_finder.py [--pages 6400] [--run FOLDER]
    python tools/make_line_finder.py --start FILE --rate 2e-3 --average [--run FOLDER]

About 40 CPU minutes. What is written is the mean of the weights of the best epoch and of the last
one; with --average the finder that it started from counts as much as both. Such a mean finds more
lines than its parts, on drawn validation pages, which alone decide. What ships has seen 5,280
pages, in 35 CPU minutes: 2,080 without means, 1,920 from there on, 1,280 as in the second line.
State lies in <cache>/pretrained/finder; at the end weights/line_finder.onnx, which finds lines
without Keras, and weights/line_finder.keras, which trains on, are written.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras

from fsdl_hwr import weights
from fsdl_hwr.datasets import downloads, drawn_pages
from fsdl_hwr.networks.line_detector import line_unet
from fsdl_hwr.recognizers import line_detector

WRITERS = 300
FOLDER = downloads.cache_folder() / "pretrained" / "finder"


def main() -> None:
    """Train, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=6400, help="drawn pages, each seen once")
    parser.add_argument("--run", type=Path, default=FOLDER, help="folder of the training")
    parser.add_argument("--epochs", type=int, default=20, help="times that the state is saved")
    parser.add_argument("--start", type=Path, help="a finder's .keras file to go on from")
    parser.add_argument("--average", action="store_true", help="with the finder it started from")
    parser.add_argument("--rate", type=float, default=4e-3, help="learning rate at its peak")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(0)
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    trained = line_unet()
    parts = []
    if options.start:
        trained.load_weights(options.start)
        parts = [trained.get_weights()] * 2 if options.average else []
    validation = drawn_pages.training_maker("validation", 20)
    line_detector.train(
        trained,
        drawn_pages.training_maker("train", WRITERS),
        drawn_pages.make_pages(validation, 12, 0, "validation"),
        options.pages,
        epochs=options.epochs,
        learning_rate=options.rate,
        folder=options.run,
    )
    parts.append(trained.get_weights())
    trained.load_weights(options.run / "last.keras")
    parts.append(trained.get_weights())
    keras.mixed_precision.set_global_policy("float32")
    network = line_unet()
    network.set_weights([sum(arrays) / len(parts) for arrays in zip(*parts, strict=True)])
    network.save(weights.FINDER_KERAS)
    line_detector.export(network, weights.FINDER)
    for path in (weights.FINDER_KERAS, weights.FINDER):
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
