"""Memorization: whatever can learn must learn four lines by heart, or something is broken."""

import numpy as np

from fsdl_hwr import ctc, metrics
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, strokes
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers.reader import LineReader

TEXTS = ("hello", "moon", "a pen", "letter")
GEOMETRY = LineGeometry(28, 160)
FRAME, REACH = 8, 12  # px: from frame to frame, and what a frame sees to either side
STEPS, RATE = 60, 0.03


def _windows(images: np.ndarray) -> np.ndarray:
    """Cut images (n, height, width) into overlapping windows: (n, frames, pixels), 0 to 1."""
    padded = np.pad(images / 255, ((0, 0), (0, 0), (REACH, REACH)))
    views = np.lib.stride_tricks.sliding_window_view(padded, FRAME + 2 * REACH, axis=2)
    views = views[:, :, ::FRAME].transpose(0, 2, 1, 3)  # (n, frames, height, window)
    return views.reshape(*views.shape[:2], -1)


def test_a_linear_layer_memorizes_four_lines():
    """Train one layer by CTC's gradient, in NumPy, and read what it was trained on."""
    alphabet = Alphabet("".join(sorted(set("".join(TEXTS)))))
    hands = [line_makers.Hand(w) for w in strokes.writers("train", 2)]
    maker = line_makers.PenLineMaker(hands, GEOMETRY, frame_width=FRAME)
    sample = lines.make_lines(maker, TEXTS, 0)
    labels = [alphabet.encode(text) for text in TEXTS]
    layer = np.zeros((_windows(sample.images[:1]).shape[-1], alphabet.num_classes))
    reader = LineReader(lambda images: _windows(images) @ layer, alphabet, GEOMETRY,
                        num_frames=GEOMETRY.width // FRAME, frame_width=FRAME,
                        trims=False)  # fmt: skip
    frames = reader.frames(sample.ink_widths)
    ctc.check_feasible(labels, frames, TEXTS)
    windows = _windows(sample.images)
    mean, square = np.zeros_like(layer), np.zeros_like(layer)
    for step in range(1, STEPS + 1):
        gradient = np.zeros_like(layer)
        for x, label, n in zip(windows, labels, frames, strict=True):
            log_probs = ctc.log_softmax(x[:n] @ layer)
            lattice = ctc.forward_backward(log_probs, label)
            share = np.zeros_like(log_probs)
            np.add.at(share.T, lattice.states, lattice.occupancy.T)
            gradient += x[:n].T @ (np.exp(log_probs) - share)
        mean = 0.9 * mean + 0.1 * gradient  # Adam
        square = 0.99 * square + 0.01 * gradient**2
        scale = np.sqrt(square / (1 - 0.99**step)) + 1e-8
        layer -= RATE * mean / (1 - 0.9**step) / scale
    read = reader.read(sample)
    error = metrics.character_error_rate(TEXTS, read).value
    assert error == 0, f"after {STEPS} steps the four lines read {read}: nothing was memorized"
