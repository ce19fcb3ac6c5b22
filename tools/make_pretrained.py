"""Train the recognizer that ships: `make pretrained`. It may be stopped, and goes on from there.

    python tools/make_pretrained.py [--minutes 120] [--decay-epochs 12] [--workers 1]

Worker processes make lines without end, half of them photographed, into `pool/`; the training
takes each line a few times, changed a little. Everything lies in <cache>/pretrained. The rate is
constant, the averaged weights (ema.npz) are good at any moment, and --decay-epochs ends the
training by taking the rate down to zero. tools/export_pretrained.py then writes what ships. Needs
UNIPEN with its words (categories 6 to 8), and TensorFlow; 16-bit floats make it a quarter faster.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import keras
import numpy as np

from fsdl_hwr import camera, ctc, files, metrics, paper
from fsdl_hwr.alphabet import Alphabet, frames_needed
from fsdl_hwr.datasets import downloads, unipen
from fsdl_hwr.datasets.handwriting import NEVER_SEEN, Handwriting
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.networks import line_convnext
from fsdl_hwr.recognizers.line import Recognizer

sys.path.insert(0, str(Path(__file__).parent))
import export_pretrained
from export_pretrained import AVERAGE, BEFORE, GEOMETRY

FOLDER = export_pretrained.FOLDER
POOL = FOLDER.parent / "pool"
SHARD, MAX_SHARDS = 1024, 24  # lines of a file of the pool, and how many files wait
SHARDS, USES = 8, 3  # files of an epoch, and epochs that a file is used in: at 6, it overfitted
BATCH, GROUP = 32, 16  # lines; batches that are sorted by width together
RATE, WARMUP = 2e-3, 200
PHOTOGRAPHED = 0.55  # of the lines
FRAME = 4  # px
LONGEST = 120  # characters that a label may have
WIDEST = 1400  # px
WATCHED = 200  # validation lines


def make_line(source: Handwriting, rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """Make one line image of the recognizer's geometry, and its transcript."""
    while True:
        ink, text = source(rng)
        if sum(map(len, ink)) < 2:
            continue
        ink = camera.vary(ink, rng)
        if rng.random() < PHOTOGRAPHED:
            photo = camera.photograph(ink, rng, lambda: camera.vary(source(rng)[0], rng))
            drawn = camera.found_again(photo)
        else:
            drawn = camera.draw(ink, rng)
        if drawn is None or not (drawn >= paper.STROKE_LEVEL).any():
            continue
        line, _ = paper.fit_line(drawn, GEOMETRY)
        needed = FRAME * (frames_needed(text) + 2)
        if line.shape[1] < needed <= 2.2 * line.shape[1]:
            line = cv2.resize(line, (needed, GEOMETRY.height))
        if needed <= line.shape[1] <= WIDEST:
            return line, text


def make_pool(worker: int) -> None:
    """Fill the pool with files of lines, for ever."""
    cv2.setNumThreads(1)
    source = Handwriting()
    number = int(time.time())
    while True:
        while len(finished(POOL)) >= MAX_SHARDS:
            time.sleep(2)
        number += 1
        rng = np.random.default_rng((worker, number))
        made = [make_line(source, rng) for _ in range(SHARD)]
        with files.write_atomically(POOL / f"{number}-{worker}.npz") as partial:
            np.savez(
                partial,
                images=np.concatenate([image for image, _ in made], axis=1),
                widths=np.array([image.shape[1] for image, _ in made]),
                texts=np.array([text for _, text in made]),
            )


def finished(pool: Path) -> list[Path]:
    """List the whole files of a pool; the names of those being written begin with a dot."""
    return sorted(pool.glob("[0-9]*.npz"))


def read_shard(path: Path) -> list[tuple[np.ndarray, str]]:
    """Read a file of the pool: a list of (image, transcript)."""
    with np.load(path) as arrays:
        images = np.split(arrays["images"], np.cumsum(arrays["widths"])[:-1], axis=1)
        return list(zip(images, arrays["texts"].tolist(), strict=True))


def change(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change a line a little, so that it is not the same when it is used again."""
    height, width = image.shape
    if rng.random() < 0.7:
        wider, higher = np.exp(rng.normal(0, [0.07, 0.04]))
        shear, middle = rng.normal(0, 0.06), height / 2
        move = middle * (1 - higher) + rng.normal(0, 1.3)
        matrix = np.array([[wider, shear, -shear * middle], [0, higher, move]])
        image = cv2.warpAffine(image, matrix, (max(FRAME, int(np.ceil(width * wider))), height))
    pen = rng.random()
    if pen < 0.08:
        image = cv2.erode(image, np.ones((2, 2), np.uint8))
    elif pen < 0.16:
        image = cv2.dilate(image, np.ones((2, 2), np.uint8))
    elif pen < 0.22:
        image = cv2.GaussianBlur(image, (3, 3), 0)
    if rng.random() < 0.4:
        image = cv2.convertScaleAbs(image, alpha=float(rng.uniform(0.6, 1.4)))
    return image


class Batches(keras.utils.PyDataset):
    """The batches of one epoch, lines of like width together; blank paper before the first."""

    def __init__(self, alphabet: Alphabet):
        super().__init__()
        self.alphabet = alphabet
        self.groups: list[list[tuple[np.ndarray, str]]] = []
        self.epoch = 0

    @property
    def num_batches(self) -> int:
        return len(self.groups) or 2

    def begin(self, epoch: int, uses: dict[str, int]) -> None:
        """Choose the least used files of the pool, waiting for them; a used up one is deleted."""
        while len(found := finished(POOL)) < SHARDS:
            time.sleep(2)
        rng = np.random.default_rng(epoch)
        found.sort(key=lambda path: (uses.get(path.name, 0), rng.random()))
        lines = []
        for path in found[:SHARDS]:
            lines += read_shard(path)
            uses[path.name] = uses.get(path.name, 0) + 1
            if uses[path.name] >= USES:
                path.unlink()
        order = rng.permutation(len(lines))
        groups = []
        for start in range(0, len(order) - BATCH * GROUP + 1, BATCH * GROUP):
            chosen = sorted(
                order[start : start + BATCH * GROUP], key=lambda k: lines[k][0].shape[1]
            )
            groups += [chosen[k : k + BATCH] for k in range(0, len(chosen), BATCH)]
        self.groups = [[lines[k] for k in groups[g]] for g in rng.permutation(len(groups))]
        # Keras takes a width that the first two batches share for the width of all.
        widest = np.array([max(image.shape[1] for image, _ in group) for group in self.groups])
        other = int(np.abs(widest - widest[0]).argmax())
        self.groups[1], self.groups[other] = self.groups[other], self.groups[1]
        self.epoch = epoch

    def __getitem__(self, index: int):
        if not self.groups:  # Keras looks at two batches, which differ in what may differ
            images = np.zeros((BATCH - index, GEOMETRY.height, 64 + 16 * index), np.uint8)
            targets = ctc.pack_labels([[]] * len(images), [8] * len(images), LONGEST)
            return images, (targets, targets)
        rng = np.random.default_rng((self.epoch, index))
        changed = []
        for image, text in self.groups[index]:
            other = change(image, rng)
            fits = other.shape[1] >= FRAME * frames_needed(text)
            changed.append(other if fits else image)
        width = -(-(max(image.shape[1] for image in changed) + 8) // 16) * 16
        images = np.zeros((len(changed), GEOMETRY.height, width), np.uint8)
        for image, own in zip(images, changed, strict=True):
            image[:, : own.shape[1]] = own
        frames = [-(-(own.shape[1] + FRAME) // FRAME) for own in changed]
        labels = [self.alphabet.encode(text) for _, text in self.groups[index]]
        targets = ctc.pack_labels(labels, frames, LONGEST)
        return images, (targets, targets)


class Training:
    """Network, optimizer, averaged weights and log; all of it in one folder, after every epoch."""

    def __init__(self, folder: Path):
        self.folder = folder
        keras.utils.set_random_seed(1)
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
        self.network = line_convnext((GEOMETRY.height, None), shortcut=True)
        keras.mixed_precision.set_global_policy("float32")
        self.optimizer = keras.optimizers.AdamW(RATE, weight_decay=1e-3, global_clipnorm=3.0)
        self.network.compile(self.optimizer, [ctc.loss] * 2, loss_weights=[1.0, 0.3])
        self.optimizer.build(self.network.trainable_variables)
        self.average = [v.numpy() for v in self.network.trainable_variables]
        self.state: dict = {"steps": 0, "epoch": 0, "cpu": 0.0, "lines": 0, "uses": {}, "log": []}
        if (folder / "state.json").is_file():
            self._load()

    def _load(self) -> None:
        self.state = json.loads((self.folder / "state.json").read_text())
        with np.load(self.folder / "state.npz") as arrays:
            for prefix, variables in (("m", self.network), ("o", self.optimizer)):
                for k, variable in enumerate(variables.variables):
                    variable.assign(arrays[f"{prefix}{k}"])
            self.average = [arrays[f"e{k}"] for k in range(len(self.average))]

    def save(self) -> None:
        """Write the state, and the averaged weights apart, each whole or not at all."""
        own = {f"m{k}": v.numpy() for k, v in enumerate(self.network.variables)}
        state = own | {f"o{k}": v.numpy() for k, v in enumerate(self.optimizer.variables)}
        state |= {f"e{k}": array for k, array in enumerate(self.average)}
        place = {id(v): k for k, v in enumerate(self.network.variables)}
        averaged = dict(own)
        for variable, array in zip(self.network.trainable_variables, self.average, strict=True):
            averaged[f"m{place[id(variable)]}"] = array
        for name, arrays in (("state.npz", state), (AVERAGE, averaged)):
            with files.write_atomically(self.folder / name) as partial:
                np.savez(partial, **arrays)
        with files.write_atomically(self.folder / "state.json") as partial:
            partial.write_text(json.dumps(self.state))

    def follow(self, share: float) -> None:
        """Move the averaged weights towards the network's."""
        for average, variable in zip(self.average, self.network.trainable_variables, strict=True):
            average += share * (variable.numpy() - average)


class Steps(keras.callbacks.Callback):
    """Sets the rate before each step: warm-up, constant, or down to zero; averages after it."""

    def __init__(self, training: Training, batches: Batches, decay_epochs: int):
        super().__init__()
        self.training, self.batches, self.decay_epochs = training, batches, decay_epochs
        self.first = training.state["epoch"]

    def on_train_batch_begin(self, batch, logs=None):
        rate = RATE * min(1.0, (self.training.state["steps"] + 1) / WARMUP)
        if self.decay_epochs:
            epochs = self.training.state["epoch"] - self.first + batch / self.batches.num_batches
            rate *= max(0.0, 1 - epochs / self.decay_epochs)
        self.training.optimizer.learning_rate.assign(rate)

    def on_train_batch_end(self, batch, logs=None):
        self.training.state["steps"] += 1
        if (steps := self.training.state["steps"]) % 4 == 0:
            slowest = 0.02 if self.decay_epochs else 0.004
            self.training.follow(max(slowest, 16 / (16 + steps)))


def validation_lines() -> Lines:
    """Draw lines of the validation split, as they are."""
    recorded = unipen.text_lines("validation")
    names = [recorded.writer_names[k].split("/")[0] for k in recorded.writers]
    chosen = [k for k, name in enumerate(names) if name not in NEVER_SEEN][:WATCHED]
    images = np.zeros((len(chosen), GEOMETRY.height, GEOMETRY.width), np.uint8)
    widths = np.zeros(len(chosen), np.int32)
    for n, k in enumerate(chosen):
        drawn = camera.plain(recorded.inks[k])
        fitted, _ = paper.fit_line(drawn, GEOMETRY)
        widths[n] = fitted.shape[1]
        images[n, :, : widths[n]] = fitted
    return Lines(images, tuple(recorded.transcripts[k] for k in chosen), widths)


def train(training: Training, minutes: float, decay_epochs: int) -> None:
    """Train until the minutes are over, or the rate is down; report after every epoch."""
    batches = Batches(Alphabet())
    steps = Steps(training, batches, decay_epochs)
    watched, state = validation_lines(), training.state
    if decay_epochs and (training.folder / AVERAGE).is_file():
        shutil.copyfile(training.folder / AVERAGE, training.folder / BEFORE)
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        began = time.process_time()
        batches.begin(state["epoch"], state["uses"])
        history = training.network.fit(batches, shuffle=False, verbose=0, callbacks=[steps])
        state["epoch"] += 1
        state["lines"] += BATCH * batches.num_batches
        state["cpu"] += time.process_time() - began
        training.save()
        recognizer: Recognizer = export_pretrained.load([training.folder / AVERAGE])
        cer = metrics.character_error_rate(watched.transcripts, recognizer.read(watched))
        row = {
            "epoch": state["epoch"],
            "core_minutes": round(state["cpu"] / 60, 1),
            "lines": state["lines"],
            "loss": round(float(history.history["loss"][0]), 2),
            "validation_cer": round(float(cer), 4),
        }
        state["log"].append(row)
        print(json.dumps(row), flush=True)
        if decay_epochs and state["epoch"] - steps.first >= decay_epochs:
            break
    training.save()


def main() -> None:
    """Start the workers, train, and stop the workers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so many")
    parser.add_argument("--decay-epochs", type=int, default=0, help="end over so many epochs")
    parser.add_argument("--workers", type=int, default=1, help="processes that make lines")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    for folder in (FOLDER, POOL):
        folder.mkdir(parents=True, exist_ok=True)
    if options.worker is not None:
        make_pool(options.worker)
    print(f"state in {FOLDER}; data of {downloads.data_folder() or downloads.cache_folder()}")
    command = [sys.executable, __file__, "--worker"]
    workers = [subprocess.Popen([*command, str(k)]) for k in range(options.workers)]
    try:
        train(Training(FOLDER), options.minutes, options.decay_epochs)
    finally:
        for worker in workers:
            worker.terminate()


if __name__ == "__main__":
    main()
