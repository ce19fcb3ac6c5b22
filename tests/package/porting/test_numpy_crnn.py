import numpy as np
import pytest
import small

from fsdl_hwr import ctc, networks
from fsdl_hwr.porting import numpy_crnn, weights


def run(network, images, **options):
    return numpy_crnn.forward(
        weights.weights_of(network), weights.strides_of(network), images, **options
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"frame_width": 8, "num_lstms": 2},
        {"filters": (8, 12, 16, 16), "frame_width": 8},
    ],
)
def test_each_stage_is_that_of_keras(options):
    network, images = small.seasoned(**options)
    expected = weights.stages_of(network, images)
    found = run(network, images)
    assert list(found) == list(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-5, err_msg=name)


def test_in_64_bits_nothing_is_left_of_the_difference():
    network, images = small.seasoned()
    network.compile("sgd", loss=ctc.loss)  # as after a training
    expected = weights.stages_of(weights.in_64_bits(network), images)
    found = run(network, images)
    for name, value in expected.items():
        assert value.dtype == np.float64
        np.testing.assert_allclose(found[name], value, atol=1e-6, err_msg=name)


def test_odd_sides_are_padded_as_keras_does():
    network = networks.line_crnn((28, None), 5, frame_width=4, filters=(4, 4, 4), lstm_size=4)
    images = np.random.default_rng(1).integers(0, 256, (2, 28, 100), dtype=np.uint8)  # 28, 14, 7, 4
    np.testing.assert_allclose(
        run(network, images)["logits"], weights.stages_of(network, images)["logits"], atol=1e-5
    )


def test_a_port_departs_at_the_stage_of_its_fault():
    network, images = small.seasoned()
    expected = weights.stages_of(network, images)
    right = weights.differences(run(network, images), expected)
    assert max(right.values()) < 1e-5
    wrong = weights.differences(run(network, images, permute=False), expected)
    departed = [name for name, value in wrong.items() if value > 1e-5]
    assert departed == list(expected)[list(expected).index("frames") :]


def test_stages_of_other_shapes_are_infinitely_far():
    found = weights.differences({"frames": np.zeros((1, 2))}, {"frames": np.zeros((1, 3))})
    assert found == {"frames": np.inf}


def test_a_network_with_other_layers_is_refused():
    with pytest.raises(ValueError, match="shortcut"):
        weights.weights_of(small.tiny(shortcut=True).network)
