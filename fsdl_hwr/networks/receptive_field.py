"""How far a network looks: the receptive field of one output frame."""

from dataclasses import dataclass

import keras

RECURRENT = (keras.layers.LSTM, keras.layers.GRU, keras.layers.Bidirectional)
# Layers that keep every column apart, or only rename the axes.
POINTWISE = {
    "InputLayer", "Rescaling", "ExpandDims", "Reshape", "Permute", "Dense", "Activation", "ReLU",
    "BatchNormalization", "LayerNormalization", "Dropout",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """What the frames of a network see: frame k the columns from start + k * step on.

    All in px. `start` is negative if the first frame sees the padding left of the line.
    everywhere: an LSTM also brings what the other frames saw; `width` is then its input's.
    """

    width: int
    step: int
    start: int
    everywhere: bool


def receptive_field(network: keras.Model) -> Field:
    """Compute what one frame of a line network sees, from its layers: kernels, strides, paddings.

    network: a chain of layers over (batch, height, width); a width that is a multiple of its
    frames. Raises `ValueError` for a layer that this arithmetic does not know.
    """
    everywhere = any(isinstance(layer, RECURRENT) for layer in network.layers)
    width, step, start = 1, 1, 0
    for layer in network.layers:
        if isinstance(layer, RECURRENT):
            break
        if hasattr(layer, "window_stride"):  # cuts windows; what follows sees all of each
            return Field(layer.window_width, layer.window_stride, 0, everywhere)
        if hasattr(layer, "kernel_size"):
            kernel = (layer.kernel_size[-1] - 1) * layer.dilation_rate[-1] + 1
        elif hasattr(layer, "pool_size"):
            kernel = layer.pool_size[-1]
        elif type(layer).__name__ in POINTWISE:
            continue
        else:
            raise ValueError(
                f"What {layer.name} ({type(layer).__name__}) does to the width of a line is not "
                "known here: ask about a chain of convolutions and pools."
            )
        stride = layer.strides[-1]
        before = max(kernel - stride, 0) // 2 if layer.padding == "same" else 0  # px of padding
        width += (kernel - 1) * step
        start -= before * step
        step *= stride
    return Field(width, step, start, everywhere)
