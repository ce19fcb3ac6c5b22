"""Checks of the exercises for lab 07: percent, manifests, duplicates, corners, kappa, a budget."""

import math
from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge


def to_percent(function: Callable) -> None:
    """Check `function(points, width, height)`: px as percent of width and height."""
    cases = [
        ([[50, 100]], 200, 400),
        ([[0, 0], [64.5, 12]], 300, 120),
        ([[10, 20], [30, 40], [50, 60]], 100, 80),
    ]

    def by(first, second, factor=100):
        def convert(points, width, height):
            sides = {"width": width, "height": height, "longer": max(width, height)}
            return [[factor * x / sides[first], factor * y / sides[second]] for x, y in points]

        return convert

    mistakes = [
        ("that is a share, 0 to 1; percent go to 100.", by("width", "height", 1)),
        ("x is a share of the width, y of the height: you took them crosswise.",
         by("height", "width")),
        ("both are divided by the width. y is a share of the height.", by("width", "width")),
        ("both are divided by the longer side. Each side counts for itself.",
         by("longer", "longer")),
        ("each point is x, then y.",
         lambda points, width, height: [p[::-1] for p in by("width", "height")(
             points, width, height)]),
    ]  # fmt: skip
    judge.compare(
        function, cases, by("width", "height"), mistakes, "Try the lower right corner of an image."
    )
    judge.confirm(function)


def problems(function: Callable) -> None:
    """Check `function(listed, found)`: sorted lists of lost, changed and extra paths."""
    cases = [
        ({"a": "1", "b": "2"}, {"a": "1", "b": "2"}),
        ({"a": "1", "b": "2", "c": "3"}, {"b": "9", "c": "3", "d": "4"}),
        ({"z": "1", "y": "2", "x": "3", "w": "5"}, {"w": "6", "v": "1", "u": "2"}),
        ({}, {"b": "1", "a": "1"}),
    ]

    def parts(listed, found):
        lost = sorted(listed.keys() - found.keys())
        extra = sorted(found.keys() - listed.keys())
        both = listed.keys() & found.keys()
        return lost, sorted(p for p in both if listed[p] != found[p]), extra

    def renamed(listed, found):
        lost, changed, extra = parts(listed, found)
        hashes = set(listed.values())
        return lost, changed, [p for p in extra if found[p] not in hashes]

    def both_ways(listed, found):
        lost, changed, extra = parts(listed, found)
        return sorted(lost + changed), changed, sorted(extra + changed)

    mistakes = [
        ("lost is what the manifest lists and the folder lacks; you have lost and extra swapped.",
         lambda listed, found: parts(listed, found)[::-1]),
        ("a file with other content is changed; it is neither lost nor extra.", both_ways),
        ("a file that is listed under another name is extra under its new one.", renamed),
        ("a file counts as changed only if its hash differs.",
         lambda a, b: (parts(a, b)[0], sorted(a.keys() & b.keys()), parts(a, b)[2])),
    ]  # fmt: skip
    judge.compare(
        function, cases, parts, mistakes, "Return three sorted lists: lost, changed, extra."
    )
    judge.confirm(function)


def duplicates(function: Callable) -> None:
    """Check `function(looks, bits)`: pairs of looks that differ in at most `bits` places."""
    rng = np.random.default_rng(0)
    looks = rng.random((6, 64)) < 0.5
    looks[3] = looks[0]
    looks[4] = looks[1]
    looks[4, :4] ^= True
    looks[5] = ~looks[2]
    cases = [(looks, 4), (looks, 3), (looks[[1, 4]], 4), (looks[:3], 4), (looks[[2, 5]], 4)]

    def pairs(keep, within=lambda apart, bits: apart <= bits):
        def find(looks, bits):
            apart = (looks[:, None] != looks[None]).sum(axis=-1)
            return [(int(i), int(j)) for i, j in np.argwhere(within(apart, bits)) if keep(i, j)]

        return find

    mistakes = [
        ("a picture is not its own duplicate.", pairs(lambda i, j: i <= j)),
        ("each pair occurs twice: take those with i < j.", pairs(lambda i, j: i != j)),
        ("a picture is not its own duplicate, and each pair occurs once.",
         pairs(lambda i, j: True)),
        ("pictures that differ in exactly `bits` places count too.",
         pairs(lambda i, j: i < j, lambda apart, bits: apart < bits)),
        ("that finds looks that agree in few places. Count where they differ.",
         pairs(lambda i, j: i < j, lambda apart, bits: apart >= 64 - bits)),
    ]  # fmt: skip
    judge.compare(
        function, cases, pairs(lambda i, j: i < j), mistakes,
        "Count the places in which two rows differ, for every i < j.",
    )  # fmt: skip
    judge.confirm(function)


def corners(function: Callable) -> None:
    """Check `function(x, y, width, height, degrees)`: a rectangle turned about its corner."""
    cases = [(10, 20, 30, 5, 0), (10, 20, 30, 5, 90), (40, 30, 20, 10, 30), (5, 60, 12, 8, -20)]

    def turned(sign=1, center=False, unit=math.radians):
        def find(x, y, width, height, degrees):
            angle = sign * unit(degrees)
            cos, sin = math.cos(angle), math.sin(angle)
            px, py = (width / 2, height / 2) if center else (0, 0)
            shape = [(0, 0), (width, 0), (width, height), (0, height)]
            return [
                (x + px + (a - px) * cos - (b - py) * sin, y + py + (a - px) * sin + (b - py) * cos)
                for a, b in shape
            ]

        return find

    mistakes = [
        ("that turns about the center. Label Studio turns about the upper left corner, which stays "
         "where it is.", turned(center=True)),
        ("that turns counterclockwise: y points down.", turned(-1)),
        ("that takes degrees for radians.", turned(unit=float)),
        ("that leaves the rectangle unturned.", turned(0)),
        ("begin with the upper left corner, and go on clockwise.",
         lambda *case: [turned()(*case)[k] for k in (0, 3, 2, 1)]),
    ]  # fmt: skip
    judge.compare(
        function, cases, turned(), mistakes, "Try a turn of 90 degrees, and draw it on paper."
    )
    judge.confirm(function)


def kappa(function: Callable) -> None:
    """Check `function(first, second)`: Cohen's kappa of two lists of kinds."""
    hand, print_, signature = "handwritten", "print", "signature"
    cases = [
        ([hand, print_, hand, print_], [hand, print_, hand, print_]),
        ([hand] * 9 + [print_], [hand] * 10),
        ([hand, hand, print_, signature, hand], [hand, print_, print_, signature, hand]),
        ([hand, print_] * 3, [print_, hand] * 3),
        ([hand, hand, hand, print_], [hand, print_, print_, print_]),
        ([hand] * 4, [hand] * 4),
    ]

    def observed(first, second):
        return float(np.mean([a == b for a, b in zip(first, second, strict=True)]))

    def with_chance(chance, whole=True):
        def measure(first, second):
            expected = chance(first, second)
            if expected == 1:
                return 1.0
            over = 1 - expected if whole else 1
            return (observed(first, second) - expected) / over

        return measure

    def own_shares(first, second):
        kinds = set(first) | set(second)
        return sum(
            first.count(k) / len(first) * second.count(k) / len(second) for k in kinds
        )  # fmt: skip

    def pooled(first, second):
        both = list(first) + list(second)
        return sum((both.count(k) / len(both)) ** 2 for k in set(both))

    def uniform(first, second):
        return 1 / len(set(first) | set(second))

    mistakes = [
        ("that is plain agreement. How much of it would chance give?", observed),
        ("every kind is taken to be equally likely. Each annotator has shares of their own.",
         with_chance(uniform)),
        ("the shares are those of both annotators together, which is Scott's pi. Take each "
         "annotator's own.", with_chance(pooled)),
        ("divide by 1 less chance: that is how much better than chance two people can be.",
         with_chance(own_shares, whole=False)),
    ]  # fmt: skip
    judge.compare(
        function, cases, with_chance(own_shares), mistakes,
        "Compute observed agreement and chance, and print both.",
    )  # fmt: skip
    judge.confirm(function)


def choose(function: Callable) -> None:
    """Check `function(doubts, costs, budget)`: lines by doubt per keystroke, within a budget."""
    cases = [
        ([0.5, 0.4, 0.1, 0.3, 0.9, 0.2], [20, 8, 2, 30, 40, 4], 40),
        ([0.9, 0.8, 0.1], [30, 10, 1], 20),
        ([0.2, 0.2, 0.2], [4, 4, 4], 8),
        ([0.6, 0.5, 0.3], [6, 10, 2], 12),
        ([0.5], [9], 3),
        ([0.9, 0.5, 0.1], [9, 10, 5], 14),
    ]

    def greedy(key, stops=False, over=False):
        def pick(doubts, costs, budget):
            order = sorted(range(len(doubts)), key=lambda k: (key(doubts[k], costs[k]), k))
            chosen: list[int] = []
            spent = 0
            for k in order:
                if (spent < budget) if over else (spent + costs[k] <= budget):
                    chosen.append(k)
                    spent += costs[k]
                elif stops:
                    break
            return chosen

        return pick

    def per_keystroke(doubt, cost):
        return -doubt / cost

    mistakes = [
        ("that is the order of doubt alone: a line that costs four times as much must be doubted "
         "four times as much.", greedy(lambda doubt, cost: -doubt)),
        ("that takes the cheapest lines first, however sure the reader is of them.",
         greedy(lambda doubt, cost: cost)),
        ("a line that does not fit is passed over, and cheaper ones after it may fit.",
         greedy(per_keystroke, stops=True)),
        ("that spends more than the budget: look at the cost before you take a line.",
         greedy(per_keystroke, over=True)),
        ("that begins with what the reader is surest of.",
         greedy(lambda doubt, cost: doubt / cost)),
    ]  # fmt: skip
    judge.compare(
        function, cases, greedy(per_keystroke), mistakes,
        "Print doubt / cost for each line, and go down that list.",
    )  # fmt: skip
    judge.confirm(function)
