"""What lab 01 promises: a small run by papermill works, and its defaults teach what they claim."""

import json
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
LAB = ROOT / "labs" / "01_codebase_tour.ipynb"
SMALL = {
    "sentence": "a pen",
    "writer": 3,
    "lines_per_epoch": 16,
    "epochs": 1,
    "ogham_epochs": 1,
    "num_test": 10,
    "many_writers": 3,
}


def test_a_small_run_leaves_its_results_and_those_of_both_inner_runs(small_run, small_metrics):
    assert small_metrics["promises_kept"] >= 8  # of tests/test_alphabet.py
    for num_writers, accuracy in small_metrics["accuracy_by_writers"].items():
        inner = json.loads((small_run / f"hands_{num_writers}" / "results.json").read_text())
        assert inner["parameters"] == {"num_writers": int(num_writers)}
        assert inner["metrics"]["accuracy"] == accuracy
        assert "backend" not in inner["versions"]  # it runs without Keras


def test_the_report_shows_sources_as_installed_and_every_figure_with_its_description(small_run):
    cells = nbformat.read(small_run / f"{LAB.stem}.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    html = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    shown = re.sub(r"<[^>]+>", "", html)  # without the colors
    for function in ("def encode", "def glyph_image", "def line_cnn", "def collapse"):
        assert function in shown
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(figures) == 7
    assert all(output.metadata["image/png"]["alt"] for output in figures)


def test_the_broken_promise_is_shown(small_run):
    cells = nbformat.read(small_run / f"{LAB.stem}.ipynb", as_version=4).cells
    (cell,) = [c for c in cells if c.cell_type == "code" and c.source.startswith("BROKEN")]
    assert "assert 'leter' == 'letter'" in cell.outputs[0].text


def test_the_defaults_read_one_hand_and_no_other(metrics):
    assert metrics["test_cer"] < 0.05
    assert metrics["other_hands_cer"] > 0.4
    assert metrics["ogham_test_cer"] < 0.08
    one, many = metrics["accuracy_by_writers"].values()
    assert many - one > 0.2
