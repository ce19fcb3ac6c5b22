"""What the benchmarks share: ways that take turns, and the batches that networks are fed."""

import time
from collections.abc import Callable, Mapping

import numpy as np

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.recognizers.line import Recognizer


def time_in_turns(
    ways: Mapping[object, Callable], rounds: int, warm_ups: int = 1
) -> dict[object, list[float]]:
    """Call every way once a round, so that a busy moment of the machine meets all; give seconds.

    warm_ups: calls of each before the clock starts, which trace graphs and warm the caches.
    """
    for way in ways.values():
        for _ in range(warm_ups):
            way()
    seconds = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def make_batches(recognizer: Recognizer, made: Lines, size: int) -> list[tuple]:
    """Turn lines into what `fit` eats: batches of like width, trimmed, with packed labels."""
    by_width = made[np.argsort(made.ink_widths, kind="stable")]
    batches = [by_width[start : start + size] for start in range(0, len(made), size)]
    return [(recognizer.trim(b.images, b.ink_widths), recognizer.pack(b)) for b in batches]
