"""How writers are divided among train, validation and test."""

import numpy as np

from fsdl_hwr.datasets import splits


def test_every_class_of_three_writers_is_in_every_split_and_no_writer_in_two():
    rng = np.random.default_rng(0)
    writers = rng.integers(0, 30, 2000)
    classes = rng.choice(list("abcde"), 2000, p=[0.5, 0.3, 0.15, 0.04, 0.01])
    writers = np.append(writers, [3, 14, 15])
    classes = np.append(classes, ["z"] * 3)  # a class of three writers
    divided = splits.split_writers(classes.tolist(), writers, 30)
    assert set(divided) == {0, 1, 2} and len(divided) == 30
    for character in "abcdez":
        assert set(divided[writers[classes == character]]) == {0, 1, 2}
    shares = np.bincount(divided[writers]) / len(writers)
    np.testing.assert_allclose(shares, splits.SHARES, atol=0.05)
    np.testing.assert_array_equal(divided, splits.split_writers(classes.tolist(), writers, 30))
