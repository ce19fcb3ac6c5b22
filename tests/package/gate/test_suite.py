"""The gate's own tests, on the package as it is."""

import pytest

from fsdl_hwr.gate import suite


@pytest.mark.parametrize("test", suite.tests().values(), ids=lambda test: test.__name__)
def test_the_sound_package_passes(test):
    test()


def test_every_test_says_what_it_asks():
    assert all(test.__doc__ for test in suite.tests().values())
