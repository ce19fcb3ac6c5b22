"""What lab 05 promises: a small run works; its defaults rank ideas against a measured noise."""

import json
from ast import literal_eval
from pathlib import Path

import nbformat
import pytest
from papermill import inspect_notebook

from fsdl_hwr import experiments, tracking
from fsdl_hwr.recognizer import Recognizer

ROOT = Path(__file__).parents[1]
LAB = ROOT / "labs" / "05_experimentation.ipynb"
RESULTS = ROOT / "runs" / "05_experimentation" / "results.json"  # written by the lab under nbval
SMALL = {
    "ideas": "no LSTM",
    "seeds": 2,
    "num_writers": 5,
    "num_validation": 20,
    "num_test": 20,
    "lines_per_epoch": 24,
    "epochs": 1,
    "final_epochs": 1,
}


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    return experiments.run_notebook(LAB, SMALL, tmp_path_factory.mktemp("small_run"))


def test_a_small_run_leaves_notebook_report_results_and_recognizer(small_run):
    results = json.loads((small_run / "results.json").read_text())
    assert results["lab"] == "05_experimentation"
    assert SMALL.items() <= results["parameters"].items()
    names = {"baseline, seed 0", "baseline, seed 1", "no LSTM"}
    assert set(results["metrics"]["today"]["validation_cer"]) == names
    assert set(results["metrics"]["test_cer"]) == {"recipe", "2019 network"}
    assert (small_run / f"{LAB.stem}.html").stat().st_size > 100_000
    assert Recognizer.load(small_run / "recognizer.keras").image_height == 40


def test_every_run_left_its_record(small_run):
    rows = tracking.load_runs(small_run)
    runs = [row for row in rows if row["run"] != small_run.name]
    assert len(runs) == 5 and all(row["state"] == "finished" for row in runs)
    assert all(len(row["predictions"]) == 1 for row in runs)


def test_every_figure_of_the_report_has_its_alternative_text(small_run):
    notebook = nbformat.read(small_run / f"{LAB.stem}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(figures) >= 4
    assert all(output.metadata["image/png"]["alt"] for output in figures)


@pytest.mark.skipif(not RESULTS.is_file(), reason="needs a run with the defaults: make run or test")
def test_the_defaults_keep_what_the_lab_promises():
    results = json.loads(RESULTS.read_text())
    defaults = {name: literal_eval(p["default"]) for name, p in inspect_notebook(LAB).items()}
    assert results["parameters"].items() <= defaults.items()  # the run was one of the defaults
    today = results["metrics"]["today"]
    assert len(today["validation_cer"]) == 3 + 3
    assert today["baseline_noise"] > 0
    test_cer = results["metrics"]["test_cer"]
    assert test_cer["recipe"] < 0.3 < test_cer["2019 network"]
