"""What lab 03 promises: a small run by papermill works, and its defaults read honestly well."""

from pathlib import Path

from fsdl_hwr.recognizers.line import Recognizer

ROOT = Path(__file__).parents[2]
LAB = ROOT / "labs" / "03_line_recognizer.ipynb"
SMALL = {
    "num_writers": 10,
    "num_texts": 300,
    "lines_per_epoch": 64,
    "num_validation": 60,
    "num_test": 20,
    "num_glyphs": 300,
    "filters": "8 16 32",
    "lstm_size": 32,
    "epochs": 1,
}


def test_a_small_run_leaves_notebook_report_results_and_recognizer(small_run, small_metrics):
    assert 0 <= small_metrics["test_cer"] <= 1.5
    assert Recognizer.load(small_run / "recognizer.keras").num_frames == 119


def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 8 and all(alternative_texts)


def test_the_defaults_read_unseen_writers_within_the_promised_band(metrics):
    assert metrics["test_cer"] < 0.065  # 0.048 when this was written
    assert metrics["test_cer_folded"] < metrics["test_cer"]
    windows = list(metrics["window_cer"].values())
    assert windows[0] < 0.5 < windows[1]  # no overlap, and the wrong stride
