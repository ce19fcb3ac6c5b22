"""CTC by brute force: every path written down. NumPy alone, as tools/mutation.py needs it."""

import itertools

import numpy as np

from fsdl_hwr import ctc


def all_paths(log_probs):
    """Yield every path with its label and its probability."""
    frames, classes = log_probs.shape
    for path in itertools.product(range(classes), repeat=frames):
        label = tuple(ctc.collapse(path).tolist())
        yield path, label, np.exp(log_probs[np.arange(frames), list(path)].sum())


def enumerated(logits, label):
    """Return -log p(label) and its gradient, by summing over every path."""
    log_probs = ctc.log_softmax(logits)
    total, passing = 0.0, np.zeros(logits.shape)
    for path, found, probability in all_paths(log_probs):
        if found == tuple(label):
            total += probability
            passing[np.arange(len(path)), list(path)] += probability
    if total == 0.0:
        return np.inf, np.zeros(logits.shape)
    return -np.log(total), np.exp(log_probs) - passing / total


def softmax_minus_occupancy(log_probs, lattice):
    per_class = np.zeros(log_probs.shape)
    for state, k in enumerate(lattice.states):
        per_class[:, k] += lattice.occupancy[:, state]
    return np.exp(log_probs) - per_class
