"""Typical wrong answers to the exercises, and words of the message that each must meet.

Each is written as a student would, without a look at how the checks recognize it.
"""

import copy
import functools
import json
import math
import pickle
from dataclasses import dataclass
from itertools import groupby

import nbformat
import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import ctc


@dataclass(frozen=True)
class WrongAnswer:
    lab: str
    exercise: str  # grade_id of the answer cell
    says: str
    function: object


ANSWERS: list[WrongAnswer] = []


def wrong(exercise, says):
    """Register a function as an answer to `lab/exercise` whose check must say `says`."""

    def register(function):
        ANSWERS.append(WrongAnswer(*exercise.split("/"), says, function))

    return register


@wrong("03/window-starts", "last window is missing")
def _(image_width, window_width, stride):
    return [start for start in range(image_width) if start % stride == 0][
        : (image_width - window_width - 1) // stride + 1
    ]


@wrong("03/window-starts", "over the right edge")
def _(image_width, window_width, stride):
    return list(range(0, image_width, stride))


@wrong("03/window-starts", "one window too many")
def _(image_width, window_width, stride):
    num_windows = (image_width - window_width) // stride + 2
    return stride * np.arange(num_windows)


@wrong("03/window-starts", "begins where the one before ended")
def _(image_width, window_width, stride):
    starts, start = [], 0
    while start + window_width <= image_width:
        starts.append(start)
        start += window_width
    return starts


@wrong("03/window-starts", "which is a number")
def _(image_width, window_width, stride):
    return (image_width - window_width) // stride + 1


@wrong("03/collapse", "double letters are lost")
def _(path):
    without_blanks = [k for k in path if k != 0]
    return [k for k, _ in groupby(without_blanks)]


@wrong("03/collapse", "blanks are still there")
def _(path):
    return [k for place, k in enumerate(path) if place == 0 or path[place - 1] != k]


@wrong("03/collapse", "written several times")
def _(path):
    return list(filter(None, path))


@wrong("03/collapse", "only once in the whole text")
def _(path):
    found = []
    for k in path:
        if k != 0 and k not in found:
            found.append(k)
    return found


@wrong("03/frames-needed", "blank between equal neighbors is forgotten")
def _(label):
    return len(label)


@wrong("03/frames-needed", "all states of the lattice")
def _(label):
    return len(label) + len(label) + 1


@wrong("03/frames-needed", "comes again later")
def _(label):
    return len(label) + sum(label[k] in label[:k] for k in range(len(label)))


@wrong("03/frames-needed", "three equal characters")
def _(label):
    count, previous, doubled = len(label), None, False
    for k in label:
        if k == previous and not doubled:
            count, doubled = count + 1, True
        elif k != previous:
            doubled = False
        previous = k
    return count


@wrong("03/greedy-read", "after the end of the ink")
def _(logits, frames):
    return [ctc.collapse(path).tolist() for path in np.argmax(logits, axis=2)]


@wrong("03/greedy-read", "not yet a label")
def _(logits, frames):
    return [list(path[:n]) for path, n in zip(np.argmax(logits, axis=2), frames, strict=True)]


@wrong("03/greedy-read", "off by one")
def _(logits, frames):
    paths = np.argmax(logits, axis=2)
    return [ctc.collapse(paths[k, : frames[k] + 1]).tolist() for k in range(len(paths))]


@wrong("03/greedy-read", "wrong axis")
def _(logits, frames):
    paths = np.argmax(logits, axis=1)
    return [ctc.collapse(paths[k, : frames[k]]).tolist() for k in range(len(paths))]


@wrong("03/corpus-cer", "mean of the lines' rates")
def _(references, predictions):
    rates = [Levenshtein.distance(r, p) / len(r) for r, p in zip(references, predictions)]  # noqa: B905
    return sum(rates) / len(rates)


@wrong("03/corpus-cer", "characters of the predictions")
def _(references, predictions):
    edits = sum(map(Levenshtein.distance, references, predictions))
    return edits / len("".join(predictions))


@wrong("03/corpus-cer", "place by place")
def _(references, predictions):
    unequal = 0
    for reference, prediction in zip(references, predictions, strict=True):
        longest = max(len(reference), len(prediction))
        unequal += sum(reference[k : k + 1] != prediction[k : k + 1] for k in range(longest))
    return unequal / len("".join(references))


@wrong("03/corpus-cer", "in percent")
def _(references, predictions):
    edits = sum(map(Levenshtein.distance, references, predictions))
    return 100 * edits / len("".join(references))


def draws(errors, lengths, rng, choose):
    chosen = [choose(len(errors)) for _ in range(1000)]
    return [errors[places].sum() / lengths[places].sum() for places in chosen]


@wrong("03/bootstrap-interval", "draw every line once")
def _(errors, lengths, rng):
    return np.percentile(draws(errors, lengths, rng, rng.permutation), [2.5, 97.5])


@wrong("03/bootstrap-interval", "length of another")
def _(errors, lengths, rng):
    n = len(errors)
    rates = [rng.choice(errors, n).sum() / rng.choice(lengths, n).sum() for _ in range(1000)]
    return np.quantile(rates, 0.025), np.quantile(rates, 0.975)


@wrong("03/bootstrap-interval", "single characters")
def _(errors, lengths, rng):
    characters = np.concatenate([np.arange(n) < e for e, n in zip(errors, lengths, strict=True)])
    rates = [rng.choice(characters, len(characters)).mean() for _ in range(300)]
    return np.percentile(rates, [2.5, 97.5])


@wrong("03/bootstrap-interval", "mean of the lines' rates")
def _(errors, lengths, rng):
    rates = [np.mean((errors / lengths)[rng.integers(len(errors), size=150)]) for _ in range(1000)]
    return np.percentile(rates, [2.5, 97.5])


@wrong("03/bootstrap-interval", "90% of the draws")
def _(errors, lengths, rng):
    rates = draws(errors, lengths, rng, lambda n: rng.integers(n, size=n))
    return sorted(rates)[50], sorted(rates)[950]


@wrong("03/bootstrap-interval", "draw from `rng`")
def _(errors, lengths, rng):
    rng = np.random.default_rng(0)
    rates = draws(errors, lengths, rng, lambda n: rng.integers(n, size=n))
    return np.percentile(rates, [2.5, 97.5])


def walk(log_probs, label, closed=lambda a, b: a == b, add=np.logaddexp, begin=True, end=True):
    """Sum over the lattice by loops over dictionaries, with one thing done differently."""
    states = [0]
    for k in label:
        states += [int(k), 0]
    now = {0: log_probs[0][0]} | ({1: log_probs[0][states[1]]} if begin else {})
    for frame in log_probs[1:]:
        following = {}
        for s, mass in now.items():
            steps = [s, s + 1]
            if s + 2 < len(states) and states[s] != 0 and not closed(states[s], states[s + 2]):
                steps.append(s + 2)
            for to in steps:
                if to < len(states):
                    following[to] = add(following.get(to, -np.inf), mass + frame[states[to]])
        now = following
    last = now.get(len(states) - 1, -np.inf)
    return add(last, now.get(len(states) - 2, -np.inf)) if end else last


@wrong("03/log-likelihood", "between two equal characters was skipped")
def _(log_probs, label):
    return walk(log_probs, label, closed=lambda a, b: False)


@wrong("03/log-likelihood", "never skipped")
def _(log_probs, label):
    return walk(log_probs, label, closed=lambda a, b: True)


@wrong("03/log-likelihood", "likeliest path alone")
def _(log_probs, label):
    return walk(log_probs, label, add=max)


@wrong("03/log-likelihood", "end in the last character")
def _(log_probs, label):
    return walk(log_probs, label, end=False)


@wrong("03/log-likelihood", "begin with the first character")
def _(log_probs, label):
    return walk(log_probs, label, begin=False)


@wrong("03/log-likelihood", "too small for a float")
def _(log_probs, label):
    return np.log(np.exp(walk(log_probs, label)))


@wrong("03/log-likelihood", "minus what is asked for")
def _(log_probs, label):
    return -walk(log_probs, label)


@wrong("01/encode", "and that is the blank")
def _(text, characters):
    return [characters.find(character) for character in text]


@wrong("01/encode", "another order")
def _(text, characters):
    order = {character: k for k, character in enumerate(sorted(characters), 1)}
    return [order[character] for character in text]


@wrong("01/encode", "numbered by the text")
def _(text, characters):
    return list(np.unique(list(text), return_inverse=True)[1] + 1) if text else []


@wrong("01/encode", "must refuse such a text")
def _(text, characters):
    return [characters.find(character) + 1 for character in text]


@wrong("01/encode", "Yours is ValueError: substring not found")
def _(text, characters):
    return [characters.index(character) + 1 for character in text]


@wrong("01/encode", "the text alone does not say which")
def _(text, characters):
    if not set(text) <= set(characters):
        raise ValueError(f"{text!r} has a character that the alphabet lacks")
    return [characters.index(character) + 1 for character in text]


@wrong("01/encode", "Yours is KeyError")
def _(text, characters):
    classes = dict(zip(characters, range(1, 100), strict=False))
    return [classes[character] for character in text]


@wrong("01/choose-run", "chosen by its test CER")
def _(records):
    finished = [record for record in records if "test_cer" in record["metrics"]]
    best = sorted(finished, key=lambda record: record["metrics"]["test_cer"])[0]
    return best["name"], best["metrics"]["test_cer"]


@wrong("01/choose-run", "that is its validation CER")
def _(records):
    pairs = [(r["metrics"]["validation_cer"], r["name"]) for r in records if r["metrics"]]
    cer, name = min(pairs)
    return name, cer


@wrong("01/choose-run", "worst run")
def _(records):
    rates = {r["name"]: r["metrics"] for r in records if r["metrics"]}
    name = max(rates, key=lambda name: rates[name]["validation_cer"])
    return name, rates[name]["test_cer"]


@wrong("01/choose-run", "unfinished run was chosen")
def _(records):
    best = min(records, key=lambda record: record["metrics"].get("validation_cer", 0))
    return best["name"], best["metrics"].get("test_cer", 0)


@wrong("01/lean", "leans to the left")
def _(ink, slant):
    return [np.c_[s[:, 0] + slant * s[:, 1], s[:, 1:]] for s in ink]


@wrong("01/lean", "move up and down")
def _(ink, slant):
    return [np.c_[s[:, 0], s[:, 1] - slant * s[:, 0], s[:, 2:]] for s in ink]


@wrong("01/lean", "times are lost")
def _(ink, slant):
    return [np.c_[s[:, 0] - slant * s[:, 1], s[:, 1]] for s in ink]


@wrong("01/lean", "joined to one")
def _(ink, slant):
    if not ink:
        return []
    points = np.concatenate(ink)
    points[:, 0] -= slant * points[:, 1]
    return [points]


@wrong("01/lean", "that went in has changed")
def _(ink, slant):
    for stroke in ink:
        stroke[:, 0] -= slant * stroke[:, 1]
    return ink


THREE = ("datasets", "networks", "ctc")


def imported(imports, breach):
    return {(a, b) for a, others in imports.items() for b in others if breach(a, b)}


def ours(name, parts=THREE):
    return [part for part in parts if name == part or name.startswith(part + ".")]


@wrong("01/broken-rules", "may import each other")
def _(imports):
    return imported(imports, lambda a, b: ours(a) and ours(b))


@wrong("01/broken-rules", "forbids everybody")
def _(imports):
    return imported(imports, lambda a, b: ours(b) and ours(a) != ours(b))


@wrong("01/broken-rules", "called exactly like a part")
def _(imports):
    return imported(imports, lambda a, b: a in THREE and b in THREE and a != b)


@wrong("01/broken-rules", "only begins like a part's")
def _(imports):
    def part(name):
        return [p for p in THREE if p == name[: len(p)]]

    return imported(imports, lambda a, b: part(a) and part(b) and part(a) != part(b))


@wrong("01/broken-rules", "one direction")
def _(imports):
    forbidden = {"datasets": ["networks", "ctc"], "networks": ["ctc"], "ctc": []}
    return imported(imports, lambda a, b: ours(a) and ours(b, forbidden[ours(a)[0]]))


def with_cell(notebook, values, where, write=repr):
    made = copy.deepcopy(notebook)
    source = "\n".join(f"{name} = {write(value)}" for name, value in values.items())
    made.cells.insert(where, nbformat.v4.new_code_cell(source))
    return made


def place_of_parameters(notebook):
    return [cell.metadata.get("tags") for cell in notebook.cells].index(["parameters"])


@wrong("01/inject", "come too early")
def _(notebook, values):
    return with_cell(notebook, values, place_of_parameters(notebook))


@wrong("01/inject", "come too late")
def _(notebook, values):
    return with_cell(notebook, values, len(notebook.cells))


@wrong("01/inject", "needs quotes")
def _(notebook, values):
    return with_cell(notebook, values, place_of_parameters(notebook) + 1, str)


@wrong("01/inject", "needs quotes")
def _(notebook, values):
    def quoted(value):
        return f'"{value}"' if isinstance(value, str) else str(value)

    return with_cell(notebook, values, place_of_parameters(notebook) + 1, quoted)


@wrong("01/inject", "taken without a word")
def _(notebook, values):
    return with_cell(notebook, values, place_of_parameters(notebook) + 1)


@wrong("01/inject", "parameters cell itself was changed")
def _(notebook, values):
    made = copy.deepcopy(notebook)
    cell = made.cells[place_of_parameters(made)]
    cell.source += "\n" + "\n".join(f"{name} = {value!r}" for name, value in values.items())
    return made


@wrong("01/inject", "that went in has changed")
def _(notebook, values):
    made = with_cell(notebook, values, place_of_parameters(notebook) + 1)
    notebook.cells = made.cells
    return notebook


@wrong("02/balanced-accuracy", "plain accuracy")
def _(labels, answers):
    return (answers == labels).sum() / len(labels)


@wrong("02/balanced-accuracy", "*read* as a class")
def _(labels, answers):
    return np.mean([(labels[answers == k] == k).mean() for k in set(answers.tolist())])


@wrong("02/balanced-accuracy", "never recognized")
def _(labels, answers):
    counts = np.bincount(labels)
    right = np.bincount(labels[labels == answers], minlength=len(counts))
    return np.mean(right / np.maximum(counts, 1))


@wrong("02/balanced-accuracy", "0 of 0")
def _(labels, answers):
    with np.errstate(invalid="ignore"):
        counts = np.bincount(labels)
        right = np.bincount(labels[labels == answers], minlength=len(counts))
        return np.mean(right / counts)


@wrong("02/upright", "turned by 90 degrees")
def _(images):
    return np.stack([np.rot90(image, 3) for image in images])


@wrong("02/upright", "what `.T` does")
def _(images):
    return np.transpose(images)


@wrong("02/upright", "mirrored left to right")
def _(images):
    return np.flip(images, axis=2)


@wrong("02/upright", "an array of shape (3, 28, 28) is needed")
def _(images):
    return images.swapaxes(0, 1)


@wrong("02/hold-out", "the split leaks")
def _(writers, share, rng):
    return rng.random(len(writers)) < share


@wrong("02/hold-out", "truth value for each")
def _(writers, share, rng):
    hands = np.unique(writers)
    return rng.choice(hands, int(share * len(hands)), replace=False)


@wrong("02/hold-out", "changed sides")
def _(writers, share, rng):
    hands = rng.permutation(np.unique(writers))
    return ~np.isin(writers, hands[: round(len(hands) * share)])


@wrong("02/hold-out", "keeps the same writers back")
def _(writers, share, rng):
    hands = sorted(set(writers))
    return np.isin(writers, hands[: round(len(hands) * share)])


@wrong("02/hold-out", "generators of the same seed differ")
def _(writers, share, rng):
    hands = np.unique(writers)
    kept = np.random.default_rng().choice(hands, round(share * len(hands)), replace=False)
    return np.isin(writers, kept)


@wrong("02/hold-out", "4 of 20 writers")
def _(writers, share, rng):
    kept = rng.permutation(np.unique(writers))[: int(share * 16)]
    return np.isin(writers, kept)


@wrong("02/hold-out", "was drawn twice")
def _(writers, share, rng):
    hands = np.unique(writers)
    return np.isin(writers, rng.choice(hands, round(share * len(hands))))


@wrong("02/hold-out", "which is 3 when rounded; 2 are")
def _(writers, share, rng):
    hands = np.unique(writers)
    return np.isin(writers, rng.permutation(hands)[: int(share * len(hands))])


@wrong("02/convolution-cost", "biases are no parameters yet")
def _(height, width, channels, filters, size):
    weights = channels * filters * size**2
    return weights, weights * (height - size + 1) * (width - size + 1)


@wrong("02/convolution-cost", "every pixel of the input")
def _(height, width, channels, filters, size):
    weights = channels * filters * size**2
    return weights + filters, weights * height * width


@wrong("02/convolution-cost", "one channel only")
def _(height, width, channels, filters, size):
    weights = filters * size**2
    return weights + filters, weights * (height - size + 1) * (width - size + 1)


@wrong("02/convolution-cost", "they are no multiply-adds")
def _(height, width, channels, filters, size):
    parameters = (channels * size**2 + 1) * filters
    return parameters, parameters * (height - size + 1) * (width - size + 1)


@wrong("02/convolution-cost", "off by one")
def _(height, width, channels, filters, size):
    weights = channels * filters * size**2
    return weights + filters, weights * (height - size) * (width - size)


def cross_entropy(logits, labels):
    exponentials = np.exp(logits)
    softmax = exponentials / exponentials.sum(1, keepdims=True)
    return -np.log(softmax[range(len(labels)), labels]).mean()


@wrong("02/temperature", "1 over the temperature")
def _(logits, labels):
    tried = np.geomspace(0.2, 4, 200)
    return tried[np.argmin([cross_entropy(logits * t, labels) for t in tried])]


@wrong("02/temperature", "always 0.3")
def _(logits, labels):
    tried = np.linspace(0.3, 5, 50)
    return tried[np.argmax([((logits / t).argmax(1) == labels).mean() for t in tried])]


@wrong("02/temperature", "still falls if you go higher")
def _(logits, labels):
    tried = np.linspace(0.3, 2, 100)
    return tried[np.argmin([cross_entropy(logits / t, labels) for t in tried])]


@wrong("02/temperature", "still falls if you go lower")
def _(logits, labels):
    tried = np.arange(1, 6)
    return tried[np.argmin([cross_entropy(logits / t, labels) for t in tried])]


def squared_distances(asked, images):
    asked, images = (a.reshape(len(a), -1) for a in (asked, images))
    return (images**2).sum(1) - 2 * asked @ images.T


@wrong("02/read-untrained", "places in the list")
def _(images, labels, asked):
    return squared_distances(asked / 255, images / 255).argmin(1)


@wrong("02/read-untrained", "Did a byte overflow?")
def _(images, labels, asked):
    few = images[:, ::4, ::4].reshape(len(images), -1)  # of the pixels: an overflow shows soon
    return labels[[((few - a[::4, ::4].ravel()) ** 2).sum(1).argmin() for a in asked]]


@wrong("02/read-untrained", "The mean of a class")
def _(images, labels, asked):
    means = np.stack([images[labels == k].mean(0) for k in np.unique(labels)])
    return np.unique(labels)[squared_distances(asked / 255, means / 255).argmin(1)]


@wrong("02/read-untrained", "the target is 69%")
def _(images, labels, asked):
    return labels[squared_distances(asked / 255, images / 255).argmin(1)]


@wrong("02/read-untrained", "about as many as by guessing")
def _(images, labels, asked):
    return labels[squared_distances(asked / 255, images / 255).argmax(1)]


@wrong("02/read-untrained", "read for itself")
def _(images, labels, asked):
    return np.random.default_rng(0).choice(labels, len(asked))


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


@wrong("04/random-rate", "a third each")
def _(rng, low, high):
    return min(rng.uniform(low, high), rng.uniform(low, high) ** 2 + low)


def epochs_of(record, lines=None):
    events = [json.loads(line) for line in lines or record.split("\n")[:-1]]
    return [event for event in events if event["event"] == "epoch"]


@wrong("04/history", "in the list twice")
def _(record):
    return [event["metrics"]["val_cer"] for event in epochs_of(record)]


@wrong("04/history", "result of the first time")
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


def trained(path, num_steps, step, keep):
    """Train with checkpoints that keep some of (steps done, weights, velocity, generator)."""
    fresh = [0, np.zeros(3), np.zeros(3), np.random.default_rng(0)]
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


@wrong("05/noise", "one less is to be counted")
def _(cers, t):
    return t * np.std(cers) * (1 + 1 / len(cers)) ** 0.5


@wrong("05/noise", "give it as a share")
def _(cers, t):
    return 100 * t * np.std(cers, ddof=1) * np.sqrt(1 + 1 / len(cers))


@wrong("05/noise", "where the *mean* of many runs may lie")
def _(cers, t):
    return t * np.std(cers, ddof=1) / len(cers) ** 0.5


@wrong("05/noise", "takes the mean for exactly known")
def _(cers, t):
    return t * np.std(cers, ddof=1)


@wrong("05/noise", "1.96 holds where")
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
