"""The gradient of CTC's loss, on any backend."""

import keras
import numpy as np

from fsdl_hwr import ctc

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def loss_and_gradient(targets, logits):
    """Return losses and the gradient of their sum over feasible lines, on any backend."""
    if ON_TENSORFLOW:
        import tensorflow as tf

        logits = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            losses = ctc.loss(targets, logits)
        return losses.numpy(), tape.gradient(losses, logits).numpy()
    if keras.backend.backend() == "jax":
        import jax

        losses, pull = jax.vjp(lambda x: ctc.loss(targets, x), logits)
        return np.asarray(losses), np.asarray(pull(np.ones_like(losses))[0])
    logits = keras.ops.convert_to_tensor(logits).requires_grad_()
    losses = ctc.loss(targets, logits)
    losses.sum().backward()
    return losses.detach().cpu().numpy(), logits.grad.cpu().numpy()
