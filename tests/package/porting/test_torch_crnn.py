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
    network, images = small.seasoned(num_lstms=2)
    with torch.no_grad():
        stages = port(network).eval().stages(torch.from_numpy(images))
    for name, expected in weights.stages_of(network, images).items():
        found = stages[name].numpy()
        if found.ndim == 4:
            found = found.transpose(0, 2, 3, 1)  # channels last
        np.testing.assert_allclose(found, expected, atol=1e-5, err_msg=name)


def test_one_training_step_ends_at_the_same_loss():
    network, images = small.seasoned()
    labels = [np.array([1, 2, 3]), np.array([4, 4]), np.array([5])]
    frames = np.full(3, 30)
    other = port(network).train()
    optimizer = torch.optim.SGD([p for p in other.parameters() if p.requires_grad], 0.01)
    inputs = torch.from_numpy(images)
    lengths = torch.from_numpy(frames), torch.tensor([len(label) for label in labels])

    def torch_loss():
        log_probs = torch.log_softmax(other(inputs), -1).transpose(0, 1)  # (frames, batch, classes)
        targets = torch.from_numpy(np.concatenate(labels))
        return torch.nn.functional.ctc_loss(log_probs, targets, *lengths, reduction="sum") / 3

    network.compile(keras.optimizers.SGD(0.01), loss=ctc.loss)
    targets = ctc.pack_labels(labels, frames)
    for step in range(2):
        loss = torch_loss()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert float(network.train_on_batch(images, targets)) == pytest.approx(
            float(loss.detach()), rel=1e-4
        ), f"step {step}"
