"""Wrong answers to the exercises of lab 03."""

from itertools import groupby

import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import ctc
from wrong_answers import wrong


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


@wrong("03/corpus-cer", "joined before they are compared")
def _(references, predictions):
    whole = "".join(references)
    return Levenshtein.distance(whole, "".join(predictions)) / len(whole)


@wrong("03/bootstrap-interval", "generators of the same seed differ")
def _(errors, lengths, rng):
    rates = []
    for _ in range(2000):
        chosen = np.random.default_rng().integers(len(errors), size=len(errors))
        rates.append(errors[chosen].sum() / lengths[chosen].sum())
    return np.percentile(rates, [2.5, 97.5])
