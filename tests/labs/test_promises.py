"""Every range that a lab promises holds in a run with its defaults."""

import pytest
from default_runs import record_of
from paths import LABS

from fsdl_hwr.experiments import results


@pytest.mark.parametrize("lab", sorted(LABS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_default_run_stays_within_the_ranges_that_the_lab_promises(lab):
    expected = record_of(lab)["expected"]
    assert expected, "the lab promises nothing"
    outside = {name: e for name, e in expected.items() if not results.is_as_expected(e)}
    assert not outside
