"""What the labs measured with their defaults, which `make test` runs under nbval."""

import json
import os
from ast import literal_eval

import papermill
import pytest
from paths import APART, RUNS

from fsdl_hwr.experiments import results


def record_of(lab):
    """Read the record that a lab's run with its defaults has left; skip the test without one.

    Where labs and tests run in one go, a lab that came too late must not pass for tested.
    """
    file = RUNS / lab.stem / results.RESULTS
    if not file.is_file():
        ran = os.environ.get("LABS_RAN") and lab.stem not in APART
        absent = pytest.fail if ran else pytest.skip
        absent("needs a run of the lab with its defaults: make run, make test")
    record = json.loads(file.read_text())
    known = papermill.inspect_notebook(lab)
    defaults = {name: literal_eval(p["default"]) for name, p in known.items()}
    assert record["parameters"].items() <= defaults.items(), "this was no run with the defaults"
    return record
