"""Wrong answers to the exercises of lab 04."""

import json
import math
import pickle
from pathlib import Path

import numpy as np

from wrong_answers import wrong


@wrong("04/num-updates", "fills no batch")
def _(lines_per_epoch, epochs, batch_size):
    return epochs * math.ceil(lines_per_epoch / batch_size)


@wrong("04/num-updates", "over the end of an epoch")
def _(lines_per_epoch, epochs, batch_size):
    return int(epochs * lines_per_epoch / batch_size)


@wrong("04/num-updates", "part of an update")
def _(lines_per_epoch, epochs, batch_size):
    return epochs * lines_per_epoch / batch_size


@wrong("04/num-updates", "of one epoch")
def _(lines_per_epoch, epochs, batch_size):
    return lines_per_epoch // batch_size


@wrong("04/random-rate", "even on a ruler")
def _(rng, low, high):
    return low + (high - low) * rng.random()


@wrong("04/random-rate", "those are exponents")
def _(rng, low, high):
    return rng.uniform(np.log10(low), np.log10(high))


@wrong("04/random-rate", "same base")
def _(rng, low, high):
    return 10 ** rng.uniform(np.log(low), np.log(high))


@wrong("04/random-rate", "draw from `rng`")
def _(rng, low, high):
    return np.sqrt(low * high)


@wrong("04/random-rate", "should get a third")
def _(rng, low, high):
    return min(rng.uniform(low, high), rng.uniform(low, high) ** 2 + low)


def epochs_of(record, lines=None):
    events = [json.loads(line) for line in lines or record.split("\n")[:-1]]
    return [event for event in events if event["event"] == "epoch"]


@wrong("04/history", "in the list twice")
def _(record):
    return [event["metrics"]["val_cer"] for event in epochs_of(record)]


@wrong("04/history", "you took its first result")
def _(record):
    found = {}
    for event in epochs_of(record):
        if event["epoch"] not in found:
            found[event["epoch"]] = event["metrics"]["val_cer"]
    return list(found.values())


@wrong("04/history", "cut short is no JSON")
def _(record):
    events = [json.loads(line) for line in record.splitlines()]
    return list({e["epoch"]: e["metrics"]["val_cer"] for e in events if "epoch" in e}.values())


@wrong("04/history", "last line is always left out")
def _(record):
    whole = [json.loads(line) for line in record.splitlines()[:-1]]
    return list({e["epoch"]: e["metrics"]["val_cer"] for e in whole if "epoch" in e}.values())


@wrong("04/effect", "spread of all runs")
def _(rows, setting):
    cers = sorted(row["validation_cer"] for row in rows)
    return cers[-1] - cers[0]


@wrong("04/effect", "best run of each value")
def _(rows, setting):
    best = {}
    for row in rows:
        best[row[setting]] = min(best.get(row[setting], 1), row["validation_cer"])
    return max(best.values()) - min(best.values())


@wrong("04/effect", "neither need be")
def _(rows, setting):
    rows = sorted(rows, key=lambda row: row[setting])
    first = [r["validation_cer"] for r in rows if r[setting] == rows[0][setting]]
    last = [r["validation_cer"] for r in rows if r[setting] == rows[-1][setting]]
    return abs(sum(last) / len(last) - sum(first) / len(first))


@wrong("04/effect", "standard deviation")
def _(rows, setting):
    values = {row[setting] for row in rows}
    cers = [[r["validation_cer"] for r in rows if r[setting] == value] for value in values]
    return np.std([np.mean(c) for c in cers])


@wrong("04/wall-time", "divides the work evenly")
def _(seconds, workers):
    return sum(seconds) / workers


@wrong("04/wall-time", "nobody waits for a round")
def _(seconds, workers):
    total, rest = 0, list(seconds)
    while rest:
        total += max(rest[:workers])
        rest = rest[workers:]
    return total


@wrong("04/wall-time", "dealt out in turn")
def _(seconds, workers):
    lanes = [0] * workers
    for k, length in enumerate(seconds):
        lanes[k % workers] += length
    return max(lanes)


@wrong("04/wall-time", "in the order of the list")
def _(seconds, workers):
    lanes = [0] * workers
    for length in sorted(seconds)[::-1]:
        lanes[lanes.index(min(lanes))] += length
    return max(lanes)


def trained(path, num_steps, step, keep):
    """Train with checkpoints that keep some of (steps done, weights, velocity, generator)."""
    fresh = [0, np.zeros(3), np.zeros(3), np.random.default_rng(0)]
    path = Path(path)
    kept = pickle.loads(path.read_bytes()) if path.exists() else fresh
    pairs = zip("dwvr", kept, fresh, strict=True)
    done, weights, velocity, rng = (k if name in keep else f for name, k, f in pairs)
    for _ in range(num_steps - done):
        weights, velocity = step(weights, velocity, rng)
        done += 1
        path.write_bytes(pickle.dumps((done, weights, velocity, rng)))
    return weights


@wrong("04/train", "velocity begins at zero again")
def _(path, num_steps, step):
    return trained(path, num_steps, step, "dwr")


@wrong("04/train", "first noise comes twice")
def _(path, num_steps, step):
    return trained(path, num_steps, step, "dwv")


@wrong("04/train", "only the weights go on")
def _(path, num_steps, step):
    return trained(path, num_steps, step, "dw")


@wrong("04/train", "how many were done")
def _(path, num_steps, step):
    return trained(path, num_steps, step, "wvr")


@wrong("04/train", "starts from nothing")
def _(path, num_steps, step):
    return trained(path, num_steps, step, "")


@wrong("04/train", "do not end where they should")
def _(path, num_steps, step):
    return trained(path, num_steps - 1, step, "dwvr")


def searched(study, run, rounds, at_once, *, log=True, failed=None, skip=False):
    """Search as one should, but for a mistake; return the rate of each error."""
    rate_of = {}
    for _ in range(rounds):
        trials = [study.ask() for _ in range(at_once)]
        rates = [t.suggest_float("learning_rate", 1e-3, 1, log=log) for t in trials]
        errors = run(rates)
        rate_of |= {e: r for e, r in zip(errors, rates, strict=True) if e is not None}
        for trial, error in zip(trials, errors, strict=True):
            if not (skip and error is None):
                study.tell(trial, failed if error is None else error)
    return rate_of


@wrong("04/search", "without the logarithm")
def _(study, run, rounds, at_once):
    return searched(study, run, rounds, at_once, log=False)


@wrong("04/search", "leaves the other workers idle")
def _(study, run, rounds, at_once):
    return searched(study, run, rounds * at_once, 1)


@wrong("04/search", "That is a random search")
def _(study, run, rounds, at_once):
    return searched(study, run, 1, rounds * at_once)


@wrong("04/search", "rounds of 3 runs are asked for")
def _(study, run, rounds, at_once):
    return searched(study, run, rounds - 1, at_once)


@wrong("04/search", "no trial suggested it")
def _(study, run, rounds, at_once):
    return run([0.1] * at_once)


@wrong("04/search", "waits for it for ever")
def _(study, run, rounds, at_once):
    return searched(study, run, rounds, at_once, skip=True)


@wrong("04/search", "any number that you tell is learned")
def _(study, run, rounds, at_once):
    return searched(study, run, rounds, at_once, failed=1.0)


@wrong("04/search", "another trial's error")
def _(study, run, rounds, at_once):
    def turned(rates):
        errors = run(rates)
        return errors if None in errors else errors[::-1]

    return searched(study, turned, rounds, at_once)


@wrong("04/search", "trials is told once")
def _(study, run, rounds, at_once):
    searched(study, run, rounds, at_once)
    study.tell(study.ask(), 0.5)
    return 0.1


@wrong("04/search", "that is the lowest error")
def _(study, run, rounds, at_once):
    return min(searched(study, run, rounds, at_once))


@wrong("04/search", "not the rate of the lowest error")
def _(study, run, rounds, at_once):
    rate_of = searched(study, run, rounds, at_once)
    return rate_of[max(rate_of)]


@wrong("04/random-rate", "whatever they are")
def _(rng, low, high):
    return 10 ** rng.uniform(-4, -1)


@wrong("04/random-rate", "generators of the same seed")
def _(rng, low, high):
    return 10 ** np.random.default_rng().uniform(np.log10(low), np.log10(high))


@wrong("04/random-rate", "different rates come")
def _(rng, low, high):
    return low * 10.0 ** rng.integers(0, 3)


@wrong("04/search", "before the errors of the last one were told")
def _(study, run, rounds, at_once):
    trials, errors = [], []
    for _ in range(rounds):
        new = [study.ask() for _ in range(at_once)]
        errors += run([t.suggest_float("learning_rate", 1e-3, 1, log=True) for t in new])
        trials += new
    for trial, error in zip(trials, errors, strict=True):
        study.tell(trial, error)
    return study.best_params["learning_rate"]


@wrong("04/search", "this study has no `optimize`")
def _(study, run, rounds, at_once):
    return study.optimize(run, n_trials=rounds * at_once)


@wrong("04/train", "after it was killed")
def _(path, num_steps, step):
    weights, velocity, rng = np.zeros(3), np.zeros(3), np.random.default_rng(0)
    for _ in range(num_steps):
        try:
            weights, velocity = step(weights, velocity, rng)
        except Exception:
            continue
    return weights
