"""Autoencoders that copy and U-Nets that clean, trained for a moment."""

import keras
import numpy as np
import pytest

from fsdl_hwr import binarization
from fsdl_hwr.datasets import parchment, syriac
from fsdl_hwr.networks.autoencoders import (
    Mirrored,
    SparseActivity,
    pooled_autoencoder,
    sparse_autoencoder,
    tied_autoencoder,
)
from fsdl_hwr.networks.letter_unet import letter_unet
from fsdl_hwr.recognizers import reconstruction

GLYPHS = syriac.letters("train", num_scribes=8, letters_per_class=1).glyphs()


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


def test_the_penalty_is_zero_at_its_target_and_the_divergence_elsewhere():
    penalty = SparseActivity(0.1, 2.0)
    assert float(penalty(np.full((4, 3), 0.1, np.float32))) == pytest.approx(0, abs=1e-5)
    wanted = 2 * (0.1 * np.log(0.1 / 0.3) + 0.9 * np.log(0.9 / 0.7))
    assert float(penalty(np.full((4, 1), 0.3, np.float32))) == pytest.approx(wanted, rel=1e-4)
    assert np.isfinite(float(penalty(np.zeros((2, 2), np.float32))))


@pytest.mark.slow
def test_units_of_a_sparse_autoencoder_fire_as_often_as_they_should():
    network, encoder = sparse_autoencoder(num_units=40, target=0.1, weight=20.0)
    fit = reconstruction.fit_autoencoder
    losses = fit(network, GLYPHS.images, epochs=30, batch_size=16, learning_rate=0.01)
    assert losses[-1] < 0.7 * losses[0]
    assert encoder.predict(GLYPHS.images, verbose=0).mean() == pytest.approx(0.1, abs=0.04)


def test_a_decoder_has_no_kernels_of_its_own():
    network, encoder = tied_autoencoder(code_size=8, filters=(2, 3), hidden=10)
    biases = [w for w in network.trainable_weights if len(w.shape) == 1]
    kernels = [w for w in network.trainable_weights if len(w.shape) > 1]
    assert len(kernels) == 4 and len(biases) == 8
    assert encoder.output_shape == (None, 8) and network.output_shape == (None, 28, 28)


def test_a_mirrored_convolution_is_the_gradient_of_the_forward_one():
    """<conv(x), y> equals <x, mirrored(y)>: that is what transposed means."""
    forward = keras.layers.Conv2D(3, 5, 2, padding="same", use_bias=False)
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (1, 8, 8, 2)).astype(np.float32)
    y = rng.normal(0, 1, (1, 4, 4, 3)).astype(np.float32)
    there = np.asarray(forward(x))
    back = np.asarray(Mirrored(forward)(y))
    assert (there * y).sum() == pytest.approx((x * back).sum(), rel=1e-4)


@pytest.mark.slow
def test_a_tied_autoencoder_learns_to_copy():
    network, _ = tied_autoencoder(code_size=16, filters=(4, 8), hidden=32)
    fit = reconstruction.fit_autoencoder
    losses = fit(network, GLYPHS.images, epochs=8, batch_size=16, learning_rate=0.01)
    drawn = network.predict(GLYPHS.images, verbose=0)
    assert losses[-1] < 0.6 * losses[0]
    assert 0 <= drawn.min() and drawn.max() <= 1
    mean = np.broadcast_to(GLYPHS.images.mean(0) / 255, drawn.shape)
    errors = [reconstruction.squared_errors(GLYPHS.images, d).mean() for d in (drawn, mean)]
    assert errors[0] < errors[1]


@pytest.mark.slow
@pytest.mark.parametrize("num_classes", [0, 22])
def test_a_unet_learns_to_clean(num_classes):
    network = letter_unet(filters=(4, 4, 8), num_classes=num_classes)
    losses = reconstruction.fit_cleaner(network, GLYPHS, epochs=6, batch_size=16)
    assert losses[-1] < losses[0]
    photos = parchment.photographs(GLYPHS, ["stained"], 9)
    found = reconstruction.clean(network, photos, GLYPHS.labels)
    assert found.shape == photos.shape and found.dtype == bool
    assert binarization.f_scores(found, GLYPHS.images > 127).mean() > 0.5
    if num_classes:
        with pytest.raises(ValueError, match="labels"):
            reconstruction.clean(network, photos)


@pytest.mark.slow
@pytest.mark.parametrize("places", [False, True])
def test_an_autoencoder_that_pools_learns_to_copy(places):
    network, encoder = pooled_autoencoder(16, filters=(4, 8), hidden=32, places=places)
    fit = reconstruction.fit_autoencoder
    losses = fit(network, GLYPHS.images, epochs=25, batch_size=16, learning_rate=0.01)
    assert losses[-1] < 0.7 * losses[0]
    assert encoder.output_shape == (None, 16) and network.output_shape == (None, 28, 28)


def test_places_that_are_handed_on_go_around_the_code():
    """Two letters with equal codes are drawn alike, unless the maxima's places tell them apart."""
    for places, alike in ((False, True), (True, False)):
        network, _ = pooled_autoencoder(4, filters=(3, 3), hidden=8, places=places)
        code = network.get_layer("code")
        kernel, bias = code.get_weights()
        code.set_weights([0 * kernel, 1 + bias])  # one code for all letters
        drawn = network.predict(GLYPHS.images[:2], verbose=0)
        assert np.allclose(drawn[0], drawn[1]) == alike


@pytest.mark.parametrize(
    "build",
    [letter_unet]
    + [lambda shape, build=b: build(shape=shape) for b in (tied_autoencoder, pooled_autoencoder)],
)
def test_sides_that_cannot_be_halved_twice_are_refused(build):
    with pytest.raises(ValueError, match="30"):
        build(shape=(30, 28))
