"""A recognizer as one ONNX file, which ONNX Runtime runs without Keras' backend."""

import importlib
import os
from pathlib import Path

import keras
import numpy as np

from fsdl_hwr import files
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.recognizers.line import Recognizer

# What a recognizer knows beside its network; kept in the file as text.
GEOMETRY = ("image_height", "image_width", "num_frames", "frame_width")


def save(recognizer: Recognizer, path: str | os.PathLike) -> Path:
    """Write a recognizer as one `.onnx` file, whole or not at all.

    The file takes uint8 (batch, height, width) and gives float32 logits (batch, frames, classes);
    the batch is open, and the width where the network's is. Of a network with several outputs the
    first is written. Raises `ImportError` without the extra `export`, `ValueError` for another
    suffix and on another backend than TensorFlow.
    """
    path = Path(path)
    if path.suffix != ".onnx":
        raise ValueError(f"{path} must end in .onnx, the format it is written in.")
    if (backend := keras.backend.backend()) != "tensorflow":
        raise ValueError(
            f"Export goes by TensorFlow, and the backend is {backend}: save the recognizer, load "
            "it in a process with KERAS_BACKEND=tensorflow, and export it there."
        )
    onnx, _ = _imported("onnx"), _imported("tf2onnx")
    network = _without_cudnn(recognizer)
    record = {"characters": recognizer.alphabet.characters}
    record |= {name: str(getattr(recognizer, name)) for name in GEOMETRY}
    with files.write_atomically(path) as partial:
        network.export(partial, format="onnx", verbose=False)
        model = onnx.load(partial)
        onnx.helper.set_model_props(model, record)
        onnx.save(model, partial)
    return path


def load(path: str | os.PathLike, threads: int = 0) -> Recognizer:
    """Read what `save` wrote, as a recognizer that reads and cannot be trained or saved.

    threads: of ONNX Runtime; 0 is one for each core. Raises `FileNotFoundError`, `ImportError`
    without the extra `export`, `ValueError` for another file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no recognizer at {path}: write one with serving.onnx.save."
        )
    network = _Session(path, threads)
    return Recognizer(network, Alphabet(network.characters), network.geometry["image_width"])


class _Session:
    """What a `Recognizer` asks of a network, answered by ONNX Runtime."""

    def __init__(self, path: Path, threads: int):
        onnxruntime = _imported("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self.session = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"]
            )
            found = self.session.get_modelmeta().custom_metadata_map
            self.characters = found["characters"]
            self.geometry = {name: int(found[name]) for name in GEOMETRY}
        except Exception as error:  # ONNX Runtime's own have no common class
            raise ValueError(
                f"{path} is damaged, or not written by serving.onnx.save ({error}): write it again."
            ) from error
        (image,), (logits,) = self.session.get_inputs(), self.session.get_outputs()
        width = image.shape[2] if isinstance(image.shape[2], int) else None  # open ones have names
        self.input_name, self.num_classes = image.name, logits.shape[2]
        self.input_shape = (None, self.geometry["image_height"], width)

    def compute_output_shape(self, input_shape: tuple[int, int, int]) -> tuple[int, int, int]:
        batch, _, width = input_shape
        known = width == self.geometry["image_width"]
        frames = self.geometry["num_frames"] if known else width // self.geometry["frame_width"]
        return batch, frames, self.num_classes

    def predict_on_batch(self, images: np.ndarray) -> np.ndarray:
        return self.session.run(None, {self.input_name: images})[0]


def _without_cudnn(recognizer: Recognizer) -> keras.Model:
    """Copy a network and its weights; on a GPU its LSTMs would be cuDNN's, which ONNX lacks."""
    copy = keras.models.clone_model(recognizer.network)
    copy.set_weights(recognizer.network.get_weights())
    for layer in copy._flatten_layers():  # those within others too
        if isinstance(layer, keras.layers.LSTM):
            layer.use_cudnn = False
    reading = keras.Model(copy.inputs[0], copy.outputs[0], name=copy.name)
    shape = (1, recognizer.image_height, recognizer.image_width)
    reading(np.zeros(shape, np.uint8))  # Keras exports what has been called
    return reading


def _imported(package: str):
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(
            f"The package {package} is missing, which belongs to the extra `export`: "
            "python -m pip install onnx onnxruntime tf2onnx"
        ) from error
