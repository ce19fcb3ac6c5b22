"""What lab 11 leaves open about its letters: reading what was cleaned, and how images shrink.

`python benchmarks/any_script.py reading` cleans damaged letters of unseen scribes with U-Nets and
counts what a reader misreads: of masks and of soft images, after training on clean letters and on
cleaned ones. `shrinking` trains the convolutional autoencoder with strides, with pooling and
repeated pixels, and with pooling whose places are handed on. Figures go to
runs/benchmarks/script_<name>.json.
"""

import argparse
import dataclasses
import time
from pathlib import Path

import keras
import numpy as np

from fsdl_hwr import binarization, experiments, metrics, networks
from fsdl_hwr.datasets import parchment, scripts
from fsdl_hwr.networks.autoencoders import pooled_autoencoder, tied_autoencoder
from fsdl_hwr.networks.letter_unet import letter_unet
from fsdl_hwr.recognizers import classifier, reconstruction

FOLDER = Path(__file__).parents[1] / "runs" / "benchmarks"
SCRIBES, TEST_SCRIBES = 300, 60
KINDS = {"seen damage": parchment.KINDS, "unseen damage": parchment.UNSEEN_KINDS}
EPOCHS = 3  # of every network here


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=("reading", "shrinking"))
    arguments = parser.parse_args()
    began = time.process_time()
    keras.utils.set_random_seed(0)
    train, validation, test = (
        scripts.load("syriac", split, num_writers=count, seed=0)
        for split, count in (("train", SCRIBES), ("validation", 30), ("test", TEST_SCRIBES))
    )
    if arguments.name == "reading":
        figures = measure_reading(train, validation, test[:: len(test) // 2000])
    else:
        figures = measure_shrinking(train, test)
    figures = {"figures": figures, "cpu_seconds": time.process_time() - began}
    print(experiments.write_json(FOLDER / f"script_{arguments.name}.json", figures))


def measure_reading(train, validation, test) -> dict[str, dict[str, float]]:
    """Return the share misread of clean letters, and after cleaning, by damage."""
    reader = train_reader(train, validation)
    cleaner = letter_unet()
    reconstruction.fit_cleaner(cleaner, train[::2], epochs=EPOCHS)
    photos = {name: parchment.photographs(test, kinds, 7) for name, kinds in KINDS.items()}
    figures = {"clean letters": {"any": misread(reader, test.images, test)}}
    soft = {name: soft_images(cleaner, some) for name, some in photos.items()}
    for name, images in soft.items():
        score = binarization.f_scores(images > 127, test.images > 127).mean()
        figures[name] = {
            "F": float(score),
            "mask": misread(reader, hard(images), test),
            "soft": misread(reader, images, test),
        }
    seen = parchment.photographs(train, parchment.KINDS, 11)
    cleaned = dataclasses.replace(train, images=soft_images(cleaner, seen))
    taught = train_reader(train + cleaned, validation)
    straight = train_reader(dataclasses.replace(train, images=255 - seen), validation)
    for name, images in soft.items():
        figures[name] |= {
            "soft, reader taught with cleaned letters": misread(taught, images, test),
            "mask, the same reader": misread(taught, hard(images), test),
            "not cleaned, reader taught with photos": misread(straight, 255 - photos[name], test),
        }
    figures["clean letters"]["reader taught with cleaned"] = misread(taught, test.images, test)
    return figures


def train_reader(glyphs, validation) -> keras.Model:
    """Train lab 11's judge, for as many steps whatever it learns from."""
    network = networks.character_cnn(
        num_classes=len(glyphs.characters), filters=(8, 16, 24, 32, 48)
    )
    passes = max(1, round(EPOCHS * SCRIBES * 44 / len(glyphs)))
    classifier.fit(network, glyphs, validation, epochs=passes, verbose=False)
    return network


def soft_images(cleaner, photos: np.ndarray) -> np.ndarray:
    """Return how sure a U-Net is of each pixel's ink: uint8 (n, height, width)."""
    logits = cleaner.predict(photos, batch_size=256, verbose=0)
    return np.rint(255 / (1 + np.exp(-logits))).astype(np.uint8)


def hard(images: np.ndarray) -> np.ndarray:
    return np.where(images > 127, 255, 0).astype(np.uint8)


def misread(reader, images: np.ndarray, test) -> float:
    text = classifier.read(reader, images, test.characters)
    return 1 - metrics.accuracy(test.text, text).value


def measure_shrinking(train, test) -> dict[str, dict[str, float]]:
    """Return each autoencoder's error on unseen scribes, and what it costs."""
    ways = {
        "strides, tied": tied_autoencoder,
        "pooling, pixels repeated": pooled_autoencoder,
        "pooling, places handed on": lambda: pooled_autoencoder(places=True),
    }
    figures = {}
    for name, build in ways.items():
        keras.utils.set_random_seed(0)
        network, _ = build()
        began = time.process_time()
        reconstruction.fit_autoencoder(network, train.images[::3], epochs=EPOCHS)
        seconds = time.process_time() - began
        drawn = network.predict(test.images, batch_size=256, verbose=0)
        figures[name] = {
            "error": float(reconstruction.squared_errors(test.images, drawn).mean()),
            "weights": network.count_params(),
            "cpu_seconds": seconds,
        }
    return figures


if __name__ == "__main__":
    main()
