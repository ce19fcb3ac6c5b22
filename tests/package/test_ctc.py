"""CTC in NumPy: paths, beams, lattices, alignments. No Keras here: tools/mutation.py runs it."""

import itertools

import numpy as np
import pytest
from ctc_paths import all_paths, enumerated, softmax_minus_occupancy

from fsdl_hwr import alphabet, ctc


def test_pack_labels_lays_out_frames_length_and_label():
    packed = ctc.pack_labels([np.array([5, 6]), []], np.array([9, 8]), max_length=3)
    assert packed.dtype == np.int32
    assert packed.tolist() == [[9, 2, 5, 6, 0], [8, 0, 0, 0, 0]]
    assert ctc.pack_labels([], []).shape == (0, 3)


def test_pack_labels_refuses_what_the_loss_cannot_read():
    with pytest.raises(ValueError, match="line 1 .*from 1 up"):
        ctc.pack_labels([[1], [2, 0, 3]], [5, 5])
    with pytest.raises(ValueError, match="Line 1 has a label of 3 .*max_length is 2"):
        ctc.pack_labels([[1], [1, 2, 3]], [5, 5], max_length=2)
    with pytest.raises(ValueError, match="counts differ"):
        ctc.pack_labels([[1], [2]], [5])
    with pytest.raises(ValueError, match="max_length is 0"):
        ctc.pack_labels([[]], [5], max_length=0)


def test_frames_needed_counts_a_blank_in_every_repeat():
    assert [ctc.frames_needed(x) for x in ([], [4], [1, 2], [1, 1], [1, 1, 1, 2, 2])] == [
        *(0, 1, 2, 3, 8),
    ]


def test_check_feasible_names_the_line_and_the_way_out():
    ctc.check_feasible([[1, 1], []], [3, 0], ["aa", ""])
    with pytest.raises(ValueError, match="Line 1, 'see', has 3 frames and needs 4.*frame width"):
        ctc.check_feasible([[1], [3, 2, 2]], [3, 3], ["a", "see"])
    with pytest.raises(ValueError, match=r"Line 0, \[2, 2\], has 2 frames and needs 3"):
        ctc.check_feasible([[2, 2]], np.array([2]))


def test_collapse_merges_then_drops_blanks():
    assert ctc.collapse([0, 1, 1, 0, 1, 2, 2, 0]).tolist() == [1, 1, 2]
    assert ctc.collapse([]).tolist() == ctc.collapse([0, 0]).tolist() == []


def test_greedy_decode_stops_at_the_frames_of_each_line():
    logits = np.eye(4)[np.array([[1, 1, 0, 2], [0, 3, 3, 1]])]  # (2, 4, 4)
    assert [x.tolist() for x in ctc.greedy_decode(logits)] == [[1, 2], [3, 1]]
    assert [x.tolist() for x in ctc.greedy_decode(logits, [3, 0])] == [[1], []]
    with pytest.raises(ValueError, match="batch, frames, classes"):
        ctc.greedy_decode(logits[0])


def test_log_softmax_is_normalized_in_float64_even_for_huge_logits():
    logits = np.array([[[1e4, 1e4, -1e4], [0.0, 1.0, 2.0]]], np.float32)
    log_probs = ctc.log_softmax(logits)
    assert log_probs.dtype == np.float64 and log_probs.shape == logits.shape
    np.testing.assert_allclose(np.exp(log_probs).sum(-1), 1.0, rtol=1e-12)
    assert log_probs[0, 0, 0] == pytest.approx(-np.log(2))


def test_greedy_is_wrong_where_several_paths_share_a_label():
    log_probs = np.log([[0.6, 0.4], [0.6, 0.4]])  # blank blank: 0.36; the three paths of 'a': 0.64
    assert ctc.greedy_decode(log_probs[None])[0].tolist() == []
    (best, score), (second, second_score) = ctc.beam_search(log_probs)
    assert (best, second) == ((1,), ())
    assert np.exp([score, second_score]) == pytest.approx([0.64, 0.36])


def test_wide_beam_finds_every_label_with_its_exact_probability():
    log_probs = ctc.log_softmax(np.random.default_rng(2).normal(0, 1, (5, 3)))
    expected = {}
    for _, label, probability in all_paths(log_probs):
        expected[label] = expected.get(label, 0.0) + probability
    found = ctc.beam_search(log_probs, beam_width=1000)
    assert dict(found).keys() == expected.keys()
    for label, score in found:
        assert np.exp(score) == pytest.approx(expected[label], rel=1e-9)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)


def test_narrow_beam_keeps_to_its_width_and_copes_with_certainty():
    log_probs = ctc.log_softmax(np.random.default_rng(3).normal(0, 3, (40, 10)))
    assert len(ctc.beam_search(log_probs, beam_width=4)) == 4
    with np.errstate(divide="ignore"):
        certain = np.log(np.eye(4)[[1, 1, 0, 1, 2]])
    assert ctc.beam_search(certain, beam_width=1) == [((1, 1, 2), 0.0)]


class Unigram:
    """p('end'), p(1), p(2), whatever comes before."""

    def next_log_probs(self, label):
        return np.log([0.2, 0.1, 0.7])


def test_beam_search_adds_language_model_and_length_bonus():
    log_probs = ctc.log_softmax(np.random.default_rng(4).normal(0, 1, (4, 3)))
    plain = dict(ctc.beam_search(log_probs, 1000))
    found = ctc.beam_search(log_probs, 1000, Unigram(), weight=0.5, length_bonus=0.3)
    assert dict(found).keys() == plain.keys()
    for label, score in found:
        language = np.log([0.1, 0.7])[np.array(label, int) - 1].sum() + np.log(0.2)
        assert score == pytest.approx(plain[label] + 0.5 * language + 0.3 * len(label))


def test_beam_search_refuses_what_is_not_log_probabilities():
    with pytest.raises(ValueError, match="frame 1 sum to 2.*log-softmax"):
        ctc.beam_search(np.log([[0.5, 0.5], [1.0, 1.0]]))
    with pytest.raises(ValueError, match="frame 0 sum to nan"):
        ctc.beam_search(np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="are .frames, classes.; these have shape"):
        ctc.beam_search(np.zeros((1, 2, 3)))
    with pytest.raises(ValueError, match="beam_width is 0"):
        ctc.beam_search(np.log([[0.5, 0.5]]), beam_width=0)


@pytest.mark.parametrize("label", [[], [1], [1, 1], [2, 1, 3], [2, 2, 1]])
def test_lattice_equals_enumeration(label):
    log_probs = ctc.log_softmax(np.random.default_rng(5).normal(0, 1, (5, 4)))
    lattice = ctc.forward_backward(log_probs, label)
    value, gradient = enumerated(log_probs, label)
    assert lattice.log_likelihood == pytest.approx(-value)
    assert lattice.states.tolist()[1::2] == label and not lattice.states[::2].any()
    np.testing.assert_allclose(lattice.occupancy.sum(axis=1), 1.0)
    # At every frame, forward and backward mass meet in the same likelihood.
    meeting = np.logaddexp.reduce(lattice.log_alpha + lattice.log_beta, axis=1)
    np.testing.assert_allclose(meeting, lattice.log_likelihood)
    np.testing.assert_allclose(softmax_minus_occupancy(log_probs, lattice), gradient, atol=1e-12)


@pytest.mark.parametrize("label", [[], [1], [1, 1], [2, 1, 3], [2, 2, 1]])
def test_best_alignment_is_the_best_of_all_paths(label):
    log_probs = ctc.log_softmax(np.random.default_rng(7).normal(0, 2, (5, 4)))
    paths = [(p, path) for path, found, p in all_paths(log_probs) if found == tuple(label)]
    states = ctc.best_alignment(log_probs, label)
    classes = ctc.forward_backward(log_probs, label).states[states]
    assert tuple(classes.tolist()) == max(paths)[1]


def test_character_boundaries_in_frames_and_pixels():
    label = [5, 5, 2]
    states = [0, 1, 1, 2, 3, 5, 5, 6]
    boundaries = ctc.character_boundaries(states, label, frame_width=8)
    assert boundaries == [(1, 3, 8, 24), (4, 5, 32, 40), (5, 7, 40, 56)]
    assert boundaries[1].start_px == 32 and boundaries[1].end_frame == 5
    assert ctc.character_boundaries([0, 0], [], frame_width=8) == []
    with pytest.raises(ValueError, match="character 2 of the label"):
        ctc.character_boundaries(states[:5], label, frame_width=8)


def test_alignment_refuses_what_cannot_be_aligned():
    log_probs = np.log(np.full((2, 3), 1 / 3))
    for align in (ctc.forward_backward, ctc.best_alignment):
        with pytest.raises(ValueError, match="2 frames and needs 3"):
            align(log_probs, [1, 1])
        with pytest.raises(ValueError, match="from 1 up"):
            align(log_probs, [0, 1])
        with pytest.raises(ValueError, match="class 3, and there are 3"):
            align(log_probs, [3])
        with pytest.raises(ValueError, match="log-softmax"):
            align(log_probs + 1, [1])
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match="probability 0"):
        ctc.forward_backward(np.log([[0.5, 0.5, 0.0]]), [2])


@pytest.mark.parametrize("num_frames", range(6))
def test_paths_are_counted_as_by_writing_them_all_down(num_frames):
    written = {}
    for path in itertools.product(range(3), repeat=num_frames):
        text = "".join("-ab"[k] for k in ctc.collapse(path))
        written[text] = written.get(text, 0) + 1
    assert sum(written.values()) == 3**num_frames
    for text, count in written.items():
        assert ctc.count_paths(text, num_frames) == count, text
        assert alphabet.frames_needed(text) <= num_frames
    assert ctc.count_paths("ab" * 3, num_frames) == 0


@pytest.mark.parametrize("label", [[], [1], [1, 1], [1, 2, 2, 3], [3] * 4])
def test_the_lattice_of_equal_probabilities_counts_the_same_paths(label):
    log_probs = np.full((9, 4), np.log(1 / 4))
    total = np.exp(ctc.forward_backward(log_probs, label).log_likelihood) * 4**9
    text = "".join("-abc"[k] for k in label)
    assert round(total) == ctc.count_paths(text, 9)
    assert alphabet.frames_needed(text) == ctc.frames_needed(label)


def test_long_lines_are_counted_exactly():
    count = ctc.count_paths("Where does a letter end?", 119)
    assert isinstance(count, int)
    assert count > 2**63  # 39 digits, which no float holds


def test_confidences_of_a_label_are_its_own_probabilities_in_its_frames():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.2, 0.7, 0.1], [0.8, 0.1, 0.1], [0.3, 0.6, 0.1]])
    log_probs = np.log(probabilities)
    np.testing.assert_allclose(ctc.label_confidences(log_probs, [1, 1]), [0.7, 0.6])
    np.testing.assert_allclose(ctc.label_confidences(log_probs, [2, 1]), [0.3, 0.7])
    assert ctc.label_confidences(log_probs, []).shape == (0,)
