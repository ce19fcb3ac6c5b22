"""The drawing of CTC's lattice shows the states and moves of whole paths, and no others."""

import numpy as np

from fsdl_hwr import ctc
from fsdl_hwr.figures import lattice


def draw(label, frames, rng):
    log_probs = ctc.log_softmax(rng.normal(size=(frames, 3)))
    return lattice.draw_lattice(log_probs, label, "-ab", "Title"), log_probs


def test_the_last_two_states_sum_to_the_probability_of_the_label(rng):
    figure, log_probs = draw([1, 2], 4, rng)
    numbers = {text.get_position(): float(text.get_text()) for text in figure.axes[0].texts}
    likelihood = np.exp(ctc.forward_backward(log_probs, [1, 2]).log_likelihood)
    assert abs(numbers[4, 3] + numbers[4, 4] - likelihood) < 2e-3


def test_without_spare_frames_there_is_one_path(rng):
    figure, _ = draw([1, 1], 3, rng)  # a blank keeps the two apart
    moves = [list(zip(*line.get_data(), strict=True)) for line in figure.axes[0].lines]
    assert moves == [[(1, 1), (2, 2)], [(2, 2), (3, 3)]]
    assert len(figure.axes[0].texts) == 3


def test_equal_neighbors_are_never_reached_past_their_blank(rng):
    skips = []
    for label in ([1, 2], [1, 1]):
        figure, _ = draw(label, 5, rng)
        ends = [line.get_ydata() for line in figure.axes[0].lines]
        skips.append(any(b - a == 2 for a, b in ends))
    assert skips == [True, False]
