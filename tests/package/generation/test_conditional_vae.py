import keras
import numpy as np
import pytest

from fsdl_hwr.datasets import sources
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.conditional_vae import ConditionalVAE


def trained(characters, epochs=30, rate=3e-3):
    real = sources.load_pen_characters("strokes", "train", characters=characters, num_writers=40)
    rows = letters.encode(real.inks)
    keras.utils.set_random_seed(0)
    vae = ConditionalVAE(len(characters), style_size=4, width=64)
    vae.compile(keras.optimizers.Adam(rate))
    inputs = rows, letters.one_hot(real.labels, len(characters))
    losses = vae.fit(inputs, batch_size=20, epochs=epochs, verbose=0).history["loss"]
    return vae, losses, rows, real.labels


@pytest.mark.slow
def test_it_makes_the_letters_that_it_is_asked_for():
    vae, losses, rows, labels = trained("IO")
    assert losses[-1] < 0.3 * losses[0]
    made = vae.make(np.array([0, 1]), np.zeros((2, 4), np.float32))
    assert made.shape == (2, letters.NUM_POINTS, 3)
    means = np.stack([rows[labels == k].mean(axis=0) for k in (0, 1)])
    away = np.abs(made[:, None] - means[None]).mean(axis=(2, 3))  # (asked for, mean letter)
    assert away.argmin(axis=1).tolist() == [0, 1]


@pytest.mark.slow
def test_the_style_rebuilds_a_letter_better_than_no_style():
    vae, _, rows, labels = trained("A")  # one class only
    styles = vae.styles(rows, labels)
    assert styles.shape == (40, 4)
    own = np.abs(vae.make(labels, styles) - rows).mean()
    assert own < 0.9 * np.abs(vae.make(labels, 0 * styles) - rows).mean()


@pytest.mark.usefixtures("eagerly")
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_training_that_diverges_makes_paper_and_no_error():
    vae, _, _, _ = trained("A", epochs=1, rate=1e30)
    made = vae.make(np.zeros(2, int), np.ones((2, 4), np.float32))
    images = letters.draw(made, np.zeros(2), "A", "diverged").images
    assert images.shape == (2, 28, 28)
