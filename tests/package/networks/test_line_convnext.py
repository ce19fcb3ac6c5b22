"""The network of the recognizer that ships: its shapes, its size, and how far a frame sees."""

import numpy as np
import pytest

from fsdl_hwr.networks import line_convnext

pytestmark = pytest.mark.usefixtures("eagerly")
TINY = {"filters": (4, 8, 8), "features": 8, "num_blocks": 2, "kernel_size": 3}


def test_a_frame_is_four_pixels_at_any_height_and_width(rng):
    for height in (28, 48, 61):
        network = line_convnext((height, None), num_classes=7, **TINY)
        for width in (40, 96):
            images = rng.integers(0, 256, (2, height, width), np.uint8)
            logits = network.predict_on_batch(images)
            assert logits.shape == (2, width // 4, 7) and logits.dtype == np.float32


def test_the_shortcut_is_a_second_output_that_leaves_the_first_alone():
    network = line_convnext((28, None), num_classes=7, shortcut=True, **TINY)
    assert [output.shape[-1] for output in network.outputs] == [7, 7]
    plain = line_convnext((28, None), num_classes=7, **TINY)
    assert network.count_params() - plain.count_params() == 3 * 8 * 7 + 7


def test_by_default_it_is_within_its_budget():
    assert 1_000_000 < line_convnext().count_params() < 3_000_000


def test_ink_far_away_changes_nothing(rng):
    network = line_convnext((28, None), num_classes=7, **TINY)
    image = rng.integers(0, 256, (1, 28, 400), np.uint8)
    other = image.copy()
    other[:, :, 300:] = 0
    near, far = (network.predict_on_batch(i)[0] for i in (image, other))
    np.testing.assert_allclose(near[:60], far[:60], rtol=1e-4, atol=1e-5)
    assert np.abs(near[75:] - far[75:]).max() > 1e-3
