"""What several networks share: rescaling of uint8 images, and cutting a line into windows."""

import math

import keras
from keras import layers


def rescaled(image_input: keras.KerasTensor) -> keras.KerasTensor:
    """Turn uint8 images into float32 between 0 and 1 with one channel: (height, width, 1)."""
    x = layers.Rescaling(1 / 255)(image_input)  # (height, width)
    return keras.ops.expand_dims(x, -1)  # (height, width, 1)


@keras.saving.register_keras_serializable("fsdl_hwr")
def gelu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Gaussian error linear unit by `erf`, which ONNX has; Keras' own takes `erfc`."""
    return 0.5 * x * (1 + keras.ops.erf(x * math.sqrt(0.5)))


def num_windows(image_width: int, window_width: int, window_stride: int) -> int:
    """Count the windows that lie wholly in a line image; raise `ValueError` if none does."""
    if not 0 < window_width <= image_width:
        raise ValueError(
            f"A window of {window_width} px does not fit in a line of {image_width} px: "
            f"choose a window width from 1 to {image_width}."
        )
    if window_stride < 1:
        raise ValueError(f"The window stride is {window_stride} px: it must be at least 1.")
    return (image_width - window_width) // window_stride + 1


@keras.saving.register_keras_serializable("fsdl_hwr")
class SlidingWindows(layers.Layer):
    """Cut line images into windows: (height, width, 1) to (windows, height, window_width, 1)."""

    def __init__(self, window_width: int, window_stride: int, **kwargs):
        super().__init__(**kwargs)
        self.window_width = window_width
        self.window_stride = window_stride

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        count = num_windows(width, self.window_width, self.window_stride)
        return (batch, count, height, self.window_width, channels)

    def call(self, images):
        ops = keras.ops
        count = num_windows(images.shape[2], self.window_width, self.window_stride)
        starts = ops.arange(count, dtype="int32") * self.window_stride
        columns = starts[:, None] + ops.arange(self.window_width, dtype="int32")
        windows = ops.take(images, columns, axis=2)  # (batch, height, windows, window_width, 1)
        return ops.transpose(windows, (0, 2, 1, 3, 4))  # (batch, windows, height, window_width, 1)

    def get_config(self):
        return super().get_config() | {
            "window_width": self.window_width,
            "window_stride": self.window_stride,
        }
