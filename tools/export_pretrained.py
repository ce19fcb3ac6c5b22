"""Write the recognizer that ships from the averaged weights of its training.

    python tools/export_pretrained.py [--run FOLDER] [--also FILE] [--temperature T]

The folder is what tools/make_pretrained.py writes. What ships is a mean of averaged weights, which
reads validation lines better than each of them: those after the rate went down count half, the
others half: those before, and with --also those of another fall of the rate that began nearby.
Weights are rounded to 16 bits once, so that both files have the same logits
(tests/package/test_weights.py).
"""

import argparse
import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np

from fsdl_hwr import files, weights
from fsdl_hwr.datasets import downloads
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.networks import line_convnext
from fsdl_hwr.recognizers.line import Recognizer
from fsdl_hwr.serving import onnx

FOLDER = downloads.cache_folder() / "pretrained" / "main"
AVERAGE = "ema.npz"  # of a run folder: the averaged weights, m0, m1, …
BEFORE = "ema_before.npz"  # the same, as they were before the rate went down to zero
GEOMETRY = LineGeometry(48, 2048, margin=2, deviations=44 / 9.6, thickest_pen=6.5)
TRAINING = weights.FOLDER / "training.json"
KEPT = ("epoch", "core_minutes", "lines", "validation_cer", "validation_cer_1")
MEMBER = "model.weights.h5"  # of a .keras file


def main() -> None:
    """Write both files and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, default=FOLDER, help="folder of the training")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="other averaged weights")
    parser.add_argument("--temperature", type=float, default=1.0, help="logits are divided by it")
    options = parser.parse_args()
    others = [path for path in (options.run / BEFORE, *options.also) if path.is_file()]
    after = [options.run / AVERAGE] * max(1, len(others))
    recognizer = load(after + others, options.temperature)
    recognizer.save(weights.KERAS)
    halve(weights.KERAS)
    onnx.save(Recognizer.load(weights.KERAS), weights.ONNX, half=True)
    history = json.loads((options.run / "state.json").read_text("utf-8"))["log"]
    TRAINING.write_text(json.dumps([brief(row) for row in history], indent=1) + "\n")
    for path in (weights.KERAS, weights.ONNX):
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def brief(row: dict) -> dict:
    """Keep of an epoch's record what the card shows: core minutes, lines, and the error rate."""
    names = {"core_min": "core_minutes", "val_lines_clean": "validation_cer_1"}  # the first hour's
    row = {names.get(name, name): value for name, value in row.items()}
    return {name: row[name] for name in KEPT if name in row}


def load(paths: Sequence[Path], temperature: float = 1.0) -> Recognizer:
    """Build the network, without the output that only trains, from the mean of files of weights."""
    full = line_convnext((GEOMETRY.height, None), shortcut=True)
    runs = [np.load(path) for path in paths]
    for k, variable in enumerate(full.variables):
        variable.assign(np.mean([run[f"m{k}"] for run in runs], axis=0))
    for variable in full.get_layer("logits").variables:  # calibrated: no text changes
        variable.assign(variable / temperature)
    network = keras.Model(full.inputs[0], full.outputs[0], name=full.name)
    return Recognizer(network, geometry=GEOMETRY)


def halve(path: Path) -> None:
    """Store the weights of a .keras file as float16; Keras turns them back when it loads them."""
    with files.write_atomically(path) as partial:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(partial, "w") as new:
            for name in old.namelist():
                if name != MEMBER:
                    new.writestr(name, old.read(name))
            whole, half = partial.with_suffix(".whole"), partial.with_suffix(".half")
            try:
                with old.open(MEMBER) as source, whole.open("wb") as target:
                    shutil.copyfileobj(source, target)
                with h5py.File(whole) as source, h5py.File(half, "w") as target:
                    _copy_halved(source, target)
                new.write(half, MEMBER)
            finally:
                whole.unlink(missing_ok=True)
                half.unlink(missing_ok=True)


def _copy_halved(source: h5py.Group, target: h5py.Group) -> None:
    target.attrs.update(source.attrs)
    for name, item in source.items():
        if isinstance(item, h5py.Group):
            _copy_halved(item, target.create_group(name))
            continue
        values = item[()]
        if values.dtype == np.float32:
            values = values.astype(np.float16)
        target.create_dataset(name, data=values).attrs.update(item.attrs)


if __name__ == "__main__":
    main()
