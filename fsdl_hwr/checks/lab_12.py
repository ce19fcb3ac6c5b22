"""Checks of the exercises for lab 12: frames, a metric, paddings, gates, a weight, a whole port."""

from collections.abc import Callable, Sequence

import numpy as np

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import frames_needed
from fsdl_hwr.checks import judge
from fsdl_hwr.porting import numpy_crnn

STRIDES = (2, 2, 1)  # of the network that exercise 6 ports


def too_dense(function: Callable) -> None:
    """Check `function(transcripts, frames)`: how many names need more than `frames` frames."""
    some = ["LEA", "ANNE", "ZOE", "ANNABELLE", "EMMA", "BABA", ""]
    cases = [(some, frames) for frames in (3, 4, 5, 8, 9, 10, 11)]

    def count(needs: Callable, fits: Callable = int.__gt__) -> Callable:
        return lambda transcripts, frames: sum(fits(int(needs(t)), frames) for t in transcripts)

    mistakes = [
        (
            "repeats are forgotten: between two equal neighbors a blank must stand, which takes a "
            "frame of its own.",
            count(len),
        ),
        (
            "a name that needs exactly as many frames as there are fits. More than that is too "
            "dense.",
            count(frames_needed, int.__ge__),
        ),
        (
            "that counts a blank between all letters. Most may be left out; which may not?",
            count(lambda t: max(0, 2 * len(t) - 1)),
        ),
        (
            "a letter that comes again later, with others between, needs no blank. Only equal "
            "neighbors do.",
            count(lambda t: 2 * len(t) - len(set(t))),
        ),
        (
            "that is the number of names that fit; those that do not are asked for.",
            count(frames_needed, int.__le__),
        ),
    ]
    judge.compare(
        function,
        cases,
        count(frames_needed),
        mistakes,
        "Take ANNE: how many frames does it need, and why five?",
    )
    judge.confirm(function)


def letters_right(function: Callable) -> None:
    """Check `function(paths, labels)`: the share of letters at their place, over all labels."""
    hello, two = [8, 5, 12, 12, 15], [1, 2]
    perfect = [[0, 8, 8, 5, 12, 0, 12, 15, 15, 0], [0, 0, 1, 0, 2, 2]]
    cases = [
        (perfect, [hello, two]),
        ([[8, 5, 0, 12, 12, 15], [1, 1, 2, 0]], [hello, two]),
        ([[0, 0, 0], [3, 0, 3]], [two, [3, 3]]),
        ([[1, 0, 2, 0, 3, 3]], [two]),
    ]

    def share(read: Callable, over: Callable = lambda label, read: len(label)) -> Callable:
        def scored(paths, labels):
            pairs = [(list(read(p)), y) for p, y in zip(paths, labels, strict=True)]
            right = sum(a == b for r, y in pairs for a, b in zip(r, y, strict=False))
            return right / max(1, sum(over(y, r) for r, y in pairs))

        return scored

    def mean_of_names(paths, labels):
        single = share(ctc.collapse)
        return np.mean([single([p], [y]) for p, y in zip(paths, labels, strict=True)])

    mistakes = [
        (
            "frames are compared with letters: a path must be collapsed first, or a perfect output "
            "cannot score 100%.",
            share(list),
        ),
        ("repeats are still there: equal neighbors are one letter.", share(_without_blanks)),
        ("blanks are still there: class 0 is no letter.", share(_merged)),
        (
            "double letters are lost: merge equal neighbors first, drop the blanks then.",
            share(lambda path: _merged(_without_blanks(path))),
        ),
        (
            "that is the mean of the names' own shares, in which a name of two letters weighs as "
            "much as one of ten. Sum over all names first, then divide.",
            mean_of_names,
        ),
        (
            "that divides by the letters that were read. The labels say how many there were.",
            share(ctc.collapse, lambda label, read: len(read)),
        ),
    ]
    judge.compare(
        function,
        cases,
        share(ctc.collapse),
        mistakes,
        "A perfect output must score 1: write one by hand, and follow it.",
    )
    judge.confirm(function)


def _merged(path: Sequence[int]) -> list[int]:
    return [k for place, k in enumerate(path) if place == 0 or k != path[place - 1]]


def _without_blanks(path: Sequence[int]) -> list[int]:
    return [k for k in path if k]


def same_padding(function: Callable) -> None:
    """Check `function(side, kernel, stride)`: zeros before and after, as Keras' `same` has them."""
    cases = [(6, 3, 2), (7, 3, 2), (40, 3, 1), (392, 3, 2), (9, 5, 2), (8, 5, 2), (8, 1, 3)]

    def missing(side, kernel, stride):
        return max(0, (-(-side // stride) - 1) * stride + kernel - side)

    def right(*case):
        return missing(*case) // 2, missing(*case) - missing(*case) // 2

    mistakes = [
        (
            "half of the kernel on both sides is PyTorch's habit. With a stride of 2 and an even "
            "side the last window reaches one pixel over the edge, and the first none.",
            lambda side, kernel, stride: (kernel // 2, kernel // 2),
        ),
        (
            "the larger half stands before. Keras puts it after.",
            lambda *case: right(*case)[::-1],
        ),
        (
            "the padding that is missing in all is split by two without its rest: an odd number "
            "has a larger half.",
            lambda *case: (missing(*case) // 2, missing(*case) // 2),
        ),
        (
            "the number of windows is rounded down. `same` means ceil(side / stride) of them.",
            lambda side, kernel, stride: _halves((side // stride - 1) * stride + kernel - side),
        ),
        (
            "the padding is negative if windows leave pixels out: it is at least 0.",
            lambda side, kernel, stride: _halves(
                (-(-side // stride) - 1) * stride + kernel - side, least=-kernel - stride
            ),
        ),
    ]
    judge.compare(
        function,
        cases,
        right,
        mistakes,
        "Draw six pixels and windows of three, two apart: where does the last one end?",
    )
    judge.confirm(function)


def _halves(total: int, least: int = 0) -> tuple[int, int]:
    total = max(least, total)
    return total // 2, total - total // 2


def lstm_weights(function: Callable) -> None:
    """Check `function(kernel, recurrent, bias)`: PyTorch's four arrays of the same LSTM."""
    rng = np.random.default_rng(0)
    sizes = [(3, 2), (4, 1), (8, 2)]  # features in, units
    cases = [
        tuple(rng.normal(size=shape) for shape in ((n, 4 * size), (size, 4 * size), 4 * size))
        for n, size in sizes
    ]

    def port(order=(0, 1, 2, 3), second: Callable = np.zeros_like, transpose=True):
        def ported(kernel, recurrent, bias):
            arrays = []
            for array in (kernel, recurrent, bias):
                gates = np.split(array, 4, axis=-1)
                array = np.concatenate([gates[k] for k in order], axis=-1)
                arrays.append(array.T if transpose else array)
            return [*arrays, second(arrays[2])]

        return ported

    mistakes = [
        (
            "the arrays are not transposed: Keras multiplies from the right, (in, gates), PyTorch "
            "has its gates on the first axis.",
            port(transpose=False),
        ),
        (
            "the bias is used twice. PyTorch adds its two biases, and Keras has one: the second "
            "must be 0.",
            port(second=np.copy),
        ),
        (
            "the bias is there in halves. That gives the same sums, and in training both halves "
            "would learn: twice the step. Let the second be 0.",
            lambda k, r, b: [k.T, r.T, b / 2, b / 2],
        ),
        (
            "the gates are in another order. Keras has input, forget, cell, output; PyTorch calls "
            "the third g and has the same order.",
            port(order=(0, 1, 3, 2)),
        ),
        (
            "the gates are in another order: that is a GRU's habit, whose first two change places.",
            port(order=(1, 0, 2, 3)),
        ),
    ]
    judge.compare(
        function,
        cases,
        port(),
        mistakes,
        "Four arrays: weights of the input, weights of the state, and two biases.",
    )
    judge.confirm(function)


def best_weight(function: Callable) -> None:
    """Check `function(candidates, transcripts, weights)`: the weight with most names right."""
    weights = [0.0, 0.3, 0.6, 2.0]
    cases = [_scored(seed, len(weights)) + (weights,) for seed in range(12)]

    def chosen(best: Callable, change: Callable = lambda ink, language: (ink, language)):
        def choose(candidates, transcripts, weights):
            counts = []
            for weight in weights:
                read = [_first(found, weight, change) for found in candidates]
                counts.append(sum(a == b for a, b in zip(read, transcripts, strict=True)))
            return weights[best(counts)]

        return choose

    mistakes = [
        (
            "of weights that are equally good the smallest is asked for: the less a language model "
            "decides, the less it can spoil on other names.",
            chosen(lambda counts: len(counts) - 1 - int(np.argmax(counts[::-1]))),
        ),
        (
            "the weight belongs to the language model, and stands at the ink here.",
            chosen(np.argmax, lambda ink, language: (language, ink)),
        ),
        (
            "the candidate with the lowest sum is taken. Scores are log-probabilities: higher is "
            "better.",
            chosen(np.argmax, lambda ink, language: (-ink, -language)),
        ),
        ("that is the weight with the fewest names right.", chosen(np.argmin)),
        (
            "that is the place of the weight in the list, not the weight.",
            lambda candidates, transcripts, weights: weights.index(
                chosen(np.argmax)(candidates, transcripts, weights)
            ),
        ),
    ]
    judge.compare(
        function,
        cases,
        chosen(np.argmax),
        mistakes,
        "For one weight: which candidate wins for each name, and is it the transcript?",
    )
    certain = [("A", -1.0, -1.0), ("B", -9.0, -9.0)]  # right with any weight
    if judge.call(function, [certain], ["A"], [2.0, 0.5]) != 0.5:
        raise judge.Wrong(
            "of weights that are equally good the first in the list was taken. The smallest is "
            "asked for, wherever it stands."
        )
    judge.confirm(function)


def _first(found: Sequence[tuple], weight: float, change: Callable) -> str:
    """Return the candidate whose weighted sum is highest."""

    def total(candidate):
        ink, language = change(*candidate[1:])
        return ink + weight * language

    return max(found, key=total)[0]


def _scored(seed: int, num_names: int) -> tuple[list, list]:
    """Make candidates (text, log p by the ink, log p by the language model) of some names."""
    rng = np.random.default_rng(seed)
    candidates, transcripts = [], []
    for k in range(6 + num_names):
        found = [(f"{k}{c}", *rng.normal(-4, 2, 2).tolist()) for c in "ABCD"]
        candidates.append(found)
        transcripts.append(f"{k}{rng.choice(list('ABCD'))}")
    return candidates, transcripts


def port(function: Callable) -> None:
    """Check `function(weights, strides, images)`: the logits of a whole `line_crnn`."""
    rng = np.random.default_rng(0)
    weights = small_weights(rng)
    images = rng.integers(0, 256, (2, 16, 16), dtype=np.uint8)
    found = [
        (
            "the convolutions are not right yet: their output is normalized first, then made "
            "positive (ReLU last).",
            {"relu_first"},
        ),
        (
            "the convolutions are right; the frames are not. Height and width must change places "
            "before anything is reshaped.",
            {"no_permute"},
        ),
        (
            "up to the frames all is right; the LSTM that runs backward returns its answers in the "
            "order in which it reads. They must be turned round.",
            {"not_turned"},
        ),
    ]
    pairs = [
        (f"{len(faults)} faults are left. Compare stage by stage from the image up, and mend the "
         "first stage that departs.", faults)
        for faults in (
            {"relu_first", "no_permute"},
            {"relu_first", "not_turned"},
            {"no_permute", "not_turned"},
            {"relu_first", "no_permute", "not_turned"},
        )
    ]  # fmt: skip
    judge.compare(
        function,
        [(weights, STRIDES, images)],
        lambda w, strides, x: faulty_port(w, strides, x, ()),
        [
            (
                message,
                lambda w, strides, x, faults=frozenset(faults): faulty_port(w, strides, x, faults),
            )
            for message, faults in found + pairs
        ],
        "Compare each stage with `numpy_crnn.forward`, from the image up.",
    )
    judge.confirm(function)


def small_weights(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Make the weights of a tiny `line_crnn` for images 16 px high, as `weights_of` names them."""
    shapes: dict[str, tuple[int, ...]] = {}
    for k, (before, after) in enumerate([(1, 3), (3, 4), (4, 5)]):
        shapes |= {f"conv{k}.kernel": (3, 3, before, after), f"conv{k}.bias": (after,)}
        if k > 0:
            names = ("gamma", "beta", "mean", "variance")
            shapes |= {f"batch_norm{k}.{name}": (after,) for name in names}
    shapes |= {"dense.kernel": (10, 6), "dense.bias": (6,)}
    for direction in ("forward", "backward"):
        shapes |= {f"lstm0.{direction}.kernel": (6, 12), f"lstm0.{direction}.recurrent": (3, 12)}
        shapes[f"lstm0.{direction}.bias"] = (12,)
    shapes |= {"logits.kernel": (6, 4), "logits.bias": (4,)}
    weights = {name: rng.normal(0, 0.5, shape) for name, shape in shapes.items()}
    return {name: np.abs(w) + 0.5 if "variance" in name else w for name, w in weights.items()}


def faulty_port(
    weights: dict[str, np.ndarray], strides: Sequence[int], images: np.ndarray, faults
) -> np.ndarray:
    """Run a `line_crnn` with some of the faults relu_first, no_permute and not_turned."""
    x = (images / 255)[..., None]  # (batch, height, width, 1)
    for k, stride in enumerate(strides):
        x = numpy_crnn.convolve(
            x, weights[f"conv{k}.kernel"], weights[f"conv{k}.bias"], (2, stride)
        )
        if "relu_first" in faults:
            x = np.maximum(x, 0)
        if k > 0:
            names = ("gamma", "beta", "mean", "variance")
            x = numpy_crnn.normalize(x, *(weights[f"batch_norm{k}.{n}"] for n in names))
        if "relu_first" not in faults:
            x = np.maximum(x, 0)
    if "no_permute" in faults:
        x = x.reshape(len(x), x.shape[2], -1)
    else:
        x = numpy_crnn.frames(x)  # (batch, frames, features)
    x = np.maximum(x @ weights["dense.kernel"] + weights["dense.bias"], 0)
    parts = ("kernel", "recurrent", "bias")
    there = numpy_crnn.lstm(x, *(weights[f"lstm0.forward.{n}"] for n in parts))
    back = numpy_crnn.lstm(x[:, ::-1], *(weights[f"lstm0.backward.{n}"] for n in parts))
    back = back if "not_turned" in faults else back[:, ::-1]
    return np.concatenate([there, back], -1) @ weights["logits.kernel"] + weights["logits.bias"]
