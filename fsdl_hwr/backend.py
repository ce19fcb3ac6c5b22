"""Keras with its backend: an import from here says what to install if there is none."""

BACKENDS = ("tensorflow", "jax", "torch")

try:
    import keras
except ModuleNotFoundError as error:
    if error.name not in BACKENDS:
        raise
    raise ModuleNotFoundError(
        f"Keras computes with {error.name}, which is not installed. Install the kit with an extra, "
        "in its folder: pip install '.[tensorflow]'. Or install jax or torch, and set the "
        "environment variable KERAS_BACKEND to that name. (Reading lines from an ONNX file needs "
        "none of them: pip install '.[export]' and fsdl_hwr.serving.onnx.)",
        name=error.name,
    ) from error

__all__ = ["keras"]
