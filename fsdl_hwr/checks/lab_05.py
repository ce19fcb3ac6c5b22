"""Checks of the exercises for lab 05: noise, chance, fair comparisons, and a budget of runs."""

from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge
from fsdl_hwr.experiments import leaderboard

BUDGET = 40  # runs
NUM_IDEAS = 16
REGRET_TARGET = 0.0055  # CER that the chosen idea is worse than the best one, on average


def verdict(function: Callable) -> None:
    """Check `function(cer, mean, noise)`: 'better', 'worse' or 'within noise'."""
    cases = [(0.15, 0.2, 0.03), (0.25, 0.2, 0.03), (0.18, 0.2, 0.03), (0.22, 0.2, 0.03)]

    def say(cer, mean, noise):
        if abs(cer - mean) <= noise:
            return "within noise"
        return "better" if cer < mean else "worse"

    mistakes = [
        (
            "a CER counts errors: the lower one is the better.",
            lambda cer, mean, noise: say(-cer, -mean, noise),
        ),
        (
            "every difference is called a finding. What lies within the noise may be luck.",
            lambda cer, mean, noise: say(cer, mean, 0),
        ),
        (
            "what is a little worse is called worse, and what is a little better is not called "
            "better. Luck has two sides.",
            lambda cer, mean, noise: "worse" if cer > mean else say(cer, mean, noise),
        ),
        (
            "what is a little better is called better, and what is a little worse is not called "
            "worse. Luck has two sides.",
            lambda cer, mean, noise: "better" if cer < mean else say(cer, mean, noise),
        ),
    ]
    judge.compare(function, cases, say, mistakes, "Draw the band, and put the run into it.")
    for cer in (0.25, 0.75):  # numbers that a computer holds exactly
        if judge.call(function, cer, 0.5, 0.25) != "within noise":
            raise judge.Wrong(
                f"a CER of {cer} is exactly 0.25 away from 0.5: with a noise of 0.25 that is "
                "within it. One more run may lie *at most* so far away."
            )
    judge.confirm(function)


def chance_finding(function: Callable) -> None:
    """Check `function(num_ideas, level)`: how likely useless ideas give at least one finding."""
    cases = [(1, 0.05), (20, 0.05), (2, 0.5), (100, 0.01)]
    mistakes = [
        (
            "that is how many findings there are on average. For 20 ideas at 5% it is 1, and still "
            "there are days with none and days with three.",
            lambda count, level: count * level,
        ),
        (
            "that is how likely *no* idea looks like a finding.",
            lambda count, level: (1 - level) ** count,
        ),
        (
            "that is how likely *all* of them look like a finding.",
            lambda count, level: level**count,
        ),
        ("that is the chance of one idea alone.", lambda count, level: level),
        (
            "that is how likely exactly one looks like a finding; two would be no better.",
            lambda count, level: count * level * (1 - level) ** (count - 1),
        ),
    ]
    judge.compare(
        function,
        cases,
        lambda count, level: 1 - (1 - level) ** count,
        mistakes,
        "Take two ideas and a level of one half: what can happen?",
    )
    judge.confirm(function)


def noise(function: Callable) -> None:
    """Check `function(cers, t)`: half the interval in which one more run would lie."""
    cases = [((0.20, 0.22, 0.24), 4.30), ((0.05, 0.07), 12.71), ((0.1, 0.1, 0.13, 0.2), 3.18)]

    def half(ddof=1, factor=lambda n: np.sqrt(1 + 1 / n), t_is=None):
        return lambda cers, t: (t_is or t) * np.std(cers, ddof=ddof) * factor(len(cers))

    mistakes = [
        (
            "the deviation is divided by the number of runs; but the mean was estimated from the "
            "same few runs, so divide by one less (ddof).",
            half(ddof=0),
        ),
        (
            "that says where the *mean* of many runs may lie. The question is where one more run "
            "may lie, which has its own luck, too.",
            half(factor=lambda n: np.sqrt(1 / n)),
        ),
        (
            "that takes the mean as known exactly. It was estimated from the same few runs, which "
            "widens the interval a little.",
            half(factor=lambda n: 1),
        ),
        (
            "1.96 holds if the deviation is known. From a few runs it is only estimated, and `t` "
            "makes up for that.",
            half(t_is=1.96),
        ),
        ("that is the whole width of the interval; half of it is asked for.",
         lambda cers, t: 2 * half()(cers, t)),
        ("that is in points; give it as a share, as the CERs are.",
         lambda cers, t: 100 * half()(cers, t)),
        ("that is the standard deviation alone.", lambda cers, t: np.std(cers, ddof=1)),
        ("that is the variance; take its root.", lambda cers, t: t * np.var(cers, ddof=1)),
    ]  # fmt: skip
    judge.compare(
        function,
        cases,
        lambda cers, t: t * np.std(cers, ddof=1) * np.sqrt(1 + 1 / len(cers)),
        mistakes,
        "Two things are uncertain: the mean of the runs, and the one run to come.",
    )
    same = leaderboard.Baseline((0.20, 0.22, 0.24)).noise
    assert judge.same(function((0.20, 0.22, 0.24), 4.30), same)
    judge.confirm(function)


def cer_after(function: Callable) -> None:
    """Check `function(history, lines_per_epoch, num_lines)`: the CER after that many lines."""
    history = [0.9, 0.5, 0.3, 0.2]
    cases = [(history, 100, 200), (history, 100, 250), (history, 400, 600), (history, 100, 50)]

    def at(history, epochs):
        return np.interp(epochs, np.arange(1, len(history) + 1), history)

    mistakes = [
        (
            "the history begins at the end of the first epoch, after `lines_per_epoch` lines, not "
            "at 0 lines: yours is one epoch off.",
            lambda h, per, n: np.interp(n / per, np.arange(len(h)), h),
        ),
        (
            "between two epochs the CER lies between theirs; yours jumps.",
            lambda h, per, n: h[max(n // per, 1) - 1],
        ),
        (
            "that is always the CER at the end of the run. (If you look it up at `num_lines`: the "
            "history counts epochs, not lines.)",
            lambda h, per, n: h[-1],
        ),
    ]
    judge.compare(
        function,
        cases,
        lambda h, per, n: at(h, n / per),
        mistakes,
        "How many epochs is that many lines? Which two values of the history are next to it?",
    )
    judge.confirm(function)


def paired_interval(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(errors_a, errors_b, lengths, rng)`: the 95% interval of CER b minus CER a."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 60, 200)
    hard = rng.beta(0.5, 2, 200)  # some lines are hard, for whoever reads them
    errors_a = rng.binomial(lengths, hard)
    errors_b = errors_a - rng.binomial(errors_a, 0.12)
    corpus = errors_a, errors_b, lengths

    def resampled(draw, ends=(2.5, 97.5)):
        rng = np.random.default_rng(1)
        return np.percentile([draw(rng) for _ in range(2000)], ends)

    def lines(rng):
        return rng.integers(200, size=200)

    def difference(chosen_a, chosen_b):
        rate_a = errors_a[chosen_a].sum() / lengths[chosen_a].sum()
        return errors_b[chosen_b].sum() / lengths[chosen_b].sum() - rate_a

    def rates(rng):
        return np.mean(((errors_b - errors_a) / lengths)[lines(rng)])

    right = resampled(lambda rng: difference(*[lines(rng)] * 2))
    known = [
        (right, ""),
        (
            resampled(lambda rng: difference(lines(rng), lines(rng))),
            "the interval is too wide: the two runs were drawn on different lines. Both have read "
            "the same lines, hard ones and easy ones; draw lines once, and take both runs' errors.",
        ),
        (-right[::-1], "the sign is turned: b minus a is asked for."),
        (
            resampled(rates),
            "that is the mean of the lines' differences, not the difference of two corpus rates.",
        ),
        (
            resampled(lambda rng: difference(*[lines(rng)] * 2), (5, 95)),
            "that interval holds 90% of the draws, not 95%.",
        ),
        (
            resampled(lambda rng: (errors_b - errors_a)[lines(rng)].sum()),
            "those are numbers of errors: divide by the lengths of the drawn lines.",
        ),
    ]
    ends = judge.call(function, *corpus, np.random.default_rng(5))
    if np.shape(ends) != (2,):
        raise judge.Wrong(f"`{function.__name__}` returns {judge.show(ends)}; two ends are due.")
    if ends[0] > ends[1]:
        raise judge.Wrong("the low end is above the high end.")
    far = [np.abs(np.subtract(ends, interval)).mean() for interval, _ in known]
    message = known[int(np.argmin(far))][1]
    if message:
        raise judge.Wrong(message)
    if far[0] > 0.1 * np.ptp(right):
        raise judge.Wrong(
            f"the interval is {judge.show(list(map(float, ends)))}, which is not where the draws "
            "lie. Print the difference of the whole corpus first, then a few draws of it."
        )
    judge.draws_from_generator(function, *corpus)
    judge.confirm(function)


def world(seed: int) -> tuple[np.ndarray, Callable]:
    """Make up ideas: their true CERs (ideas,), and a function that runs one and returns its CER."""
    rng = np.random.default_rng(seed)
    true = 0.2 + rng.normal(scale=0.015, size=NUM_IDEAS)
    return true, lambda idea: float(true[idea] + rng.normal(scale=0.02))


def choose_idea(function: Callable, num_worlds: int = 400) -> float:
    """Check `function(run, num_ideas, budget)`: the idea to adopt, after at most `budget` runs.

    Returns how much worse than the best the chosen idea is, on average over made-up worlds.
    """
    regrets, most, used = [], [], []
    for seed in range(num_worlds):
        true, run = world(seed)
        asked: list[int] = []

        def counted(idea, run=run, asked=asked):
            if len(asked) == BUDGET:
                raise judge.Wrong(f"run {BUDGET + 1} was asked for; the budget is {BUDGET} runs.")
            asked.append(idea)
            return run(idea)

        chosen = judge.call(function, counted, NUM_IDEAS, BUDGET)
        if np.shape(chosen) != () or not 0 <= chosen < NUM_IDEAS or chosen != int(chosen):
            raise judge.Wrong(
                f"{judge.show(chosen)} is no idea: they are numbered 0 to {NUM_IDEAS - 1}."
            )
        regrets.append(true[int(chosen)] - true.min())
        counts = np.bincount(asked, minlength=NUM_IDEAS)
        most.append(counts.max())
        used.append(len(asked))
    regret = float(np.mean(regrets))
    found = f"on average the chosen idea is {100 * regret:.2f} points of CER behind the best"
    if regret > 0.02:
        raise judge.Wrong(
            f"{found}, no better than a choice by lot. The best idea has the *lowest* CER."
        )
    if np.mean(used) < 0.8 * BUDGET:
        raise judge.Wrong(
            f"{found}; the target is {100 * REGRET_TARGET:.2f}. You use {np.mean(used):.0f} of "
            f"{BUDGET} runs. A single run may be lucky: what is the rest of the budget for?"
        )
    if regret > REGRET_TARGET and np.mean(most) <= BUDGET / NUM_IDEAS + 1:
        raise judge.Wrong(
            f"{found}; the target is {100 * REGRET_TARGET:.2f}. Every idea gets about as many runs "
            "as any other, even those that have proved bad. Who needs a second opinion?"
        )
    if regret > REGRET_TARGET:
        raise judge.Wrong(
            f"{found}; the target is {100 * REGRET_TARGET:.2f}. By which number do you choose at "
            "the end: one run of an idea, or all of them?"
        )
    judge.confirm(function)
    return regret
