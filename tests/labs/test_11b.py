"""What lab 11b promises: a small run by papermill works, and its defaults make letters."""

from paths import LABS

LAB = LABS / "11b_generation.ipynb"


def test_a_small_run_leaves_notebook_report_and_results(small_run, small_metrics):
    assert {"judge_accuracy", "scores", "gan_train", "grid_peaks", "guidance"} <= set(small_metrics)
    assert {"real", "flow", "autoencoder", "GAN, resize", "rebuilt"} <= set(small_metrics["scores"])
    assert small_metrics["scores"]["mean letters"]["spread"] < 1e-3


def test_every_figure_of_the_report_has_its_alternative_text(alternative_texts):
    assert len(alternative_texts) >= 10
    assert all(alternative_texts)
