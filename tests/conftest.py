import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before any test imports TensorFlow

import json
from pathlib import Path

import numpy as np
import pytest
import run_summary
import small_runs

from fsdl_hwr import experiments


def pytest_configure(config):
    config.pluginmanager.register(run_summary.RunSummary(config))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def eagerly(monkeypatch):
    """Networks compute step by step here: to make graphs takes longer than a few small steps.

    What a fixture of a module trains is trained as everywhere else, in a graph.
    """
    import keras

    always = property(lambda network: True, lambda network, value: None)
    monkeypatch.setattr(keras.Model, "run_eagerly", always)


@pytest.fixture
def real_data():
    """The folder of the data sets that a user has; tests that need it are skipped without it."""
    folder = os.environ.get("FSDL_HWR_DATA")
    if not folder:
        pytest.skip("FSDL_HWR_DATA is not set: tests on real data need it")
    return Path(folder)


# Of the tests of a lab: their module names the notebook, LAB.


@pytest.fixture(scope="module")
def small_run(request, tmp_path_factory):
    """The folder of a run of LAB by papermill, with the parameters that make it small."""
    lab = request.module.LAB
    folder = tmp_path_factory.mktemp("small_run")
    return experiments.run_notebook(lab, small_runs.PARAMETERS[lab.stem], folder)


@pytest.fixture(scope="module")
def small_metrics(request, small_run):
    """What the small run measured; its report and the record of its parameters are checked."""
    lab = request.module.LAB.stem
    assert (small_run / f"{lab}.html").stat().st_size > 100_000
    results = json.loads((small_run / "results.json").read_text())
    assert results["lab"] == lab
    assert small_runs.PARAMETERS[lab].items() <= results["parameters"].items()
    return results["metrics"]


@pytest.fixture
def alternative_texts(request, small_run):
    """What stands for each figure of the small run's report where it cannot be seen."""
    import nbformat

    notebook = nbformat.read(small_run / f"{request.module.LAB.stem}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    return [figure.metadata["image/png"]["alt"] for figure in figures]


@pytest.fixture
def metrics(request):
    """What LAB measured with its defaults, which `make test` runs under nbval before the tests."""
    from default_runs import record_of  # papermill takes a second

    return record_of(request.module.LAB)["metrics"]
