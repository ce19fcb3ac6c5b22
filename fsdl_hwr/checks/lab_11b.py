"""Checks of the exercises for lab 11b: contributions, directions, coverage, a guided walk."""

from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge


def contributions(function: Callable) -> None:
    """Check `function(kernel, stride, count)`: how many inputs reach each output of a transpose."""
    cases = [(5, 2, 4), (4, 2, 4), (3, 2, 5), (3, 3, 3), (2, 1, 3), (3, 1, 4)]

    def right(kernel, stride, count):
        reached = np.zeros((count - 1) * stride + kernel, int)
        for k in range(count):
            reached[k * stride : k * stride + kernel] += 1
        return reached

    def side_by_side(kernel, stride, count):
        return np.ones((count - 1) * stride + kernel, int)

    def stride_of_one(kernel, stride, count):
        return right(kernel, 1, count)

    def swapped(kernel, stride, count):
        return right(stride, kernel, count)

    def cut(kernel, stride, count):
        return right(kernel, stride, count)[: count * stride]

    mistakes = [
        (
            "every place is reached once. If the kernel is wider than the stride, what two "
            "inputs spread overlaps, and overlaps add up.",
            side_by_side,
        ),
        ("neighboring inputs are spread one apart, whatever the stride is.", stride_of_one),
        ("kernel and stride are swapped: the kernel is how far one input spreads.", swapped),
        (
            "the end is missing: the last input spreads over a whole kernel, so that there are "
            "(count - 1) * stride + kernel places.",
            cut,
        ),
    ]
    advice = "Let each of the count inputs add 1 to `kernel` places, from place k * stride on."
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def lesson(function: Callable) -> None:
    """Check `function(noise, letter, time)`: a point on the way, and the direction there."""
    rng = np.random.default_rng(0)
    cases = [(*rng.normal(size=(2, 4)), time) for time in (0.25, 0.0, 1.0, 0.6)]

    def right(noise, letter, time):
        return (1 - time) * noise + time * letter, letter - noise

    def backwards(noise, letter, time):
        return right(noise, letter, time)[0], noise - letter

    def from_the_letter(noise, letter, time):
        return time * noise + (1 - time) * letter, letter - noise

    def the_rest(noise, letter, time):
        point, _ = right(noise, letter, time)
        return point, letter - point

    def on_a_circle(noise, letter, time):
        return np.sqrt(1 - time) * noise + np.sqrt(time) * letter, letter - noise

    def noise_only(noise, letter, time):
        return right(noise, letter, time)[0], noise

    mistakes = [
        ("the direction leads from the letter to the noise.", backwards),
        ("at time 0 there should be the noise, at time 1 the letter.", from_the_letter),
        (
            "the direction is the rest of the way, which gets shorter. On a straight way at an "
            "even pace it is the same all along.",
            the_rest,
        ),
        ("the shares of noise and letter have roots. The way is a straight line.", on_a_circle),
        ("the noise is returned as the direction: that is a diffusion model's task.", noise_only),
    ]
    advice = "Where are you after a share `time` of the straight way, and which way is onwards?"
    judge.compare(function, cases, right, mistakes, advice, keeps=True)
    judge.confirm(function)


def coverage(function: Callable) -> None:
    """Check `function(real, made, k)`: the share of real points with a made one near."""
    rng = np.random.default_rng(1)
    cases = [
        (np.arange(6.0)[:, None], np.array([[0.1], [0.4]]), 1),
        (rng.normal(size=(20, 2)), rng.normal(size=(9, 2)), 2),
        (rng.normal(size=(15, 3)), 0.1 * rng.normal(size=(30, 3)), 3),
        (rng.normal(size=(12, 2)), 2 * rng.normal(size=(40, 2)), 1),
    ]

    def away(first, second):
        return np.linalg.norm(first[:, None] - second[None], axis=-1)

    def reach(points, k):
        return np.sort(away(points, points), axis=1)[:, k]

    def right(real, made, k):
        return float((away(real, made).min(axis=1) < reach(real, k)).mean())

    def itself(real, made, k):
        return float((away(real, made).min(axis=1) < reach(real, k - 1)).mean())

    def precision(real, made, k):
        return float((away(real, made) < reach(real, k)[:, None]).any(axis=0).mean())

    def recall(real, made, k):
        return float((away(real, made) < reach(made, k)).any(axis=1).mean())

    def one_reach(real, made, k):
        return float((away(real, made).min(axis=1) < reach(real, k).mean()).mean())

    mistakes = [
        ("each point's nearest neighbor is itself, at distance 0: do not count it.", itself),
        (
            "this is the precision: the share of *made* points near a real one. A generator with "
            "one good letter has all of it. Ask of every real point.",
            precision,
        ),
        (
            "the made points' surroundings are used: this is the recall. One wild made point then "
            "reaches everything.",
            recall,
        ),
        (
            "all real points get the same reach. If points are dense, the surroundings are "
            "small: each has its own.",
            one_reach,
        ),
    ]
    advice = "How far is each real point's k-th neighbor? Is the nearest made point nearer?"
    judge.compare(function, cases, right, mistakes, advice)
    judge.confirm(function)


def walk(function: Callable) -> None:
    """Check `function(direction, noise, guidance, steps)`: where a guided walk ends."""
    cases = [
        (_towards, np.array([1.0, -2.0]), guidance, steps)
        for guidance, steps in ((1.0, 4), (2.0, 3), (0.0, 5), (1.5, 1))
    ]

    def follow(direction, noise, steps, guided, *, first=0, share=None):
        point = noise
        for k in range(steps):
            time = (k + first) / steps
            blind, told = direction(point, time, False), direction(point, time, True)
            point = point + guided(blind, told) * (1 / steps if share is None else share)
        return point

    def right(direction, noise, guidance, steps):
        return follow(direction, noise, steps, lambda b, t: b + guidance * (t - b))

    def unguided(direction, noise, guidance, steps):
        return follow(direction, noise, steps, lambda b, t: t)

    def added(direction, noise, guidance, steps):
        return follow(direction, noise, steps, lambda b, t: t + guidance * (t - b))

    def swapped(direction, noise, guidance, steps):
        return follow(direction, noise, steps, lambda b, t: t + guidance * (b - t))

    def whole_steps(direction, noise, guidance, steps):
        return follow(direction, noise, steps, lambda b, t: b + guidance * (t - b), share=1)

    def late(direction, noise, guidance, steps):
        return follow(direction, noise, steps, lambda b, t: b + guidance * (t - b), first=1)

    def from_the_noise(direction, noise, guidance, steps):
        moves = [
            direction(noise, k / steps, False) * (1 - guidance)
            + direction(noise, k / steps, True) * guidance
            for k in range(steps)
        ]
        return noise + np.mean(moves, axis=0)

    mistakes = [
        ("the guidance changes nothing: both directions are needed.", unguided),
        (
            "guidance 1 should follow the label, no more: begin with the direction that does not "
            "know it.",
            added,
        ),
        ("more guidance leads away from the label: the difference has the wrong sign.", swapped),
        ("every step goes the whole way: a step is 1 / steps of it.", whole_steps),
        ("the first step is taken at time 1 / steps. It begins at the noise, at time 0.", late),
        (
            "every direction is asked for at the noise. After a step you stand elsewhere: ask from "
            "there.",
            from_the_noise,
        ),
    ]
    advice = "From time 0 on: ask twice, mix, go 1 / steps of the way; as often as `steps` says."
    judge.compare(function, cases, right, mistakes, advice, keeps=True)
    judge.confirm(function)


def _towards(point: np.ndarray, time: float, told: bool) -> np.ndarray:
    """Return a direction that depends on all that it is told: to one of two places, ever faster."""
    goal = np.array([3.0, 1.0]) if told else np.array([0.0, 1.0])
    return (goal - point) * (1 + time)
