"""Small things that many tests stand on: glyphs, lines of three shapes, recognizers."""

import asyncio
import concurrent.futures
import json

import cv2
import keras
import numpy as np
from keras import layers

from fsdl_hwr import networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.networks.layers import rescaled
from fsdl_hwr.recognizers.line import Recognizer

ALPHABET = Alphabet("oxz ")
REFUSED_INK = {
    "100,000 points": [[[k % 280, (7 * k) % 280, k / 100] for k in range(100_000)]],
    "broken points": [[[float("nan"), 0, 0], [9, 9, 1]]],
}


WIDTH = 160  # px: twenty frames of 8
GEOMETRY = LineGeometry(width=WIDTH)


def shapes():
    """A circle, a cross and a zigzag, 24 px high as glyphs are."""
    images = np.zeros((3, 28, 28), np.uint8)
    cv2.circle(images[0], (14, 14), 10, 255, 3)
    cv2.line(images[1], (4, 4), (23, 23), 255, 3)
    cv2.line(images[1], (23, 4), (4, 23), 255, 3)
    zigzag = np.array([[4, 4], [23, 4], [4, 23], [23, 23]], np.int32)
    cv2.polylines(images[2], [zigzag], False, 255, 3)
    return Glyphs(images, np.arange(3, dtype=np.int32), np.zeros(3, np.int32), "oxz", "shapes")


MAKER = line_makers.GlyphLineMaker(shapes(), overlap=(0, 0.1), width=WIDTH)


TEXTS = ["o", "x", "z", "ox", "xo", "zx", "oo", "o x", "zoz", "xz", "zz o", "xxo", "ozx", "xoxz",
         "o zx", "zxoo"]  # fmt: skip


def tiny(width=None, **options):
    options = {"num_classes": 5, "filters": (8, 16, 32), "lstm_size": 32} | options
    keras.utils.set_random_seed(0)
    return Recognizer(networks.line_crnn((28, width), **options), ALPHABET, GEOMETRY)


def padding_cannot_matter(geometry=GEOMETRY, num_classes=5):
    """A recognizer whose frames see their own 8 px and nothing else."""
    image = keras.Input((28, None), dtype="uint8")
    x = layers.Conv2D(num_classes, (28, 8), 8)(rescaled(image))  # (1, frames, classes)
    return Recognizer(keras.Model(image, layers.Reshape((-1, num_classes))(x)), ALPHABET, geometry)


def seasoned(**options):
    """A line_crnn whose normalizations have seen data, with some images for it."""
    options = {"frame_width": 4, "filters": (8, 12, 16), "lstm_size": 20} | options
    network = networks.line_crnn((40, None), 30, **options)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if "normalization" in layer.name:
            layer.set_weights([rng.uniform(0.5, 1.5, v.shape) for v in layer.get_weights()])
    return network, rng.integers(0, 256, (3, 40, 120), dtype=np.uint8)


def growing(num_classes):
    """A small network that answers after every point of a growing character, untrained."""
    keras.utils.set_random_seed(0)
    return networks.causal_pen_lstm(num_classes=num_classes, filters=8, lstm_size=12)


def ask(explorer, **changes):
    """Do what an explorer's page does: change the state, then ask for its data."""
    explorer.state = explorer.state | changes
    explorer.asked += 1
    assert explorer.answered == explorer.asked
    json.dumps(explorer.data, allow_nan=False)
    return explorer.data


def run_async(coroutine):
    """Run a coroutine in a thread of its own: in this one a browser's event loop may be on."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
