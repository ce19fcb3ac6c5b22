import keras
import numpy as np
import pytest

from fsdl_hwr.generation import gan, letters, scores


@pytest.fixture
def batch(rng):
    images = np.zeros((64, 28, 28), np.uint8)
    images[:, 8:20, 12:16] = 255
    images[::2] = images[::2].transpose(0, 2, 1)
    return gan.to_pixels(images), letters.one_hot(np.arange(64) % 2, 2)


def small(**options):
    keras.utils.set_random_seed(0)
    made = gan.generator(2, noise_size=4, filters=(4, 4))
    return gan.ConditionalGAN(made, gan.discriminator(2, filters=(4, 4, 4)), **options)


def gap(model, batch):
    """How much more real the discriminator finds made images than real ones, on average."""
    of_real, of_made, *_ = np.asarray(model(batch)).mean(axis=0)
    return of_made - of_real


def learn(model, batch, epochs=20):
    model.compile(keras.optimizers.Adam(3e-3))
    model.fit(batch, batch_size=32, epochs=epochs, verbose=0)


def test_the_generator_climbs_where_the_discriminator_stands_still(batch):
    model = small()
    model.discriminator.trainable = False
    before = gap(model, batch)
    learn(model, batch)
    assert gap(model, batch) > before


def test_the_discriminator_descends_where_the_generator_stands_still(batch):
    model = small()
    model.generator.trainable = False
    before = gap(model, batch)
    learn(model, batch)
    assert gap(model, batch) < before


def test_penalties_hold_the_slopes_down(batch):
    slopes = []
    for weight in (0.0, 10.0):
        model = small(real_penalty=weight, made_penalty=weight)
        learn(model, batch)
        slopes.append(np.asarray(model(batch))[:, 2:].mean(axis=0))
    assert (slopes[1] < slopes[0] / 2).all()


@pytest.mark.parametrize("upsampling", gan.UPSAMPLINGS)
def test_a_generator_makes_images_of_asked_labels(upsampling):
    made = gan.generator(3, noise_size=4, upsampling=upsampling)
    model = gan.ConditionalGAN(made, gan.discriminator(3))
    images = model.make(np.array([0, 1, 2, 2]), seed=5)
    assert images.shape == (4, 28, 28)
    assert images.dtype == np.uint8
    assert np.array_equal(images, model.make(np.array([0, 1, 2, 2]), seed=5))


def test_an_untrained_deconvolution_has_the_grid_and_resizing_has_not(rng):
    peaks = {}
    for upsampling in gan.UPSAMPLINGS:
        keras.utils.set_random_seed(0)
        network = gan.generator(2, upsampling=upsampling)
        noise = rng.normal(size=(100, 32)).astype(np.float32)
        images = gan.make_images(network, noise, letters.one_hot(np.zeros(100, int), 2))
        peaks[upsampling] = scores.grid_peak(images)
    assert peaks["deconvolution"] > 3 * peaks["resize"]


def test_a_generator_that_has_diverged_makes_paper():
    network = gan.generator(2, noise_size=4)
    network.set_weights([np.full_like(w, np.nan) for w in network.get_weights()])
    noise = np.zeros((2, 4), np.float32)
    assert gan.make_images(network, noise, letters.one_hot(np.zeros(2, int), 2)).max() == 0


def test_an_unknown_upsampling_is_named():
    with pytest.raises(ValueError, match="'bilinear'"):
        gan.generator(2, upsampling="bilinear")
