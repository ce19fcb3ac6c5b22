"""Wrong answers to the exercises of lab 07."""

import math

import numpy as np

from wrong_answers import wrong


@wrong("07/to-percent", "0 to 1")
def _(points, width, height):
    return (np.array(points) / [width, height]).tolist()


@wrong("07/to-percent", "crosswise")
def _(points, width, height):
    return (np.array(points) * 100 / [height, width]).tolist()


@wrong("07/to-percent", "divided by the width")
def _(points, width, height):
    return [[x / width * 100, y / width * 100] for x, y in points]


@wrong("07/problems", "swapped")
def _(listed, found):
    lost = sorted(set(found) - set(listed))
    extra = sorted(set(listed) - set(found))
    return lost, sorted(k for k in listed if k in found and listed[k] != found[k]), extra


@wrong("07/problems", "neither lost nor extra")
def _(listed, found):
    pairs, others = set(listed.items()), set(found.items())
    changed = sorted(k for k in listed if k in found and listed[k] != found[k])
    return sorted(k for k, _ in pairs - others), changed, sorted(k for k, _ in others - pairs)


@wrong("07/duplicates", "not its own duplicate.")
def _(looks, bits):
    count = len(looks)
    return [(i, j) for i in range(count) for j in range(i, count)
            if sum(looks[i] != looks[j]) <= bits]  # fmt: skip


@wrong("07/duplicates", "occurs twice")
def _(looks, bits):
    count = len(looks)
    return [(i, j) for i in range(count) for j in range(count)
            if i != j and (looks[i] ^ looks[j]).sum() <= bits]  # fmt: skip


@wrong("07/duplicates", "exactly `bits`")
def _(looks, bits):
    count = len(looks)
    return [(i, j) for i in range(count) for j in range(i + 1, count)
            if (looks[i] ^ looks[j]).sum() < bits]  # fmt: skip


def _turn(x, y, width, height, angle, px=0.0, py=0.0):
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    shape = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - [px, py]
    return [tuple(p) for p in (shape @ turn.T + [x + px, y + py]).tolist()]


@wrong("07/corners", "about the center")
def _(x, y, width, height, degrees):
    return _turn(x, y, width, height, math.radians(degrees), width / 2, height / 2)


@wrong("07/corners", "counterclockwise")
def _(x, y, width, height, degrees):
    return _turn(x, y, width, height, -math.radians(degrees))


@wrong("07/corners", "degrees for radians")
def _(x, y, width, height, degrees):
    return _turn(x, y, width, height, degrees)


@wrong("07/kappa", "plain agreement")
def _(first, second):
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


@wrong("07/kappa", "equally likely")
def _(first, second):
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    chance = 1 / len(set(first) | set(second))
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


@wrong("07/choose", "doubt alone")
def _(doubts, costs, budget):
    chosen = []
    for k in np.argsort(-np.array(doubts), kind="stable"):
        if sum(costs[j] for j in chosen) + costs[k] <= budget:
            chosen.append(int(k))
    return chosen


@wrong("07/choose", "passed over")
def _(doubts, costs, budget):
    chosen = []
    for k in sorted(range(len(costs)), key=lambda k: -doubts[k] / costs[k]):
        if sum(costs[j] for j in chosen) + costs[k] > budget:
            return chosen
        chosen.append(k)
    return chosen
