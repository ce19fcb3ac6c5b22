import keras
import numpy as np

from fsdl_hwr.generation import gan, letters
from fsdl_hwr.generation.encoder import NoiseEncoder


def test_it_learns_the_way_back_and_leaves_the_generator_alone(rng):
    keras.utils.set_random_seed(0)
    made = gan.generator(2, noise_size=3, filters=(4, 4), initializer="he_normal")
    labels = np.arange(64) % 2
    told = letters.one_hot(labels, 2)
    images = gan.make_images(made, rng.normal(size=(64, 3)).astype(np.float32), told)
    before = [weight.copy() for weight in made.get_weights()]

    encoder = NoiseEncoder(made, filters=(8, 8, 8))
    encoder.compile(keras.optimizers.Adam(3e-3))
    inputs = gan.to_pixels(images), told
    losses = encoder.fit(inputs, batch_size=32, epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    frozen = encoder.generator.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, frozen, strict=True))

    again = encoder.rebuild(images, labels)
    assert again.shape == images.shape
    apart = np.abs(again.astype(float) - images).mean()
    others = np.abs(again.astype(float) - np.roll(images, 2, axis=0)).mean()
    assert apart < others
