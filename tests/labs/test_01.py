"""What lab 01 promises: a small run by papermill works, and its defaults teach what they claim."""

import json

import nbformat
from paths import LABS

LAB = LABS / "01_codebase_tour.ipynb"


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
    shown = "".join(output.get("data", {}).get("text/markdown", "") for output in outputs)
    for function in ("def encode", "def glyph_image", "def line_cnn", "def collapse"):
        assert function in shown
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(figures) >= 7
    assert all(output.metadata["image/png"]["alt"] for output in figures)


def test_the_broken_promise_is_shown(small_run):
    cells = nbformat.read(small_run / f"{LAB.stem}.ipynb", as_version=4).cells
    printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", [])]
    assert any("assert 'leter' == 'letter'" in text for text in printed)
