"""What only a backend can show: the loss that Keras trains with. Importing it takes seconds."""

import numpy as np

from fsdl_hwr import ctc


def test_the_loss_is_minus_the_log_likelihood():
    """Compare the loss of two labels with the lattice's, which is tested against all paths."""
    logits = 3 * np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    labels = [[1, 2], [3, 3, 1]]
    found = np.array(ctc.loss(ctc.pack_labels(labels, [6, 6]), logits))
    for one, frames, label in zip(found, logits, labels, strict=True):
        shifted = frames - frames.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        wanted = -ctc.forward_backward(log_probs, label).log_likelihood
        assert abs(one - wanted) < 1e-3, (
            f"the loss of {label} is {one:.3f}, minus its log-likelihood {wanted:.3f}: is there a "
            "softmax twice?"
        )
