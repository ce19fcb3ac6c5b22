"""Wrong answers to the exercises of lab 12."""

import numpy as np

from fsdl_hwr import ctc
from fsdl_hwr.porting import numpy_crnn
from wrong_answers import wrong


@wrong("12/too-dense", "repeats are forgotten")
def _(transcripts, frames):
    return len([t for t in transcripts if len(t) > frames])


@wrong("12/too-dense", "exactly as many frames")
def _(transcripts, frames):
    lost = 0
    for t in transcripts:
        needed = len(t)
        for k in range(1, len(t)):
            if t[k] == t[k - 1]:
                needed += 1
        if needed >= frames:
            lost += 1
    return lost


@wrong("12/letters-right", "frames are compared with letters")
def _(paths, labels):
    right = sum(a == b for p, y in zip(paths, labels, strict=True) for a, b in zip(p, y))  # noqa: B905
    return right / sum(len(y) for y in labels)


@wrong("12/letters-right", "double letters are lost")
def _(paths, labels):
    right = 0
    for path, label in zip(paths, labels, strict=True):
        kept = [k for k in path if k != 0]
        written = [k for i, k in enumerate(kept) if i == 0 or kept[i - 1] != k]
        right += sum(a == b for a, b in zip(written, label, strict=False))
    return right / sum(map(len, labels))


@wrong("12/letters-right", "mean of the names' own shares")
def _(paths, labels):
    shares = []
    for path, label in zip(paths, labels, strict=True):
        written = ctc.collapse(path)
        shares.append(sum(a == b for a, b in zip(written, label, strict=False)) / len(label))
    return sum(shares) / len(shares)


@wrong("12/same-padding", "PyTorch's habit")
def _(side, kernel, stride):
    return (kernel - 1) // 2 + (kernel - 1) % 2 if kernel > 1 else 0, kernel // 2


@wrong("12/same-padding", "larger half stands before")
def _(side, kernel, stride):
    windows = int(np.ceil(side / stride))
    missing = max(0, (windows - 1) * stride + kernel - side)
    return missing - missing // 2, missing // 2


@wrong("12/same-padding", "it is at least 0")
def _(side, kernel, stride):
    missing = (-(-side // stride) - 1) * stride + kernel - side
    return missing // 2, missing - missing // 2


@wrong("12/lstm-weights", "bias is used twice")
def _(kernel, recurrent, bias):
    return kernel.T, recurrent.T, bias, bias


@wrong("12/lstm-weights", "not transposed")
def _(kernel, recurrent, bias):
    return kernel, recurrent, bias, 0 * bias


@wrong("12/best-weight", "the smallest is asked for")
def _(candidates, transcripts, weights):
    best, chosen = -1, None
    for weight in weights:
        right = 0
        for found, transcript in zip(candidates, transcripts, strict=True):
            scores = [ink + weight * language for _, ink, language in found]
            right += found[int(np.argmax(scores))][0] == transcript
        if right >= best:
            best, chosen = right, weight
    return chosen


@wrong("12/best-weight", "stands at the ink")
def _(candidates, transcripts, weights):
    def right(weight):
        read = [max(c, key=lambda t: weight * t[1] + t[2])[0] for c in candidates]
        return sum(a == b for a, b in zip(read, transcripts, strict=True))

    return max(weights, key=right)


def half_mended(permute, turn):
    def port(weights, strides, images):
        x = (images / 255)[..., None]
        for k, stride in enumerate(strides):
            kernel, bias = weights[f"conv{k}.kernel"], weights[f"conv{k}.bias"]
            x = numpy_crnn.convolve(x, kernel, bias, (2, stride))
            if k > 0:
                parts = ("gamma", "beta", "mean", "variance")
                x = numpy_crnn.normalize(x, *(weights[f"batch_norm{k}.{p}"] for p in parts))
            x = np.where(x > 0, x, 0)
        if permute:
            x = np.swapaxes(x, 1, 2)
            x = x.reshape(x.shape[0], x.shape[1], -1)
        else:
            x = x.reshape(x.shape[0], x.shape[2], -1)
        x = np.maximum(x @ weights["dense.kernel"] + weights["dense.bias"], 0)
        ways = []
        for direction, step in [("forward", 1), ("backward", -1)]:
            parts = (weights[f"lstm0.{direction}.{p}"] for p in ("kernel", "recurrent", "bias"))
            out = numpy_crnn.lstm(x[:, ::step], *parts)
            ways.append(out[:, ::step] if turn else out)
        return np.concatenate(ways, -1) @ weights["logits.kernel"] + weights["logits.bias"]

    return port


wrong("12/port", "the frames are not")(half_mended(permute=False, turn=True))
wrong("12/port", "must be turned round")(half_mended(permute=True, turn=False))
wrong("12/port", "2 faults are left")(half_mended(permute=False, turn=False))


@wrong("12/best-weight", "the first in the list")
def _(candidates, transcripts, weights):
    def names_right(weight):
        read = [max(c, key=lambda t: t[1] + weight * t[2])[0] for c in candidates]
        return sum(a == b for a, b in zip(read, transcripts, strict=True))

    return max(weights, key=names_right)
