"""Wrong answers to the exercises of lab 05."""

import functools
import math

import numpy as np

from wrong_answers import wrong


@wrong("05/verdict", "lower one is the better")
def _(cer, mean, noise):
    return "within noise" if abs(cer - mean) < noise else "better" if cer > mean else "worse"


@wrong("05/verdict", "every difference is called a finding")
def _(cer, mean, noise):
    return "better" if cer < mean else "worse"


@wrong("05/verdict", "Luck has two sides")
def _(cer, mean, noise):
    if cer < mean - noise:
        return "better"
    return "worse" if cer > mean else "within noise"


@wrong("05/chance-finding", "on average")
def _(num_ideas, level):
    return sum([level] * num_ideas)


@wrong("05/chance-finding", "*no* idea")
def _(num_ideas, level):
    return np.prod(np.full(num_ideas, 1 - level))


@wrong("05/chance-finding", "exactly one")
def _(num_ideas, level):
    return math.comb(num_ideas, 1) * level * (1 - level) ** (num_ideas - 1)


@wrong("05/noise", "divide by one less")
def _(cers, t):
    return t * np.std(cers) * (1 + 1 / len(cers)) ** 0.5


@wrong("05/noise", "give it as a share")
def _(cers, t):
    return 100 * t * np.std(cers, ddof=1) * np.sqrt(1 + 1 / len(cers))


@wrong("05/noise", "where the *mean* of many runs may lie")
def _(cers, t):
    return t * np.std(cers, ddof=1) / len(cers) ** 0.5


@wrong("05/noise", "takes the mean as known exactly")
def _(cers, t):
    return t * np.std(cers, ddof=1)


@wrong("05/noise", "1.96 holds if")
def _(cers, t):
    return 1.96 * np.std(cers, ddof=1) * (1 + 1 / len(cers)) ** 0.5


@wrong("05/cer-after", "one epoch off")
def _(history, lines_per_epoch, num_lines):
    return np.interp(num_lines, [k * lines_per_epoch for k in range(len(history))], history)


@wrong("05/cer-after", "yours jumps")
def _(history, lines_per_epoch, num_lines):
    epochs = max(1, int(num_lines / lines_per_epoch))
    return history[epochs - 1]


@wrong("05/cer-after", "at the end of the run")
def _(history, lines_per_epoch, num_lines):
    return history[-1]


def interval(draw, ends=(0.025, 0.975)):
    return np.quantile([draw() for _ in range(1000)], ends)


@wrong("05/paired-interval", "drawn on different lines")
def _(errors_a, errors_b, lengths, rng):
    def rate(errors):
        chosen = rng.integers(len(errors), size=len(errors))
        return errors[chosen].sum() / lengths[chosen].sum()

    return interval(lambda: rate(errors_b) - rate(errors_a))


def of_drawn_lines(rng, rate, *columns):
    chosen = rng.integers(len(columns[0]), size=len(columns[0]))
    return rate(*(column[chosen] for column in columns))


@wrong("05/paired-interval", "the sign is turned")
def _(errors_a, errors_b, lengths, rng):
    def rate(a, b, n):
        return (a.sum() - b.sum()) / n.sum()

    return interval(lambda: of_drawn_lines(rng, rate, errors_a, errors_b, lengths))


@wrong("05/paired-interval", "mean of the lines' differences")
def _(errors_a, errors_b, lengths, rng):
    def rate(a, b, n):
        return np.mean(b / n - a / n)

    return interval(lambda: of_drawn_lines(rng, rate, errors_a, errors_b, lengths))


@wrong("05/paired-interval", "90% of the draws")
def _(errors_a, errors_b, lengths, rng):
    def rate(a, b, n):
        return (b.sum() - a.sum()) / n.sum()

    draw = functools.partial(of_drawn_lines, rng, rate, errors_a, errors_b, lengths)
    return interval(draw, (0.05, 0.95))


@wrong("05/choose-idea", "what is the rest of the budget for?")
def _(run, num_ideas, budget):
    return min(range(num_ideas), key=run)


@wrong("05/choose-idea", "Who needs a second opinion?")
def _(run, num_ideas, budget):
    cers = [[run(k) for k in range(num_ideas)] for _ in range(budget // num_ideas)]
    extra = [run(k) for k in range(budget % num_ideas)]
    assert extra
    return int(np.mean(cers, axis=0).argmin())


@wrong("05/choose-idea", "one run of an idea, or all of them?")
def _(run, num_ideas, budget):
    best = sorted(range(num_ideas), key=run)[:6]
    return min(best, key=lambda k: min(run(k) for _ in range((budget - num_ideas) // 6)))


@wrong("05/choose-idea", "the budget is 40 runs")
def _(run, num_ideas, budget):
    return int(np.argmin([np.mean([run(k) for _ in range(3)]) for k in range(num_ideas)]))


@wrong("05/choose-idea", "no better than a choice by lot")
def _(run, num_ideas, budget):
    return max(range(num_ideas), key=run)


@wrong("05/choose-idea", "is no idea")
def _(run, num_ideas, budget):
    return min(run(k) for k in range(num_ideas))


@wrong("05/verdict", "is exactly 0.25 away")
def _(cer, mean, noise):
    if cer <= mean - noise:
        return "better"
    return "worse" if cer >= mean + noise else "within noise"


@wrong("05/paired-interval", "another generator")
def _(errors_a, errors_b, lengths, rng):
    rng = np.random.default_rng(42)
    draws = []
    for _ in range(2000):
        chosen = rng.integers(len(lengths), size=len(lengths))
        draws.append((errors_b - errors_a)[chosen].sum() / lengths[chosen].sum())
    return np.percentile(draws, [2.5, 97.5])
