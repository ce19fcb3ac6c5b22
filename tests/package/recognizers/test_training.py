"""The one way to train: with dense targets here, as a detector has; lines and glyphs use it too."""

import json
import shutil
import threading
import time
import zipfile

import keras
import numpy as np
import pytest

from fsdl_hwr import files
from fsdl_hwr.recognizers import progress, training
from fsdl_hwr.recognizers.progress import Progress

pytestmark = pytest.mark.usefixtures("eagerly")


class Maps(training.Batches):
    """Images and maps of the same size, in an order that every epoch draws anew."""

    def __init__(self, images, batch_size=4, seed=0):
        super().__init__(len(images), batch_size, seed)
        self.images = images

    def __getitem__(self, index):
        order = np.random.default_rng((self.seed, self.epoch)).permutation(self.num_examples)
        images = self.images[order[index * self.batch_size : (index + 1) * self.batch_size]]
        return images, images > 0.5  # (batch, 8, 8), twice


class Killed(Exception):
    pass


def images():
    return np.random.default_rng(0).random((10, 8, 8), np.float32)


def detector(learning_rate=0.01):
    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8))
    x = keras.layers.Conv2D(2, 3, padding="same")(keras.layers.Reshape((8, 8, 1))(image))
    x = keras.layers.Dropout(0.2)(x)
    maps = keras.layers.Reshape((8, 8))(keras.layers.Conv2D(1, 1, activation="sigmoid")(x))
    network = keras.Model(image, maps, name="detector")
    network.compile(training.adamw(9, learning_rate), "binary_crossentropy")
    return network


def fit(folder=None, network=None, values=(0.3, 0.2, 0.4), settings=None, **options):
    """Train for three epochs; `values` are what validation measures, one after another."""
    network, values = network or detector(), iter(values)
    options = {"epochs": 3, "monitor": "val_error", "layer_seed": 1, "verbose": False} | options
    history = training.fit(
        network,
        Maps(images()),
        lambda: {"val_error": next(values)},
        folder=folder,
        settings={"rate": 0.1} | (settings or {}),
        **options,
    )
    return network, history


def kill_at(epoch):
    def begin(now, logs):
        if now == epoch:
            raise Killed

    return [keras.callbacks.LambdaCallback(on_epoch_begin=begin)]


def watch(network, seen):
    def end(epoch, logs):
        seen.append((logs, network.get_weights()))

    return [keras.callbacks.LambdaCallback(on_epoch_end=end)]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The run folder of a training that is done."""
    folder = tmp_path_factory.mktemp("done")
    fit(folder)
    return folder


@pytest.mark.parametrize("with_folder", [False, True])
@pytest.mark.parametrize("higher_is_better, best", [(False, 1), (True, 2)])
def test_the_best_weights_are_kept_and_loaded(with_folder, higher_is_better, best, tmp_path):
    network, seen = detector(), []
    _, history = fit(
        tmp_path if with_folder else None,
        network,
        higher_is_better=higher_is_better,
        unit="pages",
        callbacks=watch(network, seen),
    )
    assert history.keys() == {"loss", "val_error", "seconds"}
    assert history["val_error"] == [0.3, 0.2, 0.4]
    assert seen[0][0]["pages_per_second"] > 0 and seen[0][0]["val_error"] == 0.3
    for a, b in zip(network.get_weights(), seen[best][1], strict=True):
        np.testing.assert_array_equal(a, b)
    names = ["best.keras", "last.keras"] if with_folder else []
    assert sorted(path.name for path in tmp_path.iterdir()) == names


@pytest.mark.parametrize("layer_seed", [None, 1])
def test_a_killed_training_goes_on_as_if_nothing_had_happened(layer_seed, tmp_path, capsys):
    if layer_seed is None and keras.backend.backend() == "torch":
        pytest.skip("torch keeps dropout's random numbers to itself")
    straight, history = fit(tmp_path / "straight", layer_seed=layer_seed)
    with pytest.raises(Killed):
        fit(tmp_path / "killed", layer_seed=layer_seed, callbacks=kill_at(1))
    resumed, again = fit(tmp_path / "killed", values=(0.2, 0.4), layer_seed=layer_seed)
    assert "1 of 3 epochs are done" in capsys.readouterr().out
    np.testing.assert_allclose(again["loss"], history["loss"], rtol=1e-5)
    for a, b in zip(resumed.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_numpys_numbers_are_settings_like_others(tmp_path):
    settings = {"rate": np.float32(0.5), "sizes": (np.int64(3), 4), "flag": np.bool_(True)}
    _, history = fit(tmp_path, settings=settings)
    assert fit(tmp_path, settings=settings)[1] == history  # nothing is left to train
    with pytest.raises(ValueError, match="{'flag': True} then, {'flag': False} now.*resume=False"):
        fit(tmp_path, settings=settings | {"flag": False})
    _, other = fit(tmp_path, settings=settings | {"flag": False}, epochs=1, resume=False)
    assert len(other["loss"]) == 1


@pytest.mark.parametrize("name", ["last.keras", "best.keras"])
@pytest.mark.parametrize("damage", [lambda data: data[:-200], lambda data: b"<html>"])
def test_a_damaged_checkpoint_names_itself_and_the_way_out(name, damage, done, tmp_path):
    folder = shutil.copytree(done, tmp_path / "run")
    path = folder / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=f"{name} is damaged.*resume=False"):
        fit(folder)
    assert len(fit(folder, epochs=1, resume=False)[1]["loss"]) == 1


def test_what_cannot_be_trained_is_said_at_once(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="epochs=0"):
        fit(tmp_path, epochs=0)
    with pytest.raises(ValueError, match="0 examples"):
        Maps(images()[:0])
    with pytest.raises(ValueError, match="batch_size=0"):
        Maps(images(), batch_size=0)
    for rate in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="positive"):
            training.schedule(10, rate)
    (tmp_path / "file").touch()
    with pytest.raises(PermissionError, match="another run folder"):
        fit(tmp_path / "file" / "run")
    monkeypatch.setattr(training.time, "time", lambda: 0.0)
    with pytest.raises(ValueError, match="clock"):
        fit(tmp_path / "run")
    with pytest.raises(ValueError, match="val_error"):
        fit(monitor="val_cer")


def test_a_loss_that_is_no_number_stops(tmp_path):
    network = detector()
    poison = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: network.set_weights(
            [np.full_like(w, np.nan) for w in network.get_weights()]
        )
    )
    with pytest.raises(FloatingPointError, match="loss became nan.*ten times"):
        fit(tmp_path, network, callbacks=[poison])
    assert list(tmp_path.iterdir()) == []


# The lock


def test_a_second_training_in_a_folder_waits_for_the_first(tmp_path, capsys):
    """And then it refuses another run's checkpoint, so that no run ends with another's weights."""
    outcome = []

    def second():
        try:
            fit(tmp_path, settings={"rate": 0.2})
        except ValueError as error:
            outcome.append(str(error))

    waited = threading.Event()
    thread = threading.Thread(target=second)

    def begin(epoch, logs):
        if epoch == 1:
            thread.start()
            deadline = time.monotonic() + 60
            while "waiting for it" not in capsys.readouterr().out:
                assert time.monotonic() < deadline, "the second training did not wait"
                time.sleep(0.05)
            waited.set()

    fit(tmp_path, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=begin)])
    thread.join(60)
    assert waited.is_set()
    assert len(outcome) == 1 and "other settings: {'rate': 0.1} then" in outcome[0]
    with zipfile.ZipFile(tmp_path / "last.keras") as archive:
        assert json.loads(archive.read(training.STATE))["settings"]["rate"] == 0.1


def test_a_lock_is_one_at_a_time_and_leaves_nothing(tmp_path):
    inside = []

    def enter():
        with files.lock(tmp_path, "test"):
            inside.append(1)
            assert len(inside) == 1
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(5)]
    with files.lock(tmp_path, "test"):
        for thread in threads:
            thread.start()
        assert not inside
    for thread in threads:
        thread.join(30)
    assert not inside and list(tmp_path.iterdir()) == []


# The progress line


def test_figures_are_described_by_what_they_are():
    text = progress.describe(
        {"loss": 1.5, "a_loss": 1, "val_loss": 2, "val_cer": 0.051, "seconds": 3}
    )
    assert text == "loss   1.50 · validation loss   2.00, CER   5.1%"
    assert progress.describe({"d_loss": 1, "g_loss": 2}) == "d loss   1.00, g loss   2.00"


def test_epochs_are_printed_lines_and_in_a_terminal_they_move(capsys, monkeypatch):
    def show(is_terminal):
        monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: is_terminal, raising=False)
        with Progress(2, 4, "pages") as line:
            line.begin(0)
            line.move(2, {"loss": 1.0})
            line.move(3, {"loss": 1.0})  # too soon to be shown
            line.end(0, {"loss": 1.0, "val_cer": 0.5, "seconds": 8.0}, True, 12.0)
        return capsys.readouterr().out

    assert show(False) == (
        "epoch  1/2 · loss   1.00 · validation CER  50.0% * ·   12 pages/s ·    8 s to go\n"
    )
    moved = show(True)
    assert "\repoch  1/2 · 2/4 batches · loss   1.00" in moved and "3/4" not in moved
    assert moved.count("s to go\n") == 1


def test_a_notebook_gets_one_output_that_is_updated(monkeypatch):
    import IPython.display

    shown = []

    class Output:
        def update(self, text, raw):
            shown.append(text["text/plain"])

    def display(text, raw, display_id):
        shown.append(text["text/plain"])
        return Output()

    monkeypatch.setattr(IPython.display, "display", display)
    stream = type("OutStream", (), {"__module__": "ipykernel.iostream"})()
    with monkeypatch.context() as patch:
        patch.setattr(progress.sys, "stdout", stream)
        with Progress(2, 4, "pages") as line:
            for epoch in range(2):
                line.begin(epoch)
                line.moved = 0.0
                line.move(2, {"loss": 1.0})
                line.end(epoch, {"loss": 1.0, "seconds": 8.0}, True, 12.0)
    assert ["2/4 batches" in text for text in shown] == [True, False, True, False, False]
    assert shown[-1].count("\n") == 1 and "epoch  2/2" in shown[-1]


def test_statistics_of_batch_normalization_are_kept_within_a_block_only():
    layers = [keras.layers.Dense(2), *(keras.layers.BatchNormalization() for _ in range(2))]
    network = keras.Sequential([keras.Input((2,)), *layers])
    layers[1].trainable = False  # as somebody chose
    with pytest.raises(KeyboardInterrupt), training.statistics_kept(network):
        assert [layer.trainable for layer in network.layers] == [True, False, False]
        network(np.full((4, 2), 9.0), training=True)
        raise KeyboardInterrupt
    assert [layer.trainable for layer in network.layers] == [True, False, True]
    np.testing.assert_array_equal(layers[2].moving_variance, np.ones(2))


@pytest.mark.parametrize("layer", ["activation", "dropout", "more"])
def test_a_run_of_another_network_is_not_resumed(layer, tmp_path):
    """Weights of the same shapes do not make it the same network."""

    def network(other=""):
        image = keras.Input((8, 8))
        activation = "tanh" if other == "activation" else "relu"
        x = keras.layers.Dense(8, activation=activation)(image)
        x = keras.layers.Dropout(0.5 if other == "dropout" else 0.1)(x)
        x = keras.layers.Dropout(0.1)(x) if other == "more" else x
        maps = keras.layers.Dense(8, activation="sigmoid")(x)
        built = keras.Model(image, maps, name="one_name")
        built.compile(training.adamw(9, 0.01), "binary_crossentropy")
        return built

    fit(tmp_path, network())
    fit(tmp_path, network())  # is resumed, whatever numbers its layers have by now
    with pytest.raises(ValueError, match="other settings.*layers.*resume=False"):
        fit(tmp_path, network(layer))


def test_a_first_epoch_without_a_measure_is_not_the_best(tmp_path):
    network = detector()
    seen = []
    fit(tmp_path, network, values=(float("nan"), 0.3, 0.4), callbacks=watch(network, seen))
    for best, kept in zip(seen[1][1], network.get_weights(), strict=True):
        assert np.array_equal(best, kept)
