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


@pytest.mark.slow
def test_the_generator_climbs_where_the_discriminator_stands_still(batch):
    model = small()
    model.discriminator.trainable = False
    before = gap(model, batch)
    learn(model, batch)
    assert gap(model, batch) > before


@pytest.mark.slow
def test_the_discriminator_descends_where_the_generator_stands_still(batch):
    model = small()
    model.generator.trainable = False
    before = gap(model, batch)
    learn(model, batch)
    assert gap(model, batch) < before


@pytest.mark.slow
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


def test_a_generator_of_another_alphabet_is_refused(tmp_path):
    gan.generator(3, noise_size=4).save(tmp_path / "generator.keras")
    loaded = keras.saving.load_model(tmp_path / "generator.keras")
    noise = np.zeros((2, 4), np.float32)
    assert gan.make_images(loaded, noise, letters.one_hot(np.zeros(2, int), 3)).shape[0] == 2
    with pytest.raises(ValueError, match="makes 3 letters, and these labels are of 5"):
        gan.make_images(loaded, noise, letters.one_hot(np.zeros(2, int), 5))


class Kill(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        raise KeyboardInterrupt


@pytest.mark.usefixtures("eagerly")
def test_a_training_killed_after_any_step_has_moved_both_and_goes_on(batch, tmp_path):
    """One loss trains generator and discriminator: there is no moment between them."""
    model = small()
    before = [[w.copy() for w in p.get_weights()] for p in (model.generator, model.discriminator)]
    model.compile(gan.optimizer())
    with pytest.raises(KeyboardInterrupt):
        model.fit(batch, batch_size=32, verbose=0, callbacks=[Kill()])
    for part, old in zip((model.generator, model.discriminator), before, strict=True):
        assert any((a != b).any() for a, b in zip(part.get_weights(), old, strict=True))
    model.save_weights(tmp_path / "gan.weights.h5")
    again = small()
    again(batch)
    again.load_weights(tmp_path / "gan.weights.h5")
    assert np.array_equal(again.make(np.arange(2)), model.make(np.arange(2)))
    learn(again, batch, epochs=1)


@pytest.mark.filterwarnings("ignore:invalid value", "ignore:overflow")
def test_after_a_step_far_too_large_there_is_ink_or_paper_and_no_error(batch):
    model = small()
    model.compile(keras.optimizers.SGD(1e20))
    model.fit(batch, batch_size=32, epochs=3, verbose=0)
    images = model.make(np.arange(2))
    assert images.shape == (2, 28, 28)
    assert set(np.unique(images)) <= {0, 255}


@pytest.mark.usefixtures("eagerly")
def test_one_class_and_one_image_of_it_are_enough_for_a_step():
    keras.utils.set_random_seed(0)
    model = gan.ConditionalGAN(gan.generator(1, noise_size=4, filters=(4, 4)), gan.discriminator(1))
    image = gan.to_pixels(np.full((1, 28, 28), 255, np.uint8))
    learn(model, (image, letters.one_hot(np.zeros(1, int), 1)), epochs=2)
    assert model.make(np.zeros(3, int)).shape == (3, 28, 28)


def test_images_of_every_epoch_go_to_tensorboard(batch, tmp_path):
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("TensorBoard's files are written by TensorFlow")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    model = small()
    model.compile(gan.optimizer())
    log = gan.ImageLog(tmp_path, np.array([0, 1, 1]))
    model.fit(batch, batch_size=64, epochs=2, verbose=0, callbacks=[log])
    events = EventAccumulator(str(tmp_path)).Reload()
    assert [event.step for event in events.Tensors("made")] == [0, 1]
