"""Checks of the exercises for lab 04: updates, rates, records, effects, sweeps, going on."""

# long: seven exercises, two of which need a stand-in for what the student calls
import copy
import itertools
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from fsdl_hwr import ctc
from fsdl_hwr.checks import judge
from fsdl_hwr.datasets import strokes
from fsdl_hwr.experiments import timelines


def num_updates(function: Callable) -> None:
    """Check `function(lines_per_epoch, epochs, batch_size)`: the updates of a whole training."""
    cases = [(400, 4, 8), (400, 4, 32), (100, 3, 30), (50, 10, 64)]
    mistakes = [
        (
            "the rest of an epoch that fills no batch makes no update here: the stream ends before "
            "it.",
            lambda lines, epochs, batch: epochs * -(-lines // batch),
        ),
        (
            "no batch reaches over the end of an epoch. Count the batches of one epoch first.",
            lambda lines, epochs, batch: lines * epochs // batch,
        ),
        (
            "there is no such thing as a part of an update.",
            lambda lines, epochs, batch: lines * epochs / batch,
        ),
        ("those are the updates of one epoch.", lambda lines, epochs, batch: lines // batch),
    ]
    judge.compare(
        function,
        cases,
        lambda lines, epochs, batch: epochs * (lines // batch),
        mistakes,
        "How many whole batches of 30 are in 100 lines?",
    )
    judge.confirm(function)


def random_rate(function: Callable) -> None:
    """Check `function(rng, low, high)`: a learning rate, evenly spread over powers of ten."""
    rng = np.random.default_rng(0)
    low, high = 1e-4, 1e-1
    one = judge.call(function, rng, low, high)
    if np.shape(one) != ():
        raise judge.Wrong(f"one number per call is asked for; this is {judge.kind(one)}.")
    drawn = np.array([function(rng, low, high) for _ in range(1500)], float)
    if len(set(drawn)) == 1:
        raise judge.Wrong("every call returns the same rate: draw from `rng`.")
    if (drawn < 0).any() and (drawn >= -4.01).all():
        raise judge.Wrong("those are exponents, from -4 to -1. The rate itself is asked for.")
    if (drawn < low * 0.99).any() or (drawn > high * 1.01).any():
        raise judge.Wrong(
            f"rates from {drawn.min():.2g} to {drawn.max():.2g} were drawn between {low:g} and "
            f"{high:g}. Do the logarithm and the power have the same base?"
        )
    shares = np.histogram(np.log10(drawn), [-4.01, -3, -2, -0.99])[0] / len(drawn)
    if shares[2] > 0.8:
        raise judge.Wrong(
            f"{shares[2]:.0%} of the rates are between 0.01 and 0.1, and {shares[0]:.0%} below "
            "0.001: even on a ruler, but each power of ten should get an equal share."
        )
    if (np.abs(shares - 1 / 3) > 0.06).any():
        raise judge.Wrong(
            "the three powers of ten get "
            + ", ".join(f"{share:.0%}" for share in shares)
            + " of the draws; each should get a third."
        )
    if len(set(drawn)) < len(drawn) / 2:
        raise judge.Wrong(f"only {len(set(drawn))} different rates come: any between may.")
    others = np.array([function(rng, 1e-3, 1.0) for _ in range(200)], float)
    if others.min() < 1e-3 * 0.99 or others.max() < 0.1:
        raise judge.Wrong(
            f"between 0.001 and 1, rates from {others.min():.2g} to {others.max():.2g} were drawn: "
            "use `low` and `high`, whatever they are."
        )
    one, again = (function(np.random.default_rng(5), low, high) for _ in range(2))
    if one != again:
        raise judge.Wrong("generators of the same seed give different rates: draw from `rng`.")
    judge.confirm(function)


def history(function: Callable) -> None:
    """Check `function(record)`: the validation CERs of a run's epochs, from its record's text."""

    def epoch(number, cer):
        return json.dumps({"event": "epoch", "epoch": number, "metrics": {"val_cer": cer}}) + "\n"

    start, resume = json.dumps({"event": "start"}) + "\n", json.dumps({"event": "resume"}) + "\n"
    whole = start + epoch(1, 0.9) + epoch(2, 0.5)
    again = whole + epoch(3, 0.4) + resume + epoch(3, 0.3) + epoch(4, 0.25)
    records = [whole, whole + '{"event": "finish"}\n', again, whole + epoch(3, 0.4)[:30], start]

    def events(record):
        lines = [line for line in record.splitlines(keepends=True) if line.endswith("\n")]
        return [e for e in map(json.loads, lines) if e["event"] == "epoch"]

    def cers(found):
        return [e["metrics"]["val_cer"] for e in found]

    def last(record):
        return cers({e["epoch"]: e for e in events(record)}.values())

    def first(record):
        found = {}
        for e in events(record):
            found.setdefault(e["epoch"], e)
        return cers(found.values())

    mistakes = [
        (
            "an epoch that was done again after a kill is in the list twice. A run has one result "
            "an epoch.",
            lambda record: cers(events(record)),
        ),
        (
            "an epoch was done again, and you took its first result. Its weights were lost in the "
            "kill; the later one counts.",
            first,
        ),
        (
            "the last line is always left out, even if it is whole. A whole line ends in a line "
            "break.",
            lambda record: last("".join(record.splitlines(keepends=True)[:-1])),
        ),
    ]
    try:
        judge.compare(
            function,
            [(record,) for record in records],
            last,
            mistakes,
            "Go through the lines by hand, and keep for each epoch what counts.",
        )
    except json.JSONDecodeError:
        raise judge.Wrong(
            "a line that a kill has cut short is no JSON, and all epochs before it are lost with "
            "it. Use the lines that are whole."
        ) from None
    judge.confirm(function)


def effect(function: Callable) -> None:
    """Check `function(rows, setting)`: by how much a setting moves the mean validation CER."""
    rng = np.random.default_rng(0)

    def sweep(**values):
        names = list(values)
        runs = [dict(zip(names, run, strict=True)) for run in itertools.product(*values.values())]
        return [{**run, "validation_cer": float(rng.uniform(0.1, 0.9))} for run in runs]

    rows = sweep(batch_size=[4, 8, 16], learning_rate=[1e-3, 4e-3])
    more = sweep(batch_size=[4, 8], learning_rate=[1e-3, 2e-3, 4e-3], seed=[0, 1])
    cases = [(rows, "batch_size"), (rows, "learning_rate"), (more, "learning_rate")]

    def means(rows, setting, of=np.mean):
        values = sorted({row[setting] for row in rows})
        return [of([r["validation_cer"] for r in rows if r[setting] == v]) for v in values]

    def cers(rows, setting):
        return [row["validation_cer"] for row in rows]

    mistakes = [
        (
            "that is the spread of all runs, whatever caused it. Average over the other settings "
            "first, for each value of this one.",
            lambda rows, setting: np.ptp(cers(rows, setting)),
        ),
        (
            "that compares the best run of each value. One lucky run decides then; average.",
            lambda rows, setting: np.ptp(means(rows, setting, min)),
        ),
        (
            "that is a standard deviation. Asked for is how far the mean moves, from the best "
            "value to the worst.",
            lambda rows, setting: np.std(means(rows, setting)),
        ),
        (
            "the largest value of the setting is compared with the smallest, and neither need be "
            "the best or the worst.",
            lambda rows, setting: means(rows, setting)[-1] - means(rows, setting)[0],
        ),
        (
            "the largest value of the setting is compared with the smallest, and neither need be "
            "the best or the worst.",
            lambda rows, setting: abs(means(rows, setting)[-1] - means(rows, setting)[0]),
        ),
        (
            "an effect is a distance, and yours is below zero.",
            lambda rows, setting: -np.ptp(means(rows, setting)),
        ),
    ]
    judge.compare(
        function,
        cases,
        lambda rows, setting: np.ptp(means(rows, setting)),
        mistakes,
        "Write down, for each value of the setting, the CERs of its runs.",
    )
    judge.confirm(function)


class Killed(Exception):
    """Stands for the end of a process."""


def wall_time(function: Callable) -> None:
    """Check `function(seconds, workers)`: when the last run ends, the next going to who is free."""
    cases = [([10] * 4, 2), ([1, 4, 1, 1, 4], 2), ([5, 3, 1, 1, 2, 6], 3), ([7], 4)]
    mistakes: list[tuple[str, Callable]] = [
        (
            "that divides the work evenly. But a run cannot be cut in two, so that some worker is "
            "done later.",
            lambda seconds, workers: sum(seconds) / workers,
        ),
        (
            "that is the longest run. With more runs than workers it is not the only one of its "
            "worker.",
            lambda seconds, workers: max(seconds),
        ),
        (
            "nobody waits for a round to end: whoever is free takes the next run at once.",
            lambda seconds, workers: sum(
                max(seconds[k : k + workers]) for k in range(0, len(seconds), workers)
            ),
        ),
        (
            "the runs are dealt out in turn here. A worker with a long run would get as many as "
            "the others; let the first that is free have the next.",
            lambda seconds, workers: max(sum(seconds[k::workers]) for k in range(workers)),
        ),
        (
            "the longest runs are first here. That would be wise, but they are handed out in the "
            "order of the list.",
            lambda seconds, workers: _replayed(sorted(seconds, reverse=True), workers),
        ),
    ]
    advice = "Write down, for `([1, 4, 1, 1, 4], 2)`, when each of the two workers becomes free."
    judge.compare(function, cases, _replayed, mistakes, advice)
    judge.confirm(function)


def _replayed(seconds: Sequence[float], workers: int) -> float:
    return timelines.wall_time(timelines.simulate(seconds, workers))


class _Study:
    """Stands for Optuna's study: it suggests rates, and remembers what it was asked and told."""

    def __init__(self):
        self.log: list[tuple] = []
        self.number = 0

    def __deepcopy__(self, memo):
        return self

    def ask(self):
        self.number += 1
        return _Trial(self, self.number)

    def tell(self, trial, values=None, state=None):
        told = values[0] if isinstance(values, list | tuple) else values
        self.log.append(("tell", getattr(trial, "number", trial), told))

    @property
    def best_params(self) -> dict[str, float]:
        """What the trial of the lowest error had, as in Optuna."""
        rates = {number: rate for kind, number, rate in self.log if kind == "ask"}
        errors = [entry[::-1] for entry in self.log if entry[0] == "tell" and entry[2] is not None]
        return {"learning_rate": rates[min(errors)[1]]}

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        raise judge.Wrong(f"this study has no `{name}`: `ask` and `tell` are all that is needed.")


class _Trial:
    def __init__(self, study: _Study, number: int):
        self.study, self.number = study, number

    def suggest_float(self, name, low, high, *, step=None, log=False):
        if (name, low, high, log) != ("learning_rate", 1e-3, 1, True):
            raise judge.Wrong(
                'ask for `suggest_float("learning_rate", 1e-3, 1, log=True)`: without the '
                "logarithm nine of ten rates lie above 0.1."
            )
        rate = 10 ** (-3 + 3 * (0.618 * self.number % 1))
        self.study.log.append(("ask", self.number, rate))
        return rate


def search(function: Callable) -> None:
    """Check `function(study, run, rounds, at_once)`: ask for trials, run them, tell each error."""
    rounds, at_once, failed = 4, 3, 5
    study, asked = _Study(), {}

    def run(rates):
        rates = list(rates)
        study.log.append(("run", len(rates), rates))
        asked.update({rate: number for kind, number, rate in study.log if kind == "ask"})
        unknown = [rate for rate in rates if rate not in asked]
        if unknown:
            raise judge.Wrong(f"the rate {unknown[0]} was run, and no trial suggested it.")
        return [None if asked[r] == failed else (np.log10(r) + 0.8) ** 2 + 0.1 for r in rates]

    best = judge.call(function, study, run, rounds, at_once)
    _check_rounds([entry for entry in study.log if entry[0] == "run"], rounds, at_once)
    kinds = [kind for kind, *_ in study.log]
    told = [(number, error) for kind, number, error in study.log if kind == "tell"]
    _check_told(told, {n: run([rate])[0] for rate, n in asked.items()}, failed)
    _check_order(kinds, at_once)
    errors = {rate: error for rate in asked if (error := run([rate])[0]) is not None}
    if judge.same(best, min(errors.values())):
        raise judge.Wrong("that is the lowest error; return the rate that reached it.")
    if not judge.same(best, min(errors, key=errors.__getitem__)):
        raise judge.Wrong("that is not the rate of the lowest error of all rounds.")
    judge.confirm(function)


def short_runs(rates: Sequence[float], order: int = 0) -> list[float]:
    """Train a linear classifier of digits with each rate: its share of errors, 0.4 s a rate.

    order: seed of the order of the glyphs.
    """
    digits = [
        strokes.glyphs(split, characters="0123456789", num_writers=20)
        for split in ("train", "validation")
    ]
    x, other = ((g.images.reshape(len(g), -1) / 255 - 0.1).astype(np.float32) for g in digits)
    targets = np.eye(10, dtype=np.float32)[digits[0].labels]
    errors = []
    for rate in rates:
        weights = np.zeros((x.shape[1], 10), np.float32)
        for epoch in range(6):
            places = np.random.default_rng((order, epoch)).permutation(len(x))
            for batch in np.array_split(places, max(1, len(x) // 32)):
                shares = np.exp(ctc.log_softmax(x[batch] @ weights))
                weights -= rate / len(batch) * x[batch].T @ (shares - targets[batch])
        errors.append(float(np.mean((other @ weights).argmax(axis=1) != digits[1].labels)))
    return errors


def _check_rounds(runs: list[tuple], rounds: int, at_once: int) -> None:
    sizes = [number for _, number, _ in runs]
    if sizes == [1] * rounds * at_once:
        raise judge.Wrong("one run at a time leaves the other workers idle: run a round's at once.")
    if sizes == [rounds * at_once]:
        raise judge.Wrong(
            "all trials were asked before the first error was told. That is a random search: the "
            "study could not learn."
        )
    if sizes != [at_once] * rounds:
        raise judge.Wrong(f"{rounds} rounds of {at_once} runs are asked for; you ran {sizes}.")


def _check_order(kinds: list[str], at_once: int) -> None:
    """Raise `Wrong` unless each round was told before the next one was run."""
    for number, place in enumerate(k for k, kind in enumerate(kinds) if kind == "run"):
        if kinds[:place].count("tell") < number * at_once:
            raise judge.Wrong(
                "a round was asked for and run before the errors of the last one were told: the "
                "study cannot learn from what it does not know yet."
            )


def _check_told(told: list[tuple], errors: dict, failed: int) -> None:
    numbers = [number for number, _ in told]
    if sorted(numbers) == sorted(set(errors) - {failed}):
        raise judge.Wrong(
            "the trial whose run failed was not told, so the study waits for it for ever. Tell it "
            "None."
        )
    if sorted(numbers) != sorted(errors):
        raise judge.Wrong(f"each of the {len(errors)} trials is told once; you told {numbers}.")
    if dict(told)[failed] is not None:
        raise judge.Wrong("a failed run has no error, and any number that you tell is learned.")
    if not all(judge.same(error, errors[number]) for number, error in told):
        raise judge.Wrong("a trial was told another trial's error: keep the order of the round.")


def step(weights: np.ndarray, velocity: np.ndarray, rng: np.random.Generator) -> tuple:
    """Make one training step on a toy problem: gradient with noise, and momentum."""
    gradient = weights - np.array([1.0, -2.0, 3.0]) + rng.normal(size=3)
    velocity = 0.9 * velocity - 0.1 * gradient
    return weights + velocity, velocity


def train(function: Callable) -> None:
    """Check `function(path, num_steps, step)`: a training that goes on where it was killed."""
    num_steps = 12
    with tempfile.TemporaryDirectory() as folder:
        undisturbed, calls = _sessions(function, Path(folder) / "a", num_steps, [])
        if not judge.same(undisturbed, _toy(num_steps)):
            raise judge.Wrong(
                f"even without a kill, {num_steps} steps do not end where they should "
                f"({calls} were made). Start from zeros, with np.random.default_rng(0), and hand "
                "each step what the last one returned."
            )
        killed, calls = _sessions(function, Path(folder) / "b", num_steps, [5, 3])
        again, more = _sessions(function, Path(folder) / "a", num_steps, [])
    lost = {
        "velocity": "the weights go on, but the velocity begins at zero again: momentum is part of "
        "what a training knows.",
        "rng": "the generator begins anew, so the first noise comes twice: its state is part of "
        "what a training knows (pickle keeps it).",
        "both": "only the weights go on. What else does a step take, and change?",
        "count": "after a kill, all steps are made once more: the checkpoint does not say how many "
        "were done.",
    }
    if judge.same(killed, _toy(num_steps)) and calls > num_steps + 2:
        raise judge.Wrong(
            f"the result is right, but {calls} steps were made for {num_steps}: after a kill the "
            "training starts from nothing, or from long before it. Write a checkpoint after every "
            "step, and look for it first."
        )
    for part, message in lost.items():
        if judge.same(killed, _toy(num_steps, [4, 2], part)):
            raise judge.Wrong(message)
    if not judge.same(killed, _toy(num_steps)):
        raise judge.Wrong(
            "a training that was killed twice ends elsewhere than one that was not. Print what "
            "goes into the first step after a kill, and what would have gone in."
        )
    if more or not judge.same(again, undisturbed):
        raise judge.Wrong(
            "a training that is finished, asked for again, should give its weights without a step."
        )
    judge.confirm(function)


def _sessions(function, path, num_steps, kills):
    """Call a training until it ends, killed at the given steps; give weights and steps made."""
    calls = 0
    for kill in [*kills, None]:
        made = 0

        def watched(weights, velocity, rng, kill=kill):
            nonlocal calls, made
            calls, made = calls + 1, made + 1
            if made == kill:
                raise Killed
            if calls > 100 * num_steps:
                raise judge.Wrong(f"{calls} steps were made for {num_steps}: it does not end.")
            return step(weights, velocity, rng)

        try:
            weights = judge.call(function, str(path), num_steps, watched)
        except Killed:
            continue
        if kill is not None and made >= kill:
            raise judge.Wrong(
                "the training went on after it was killed: an exception of `step` ends it. Let it "
                "pass."
            )
        break
    return np.asarray(weights), calls


def _toy(num_steps, sessions=(), lost=""):
    """Train the toy: steps done before each kill, and what is lost by them."""
    weights, velocity, rng = np.zeros(3), np.zeros(3), np.random.default_rng(0)
    left = num_steps - sum(sessions)
    for count in [*sessions, num_steps if lost == "count" else left]:
        for _ in range(count):
            weights, velocity = step(weights, velocity, rng)
        if lost in ("velocity", "both"):
            velocity = np.zeros(3)
        if lost in ("rng", "both"):
            rng = np.random.default_rng(0)
    return copy.deepcopy(weights)
