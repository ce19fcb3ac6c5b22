"""Holes that mutants showed (tools/mutation.py): defaults, borders, types, tails. No Keras here."""

import numpy as np
import pytest

from fsdl_hwr import alphabet, ctc, metrics

LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 11, 13]
RNG = np.random.default_rng(0)
READ = [[" ".join(RNG.choice(["a", "bc", "d"], n)) for n in LENGTHS] for _ in range(2)]
RATES = (
    metrics.character_error_rate,
    metrics.word_error_rate,
    metrics.bag_of_words_error_rate,
)


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_has_the_interval_of_seed_0_unless_told(rate):
    assert rate(*READ) == rate(*READ, seed=0) == rate(*READ, seed=0)
    assert rate(*READ).count == rate(*READ, seed=5).count
    assert rate(*READ) != rate(*READ, seed=5)
    assert rate(*READ).low < rate(*READ).value < rate(*READ).high


def test_an_interval_leaves_as_much_below_as_above():
    errors, lengths = np.random.default_rng(1).poisson(2, 400), [20] * 400
    low, high = metrics.bootstrap_interval(errors, lengths, num_resamples=20_000)
    middle, deviation = errors.mean() / 20, errors.std() / np.sqrt(400) / 20
    assert (middle - low) / deviation == pytest.approx(1.96, rel=0.04)
    assert (high - middle) / deviation == pytest.approx(1.96, rel=0.04)


def test_an_interval_is_that_of_a_thousand_resamples():
    counts = [0, 1, 2, 3, 5], [4, 4, 5, 5, 9]
    asked = metrics.bootstrap_interval(*counts, seed=0, num_resamples=1000)
    assert metrics.bootstrap_interval(*counts) == asked
    assert metrics.bootstrap_interval([1], [1]) == (1.0, 1.0)  # one line of one character


def test_one_word_is_enough_for_bags_and_lists_must_pair():
    assert metrics.bag_of_words_error_rate(["a"], ["b"]).value == 1
    with pytest.raises(ValueError, match="shorter"):
        metrics.bag_of_words_error_rate(["a b", "c"], ["a b"])


def test_right_characters_are_truth_values():
    found = metrics.characters_right("noon", "moon")
    assert found.dtype == bool and found.tolist() == [False, True, True, True]


def test_the_most_frequent_character_is_counted_over_all_texts():
    found = metrics.frequent_character_baseline(["hi", "tree"], ["ab", "eb", "e", "e"])
    assert found == ["ee", "eeee"]


def test_no_interval_of_a_share_leaves_0_to_1():
    for count in range(1, 40):
        assert metrics.accuracy("a" * count, "a" * count).high <= 1
        assert metrics.accuracy("a" * count, "b" * count).low >= 0


def test_types_of_labels_and_classes():
    assert ctc.collapse([1, 1, 0]).dtype == np.int32
    assert alphabet.class_map("aB", "AB").dtype == np.int32


def test_a_target_may_have_one_place():
    assert ctc.pack_labels([[2]], [5], max_length=1).tolist() == [[5, 1, 2]]
    with pytest.raises(ValueError, match="Line 0 has a label of 2"):
        ctc.pack_labels([[2, 3]], [5], max_length=1)


@pytest.mark.parametrize("texts", [None, ["a"], ["a", "b"]])
@pytest.mark.parametrize("frames", [[3], [3, 3]])
@pytest.mark.parametrize("labels", [[[1]], [[1], [2]]])
def test_labels_frames_and_texts_are_as_many(labels, frames, texts):
    if len({len(column) for column in (labels, frames, texts or labels)}) == 1:
        ctc.check_feasible(labels, frames, texts)
    else:
        with pytest.raises(ValueError, match="counts differ"):
            ctc.check_feasible(labels, frames, texts)


def test_greedy_decoding_wants_frames_for_each_line():
    with pytest.raises(ValueError, match="counts differ"):
        ctc.greedy_decode(np.zeros((2, 3, 4)), [3])


def test_greedy_decoding_reads_more_frames_than_there_are_classes():
    (found,) = ctc.greedy_decode(np.eye(3)[[[1, 0, 1, 2, 1, 0, 2]]])
    assert found.tolist() == [1, 1, 2, 1, 2]


def test_a_character_is_as_sure_as_its_surest_frame():
    sure = np.array([[0.2, 0.7, 0.1], [0.1, 0.9, 0.0], [0.8, 0.1, 0.1], [0.3, 0.6, 0.1],
                     [0.2, 0.2, 0.6]])  # fmt: skip
    with np.errstate(divide="ignore"):
        log_probs = np.log(sure)
    np.testing.assert_allclose(ctc.greedy_confidences(log_probs), [0.9, 0.6, 0.6])
    assert ctc.greedy_confidences(log_probs[2:3]).shape == (0,)  # a blank alone
    assert ctc.greedy_confidences(np.zeros((0, 3))).shape == (0,)


def test_one_character_has_a_confidence():
    log_probs = np.log([[0.3, 0.7], [0.1, 0.9]])
    np.testing.assert_allclose(ctc.greedy_confidences(log_probs), [0.9])
    np.testing.assert_allclose(ctc.label_confidences(log_probs, [1]), [0.9])


class Bigram:
    """Prefers an end after 1, and 1 after all else."""

    def next_log_probs(self, label):
        return np.log([0.6, 0.2, 0.2] if label[-1:] == (1,) else [0.1, 0.7, 0.2])


def test_a_beam_keeps_ten_prefixes_and_weighs_the_model_once():
    log_probs = ctc.log_softmax(np.random.default_rng(3).normal(0, 1, (6, 3)))
    assert ctc.beam_search(log_probs) == ctc.beam_search(log_probs, 10)
    assert len(ctc.beam_search(log_probs)) == 10
    told = ctc.beam_search(log_probs, 10, Bigram(), weight=1.0, length_bonus=0.0)
    assert ctc.beam_search(log_probs, 10, Bigram()) == told


def test_a_beam_holds_no_prefix_without_probability():
    with np.errstate(divide="ignore"):
        certain = np.log(np.eye(4)[[1, 1, 0, 1, 2]])
    assert ctc.beam_search(certain, beam_width=6) == [((1, 1, 2), 0.0)]
    assert ctc.beam_search(np.log([[0.3, 0.7]])) == [((1,), np.log(0.7)), ((), np.log(0.3))]


def test_a_beam_keeps_the_best_prefixes():
    # NumPy sorts short rows whole when it is asked for a part: only a long one shows a wrong place.
    (frame,) = log_probs = ctc.log_softmax(np.random.default_rng(6).normal(0, 1, (1, 600)))
    best = np.sort(frame)[::-1]
    for beam_width in range(1, 400):
        found = [score for _, score in ctc.beam_search(log_probs, beam_width)]
        np.testing.assert_allclose(found, best[:beam_width])


def test_a_beam_is_cut_by_what_line_and_language_model_say_together():
    log_probs = np.log([[0.1, 0.4, 0.5]])
    assert ctc.beam_search(log_probs, 1)[0][0] == (2,)
    assert ctc.beam_search(log_probs, 1, Bigram())[0][0] == (1,)  # 0.4 * 0.7 against 0.5 * 0.2


def test_the_state_that_has_no_frame_is_named():
    with pytest.raises(ValueError, match="No frame is in state 5, character 2 of the label"):
        ctc.character_boundaries([0, 1, 2, 3], [5, 5, 2], frame_width=8)


def test_frames_are_checked_with_some_tolerance_and_the_worst_is_named():
    rounded = np.log([[0.5, 0.5005], [0.4, 0.6]])
    assert ctc.forward_backward(rounded, [1]).log_likelihood < 0
    with pytest.raises(ValueError, match=r"frame 1 sum to 0\.2,"):
        ctc.beam_search(np.log([[0.5, 0.5], [0.1, 0.1]]))
    with pytest.raises(ValueError, match=r"have shape \(0, 3\)"):
        ctc.beam_search(np.zeros((0, 3)))
