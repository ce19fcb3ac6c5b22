"""A recognizer as one ONNX file, which ONNX Runtime runs without Keras."""

import importlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fsdl_hwr import files
from fsdl_hwr.recognizers.reader import LineReader, Metadata, read_metadata

if TYPE_CHECKING:  # what only reads imports neither Keras nor a backend
    import keras

    from fsdl_hwr.recognizers.line import Recognizer

METADATA = "recognizer"  # the file's property that `LineReader.describe` is written to, as JSON
SMALLEST_HALVED = 256  # values: less saves nothing
# Properties of files of version 0.1, which are read as well.
OLD_NUMBERS = ("image_height", "image_width", "num_frames", "frame_width")


def save(recognizer: "Recognizer", path: str | os.PathLike, *, half: bool = False) -> Path:
    """Write a recognizer as one `.onnx` file, atomically.

    half: store in 16 bits, in half of the space, the weights that 16 bits hold exactly: no logit
        changes, and what was rounded before becomes small. Computing stays in 32 bits.

    The file takes uint8 (batch, height, width) and returns float32 logits (batch, frames, classes);
    the batch is open, and so is the width if the network's is. Of a network with several outputs
    the first is written. Raises `ImportError` without the extra `export`, `ValueError` for another
    suffix and on another backend than TensorFlow.
    """
    import keras

    from fsdl_hwr import backend

    path = Path(path).expanduser()
    if path.suffix != ".onnx":
        raise ValueError(f"{path} must end in .onnx, the format it is written in.")
    if (name := keras.backend.backend()) != "tensorflow":
        raise ValueError(
            f"Export goes by TensorFlow, and the backend is {name}: save the recognizer, load "
            "it in a process with KERAS_BACKEND=tensorflow, and export it there."
        )
    onnx, _ = _imported("onnx"), _imported("tf2onnx")
    network = _without_cudnn(recognizer)
    with files.write_atomically(path) as partial:
        backend.export_onnx(network, partial)
        model = onnx.load(partial)
        if half:
            _halve(model.graph)
        onnx.helper.set_model_props(model, {METADATA: json.dumps(recognizer.describe())})
        onnx.save(model, partial)
    return path


def load(path: str | os.PathLike, threads: int = 0) -> LineReader:
    """Read what `save` wrote; neither Keras nor a backend of it is imported.

    threads: of ONNX Runtime; 0 is one per core. Raises `FileNotFoundError`, `ImportError` without
    the extra `export`, `ValueError` for another file.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no recognizer at {path}: write one with serving.onnx.save."
        )
    onnxruntime = _imported("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own have no common class
        raise ValueError(
            f"{path} is damaged, or not written by serving.onnx.save ({error}): write it again."
        ) from error
    metadata = _metadata(session.get_modelmeta().custom_metadata_map, path)
    image, logits = session.get_inputs()[0], session.get_outputs()[0]
    size = (metadata.geometry.height, metadata.alphabet.num_classes)
    if len(session.get_inputs()) > 1 or (image.shape[1:2] + logits.shape[2:3]) != list(size):
        raise ValueError(
            f"{path} takes images of {image.shape} and returns logits of {logits.shape}, which is "
            f"not what it says of itself (height and classes {size}): write it again."
        )
    return LineReader(
        lambda images: session.run(None, {image.name: images})[0],
        metadata.alphabet,
        metadata.geometry,
        num_frames=metadata.num_frames,
        frame_width=metadata.frame_width,
        trims=not isinstance(image.shape[2], int),  # an open width has a name
    )


def _metadata(properties: dict[str, str], path: Path) -> Metadata:
    text = properties.get(METADATA)
    if text is None:
        old: dict = {name: properties[name] for name in ("characters",) if name in properties}
        old |= {name: int(n) for name in OLD_NUMBERS if (n := properties.get(name, "")).isdecimal()}
        text = json.dumps(old)
    metadata = read_metadata(text, path, "write it again with serving.onnx.save")
    if 0 in (metadata.num_frames, metadata.frame_width):
        raise ValueError(f"{path} lacks its frames: write it again with serving.onnx.save.")
    return metadata


def _without_cudnn(recognizer: "Recognizer") -> "keras.Model":
    """Copy a network and its weights; on a GPU its LSTMs would be cuDNN's, which ONNX lacks."""
    import keras

    copy = keras.models.clone_model(recognizer.network)
    copy.set_weights(recognizer.network.get_weights())
    for layer in copy._flatten_layers():  # those within others too
        if isinstance(layer, keras.layers.LSTM):
            layer.use_cudnn = False
    reading = keras.Model(copy.inputs[0], copy.outputs[0], name=copy.name)
    shape = (1, recognizer.geometry.height, recognizer.geometry.width)
    reading(np.zeros(shape, np.uint8))  # Keras exports what has been called
    return reading


def _halve(graph) -> None:
    """Store as float16 what that does not change, each with a cast back, which runs once.

    The export multiplies a convolution's kernel by the scale of its batch normalization: such
    products stay in 32 bits, since a second rounding would move logits by some hundredths.
    """
    onnx = _imported("onnx")
    casts = []
    for weight in graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < SMALLEST_HALVED:
            continue
        halved = values.astype(np.float16)
        if not np.array_equal(halved, values):
            continue
        name = weight.name
        stored = onnx.numpy_helper.from_array(halved, f"{name}_half")
        weight.CopyFrom(stored)
        casts.append(
            onnx.helper.make_node("Cast", [stored.name], [name], to=onnx.TensorProto.FLOAT)
        )
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _imported(package: str):
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(
            f"The package {package} is missing, which belongs to the extra `export`: "
            "python -m pip install onnx onnxruntime tf2onnx"
        ) from error
