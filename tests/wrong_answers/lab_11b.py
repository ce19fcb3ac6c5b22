"""Wrong answers to the exercises of lab 11b."""

import numpy as np

from wrong_answers import wrong


@wrong("11b/contributions", "every place is reached once")
def _(kernel, stride, count):
    return np.full(stride * count - stride + kernel, 1)


@wrong("11b/contributions", "one apart")
def _(kernel, stride, count):
    return np.convolve(np.ones(count, int), np.ones(kernel, int))


@wrong("11b/contributions", "swapped")
def _(kernel, stride, count):
    inputs = np.zeros(kernel * (count - 1) + 1, int)
    inputs[::kernel] = 1
    return np.convolve(inputs, np.ones(stride, int))


@wrong("11b/contributions", "end is missing")
def _(kernel, stride, count):
    places = np.zeros(stride * count, int)
    for start in range(0, stride * count, stride):
        places[start : start + kernel] += 1
    return places


@wrong("11b/lesson", "from the letter to the noise")
def _(noise, letter, time):
    return noise + time * (letter - noise), noise - letter


@wrong("11b/lesson", "at time 0")
def _(noise, letter, time):
    return letter + time * (noise - letter), letter - noise


@wrong("11b/lesson", "rest of the way")
def _(noise, letter, time):
    here = noise + time * (letter - noise)
    return here, letter - here


@wrong("11b/lesson", "have roots")
def _(noise, letter, time):
    return (1 - time) ** 0.5 * noise + time**0.5 * letter, letter - noise


@wrong("11b/lesson", "diffusion")
def _(noise, letter, time):
    return noise + time * (letter - noise), noise


def _away(first, second):
    return np.sqrt(((first[:, None] - second) ** 2).sum(-1))


@wrong("11b/coverage", "do not count it")
def _(real, made, k):
    return np.mean(_away(real, made).min(1) < np.sort(_away(real, real))[:, k - 1])


@wrong("11b/coverage", "this is the precision")
def _(real, made, k):
    near = _away(made, real) < np.sort(_away(real, real))[:, k]
    return np.mean(near.any(1))


@wrong("11b/coverage", "this is the recall")
def _(real, made, k):
    return np.mean((_away(real, made) < np.sort(_away(made, made))[:, k]).any(1))


@wrong("11b/coverage", "its own")
def _(real, made, k):
    return np.mean(_away(real, made).min(1) < np.sort(_away(real, real))[:, k].mean())


@wrong("11b/walk", "changes nothing")
def _(direction, noise, guidance, steps):
    for k in range(steps):
        noise = noise + direction(noise, k / steps, True) / steps
    return noise


@wrong("11b/walk", "no more")
def _(direction, noise, guidance, steps):
    for k in range(steps):
        told, blind = (direction(noise, k / steps, known) for known in (True, False))
        noise = noise + ((1 + guidance) * told - guidance * blind) / steps
    return noise


@wrong("11b/walk", "wrong sign")
def _(direction, noise, guidance, steps):
    for k in range(steps):
        told, blind = (direction(noise, k / steps, known) for known in (True, False))
        noise = noise + ((1 - guidance) * told + guidance * blind) / steps
    return noise


@wrong("11b/walk", "whole way")
def _(direction, noise, guidance, steps):
    for k in range(steps):
        told, blind = (direction(noise, k / steps, known) for known in (True, False))
        noise = noise + blind + guidance * (told - blind)
    return noise


@wrong("11b/walk", "at the noise, at time 0")
def _(direction, noise, guidance, steps):
    for time in np.arange(1, steps + 1) / steps:
        told, blind = (direction(noise, time, known) for known in (True, False))
        noise = noise + (blind + guidance * (told - blind)) / steps
    return noise


@wrong("11b/walk", "ask from there")
def _(direction, noise, guidance, steps):
    point = noise
    for k in range(steps):
        told, blind = (direction(noise, k / steps, known) for known in (True, False))
        point = point + (blind + guidance * (told - blind)) / steps
    return point


@wrong("11b/walk", "has changed what it was given")
def _(direction, noise, guidance, steps):
    point = noise
    for k in range(steps):
        blind, told = direction(point, k / steps, False), direction(point, k / steps, True)
        point += (blind + guidance * (told - blind)) / steps
    return point
