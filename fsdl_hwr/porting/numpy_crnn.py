"""`line_crnn` in NumPy: what each of its layers computes, and nothing else.

Arrays keep Keras' layout, (batch, height, width, channels). Two faults of real ports can be
switched on, for lab 12: frames cut out of memory in another order than the tensor's, and batch
normalization that never leaves training. Sums are kept in 64 bits, so that what differs from
another port in 32 bits is that port's own rounding.
"""

from collections.abc import Sequence

import numpy as np

EPSILON = 1e-3  # Keras' in BatchNormalization; PyTorch's is 1e-5


def forward(
    weights: dict[str, np.ndarray],
    strides: Sequence[int],
    images: np.ndarray,
    *,
    permute: bool = True,
    evaluates: bool = True,
) -> dict[str, np.ndarray]:
    """Run the network, and return what comes out of each block: name to float64 array.

    Args:
        weights: as `weights.weights_of` names them.
        strides: horizontal stride of each convolution.
        images: uint8 (batch, height, width).
        permute: False cuts frames as a port does that forgets where PyTorch keeps its channels.
        evaluates: False normalizes by the batch at hand, as in training.
    """
    stages: dict[str, np.ndarray] = {}
    x = (images.astype(np.float64) / 255)[..., None]  # (batch, height, width, 1)
    for k, stride in enumerate(strides):
        x = convolve(x, weights[f"conv{k}.kernel"], weights[f"conv{k}.bias"], (2, stride))
        # (batch, height / 2, width / stride, filters)
        if k > 0:
            block = [weights[f"batch_norm{k}.{n}"] for n in ("gamma", "beta", "mean", "variance")]
            x = normalize(x, *block, evaluates=evaluates)
        x = np.maximum(x, 0)
        stages[f"conv{k}"] = x
    x = stages["frames"] = frames(x, permute)  # (batch, frames, features)
    x = np.maximum(x @ weights["dense.kernel"] + weights["dense.bias"], 0)
    stages["dense"] = x  # (batch, frames, 128)
    for k in range(sum(name.endswith("forward.kernel") for name in weights)):
        there = lstm(x, *(weights[f"lstm{k}.forward.{n}"] for n in ("kernel", "recurrent", "bias")))
        back = [weights[f"lstm{k}.backward.{n}"] for n in ("kernel", "recurrent", "bias")]
        back_again = lstm(x[:, ::-1], *back)[:, ::-1]
        x = np.concatenate([there, back_again], axis=-1)  # (batch, frames, 2 * size)
        stages[f"lstm{k}"] = x
    stages["logits"] = x @ weights["logits.kernel"] + weights["logits.bias"]
    return stages


def convolve(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, strides: tuple[int, int]
) -> np.ndarray:
    """Convolve with `padding="same"`: (b, h, w, in) to (b, ceil(h / s), ceil(w / s), out).

    Keras pads what is missing in all, the smaller half before: with a kernel of 3 and a stride of
    2, an even side gets nothing before and one zero after.

    Args:
        x: (batch, height, width, in).
        kernel: (rows, columns, in, out).
        bias: (out,).
        strides: vertical and horizontal.
    """
    pads = []
    for side, size, stride in zip(x.shape[1:3], kernel.shape[:2], strides, strict=True):
        missing = max(0, (-(-side // stride) - 1) * stride + size - side)
        pads.append((missing // 2, missing - missing // 2))
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1]]  # (b, h', w', in, 3, 3)
    return np.tensordot(windows, kernel, axes=([3, 4, 5], [2, 0, 1])) + bias


def normalize(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    *,
    evaluates: bool = True,
) -> np.ndarray:
    """Normalize each channel, by what training has kept, or else by the batch at hand.

    Args:
        x: (batch, height, width, channels).
        gamma, beta: (channels,), the scale and the shift that were learned.
        mean, variance: (channels,), the averages that training has kept.
        evaluates: False takes mean and variance of `x` instead.
    """
    if not evaluates:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    deviation = np.sqrt(np.asarray(variance, np.float64) + EPSILON)
    return (x - mean) / deviation * gamma + beta


def frames(x: np.ndarray, permute: bool = True) -> np.ndarray:
    """Make a frame of each column: (batch, height, width, channels) to (batch, width, features).

    permute: False does what a port did whose tensor was (batch, channels, width, height) and that
    copied Keras' reshape to (batch, width, -1): each frame is then a few channels of all columns.
    """
    batch, height, width, channels = x.shape
    if permute:
        return x.transpose(0, 2, 1, 3).reshape(batch, width, height * channels)
    return x.transpose(0, 3, 2, 1).reshape(batch, width, channels * height)


def lstm(x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Run one LSTM over time: (batch, frames, features) to (batch, frames, size).

    The four gates lie side by side in Keras' order: input, forget, cell, output.

    Args:
        x: (batch, frames, features).
        kernel: (features, 4 * size), from the input to the gates.
        recurrent: (size, 4 * size), from the last output to the gates.
        bias: (4 * size,).
    """
    batch, num_frames, _ = x.shape
    size = recurrent.shape[0]
    gates_of_x = x @ kernel + bias  # (batch, frames, 4 * size)
    hidden = cell = np.zeros((batch, size))
    outputs = np.empty((batch, num_frames, size))
    for t in range(num_frames):
        gates = gates_of_x[:, t] + hidden @ recurrent
        let_in, keep, candidate, let_out = np.split(gates, 4, axis=-1)
        cell = sigmoid(keep) * cell + sigmoid(let_in) * np.tanh(candidate)
        hidden = sigmoid(let_out) * np.tanh(cell)
        outputs[:, t] = hidden
    return outputs


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)), elementwise."""
    return 0.5 * (1 + np.tanh(0.5 * x))  # never overflows
