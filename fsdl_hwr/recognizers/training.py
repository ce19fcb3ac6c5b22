"""One way to train a recognizer: resumable, with the best weights kept.

`fit` is Keras' own with what every long training needs: one line of progress, a checkpoint after
every epoch from which the same call goes on after a kill, a stop when the loss is NaN, and a folder
that no second training writes to at the same time.
"""

import contextlib
import json
import math
import operator
import os
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from fsdl_hwr import files
from fsdl_hwr.backend import keras
from fsdl_hwr.recognizers.progress import Progress

LAST, BEST = "last.keras", "best.keras"
STATE = "training.json"  # the member of `last.keras` that holds settings and history
MAX_STATE = 10_000_000  # bytes
YEAR_1980 = 315_619_200  # seconds since 1970, a day late: ZIP, so Keras' files, know no time before


def schedule(
    total_steps: int, learning_rate: float, end: float = 0.0
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return a rate that warms up over 100 steps, or a tenth of all, then follows a cosine down.

    end: share of `learning_rate` at the last step; 1 keeps it. Raises `ValueError` for a rate that
    is not positive.
    """
    if not (math.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"A learning rate is a positive number; got {learning_rate}.")
    warmup_steps = min(100, max(1, total_steps // 10))
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 100,
        decay_steps=max(1, total_steps - warmup_steps),
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
        alpha=end,
    )


def adamw(total_steps: int, learning_rate: float, end: float = 0.0) -> keras.optimizers.Optimizer:
    """Return the optimizer of the kit's trainings: AdamW with `schedule`, gradients clipped."""
    rate = schedule(total_steps, learning_rate, end)
    return keras.optimizers.AdamW(rate, weight_decay=1e-4, global_clipnorm=5.0)


class Batches(keras.utils.PyDataset):
    """What `fit` trains on: batch k is decided by a seed, the epoch and k alone.

    A subclass defines `__getitem__`, which returns inputs and targets of any kind. `fit` sets
    `epoch`; before the first one Keras looks at two batches for their shapes. Raises `ValueError`
    without examples or room for one.
    """

    def __init__(self, num_examples: int, batch_size: int, seed: int):
        super().__init__()
        if batch_size < 1 or num_examples < 1:
            raise ValueError(f"Nothing to train on: {num_examples} examples, {batch_size=}.")
        self.num_examples = num_examples
        self.batch_size = min(operator.index(batch_size), num_examples)
        self.seed = seed
        self.epoch = 0

    @property
    def num_batches(self) -> int:
        """Whole batches per epoch."""
        return self.num_examples // self.batch_size  # a rest would be a batch of another shape

    def __len__(self) -> int:
        return self.num_batches


def fit(  # long: each argument is explained
    network: keras.Model,
    batches: Batches,
    evaluate: Callable[[], Mapping[str, float]],
    *,
    epochs: int,
    monitor: str,
    higher_is_better: bool = False,
    folder: str | os.PathLike | None = None,
    settings: Mapping | None = None,
    resume: bool = True,
    save: Callable | None = None,
    layer_seed: int | None = None,
    unit: str = "examples",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: bool = True,
) -> dict[str, list[float]]:
    """Train a compiled network, keep the weights that `evaluate` finds best, and load them.

    After every epoch `folder` holds `last.keras` and `best.keras`, each whole. Called again with
    the same settings after a kill, it goes on with the next epoch, in the same data order. Returns
    the history: a list per epoch of what Keras measures in training, what `evaluate` returns, and
    seconds. Raises `ValueError` for a folder with a run of other settings, `FloatingPointError`
    when the loss is NaN, `PermissionError` for a folder that cannot be written to.

    Args:
        network: compiled; its inputs, targets and losses may be of any kind.
        batches: what it trains on.
        evaluate: measures the network after every epoch: numbers by name, which begin with 'val_'.
        epochs: passes over the batches.
        monitor: the name among those by which the best weights are chosen.
        higher_is_better: of `monitor`; an error rate is better when it is lower.
        folder: where checkpoints go; without one nothing is written, and nothing can be resumed.
        settings: what decides the result; a run is resumed only if all of it agrees. JSON, or
            NumPy's numbers.
        resume: goes on with what the folder holds; False starts again and removes its checkpoints.
        save: writes the network to a path; `network.save` by default.
        layer_seed: restarts dropout's random numbers in every epoch, so that a resumed run gets the
            same; without it, they go on from where the checkpoint left them.
        unit: what a batch consists of, for the progress line and the `<unit>_per_second` that
            callbacks are given.
        callbacks: Keras callbacks, which see each epoch's figures before its checkpoint is written.
        verbose: shows a progress line.
    """
    if operator.index(epochs) < 1:
        raise ValueError(f"Nothing to train: epochs={epochs}.")
    progress = Progress(epochs, batches.num_batches, unit, verbose)
    run = _Run(network, batches, evaluate, monitor, higher_is_better, layer_seed, progress)
    if folder is None:
        return run.train(epochs, 0, callbacks)
    folder = Path(folder).expanduser()
    files.check_writable(folder)
    if time.time() < YEAR_1980:
        raise ValueError(
            f"This machine's clock says {time.strftime('%Y-%m-%d')}, which no checkpoint can bear: "
            "set it, then train."
        )
    with files.lock(folder, "training"):
        told = {**(settings or {}), "layers": fingerprint(_described(network))}
        checkpoint = Checkpoint(folder, _plain(told), save or network.save)
        done = checkpoint.load(run, epochs) if resume else 0
        if done == 0:  # what an older run left must not pass for this one's
            checkpoint.remove()
        return run.train(epochs, done, callbacks, checkpoint)


class _Run:
    """One training as it goes: its history, its best weights, what happens after an epoch."""

    def __init__(self, network, batches, evaluate, monitor, higher_is_better, layer_seed, progress):
        self.network = network
        self.batches = batches
        self.evaluate = evaluate
        self.monitor = monitor
        self.sign = -1 if higher_is_better else 1
        self.layer_seed = layer_seed
        self.progress = progress
        self.history: dict[str, list[float]] = {}
        self.is_best = False
        self.best_weights = None

    def train(self, epochs, done, callbacks, checkpoint=None) -> dict[str, list[float]]:
        if done < epochs:
            with self.progress:
                self.network.fit(
                    self.batches,
                    epochs=epochs,
                    initial_epoch=done,
                    shuffle=False,  # `batches` shuffles by its own seed
                    verbose=0,
                    # Saved last: an epoch that is not to be repeated is one that all have seen.
                    callbacks=[_Epochs(self), *callbacks, _Saver(self, checkpoint)],
                )
        if checkpoint:
            checkpoint.load_best(self.network)
        else:
            self.network.set_weights(self.best_weights)
        return self.history

    def begin(self, epoch: int) -> None:
        self.batches.epoch = epoch
        if self.layer_seed is not None:
            _seed_layers(self.network, self.layer_seed, epoch)
        self.began = time.perf_counter()
        self.progress.begin(epoch)

    def end(self, epoch: int, logs: dict) -> None:
        seconds = time.perf_counter() - self.began
        measured = {name: float(value) for name, value in self.evaluate().items()}
        if self.monitor not in measured:
            raise ValueError(f"`evaluate` returns {list(measured)}, and not {self.monitor!r}.")
        figures = {name: float(value) for name, value in logs.items()} | measured
        figures["seconds"] = seconds
        rate = self.batches.num_batches * self.batches.batch_size / seconds
        logs.update(figures)  # for the callbacks that follow
        logs[f"{self.progress.unit}_per_second"] = rate
        value = self.sign * figures[self.monitor]
        before = [self.sign * earlier for earlier in self.history.get(self.monitor, [])]
        numbers = [earlier for earlier in before if math.isfinite(earlier)]  # NaN is never best
        self.is_best = value < min(numbers, default=math.inf) or not before
        for name, figure in figures.items():
            self.history.setdefault(name, []).append(figure)
        self.progress.end(epoch, figures, self.is_best, rate)


class _Epochs(keras.callbacks.Callback):
    """Measures every epoch, and stops when the loss is no number."""

    def __init__(self, run: _Run):
        super().__init__()
        self.run = run

    def on_epoch_begin(self, epoch, logs=None):
        self.run.begin(epoch)

    def on_train_batch_end(self, batch, logs=None):
        for name, value in logs.items():
            if not math.isfinite(value):
                raise FloatingPointError(
                    f"The {name} became {value} at batch {batch}. Try a learning rate ten times "
                    "lower, and look at the batch: a label that is longer than its frames has an "
                    "infinite loss. The last whole epoch is kept in the run folder, if there is "
                    "one."
                )
        self.run.progress.move(batch + 1, logs)

    def on_epoch_end(self, epoch, logs=None):
        self.run.end(epoch, logs)


class _Saver(keras.callbacks.Callback):
    def __init__(self, run: _Run, checkpoint: "Checkpoint | None"):
        super().__init__()
        self.run = run
        self.checkpoint = checkpoint

    def on_epoch_end(self, epoch, logs=None):
        if self.checkpoint:
            self.checkpoint.save(self.run)
        elif self.run.is_best:
            self.run.best_weights = self.model.get_weights()


class Checkpoint:
    """The two files of a run folder from which a training goes on."""

    def __init__(self, folder: Path, settings: dict, save: Callable):
        self.last, self.best = folder / LAST, folder / BEST
        self.settings = settings
        self.save_network = save

    def save(self, run: _Run) -> None:
        """Write the network with all that a next call needs, and the best one so far."""
        if run.is_best:
            with files.write_atomically(self.best) as partial:
                self.save_network(partial)
        state = {
            "settings": self.settings,
            "history": run.history,
            "layer_seeds": [_to_numpy(v).tolist() for v in _layer_seeds(run.network)],
        }
        # One file holds weights, optimizer and history, so that they never disagree after a kill.
        with files.write_atomically(self.last) as partial:
            self.save_network(partial)
            with zipfile.ZipFile(partial, "a") as archive:
                archive.writestr(STATE, json.dumps(state))

    def load(self, run: _Run, epochs: int) -> int:
        """Load what an earlier call left; return the number of epochs already done."""
        if not self.last.is_file():
            return 0
        state = self._state()
        if state["settings"] != self.settings:
            held, now = state["settings"], self.settings
            names = [name for name in {**held, **now} if held.get(name) != now.get(name)]
            raise ValueError(
                f"{self.last.parent} holds a run with other settings: "
                f"{ {name: held.get(name) for name in names} } then, "
                f"{ {name: now.get(name) for name in names} } now. "
                "Choose another run folder, or start again with resume=False."
            )
        if run.network.optimizer is not None:  # a network with its own step may have none
            run.network.optimizer.build(run.network.trainable_variables)
        self._load_weights(self.last, run.network)  # with the optimizer's, so its step as well
        for variable, value in zip(_layer_seeds(run.network), state["layer_seeds"], strict=True):
            variable.assign(np.array(value, np.uint32))
        run.history = state["history"]
        done = len(run.history["seconds"])
        print(f"resumed {self.last}: {done} of {epochs} epochs are done", flush=True)
        return done

    def load_best(self, network: keras.Model) -> None:
        """Load the weights of the best epoch."""
        self._load_weights(self.best, network)

    def remove(self) -> None:
        """Delete both files, so that the training starts again."""
        self.last.unlink(missing_ok=True)
        self.best.unlink(missing_ok=True)

    def _state(self) -> dict:
        try:
            with zipfile.ZipFile(self.last) as archive:
                if (size := archive.getinfo(STATE).file_size) > MAX_STATE:
                    raise ValueError(f"its {STATE} has {size:,} bytes")
                state = files.parse_json(archive.read(STATE))
            if {"settings", "history", "layer_seeds"} <= state.keys():
                return state
            raise ValueError(f"its {STATE} lacks an entry")
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, KeyError, ValueError) as error:
            raise self._damaged(self.last, error) from error

    def _load_weights(self, path: Path, network: keras.Model) -> None:
        try:
            network.load_weights(path)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, KeyError, ValueError) as error:
            raise self._damaged(path, error) from error

    def _damaged(self, path: Path, error: Exception) -> ValueError:
        return ValueError(
            f"{path} is damaged, or no checkpoint of this training ({error}): start again with "
            "resume=False, or choose another run folder."
        )


@contextlib.contextmanager
def statistics_kept(network: keras.Model) -> Iterator[None]:
    """Leave the layers of batch normalization as they are while a block trains a network on.

    A few examples would spoil what they know of all.
    """
    normal = keras.layers.BatchNormalization
    still = [layer for layer in network.layers if isinstance(layer, normal) and layer.trainable]
    for layer in still:
        layer.trainable = False
    try:
        yield
    finally:
        for layer in still:
            layer.trainable = True


def fingerprint(*parts: np.ndarray | Sequence) -> int:
    """Return a checksum of data that decides a result, for `settings`: arrays, texts, lists."""
    checksum = 0
    for part in parts:
        raw = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
        checksum = zlib.crc32(raw, checksum)
    return checksum


def _described(layer: keras.layers.Layer) -> list:
    """List a network's layers with what they were told but for their names, which Keras numbers."""
    if isinstance(layer, keras.Model):
        return [type(layer).__name__, *map(_described, layer.layers)]
    try:
        return [type(layer).__name__, _unnamed({**layer.get_config(), "name": ""})]
    except NotImplementedError:  # a layer that cannot be saved has nothing else to tell
        return [type(layer).__name__]


def _unnamed(config):
    """Leave out what a layer is called, and those within it; a type of numbers keeps its name."""
    if isinstance(config, Mapping):
        is_layer = "trainable" in config
        return [
            (key, _unnamed(value))
            for key, value in sorted(config.items())
            if not (is_layer and key == "name")
        ]
    return [_unnamed(part) for part in config] if isinstance(config, list | tuple) else config


def _plain(settings: Mapping) -> dict:
    """Return settings as JSON returns them: NumPy's numbers are numbers, tuples lists."""
    return json.loads(json.dumps(dict(settings), default=lambda value: value.item()))


def _to_numpy(variable) -> np.ndarray:
    return keras.ops.convert_to_numpy(variable)


def _layer_seeds(network: keras.Model) -> list:
    return [v for v in network.variables if v.name == "seed_generator_state"]


def _seed_layers(network: keras.Model, seed: int, epoch: int) -> None:
    """Restart dropout's random numbers."""
    for k, state in enumerate(_layer_seeds(network)):
        state.assign(np.random.SeedSequence((seed, epoch, k)).generate_state(2))  # uint32
    if keras.backend.backend() == "torch":  # whose dropout draws from a generator of its own
        import torch

        torch.manual_seed(int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0]))
