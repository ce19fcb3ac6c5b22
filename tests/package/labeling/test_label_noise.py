"""Noise scores agree with CTC's own sum over paths; planted faults are found."""

import numpy as np
import pytest

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.labeling import label_noise
from fsdl_hwr.recognizers.reader import LineReader


def test_likelihoods_of_a_batch_are_those_of_each_line(rng):
    log_probs = ctc.log_softmax(rng.normal(size=(5, 12, 6)))
    labels = [np.array(label) for label in ([1, 2], [3], [2, 2, 1], [], [5, 4, 3, 2, 1])]
    frames = np.array([12, 7, 9, 4, 11])
    found = label_noise.label_log_likelihoods(log_probs, frames, labels)
    for k, label in enumerate(labels):
        alone = ctc.forward_backward(log_probs[k, : frames[k]], label)
        assert found[k] == pytest.approx(alone.log_likelihood)


def test_a_label_that_no_path_writes_is_infinitely_unlikely(rng):
    log_probs = ctc.log_softmax(rng.normal(size=(1, 3, 4)))
    labels = [np.array([1, 1])]  # needs a blank between
    assert label_noise.label_log_likelihoods(log_probs, np.array([2]), labels) == -np.inf


@pytest.fixture
def reader():
    """One that sees "ab": frames of pixel 1 say a, of pixel 2 b."""
    alphabet = Alphabet("ab")

    def session(images):
        frames = images[:, 0, ::2].astype(int)
        return np.where(np.arange(3) == frames[..., None], 4.0, 0.0)

    return LineReader(session, alphabet, LineGeometry(4, 16, margin=0), num_frames=8,
                      frame_width=2, trims=False)  # fmt: skip


def test_scores_rank_a_wrong_label_above_a_right_one(reader):
    image = np.zeros((4, 16), np.uint8)
    image[:, 2:4], image[:, 6:8] = 1, 2
    texts = ("ab", "ba", "a?", "abababababab", "")
    lines = Lines(np.stack([image] * 5), texts, np.full(5, 16, np.int32))
    scores = label_noise.noise_scores(reader, lines)
    assert scores[0] < scores[1] < np.inf
    assert scores[2] == scores[3] == np.inf  # outside the alphabet; longer than the frames
    assert np.isfinite(scores[4])


def test_faults_are_planted_as_asked_and_known():
    texts = [f"Line number {k} of a long letter" for k in range(400)]
    spoiled, kinds = label_noise.plant(texts, 0)
    assert {kind: int((kinds == kind).sum()) for kind in label_noise.SHARES} == {
        "shifted": 20, "look-alike": 8, "cut": 4}  # fmt: skip
    changed = [a != b for a, b in zip(texts, spoiled, strict=True)]
    assert changed == [bool(kind) for kind in kinds]
    for k in np.flatnonzero(kinds == "shifted"):
        assert spoiled[k] == texts[(k + 1) % 400]
    assert all(len(spoiled[k]) == len(texts[k]) for k in np.flatnonzero(kinds == "look-alike"))
    assert all(texts[k].startswith(spoiled[k]) for k in np.flatnonzero(kinds == "cut"))
    assert label_noise.plant(texts, 0)[0] == spoiled != label_noise.plant(texts, 1)[0]


def test_a_ranking_is_measured_as_its_definition_says(rng):
    scores, wrong = rng.integers(0, 6, 60).astype(float), rng.random(60) < 0.3
    pairs = [(a > b) + (a == b) / 2 for a in scores[wrong] for b in scores[~wrong]]
    assert label_noise.auroc(scores, wrong) == pytest.approx(np.mean(pairs))
    assert np.isnan(label_noise.auroc(scores, np.zeros(60, bool)))
    tie = np.array([np.inf, np.inf, 1.0])
    assert label_noise.auroc(tie, np.array([True, False, False])) == 0.75
    ranked, marks = np.array([5.0, 4, 3, 2, 1]), np.array([True, False, True, False, False])
    assert label_noise.found_among_top(ranked, marks, 0.6) == 1
    assert label_noise.found_among_top(ranked, marks, 0.2) == 0.5


def test_confident_learning_doubts_the_labels_that_were_flipped(rng):
    labels = rng.integers(0, 4, 400)
    probabilities = rng.dirichlet(np.ones(4), 400) * 0.1
    probabilities[np.arange(400), labels] += 0.9
    given = labels.copy()
    given[:20] = (given[:20] + 1) % 4
    doubted = label_noise.confident_learning(probabilities, given)
    assert doubted[:20].mean() >= 0.9 and not doubted[20:].any()
