"""What lab 12 promises: a small run by papermill works, and its defaults solve the case."""

from paths import LABS

from fsdl_hwr.recognizers.line import Recognizer

LAB = LABS / "12_names.ipynb"


def test_a_small_run_leaves_notebook_report_results_and_recognizer(small_run, small_metrics):
    assert {"test_words", "test_cer", "validation_cer", "lexicon"} <= set(small_metrics)
    assert max(small_metrics["ladders"]["NumPy"].values()) < 1e-5
    assert small_metrics["ladders"]["no permute"]["frames"] > 1e-3
    assert Recognizer.load(small_run / "recognizer.keras").num_frames == 98


def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 8 and all(alternative_texts)


def test_the_defaults_read_unseen_names_and_writers(metrics):
    assert metrics["test_words"] > 0.35
    assert metrics["test_cer"] < metrics["validation_cer"] + 0.05
    words = metrics["words_by_fault"]
    assert words["(1,)"] < 0.1 < words["()"] == words["(6,)"]
    assert metrics["lexicon"]["not in it"]["forced"] == 0
