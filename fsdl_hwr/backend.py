"""Keras with its backend: an import from here says what to install if there is none."""

NEEDED = ("keras", "tensorflow", "jax", "torch")

try:
    import keras
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

__all__ = ["keras"]
