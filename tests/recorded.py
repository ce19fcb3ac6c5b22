"""A tiny training whose run is recorded, and the row of its record."""

import numpy as np

from fsdl_hwr.experiments import tracking

CONFIG = {"batch_size": 8, "learning_rate": 3e-3, "network": "tiny"}


def row_of(folder):
    (row,) = tracking.load_runs(folder)
    return row


class Reader:
    def read(self, lines):
        return [text[::-1] for text in lines.transcripts]


class Few:
    images, transcripts = np.zeros((2, 28, 90), np.uint8), ("ab", "cd")


def train(callbacks, epochs=2, initial_epoch=0):
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.ExponentialDecay(0.5, 4, 0.5)  # half an epoch
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    x = np.ones((32, 2), "float32")
    data = {"x": x, "y": x[:, :1], "batch_size": 8, "verbose": 0}
    model.fit(**data, epochs=epochs, initial_epoch=initial_epoch, callbacks=callbacks)


def make_runs(folder):
    for size, cer in [(8, 0.25), (16, 0.125)]:
        run = tracking.start(folder / f"size_{size}", {**CONFIG, "batch_size": size})
        run.keep_lines(np.full((2, 28, 90), size, np.uint8), ["<one>", "two"])
        run.log(0, {"val_cer": 1}, ["", "t"])
        run.log(1, {"val_cer": cer}, ["<one>", f"two{size}"])
    return tracking.load_runs(folder)
