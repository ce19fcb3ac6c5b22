import keras
import numpy as np
import pytest

from fsdl_hwr.datasets import sources
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.flow import PenFlow
from fsdl_hwr.generation.letters import Basis


@pytest.fixture(scope="module")
def trained():
    real = sources.load_pen_characters("strokes", "train", characters="IO", num_writers=60)
    rows = letters.encode(real.inks)
    basis = Basis(rows, 6)
    keras.utils.set_random_seed(0)
    flow = PenFlow(basis, 2, width=48, depth=1)
    flow.compile(keras.optimizers.Adam(1e-2))
    inputs = basis.encode(rows), letters.one_hot(real.labels, 2)
    losses = flow.fit(inputs, batch_size=40, epochs=40, verbose=0).history["loss"]
    return flow, losses, np.stack([rows[real.labels == k].mean(axis=0) for k in (0, 1)])


def test_it_makes_the_letters_that_it_is_asked_for(trained):
    flow, losses, means = trained
    assert losses[-1] < 0.8 * losses[0]
    labels = np.tile([0, 1], 50)
    made = flow.make(labels, seed=1)
    away = np.abs(made[:, None] - means[None]).mean(axis=(2, 3))
    assert (away.argmin(axis=1) == labels).mean() > 0.9


def test_equal_seeds_make_equal_letters_and_others_do_not(trained):
    flow, _, _ = trained
    first, again, other = (flow.make(np.zeros(2, int), seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first - other).max() > 0.05


def test_a_walk_begins_with_its_noise_and_has_every_step(trained, rng):
    flow, _, _ = trained
    noise = rng.normal(size=(2, 6)).astype(np.float32)
    way = flow.walk(np.array([0, 1]), noise, steps=5)
    assert way.shape == (6, 2, letters.NUM_POINTS, 3)
    assert way[0] == pytest.approx(flow.basis.decode(noise))


def test_without_guidance_the_label_does_not_matter(trained, rng):
    flow, _, _ = trained
    noise = np.repeat(rng.normal(size=(1, 6)), 2, axis=0)
    first, second = flow.walk(np.array([0, 1]), noise, guidance=0.0)[-1]
    assert first == pytest.approx(second, abs=1e-4)
    first, second = flow.walk(np.array([0, 1]), noise)[-1]
    assert np.abs(first - second).max() > 0.1


def test_a_walk_has_steps(trained):
    with pytest.raises(ValueError, match="at least one step"):
        trained[0].make(np.zeros(1, int), steps=0)


@pytest.mark.usefixtures("eagerly")
def test_one_class_of_few_letters_is_learned_too(rng):
    rows = rng.normal(size=(5, letters.NUM_POINTS, 3)).astype(np.float32)
    flow = PenFlow(Basis(rows, 3), 1, width=8, depth=1)
    flow.compile(keras.optimizers.Adam(1e-3))
    told = letters.one_hot(np.zeros(5, int), 1)
    assert np.isfinite(flow.fit((flow.basis.encode(rows), told), verbose=0).history["loss"]).all()
    assert flow.make(np.zeros(2, int), guidance=2.0).shape == (2, letters.NUM_POINTS, 3)


@pytest.mark.usefixtures("eagerly")
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:overflow")
def test_a_training_that_diverges_makes_paper_and_no_error(rng):
    rows = rng.normal(size=(8, letters.NUM_POINTS, 3)).astype(np.float32)
    flow = PenFlow(Basis(rows, 3), 2, width=8, depth=1)
    flow.compile(keras.optimizers.SGD(1e30))
    told = letters.one_hot(np.arange(8) % 2, 2)
    flow.fit((flow.basis.encode(rows), told), batch_size=2, epochs=2, verbose=0)
    made = flow.make(np.zeros(2, int))
    assert not np.isfinite(made).any()
    assert letters.draw(made, np.zeros(2), "AB", "diverged").images.max() == 0
