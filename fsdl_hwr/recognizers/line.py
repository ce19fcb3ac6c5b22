"""A network with its alphabet and geometry: train it, resume it, save it, read with it."""

import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fsdl_hwr import ctc, files, metrics
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.lines import Lines, LineStream
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.networks.layers import SlidingWindows
from fsdl_hwr.recognizers import training
from fsdl_hwr.recognizers.reader import MAX_METADATA, LineReader, read_metadata

SHORTCUT_WEIGHT = 0.1  # of the loss at a network's second output (Retsinas et al. 2022)
METADATA = "recognizer.json"  # beside Keras' own members in the .keras archive
KERAS_METADATA = "metadata.json"  # one of those: which Keras wrote it
REMEDY = "save it with Recognizer.save, or train it again"


class Recognizer(LineReader):
    """A line reader whose network can be trained: a Keras model, its alphabet and its geometry.

    Raises `ValueError` if the network's classes are not the alphabet's and the blank, or its height
    and width not the geometry's.

    Args:
        network: uint8 (batch, height, width) to float32 logits (batch, frames, classes); if its
            width is open (None), shorter lines cost less. Of a network with several outputs the
            first reads; the others only train, with less weight.
        alphabet: the characters that it writes; the kit's 79 by default.
        geometry: of the lines that it is trained on; by default the network's height and width, and
            of an open width 952 px.
    """

    # JAX compiles a network anew for every width of a batch, at seconds each: it gets few widths.
    trim_frames = 16 if keras.backend.backend() == "jax" else 4

    def __init__(
        self,
        network: keras.Model,
        alphabet: Alphabet | None = None,
        geometry: LineGeometry | None = None,
    ):
        self.network = network
        _, height, fixed_width = network.input_shape
        geometry = geometry or LineGeometry(height, fixed_width or LineGeometry.width)
        alphabet = alphabet or Alphabet()
        size = height, fixed_width or geometry.width
        if (geometry.height, geometry.width) != size:
            raise ValueError(
                f"The network takes lines of {size} px, and the geometry has "
                f"{(geometry.height, geometry.width)}: build one of them to fit the other."
            )
        num_frames, num_classes = self._output_shape(geometry.width)
        if num_classes != alphabet.num_classes:
            raise ValueError(
                f"The network has {num_classes} outputs; the alphabet needs "
                f"{alphabet.num_classes}: its {len(alphabet.characters)} characters "
                "and the blank. Build the network with num_classes=alphabet.num_classes."
            )
        frame_width = geometry.width // num_frames
        if fixed_width is None:  # padding rounds the frames up: many lines' width shows a frame's
            long_width = 64 * geometry.width
            frame_width = long_width // self._output_shape(long_width)[0]
            if geometry.width % frame_width:
                raise ValueError(
                    f"Lines of {geometry.width} px cannot be cut into frames of {frame_width} px: "
                    "choose a width that is a multiple of it."
                )
        super().__init__(
            self._run,
            alphabet,
            geometry,
            num_frames=num_frames,
            frame_width=frame_width,
            trims=fixed_width is None,
        )

    def _run(self, images: np.ndarray) -> np.ndarray:
        return _first(self.network.predict_on_batch(images))  # (batch, frames, classes)

    def _output_shape(self, width: int) -> tuple[int, int]:
        """Return the shape of the network's output for a line: (frames, classes)."""
        shape = (1, self.network.input_shape[1], width)
        return _first(self.network.compute_output_shape(shape))[1:]

    # Labels

    def pack(self, lines: Lines) -> np.ndarray:
        """Pack what the loss needs to know of each line: int32, see `ctc.pack_labels`."""
        labels = self._labels(lines)
        max_length = max([self.num_frames, *map(len, labels)])  # one size, but for hopeless lines
        return ctc.pack_labels(labels, self.frames(lines.ink_widths), max_length)

    def check(self, lines: Lines) -> None:
        """Raise `ValueError` for lines of another geometry, or with fewer frames than CTC needs."""
        self.check_geometry(lines)
        labels = self._labels(lines)
        ctc.check_feasible(labels, self.frames(lines.ink_widths), lines.transcripts)

    def _labels(self, lines: Lines) -> list[np.ndarray]:
        return [self.alphabet.encode(transcript) for transcript in lines.transcripts]

    # Training

    def compile(
        self, total_steps: int, learning_rate: float = 3e-3, optimizer: str = "adamw"
    ) -> None:
        """Choose how to train.

        optimizer: 'adamw' warms up over 100 steps, then follows a cosine down to zero; 'constant'
        is AdamW without the cosine; 'rmsprop' keeps its rate, as the 2019 course did.
        """
        if optimizer in ("adamw", "constant"):
            end = 1.0 if optimizer == "constant" else 0.0
            chosen = training.adamw(total_steps, learning_rate, end)
        elif optimizer == "rmsprop":
            chosen = keras.optimizers.RMSprop(learning_rate)
        else:
            raise ValueError(f"Unknown optimizer {optimizer!r}: choose adamw, constant or rmsprop.")
        others = len(self.network.outputs) - 1
        weights = [1.0] + [SHORTCUT_WEIGHT] * others
        self.network.compile(chosen, loss=[ctc.loss] * (1 + others), loss_weights=weights)

    def fit(  # long: each argument is explained
        self,
        training_lines: Lines | LineStream,
        validation: Lines,
        *,
        epochs: int,
        folder: str | os.PathLike,
        batch_size: int = 8,
        learning_rate: float = 3e-3,
        optimizer: str = "adamw",
        seed: int = 0,
        resume: bool = True,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> dict[str, list[float]]:
        """Train with CTC, keep the weights that read the validation lines best, and load them.

        After every epoch `folder` holds `last.keras` and `best.keras`, each whole. Called again
        with the same arguments after a kill, it goes on with the next epoch, in the same data
        order. Returns the history: lists per epoch of loss, val_loss, val_cer and seconds; of a
        network with several outputs also each one's loss. Raises `ValueError` for lines that do not
        fit, and what `training.fit` raises.

        Args:
            training_lines: a fixed set, or a stream of fresh lines.
            validation: chooses the best weights; a line too dense for CTC counts as misread.
            epochs: passes over the training lines.
            folder: the run folder.
            batch_size: lines per step.
            learning_rate: the highest that the schedule reaches.
            optimizer: 'adamw', 'constant' or 'rmsprop', see `compile`.
            seed: decides the order of the lines and dropout.
            resume: goes on with what the folder holds; False starts again and removes the older
                run's files.
            callbacks: Keras callbacks, which get every epoch's figures.
        """
        sample = self._check_data(training_lines, validation)
        batches = LineBatches(self, training_lines, batch_size, seed)
        self.compile(max(1, epochs) * batches.num_batches, learning_rate, optimizer)
        settings = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "optimizer": optimizer,
            "seed": seed,
            "lines": len(training_lines),
            "network": self.network.name,
            "weights": self.network.count_params(),
            "frames": self.num_frames,
            "characters": self.alphabet.characters,
            # A stream has no end, and a set may be large: the first lines tell other data.
            "first_lines": training.fingerprint(sample.images[:256], sample.transcripts[:256]),
            "transcripts": training.fingerprint(training_lines.transcripts),
            "validation_lines": training.fingerprint(validation.images, validation.transcripts),
        }
        return training.fit(
            self.network,
            batches,
            lambda: self._evaluate(validation),
            epochs=epochs,
            monitor="val_cer",
            folder=folder,
            settings=settings,
            resume=resume,
            save=self.save,
            layer_seed=seed,
            unit="lines",
            callbacks=callbacks,
        )

    def _check_data(self, training_lines: Lines | LineStream, validation: Lines) -> Lines:
        """Refuse lines that cannot be trained on, before the first step; return some of them."""
        if len(validation) == 0 or not any(validation.transcripts):
            raise ValueError(
                f"Validation has {len(validation)} lines and no text: the best weights could not "
                "be chosen. Pass lines with transcripts."
            )
        self.check_geometry(validation)  # one too dense to be read right is an error like others
        self._labels(validation)
        if len(training_lines) == 0:
            raise ValueError("There are no training lines: the set is empty.")
        if isinstance(training_lines, Lines):
            self.check(training_lines)
            return training_lines
        for transcript in training_lines.transcripts:
            self.alphabet.encode(transcript)
        sample = training_lines.batch(0, 0, min(256, len(training_lines)))
        self.check(sample)
        return sample

    def _evaluate(self, validation: Lines) -> dict[str, float]:
        logits = self.logits(validation)
        losses = keras.ops.convert_to_numpy(ctc.loss(self.pack(validation), logits))
        texts = self.decode(logits, validation.ink_widths)
        return {
            "val_loss": float(np.mean(losses[np.isfinite(losses)])),
            "val_cer": metrics.character_error_rate(validation.transcripts, texts).value,
        }

    def narrowed(self, alphabet: Alphabet, width: int | None = None) -> "Recognizer":
        """Return a recognizer that writes fewer characters, with this one's weights to begin with.

        Of the last layer the blank's and the characters' outputs are kept; all else is the same.
        Raises `ValueError` for characters that this one does not know.

        alphabet: what it writes. width: px of its lines, by default as they are here.
        """
        kept = np.array([0, *self.alphabet.encode(alphabet.characters)])  # the blank first
        copy = keras.Model.from_config(self.network.get_config())  # as it is, not compiled
        copy.set_weights(self.network.get_weights())
        last = copy.layers[-1]
        fewer = keras.layers.Dense(len(kept), dtype="float32", name=last.name)
        network = keras.Model(copy.inputs, fewer(last.input), name=copy.name)
        fewer.set_weights([weight[..., kept] for weight in last.get_weights()])
        geometry = replace(self.geometry, width=width or self.geometry.width)
        return Recognizer(network, alphabet, geometry)

    # Files

    def save(self, path: str | os.PathLike, **record) -> Path:
        """Write network and alphabet as one `.keras` file, atomically.

        record: what else the file should remember, as JSON.
        """
        path = Path(path).expanduser()
        if path.suffix != ".keras":
            raise ValueError(f"{path} must end in .keras, the format it is written in.")
        metadata = {**self.describe(), **record}
        with files.write_atomically(path) as partial:
            self.network.save(partial)
            with zipfile.ZipFile(partial, "a") as archive:
                archive.writestr(METADATA, json.dumps(metadata))
        return path

    @classmethod
    def load(cls, path: str | os.PathLike) -> "Recognizer":
        """Read what `save` wrote. `FileNotFoundError` or `ValueError` says what is wrong."""
        path = Path(path).expanduser()
        if not path.is_file():
            raise FileNotFoundError(f"There is no recognizer at {path}: train one with lab 03.")
        metadata = read_metadata(_member(path, METADATA), path, REMEDY)
        try:
            network = _load_network(path)
            geometry = replace(metadata.geometry, height=network.input_shape[1])
            return cls(network, metadata.alphabet, geometry)
        except (zipfile.BadZipFile, OSError) as error:  # a member that is not what was written
            raise ValueError(f"{path} is damaged ({error}): copy or train it again.") from error
        except (TypeError, ValueError, KeyError, RecursionError) as error:
            raise ValueError(
                f"{path} is not a recognizer's file ({str(error)[:500]}): {REMEDY}."
            ) from error


class LineBatches(training.Batches):
    """Images and packed labels of lines, the same for equal (seed, epoch, batch).

    Lines come in groups; within a group, lines of like width share a batch, so that less blank
    paper is computed, and the batches' order is random again.

    Args:
        recognizer: says how lines are trimmed and labeled.
        source: lines, or an endless stream of them.
        batch_size: lines per batch.
        seed: of the order.
    """

    GROUP = 16  # batches

    def __init__(
        self, recognizer: Recognizer, source: Lines | LineStream, batch_size: int, seed: int
    ):
        super().__init__(len(source), batch_size, seed)
        self.recognizer = recognizer
        self.source = source
        self.epoch = -1  # until training begins
        self._group: tuple = (None, [])  # its place, its batches

    def __getitem__(self, index: int):
        if self.epoch < 0:
            return self._example(index)
        wanted = (self.epoch, index // self.GROUP)
        place, batches = self._group
        if place != wanted:  # Keras reads ahead in another thread: use what this call made
            batches = self._make_group(*wanted)
            self._group = wanted, batches
        return batches[index % self.GROUP]

    def _example(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a blank batch for Keras to inspect before the first epoch.

        It inspects two. If their widths agree, it assumes that all batches have that width; so
        these two differ on purpose.
        """
        recognizer = self.recognizer
        width = recognizer.geometry.width
        if recognizer.trims:
            width -= index * recognizer.frame_width
        images = np.zeros((self.batch_size, recognizer.geometry.height, width), np.uint8)
        packed = np.zeros((self.batch_size, 2 + recognizer.num_frames), np.int32)
        return images, self._targets(packed)

    def _make_group(self, epoch: int, number: int) -> list[tuple]:
        num_batches = min(self.GROUP, self.num_batches - number * self.GROUP)
        size = num_batches * self.batch_size
        if isinstance(self.source, LineStream):
            lines = self.source.batch(epoch, number, size)
            self.recognizer.check(lines)  # `fit` could look at the first lines alone
        else:
            order = np.random.default_rng((self.seed, epoch)).permutation(len(self.source))
            start = number * self.GROUP * self.batch_size
            lines = self.source[order[start : start + size]]
        by_width = np.argsort(lines.ink_widths, kind="stable").reshape(num_batches, -1)
        shuffled = np.random.default_rng((self.seed, epoch, number)).permutation(by_width)
        return [self._batch(lines[chosen]) for chosen in shuffled]

    def _batch(self, lines: Lines) -> tuple[np.ndarray, np.ndarray]:
        images = lines.images
        if self.num_batches > 1:  # of one batch Keras would see one example, and one width
            images = self.recognizer.trim(images, lines.ink_widths)
        return images, self._targets(self.recognizer.pack(lines))

    def _targets(self, packed: np.ndarray):
        """Return for every output of the network the same targets, in the form that Keras wants."""
        count = len(self.recognizer.network.outputs)
        return packed if count == 1 else (packed,) * count


def _first(outputs):
    """Take the first of several outputs, or the only one."""
    return outputs[0] if isinstance(outputs, list) else outputs


def _load_network(path: Path) -> keras.Model:
    try:
        # `fit` compiles; the layer is named so that loading needs no other import.
        custom = {"SlidingWindows": SlidingWindows}
        return keras.saving.load_model(path, custom_objects=custom, compile=False)
    except (TypeError, ValueError) as error:  # a newer Keras writes what an older one lacks
        written = json.loads(_member(path, KERAS_METADATA)).get("keras_version")
        if written == keras.__version__:
            raise
        raise ValueError(
            f"it was written by Keras {written}, and Keras {keras.__version__} cannot read it: "
            "install that version"
        ) from error


def _member(path: Path, name: str) -> bytes:
    """Read a small member of a recognizer's file, which is a zip archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            if (size := archive.getinfo(name).file_size) > MAX_METADATA:
                raise ValueError(f"its {name} has {size:,} bytes")
            return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        raise ValueError(f"{path} is not a recognizer's file ({error}): {REMEDY}.") from error
