import keras
import numpy as np
import pytest

from fsdl_hwr.generation import encoder, gan, letters
from fsdl_hwr.generation.encoder import EncodedGAN, NoiseEncoder


@pytest.mark.slow
def test_it_learns_the_way_back_and_leaves_the_generator_alone(rng):
    keras.utils.set_random_seed(0)
    made = gan.generator(2, noise_size=3, filters=(4, 4), initializer="he_normal")
    labels = np.arange(64) % 2
    told = letters.one_hot(labels, 2)
    images = gan.make_images(made, rng.normal(size=(64, 3)).astype(np.float32), told)
    before = [weight.copy() for weight in made.get_weights()]

    back = NoiseEncoder(made, filters=(8, 8, 8))
    back.compile(keras.optimizers.Adam(3e-3))
    inputs = gan.to_pixels(images), told
    losses = back.fit(inputs, batch_size=32, epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    frozen = back.generator.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, frozen, strict=True))

    again = back.rebuild(images, labels)
    assert again.shape == images.shape
    apart = np.abs(again.astype(float) - images).mean()
    others = np.abs(again.astype(float) - np.roll(images, 2, axis=0)).mean()
    assert apart < others


@pytest.mark.slow
def test_a_gan_learns_the_way_back_at_the_same_time(rng):
    keras.utils.set_random_seed(0)
    images = rng.integers(0, 255, (64, 28, 28)).astype(np.uint8)
    inputs = gan.to_pixels(images), letters.one_hot(np.arange(64) % 2, 2)
    parts = [
        gan.generator(2, noise_size=3, filters=(4, 4)),
        gan.discriminator(2, filters=(4, 4, 4)),
        encoder.encoder_network(3, 2, filters=(8, 8, 8)),
    ]
    model = EncodedGAN(*parts, weight=5.0)
    before = [[w.copy() for w in part.get_weights()] for part in parts]
    error = np.asarray(model(inputs))[:, 4].mean()
    model.compile(keras.optimizers.Adam(3e-3))
    model.fit(inputs, batch_size=32, epochs=40, verbose=0)
    for part, old in zip(parts, before, strict=True):
        assert any(np.abs(a - b).max() > 1e-3 for a, b in zip(part.get_weights(), old, strict=True))
    assert np.asarray(model(inputs))[:, 4].mean() < 0.7 * error
    again = encoder.rebuild(parts[2], parts[0], images, np.arange(64) % 2)
    assert again.shape == images.shape


def test_an_encoder_of_another_alphabet_is_refused():
    back, other = encoder.encoder_network(3, 4), gan.generator(2, noise_size=3)
    with pytest.raises(ValueError, match="makes 2 letters"):
        encoder.rebuild(back, other, np.zeros((1, 28, 28), np.uint8), np.zeros(1, int))
