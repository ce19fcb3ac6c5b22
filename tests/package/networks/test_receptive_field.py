"""What a network's frame sees, by arithmetic and by trial."""

import keras
import numpy as np
import pytest

from fsdl_hwr import networks
from fsdl_hwr.networks import receptive_field

pytestmark = pytest.mark.usefixtures("eagerly")


def seen_by_frame(network, frame, width):
    """Find by trial what a frame sees: the columns whose change moves its logits."""
    rng = np.random.default_rng(0)
    base = rng.integers(0, 255, (28, width)).astype(np.uint8)
    images = np.repeat(base[None], width + 1, axis=0)  # the last stays as it is
    columns = np.arange(width)
    images[columns, :, columns] = 255 - images[columns, :, columns]
    logits = network.predict_on_batch(images)[:, frame]
    moved = np.flatnonzero(np.abs(logits[:-1] - logits[-1]).max(1) > 1e-7)
    return moved.min(), moved.max() + 1


@pytest.mark.parametrize("frame_width", [4, 8])
def test_the_receptive_field_is_what_moves_a_frame(frame_width):
    keras.utils.set_random_seed(0)
    network = networks.line_cnn(
        (28, 160), num_classes=4, frame_width=frame_width, filters=(4, 4, 8)
    )
    field = receptive_field.receptive_field(network)
    assert field.step == frame_width
    assert not field.everywhere
    for frame in (0, 80 // frame_width):
        left = field.start + frame * field.step
        assert seen_by_frame(network, frame, 160) == (max(0, left), left + field.width)


def test_receptive_fields_of_the_kits_networks():
    assert receptive_field.receptive_field(networks.line_cnn()).width == 79  # as its docstring says
    assert receptive_field.receptive_field(networks.line_crnn()) == receptive_field.Field(
        15, 8, 0, True
    )
    assert receptive_field.receptive_field(networks.line_lstm_ctc()) == receptive_field.Field(
        12, 5, 0, True
    )
    with pytest.raises(ValueError, match="Flatten"):
        receptive_field.receptive_field(networks.lenet())
