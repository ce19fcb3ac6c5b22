"""The port to PyTorch; where PyTorch is not installed, nothing here can run."""

import keras
import numpy as np
import pytest
import small

from fsdl_hwr import ctc
from fsdl_hwr.porting import weights

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make backends does it")


def port(network):
    from fsdl_hwr.porting.torch_crnn import TorchCRNN

    return TorchCRNN(weights.weights_of(network), weights.strides_of(network))


def test_each_stage_is_that_of_keras():
    from fsdl_hwr.porting import torch_crnn

    network, images = small.seasoned(num_lstms=2)
    stages = torch_crnn.numpy_stages(port(network).eval(), images)
    for name, expected in weights.stages_of(network, images).items():
        np.testing.assert_allclose(stages[name], expected, atol=1e-5, err_msg=name)


def test_in_64_bits_nothing_is_left_of_the_difference():
    from fsdl_hwr.porting import torch_crnn

    network, images = small.seasoned(num_lstms=2)
    stages = torch_crnn.numpy_stages(port(network).double().eval(), images)
    for name, expected in weights.stages_of(weights.in_64_bits(network), images).items():
        np.testing.assert_allclose(stages[name], expected, atol=1e-6, err_msg=name)


def test_one_training_step_ends_at_the_same_loss():
    from fsdl_hwr.porting import torch_crnn

    network, images = small.seasoned()
    labels = [np.array([1, 2, 3]), np.array([4, 4]), np.array([5])]
    frames = np.full(3, 30)
    theirs = torch_crnn.losses(port(network).train(), images, labels, frames, 0.01, steps=2)
    network.compile(keras.optimizers.SGD(0.01), loss=ctc.loss)
    targets = ctc.pack_labels(labels, frames)
    ours = [float(network.train_on_batch(images, targets)) for _ in range(2)]
    assert theirs == pytest.approx(ours, rel=1e-4)
    assert ours[1] != pytest.approx(ours[0], rel=1e-3)
