"""Results of a run: JSON with NumPy's values and the versions, whole or not at all."""

import json

import numpy as np
import pytest

from fsdl_hwr import experiments
from fsdl_hwr.experiments import board, results, tracking


def test_results_hold_numpy_values_and_versions(tmp_path):
    metrics = {"test_cer": np.float32(0.25), "history": np.arange(3)}
    path = experiments.write_results(tmp_path / "run", "lab", {"folder": tmp_path}, metrics)
    written = json.loads(path.read_text())
    assert written["metrics"] == {"test_cer": 0.25, "history": [0, 1, 2]}
    assert written["parameters"] == {"folder": str(tmp_path)}
    assert written["versions"]["numpy"] == np.__version__
    assert {"fsdl_hwr", "python", "keras"} <= set(written["versions"])


def test_results_that_json_cannot_hold_leave_the_older_file(tmp_path):
    path = experiments.write_results(tmp_path, "lab", {}, {"test_cer": 0.5})
    before = path.read_text()
    with pytest.raises(ValueError):
        experiments.write_results(tmp_path, "lab", {}, {"test_cer": float("nan")})
    with pytest.raises(TypeError, match="cannot hold"):
        experiments.write_results(tmp_path, "lab", {}, {"test_cer": object()})
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"lab": "a"}', "[" * 100_000])
def test_results_that_are_none_are_named(tmp_path, content, capsys):
    (tmp_path / "results.json").write_text(content)
    for read in (results.read, tracking.load_run):
        with pytest.raises(ValueError, match="results.json is not what a run leaves"):
            read(tmp_path)
    with pytest.raises(FileNotFoundError):  # as if it were not there
        board.read_runs([tmp_path])
    assert "results.json is not what a run leaves" in capsys.readouterr().err
