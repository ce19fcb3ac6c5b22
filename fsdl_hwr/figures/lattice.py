"""The lattice of CTC as a drawing small enough to follow every path with a finger."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import ctc
from fsdl_hwr.figures.drawing import BLACK, SKY, WIDTH


def draw_lattice(
    log_probs: np.ndarray, label: Sequence[int], names: Sequence[str], title: str
) -> Figure:
    """Draw frames × states of a short label, with every move and the mass that arrives.

    A disk's area and number are alpha, the probability of all ways that lead to its state, its
    frame included; gray states lie on no whole path. The two last sums are the probability of the
    label.

    Args:
        log_probs: (frames, classes), normalized in every frame.
        label: (characters,) class indices.
        names: of the classes, the blank first.
        title: of the figure.
    """
    lattice = ctc.forward_backward(log_probs, label)
    alpha = np.exp(lattice.log_alpha)  # (frames, states)
    on_a_path = lattice.occupancy > 0
    num_frames, num_states = alpha.shape
    figure = Figure(figsize=(WIDTH * 0.8, 0.75 * num_states + 0.9))
    axes = figure.subplots()
    for t in range(1, num_frames):
        for state in np.flatnonzero(on_a_path[t]).tolist():
            for before in _ways_into(lattice.states, state):
                if on_a_path[t - 1, before]:
                    axes.plot([t, t + 1], [before, state], color=BLACK, lw=0.8, zorder=1)
    for t, state in np.ndindex(alpha.shape):
        used = on_a_path[t, state]
        size = 900 + 1500 * alpha[t, state] * used
        color = SKY if used else "#eeeeee"
        axes.scatter(t + 1, state, size, color, edgecolors=BLACK if used else "none", zorder=2)
        if used:
            axes.text(t + 1, state, f"{alpha[t, state]:.3f}", ha="center", va="center", fontsize=8)
    axes.set_xticks(range(1, num_frames + 1), [f"frame {t}" for t in range(1, num_frames + 1)])
    axes.set_yticks(range(num_states), [names[state] for state in lattice.states], fontsize=12)
    axes.set(xlim=(0.5, num_frames + 0.5), ylim=(num_states - 0.4, -0.6))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title, fontsize=12, loc="left")
    return figure


def _ways_into(states: np.ndarray, state: int) -> list[int]:
    """Return the states from which a path enters one: itself, the one before, or past a blank."""
    ways = [state]
    if state > 0:
        ways.append(state - 1)
    if state > 1 and states[state] != 0 and states[state] != states[state - 2]:
        ways.append(state - 2)
    return ways
