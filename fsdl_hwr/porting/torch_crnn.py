"""`line_crnn` in PyTorch, ported by hand from Keras, weight by weight.

The one module of the kit that imports PyTorch, an optional extra: `pip install torch`. Four things
differ between the two and none of them raises an error: PyTorch keeps channels before rows, pads
`same` convolutions with a stride differently, has another epsilon and momentum in batch
normalization, and two biases in an LSTM.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class TorchCRNN(nn.Module):
    """`networks.line_crnn` with the weights of a Keras network.

    weights: as `weights.weights_of` names them. strides: horizontal stride of each convolution.
    Takes uint8 (batch, height, width), returns logits (batch, frames, classes). After `.double()`
    it computes in 64 bits.
    """

    def __init__(self, weights: dict[str, np.ndarray], strides: Sequence[int]):
        super().__init__()
        self.strides = list(strides)
        self.convolutions = nn.ModuleList()
        self.normalizations = nn.ModuleList()
        for k, stride in enumerate(self.strides):
            self.convolutions.append(_convolution(weights, k, stride))
            if k > 0:
                self.normalizations.append(_normalization(weights, k))
        self.dense = _linear(weights, "dense")
        num_lstms = sum(name.endswith("forward.kernel") for name in weights)
        self.lstms = nn.ModuleList(_lstm(weights, k) for k in range(num_lstms))
        self.logits = _linear(weights, "logits")

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.stages(images)["logits"]

    def stages(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return what comes out of each block, under the names of `weights.stages_of`.

        Convolutions stay in PyTorch's layout: (batch, channels, height, width).
        """
        stages = {}
        x = images.to(self.dense.weight.dtype)[:, None] / 255  # (batch, 1, height, width)
        for k, (convolution, stride) in enumerate(
            zip(self.convolutions, self.strides, strict=True)
        ):
            x = convolution(F.pad(x, _same_padding(x.shape[2:], (2, stride))))
            if k > 0:
                x = self.normalizations[k - 1](x)
            x = F.relu(x)
            stages[f"conv{k}"] = x
        x = x.permute(0, 3, 2, 1).flatten(2)  # (batch, width, height * channels)
        stages["frames"] = x
        x = stages["dense"] = F.relu(self.dense(x))
        for k, lstm in enumerate(self.lstms):
            x, _ = lstm(x)
            stages[f"lstm{k}"] = x
        stages["logits"] = self.logits(x)
        return stages


def numpy_stages(network: TorchCRNN, images: np.ndarray) -> dict[str, np.ndarray]:
    """Run the network on uint8 (batch, height, width), and return its stages in Keras' layout."""
    with torch.no_grad():
        stages = network.stages(torch.from_numpy(images))
    return {
        name: (x.permute(0, 2, 3, 1) if x.ndim == 4 else x).numpy() for name, x in stages.items()
    }


def losses(
    network: TorchCRNN,
    images: np.ndarray,
    labels: Sequence[np.ndarray],
    frames: np.ndarray,
    rate: float,
    steps: int,
) -> list[float]:
    """Train by plain gradient descent, and return the loss before each step.

    It is CTC's in Keras' unit: nats per line, averaged over the batch.

    Args:
        network: in training mode.
        images: uint8 (batch, height, width).
        labels: class indices of each line.
        frames: number of frames of each line.
        rate: learning rate.
        steps: number of steps, all on this batch.
    """
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], rate)
    targets = torch.from_numpy(np.concatenate(labels).astype(np.int64))
    lengths = torch.as_tensor(frames), torch.tensor([len(label) for label in labels])
    values = []
    for _ in range(steps):
        log_probs = torch.log_softmax(network(torch.from_numpy(images)), -1)
        log_probs = log_probs.transpose(0, 1)  # (frames, batch, classes)
        loss = F.ctc_loss(log_probs, targets, *lengths, reduction="sum") / len(images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values.append(float(loss.detach()))
    return values


def _same_padding(sides: Sequence[int], strides: tuple[int, int]) -> tuple[int, ...]:
    """Return (left, right, top, bottom) as Keras pads for a kernel of 3."""
    pads = []
    for side, stride in zip(sides, strides, strict=True):
        missing = max(0, (-(-side // stride) - 1) * stride + 3 - side)
        pads.append((missing // 2, missing - missing // 2))
    (top, bottom), (left, right) = pads
    return left, right, top, bottom


def _convolution(weights: dict[str, np.ndarray], k: int, stride: int) -> nn.Conv2d:
    kernel = weights[f"conv{k}.kernel"]  # (3, 3, in, out)
    layer = nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, stride=(2, stride))
    layer.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
    layer.bias.data = torch.from_numpy(weights[f"conv{k}.bias"].copy())
    return layer


def _normalization(weights: dict[str, np.ndarray], k: int) -> nn.BatchNorm2d:
    gamma, beta, mean, variance = (
        torch.from_numpy(weights[f"batch_norm{k}.{n}"].copy())
        for n in ("gamma", "beta", "mean", "variance")
    )
    # Keras keeps 0.95 of the old average, PyTorch's momentum is the share of the new.
    layer = nn.BatchNorm2d(len(gamma), eps=1e-3, momentum=0.05)
    layer.weight.data, layer.bias.data = gamma, beta
    layer.running_mean, layer.running_var = mean, variance
    return layer


def _linear(weights: dict[str, np.ndarray], name: str) -> nn.Linear:
    kernel = weights[f"{name}.kernel"]  # (in, out)
    layer = nn.Linear(*kernel.shape)
    layer.weight.data = torch.from_numpy(kernel.T.copy())
    layer.bias.data = torch.from_numpy(weights[f"{name}.bias"].copy())
    return layer


def _lstm(weights: dict[str, np.ndarray], k: int) -> nn.LSTM:
    features, gates = weights[f"lstm{k}.forward.kernel"].shape
    layer = nn.LSTM(features, gates // 4, batch_first=True, bidirectional=True)
    for direction, ending in (("forward", "l0"), ("backward", "l0_reverse")):
        kernel, recurrent, bias = (
            torch.from_numpy(weights[f"lstm{k}.{direction}.{n}"].T.copy())
            for n in ("kernel", "recurrent", "bias")
        )
        getattr(layer, f"weight_ih_{ending}").data = kernel
        getattr(layer, f"weight_hh_{ending}").data = recurrent
        getattr(layer, f"bias_ih_{ending}").data = bias
        second = getattr(layer, f"bias_hh_{ending}")  # Keras has one bias: this stays zero
        second.data = torch.zeros_like(bias)
        second.requires_grad_(False)
    return layer
