"""Units against brute force: what is counted by hand, or over all paths, must come out."""

import itertools
from collections import defaultdict

import numpy as np

from fsdl_hwr import ctc, metrics

FRAMES, CLASSES = 5, 3  # 243 paths: few enough to add up


def _frames() -> np.ndarray:
    """Make log-probabilities (FRAMES, CLASSES) of a line that was never seen."""
    return ctc.log_softmax(np.random.default_rng(0).normal(size=(FRAMES, CLASSES)))


def _all_labels() -> dict[tuple, float]:
    """Add up all paths by the label that they write, merged and freed of blanks here."""
    log_probs = _frames()
    totals: dict[tuple, float] = defaultdict(lambda: -np.inf)
    for path in itertools.product(range(CLASSES), repeat=FRAMES):
        label = tuple(k for k, _ in itertools.groupby(path) if k)
        score = log_probs[np.arange(FRAMES), path].sum()
        totals[label] = float(np.logaddexp(totals[label], score))
    return totals


def test_a_blank_parts_double_letters():
    """Collapse paths whose label is plain to see."""
    for path, label in [([1, 0, 1], [1, 1]), ([1, 1, 0], [1]), ([0, 2, 2, 1], [2, 1])]:
        found = ctc.collapse(path).tolist()
        assert found == label, f"{path} collapses to {found}, not {label}: a double letter is lost"


def test_probabilities_of_a_frame_sum_to_one():
    """Add up each frame of a line that is longer than it has classes."""
    sums = np.exp(ctc.log_softmax(np.random.default_rng(0).normal(size=(7, 4)))).sum(axis=-1)
    assert np.allclose(sums, 1), f"a frame's probabilities sum to {sums[0]:.2f}, not to 1"


def test_the_lattice_sums_over_all_paths():
    """Compare the likelihood of labels, equal neighbors among them, with all their paths."""
    log_probs, totals = _frames(), _all_labels()
    for label in [(1,), (1, 2), (1, 1), (2, 2, 1)]:
        found = ctc.forward_backward(log_probs, label).log_likelihood
        assert np.isclose(found, totals[label]), (
            f"log p{label} is {found:.3f}; all its paths together have {totals[label]:.3f}"
        )


def test_a_wide_beam_is_exact():
    """Compare the scores of a beam that keeps everything with all paths."""
    totals = _all_labels()
    for label, score in ctc.beam_search(_frames(), beam_width=10_000):
        assert np.isclose(score, totals[label]), (
            f"the beam scores {label} at {score:.3f}; all its paths have {totals[label]:.3f}"
        )


def test_labels_that_do_not_fit_are_refused():
    """Offer labels that need exactly the frames there are, and one more."""
    for label, needed in [([1, 2, 3], 3), ([1, 1], 3), ([2, 2, 2], 5)]:
        ctc.check_feasible([label], [needed])
        try:
            ctc.check_feasible([label], [needed - 1])
        except ValueError:
            continue
        raise AssertionError(f"label {label} was accepted with {needed - 1} frames: infinite loss")


def test_targets_keep_both_lengths():
    """Look into a packed target: frames, length, label."""
    packed = ctc.pack_labels([[3], [1, 2, 1]], [9, 8]).tolist()
    wanted = [[9, 1, 3, 0, 0], [8, 3, 1, 2, 1]]
    assert packed == wanted, f"targets are {packed}, not {wanted}: padding would be trained"


def test_the_error_rate_is_the_corpus_rate():
    """Count the edits of three lines of different lengths by hand."""
    found = metrics.character_error_rate(["ab", "abcdefgh", "xy"], ["ac", "abcdefgh", ""]).value
    mean = (1 / 2 + 0 + 1) / 3
    assert not np.isclose(found, mean), "the CER is the mean of the lines' rates: 3 of 12 is wanted"
    assert np.isclose(found, 3 / 12), (
        f"the CER is {found:.3f}, not 3 of 12: edits over the length of the references"
    )


def test_the_interval_is_as_wide_as_theory_says():
    """Compare with the standard error of a mean of 100 independent lines."""
    errors = np.random.default_rng(0).poisson(2, 100)
    low, high = metrics.bootstrap_interval(errors, [20] * 100)
    theory = 2 * 1.96 * errors.std() / np.sqrt(100) / 20
    share = (high - low) / theory
    assert 0.85 < share < 1.15, f"the interval is {share:.2f} as wide as theory says: too narrow?"
