import keras
import numpy as np
import pytest

from fsdl_hwr.networks.line_detector import line_fcn, line_unet


def test_the_2019_network_has_its_parameters_and_a_class_per_pixel():
    network = line_fcn()
    assert network.count_params() == 165_795
    assert network.output_shape == (None, 256, 256, 3)


def test_the_u_net_is_small_and_takes_pages_of_any_size():
    network = line_unet()
    assert network.count_params() <= 250_000
    for height, width in ((64, 96), (96, 64)):
        logits = network(np.zeros((1, height, width), np.uint8))
        assert tuple(logits.shape) == (1, height // 2, width // 2, 3)
        assert keras.backend.standardize_dtype(logits.dtype) == "float32"


@pytest.mark.parametrize("place", [(32, 32), (60, 90)])
def test_the_u_net_sees_ink_where_it_is(place):
    keras.utils.set_random_seed(0)
    network = line_unet()
    blank = np.zeros((1, 128, 128), np.uint8)
    inked = blank.copy()
    inked[0, place[0] : place[0] + 4, place[1] : place[1] + 4] = 255
    change = np.abs(np.asarray(network(inked)) - np.asarray(network(blank)))[0].max(axis=-1)
    row, column = np.unravel_index(change.argmax(), change.shape)
    assert abs(2 * row - place[0]) < 24 and abs(2 * column - place[1]) < 24
