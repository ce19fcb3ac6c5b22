import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before any test imports TensorFlow

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def real_data():
    """The folder of the data sets that a user has; tests that need it are skipped without it."""
    folder = os.environ.get("FSDL_HWR_DATA")
    if not folder:
        pytest.skip("FSDL_HWR_DATA is not set: tests on real data need it")
    return Path(folder)
