"""Keras with its backend: an import from here says what to install if there is none."""

import os
import warnings

NEEDED = ("keras", "tensorflow", "jax", "torch")

try:
    import keras
    from keras import ops
except ModuleNotFoundError as error:
    if error.name not in NEEDED:
        raise
    raise ModuleNotFoundError(
        f"Training computes with {error.name}, which is not installed. Install the kit with an "
        "extra, in its folder: pip install '.[tensorflow]'. Or '.[train]' with jax or torch, and "
        "set the environment variable KERAS_BACKEND to that name. (Reading with the recognizer "
        "that ships needs none of them: pip install '.[read]' and fsdl_hwr.serving.onnx.)",
        name=error.name,
    ) from error

# A user's keras.json may ask for other defaults, with which every network here would be another.
if keras.config.image_data_format() != "channels_last" or keras.config.floatx() != "float32":
    warnings.warn(
        "keras.json asks for channels first, or for another type of numbers than float32. The "
        "kit's networks need neither: both are set back in this process.",
        stacklevel=2,
    )
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")

__all__ = ["export_onnx", "keras", "ops"]


def export_onnx(network: keras.Model, path: str | os.PathLike) -> None:
    """Write a network that has been called once as ONNX, without the warnings of Keras' own code.

    Needs the extra `export`, and TensorFlow as the backend.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "In the future", FutureWarning)  # of NumPy
        network.export(path, format="onnx", verbose=False)
