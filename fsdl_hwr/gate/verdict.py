"""The model gate: is a candidate better than the champion, worse, or can these lines not say?

Both read the same lines. Errors of one writer hang together, so whole writers are resampled.
Source: Bisani and Ney (2004); for dependent lines Liu and Peng, arXiv 1912.09508 (2019).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

BETTER, WORSE, CANNOT_SAY = "better", "worse", "cannot say"
RESAMPLES = 2000
LEVEL = 0.98  # of the interval: simulated, 95% answered falsely in 6 to 7% of equal pairs
FEWEST_WRITERS = 5  # of fewer, resampling says next to nothing
NORMAL = NormalDist()


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a candidate.

    answer: 'better', 'worse' or 'cannot say'. champion, candidate: their CERs. low, high: the
    interval of the difference, candidate minus champion, at `LEVEL`.
    """

    answer: str
    champion: float
    candidate: float
    low: float
    high: float
    num_writers: int
    num_lines: int

    @property
    def difference(self) -> float:
        """The candidate's CER minus the champion's: below 0 it is better."""
        return self.candidate - self.champion

    def __str__(self) -> str:
        return (
            f"{self.answer}: CER {self.candidate:.1%} against {self.champion:.1%}, a difference of "
            f"{100 * self.difference:+.1f} points ({100 * self.low:+.1f} to "
            f"{100 * self.high:+.1f}; {self.num_lines:,} lines of {self.num_writers} writers)"
        )


def compare(
    lengths: Sequence[int] | np.ndarray,
    champion: Sequence[int] | np.ndarray,
    candidate: Sequence[int] | np.ndarray,
    writers: Sequence[Hashable] | np.ndarray,
    seed: int = 0,
) -> Verdict:
    """Judge a candidate by the lines that both have read.

    Raises `ValueError` for counts that differ, that are not finite, and for fewer than five
    writers.

    Args:
        lengths: characters of each line's transcript, (lines,).
        champion, candidate: edits that each needs, (lines,).
        writers: who wrote each line.
        seed: of the resampling.
    """
    columns = [np.asarray(column, float) for column in (champion, candidate, lengths)]
    counts = [len(column) for column in columns] + [len(writers)]
    if len(set(counts)) > 1:
        raise ValueError(
            f"Champion, candidate, lengths and writers are one per line; there are {counts}."
        )
    counted = np.stack(columns, axis=1)  # (lines, 3)
    if not np.isfinite(counted).all() or (counted < 0).any() or counted[:, 2].sum() == 0:
        raise ValueError("Edits and lengths are counts: finite, not negative, and some above 0.")
    names, writer_of = np.unique(np.asarray(writers), return_inverse=True)
    if len(names) < FEWEST_WRITERS:
        raise ValueError(
            f"The lines are by {len(names)} writers: read lines of at least {FEWEST_WRITERS}, or "
            "the gate judges a few hands, not the recognizers."
        )
    sums = np.zeros((len(names), 3))
    np.add.at(sums, writer_of, counted)  # (writers, 3)
    low, high = map(float, difference_interval(sums[:, 1] - sums[:, 0], sums[:, 2], seed))
    total = counted.sum(axis=0)
    rates = total[0] / total[2], total[1] / total[2]
    return Verdict(_answer(low, high), *rates, low, high, len(names), len(counted))


def compare_recipes(
    lengths: Sequence[int] | np.ndarray,
    champions: Sequence[Sequence[int]] | np.ndarray,
    candidates: Sequence[Sequence[int]] | np.ndarray,
    writers: Sequence[Hashable] | np.ndarray,
    seed: int = 0,
) -> Verdict:
    """Judge a way to train by several trainings of each, which differ in their seeds alone.

    `compare` asks whether two networks differ, and two trainings of one recipe do: writers cannot
    say how much a seed does. So the interval of the writers, for the mean over trainings, is
    widened by the spread of the trainings, with Student's t, since they are few. Raises what
    `compare` raises, and `ValueError` if a recipe was trained once.

    Args:
        lengths: characters of each line's transcript, (lines,).
        champions, candidates: edits that each training's network needs, (trainings, lines).
        writers: who wrote each line.
        seed: of the resampling.
    """
    runs = [np.asarray(one, float) for one in (champions, candidates)]
    if any(one.ndim != 2 or len(one) < 2 for one in runs):
        raise ValueError("A recipe is judged by two trainings of it at least, better by three.")
    found = compare(lengths, runs[0].mean(0), runs[1].mean(0), writers, seed)
    rates = [one.sum(1) / np.sum(lengths) for one in runs]  # (trainings,) each
    freedom = sum(map(len, rates)) - 2
    variance = sum(((one - one.mean()) ** 2).sum() for one in rates) / freedom
    error = np.sqrt(variance * sum(1 / len(one) for one in rates))  # of the difference of means
    reach = _student(freedom) * error
    low = found.difference - float(np.hypot(found.difference - found.low, reach))
    high = found.difference + float(np.hypot(found.high - found.difference, reach))
    return replace(found, answer=_answer(low, high), low=low, high=high)


def _answer(low: float, high: float) -> str:
    """Say on which side of 0 an interval of candidate minus champion lies."""
    if low > 0:
        return WORSE
    return BETTER if high < 0 else CANNOT_SAY


def difference_interval(
    differences: np.ndarray, lengths: np.ndarray, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of sum(differences) / sum(lengths) at `LEVEL`, resampling writers.

    differences: sums over each writer's lines, (writers,), or (writers, comparisons) for several
    at once; lengths: (writers,). Returns low and high of each. Percentiles of few resampled writers
    lie too close together, and are moved out as Hesterberg (2015) does.
    """
    number = len(differences)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(number, np.full(number, 1 / number), RESAMPLES)  # (resamples, writers)
    totals = np.maximum(times @ lengths, 1)  # (resamples,)
    resampled = (times @ differences).T / totals  # (..., resamples)
    tail = 100 * expanded_tail(number)
    low, high = np.percentile(resampled, [tail, 100 - tail], axis=-1)
    return low, high


def expanded_tail(number: int) -> float:
    """Return the share to cut off at either end of `number` resampled units, for `LEVEL`.

    That is P(Z < -sqrt(n / (n - 1)) t), with t Student's point in place of the normal one. It nears
    half of what `LEVEL` leaves, for many units. Source: Hesterberg: "What Teachers Should Know
    About the Bootstrap" (2015).
    """
    return NORMAL.cdf(-_student(number - 1) * np.sqrt(number / (number - 1)))


def _student(freedom: int) -> float:
    """Return Student's point for `LEVEL`, by its series: 3.6 at 4 degrees of freedom (3.75)."""
    z = NORMAL.inv_cdf((1 + LEVEL) / 2)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


@dataclass(frozen=True)
class Workload:
    """What lines to simulate, and how alike two recognizers err on them.

    writers, lines: how many, and lines of each. error: the champion's CER. spread: of the writers'
    error rates, as the standard deviation of their logarithms. own: the same of what a writer
    adds to the difference of two recognizers. shared: of the champion's errors that the candidate
    makes too. length: characters of a line.
    """

    writers: int = 20
    lines: int = 15
    error: float = 0.1
    spread: float = 0.5
    own: float = 0.1
    shared: float = 0.7
    length: int = 20


def simulate(
    workload: Workload, effect: float, trials: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the edits of two recognizers: two int arrays (writers, trials), the champion's first.

    Args:
        workload: writers, their lines, and how the champion reads them.
        effect: by how much the candidate's rate is higher, as a share of the champion's.
        trials: number of comparisons.
        rng: decides all of them.
    """
    shape = workload.writers, trials
    characters = workload.lines * workload.length  # of each writer
    center = -(workload.spread**2) / 2  # so that the mean rate is the champion's
    rate = np.minimum(workload.error * np.exp(rng.normal(center, workload.spread, shape)), 0.9)
    ratio = np.exp(rng.normal(-(workload.own**2) / 2, workload.own, shape))
    both = rng.binomial(characters, workload.shared * rate)
    champion = rng.binomial(characters, (1 - workload.shared) * rate)
    wanted = np.clip((1 + effect) * ratio - workload.shared, 0, None) * rate
    candidate = rng.binomial(characters, np.minimum(wanted, 0.9))
    return both + champion, both + candidate


def answers(
    workload: Workload, effect: float, trials: int = 200, seed: int = 0
) -> dict[str, float]:
    """Return how often the gate gives each answer in simulated comparisons, as shares.

    Args:
        workload, effect, trials: see `simulate`.
        seed: of the comparisons and their intervals.
    """
    champion, candidate = simulate(workload, effect, trials, np.random.default_rng(seed))
    lengths = np.full(workload.writers, workload.lines * workload.length)
    low, high = difference_interval(candidate - champion, lengths, seed)
    worse, better = float((low > 0).mean()), float((high < 0).mean())
    return {BETTER: better, WORSE: worse, CANNOT_SAY: 1 - worse - better}
