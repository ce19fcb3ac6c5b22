"""Which labels are wrong: how unlikely a network that did not learn from them finds them."""

from collections.abc import Mapping, Sequence

import numpy as np

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import frames_needed
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.recognizers.reader import LineReader

LOOK_ALIKES = ("0Oo", "1Il", "5Ss", "2Zz", "6b", "9gq", "uv", "ce", "nh", "ar", ".,", ":;", "xX",
               "cC", "kK", "pP", "vV", "wW")  # fmt: skip
SHIFTED, LOOK_ALIKE, CUT = "shifted", "look-alike", "cut"
SHARES = {SHIFTED: 0.05, LOOK_ALIKE: 0.02, CUT: 0.01}
BATCH = 64


def noise_scores(reader: LineReader, lines: Lines) -> np.ndarray:
    """Compute -log p(transcript | image) per character, in nats: float64 (n,).

    Only a reader that was trained on other writers' lines can be asked. A transcript that cannot
    be right, for want of frames or of a character in the alphabet, is infinitely unlikely.
    """
    scores = np.full(len(lines), np.inf)
    frames = reader.frames(lines.ink_widths)
    known = set(reader.alphabet.characters)
    places = [k for k, text in enumerate(lines.transcripts) if set(text) <= known]
    labels = {k: np.asarray(reader.alphabet.encode(lines.transcripts[k])) for k in places}
    places = [k for k in places if frames_needed(labels[k]) <= frames[k]]
    places.sort(key=lambda k: lines.ink_widths[k])
    for start in range(0, len(places), BATCH):
        batch = places[start : start + BATCH]
        longest = int(frames[batch].max())
        log_probs = ctc.log_softmax(reader.logits(lines[batch])[:, :longest])
        found = label_log_likelihoods(log_probs, frames[batch], [labels[k] for k in batch])
        scores[batch] = -found / np.maximum([len(labels[k]) for k in batch], 1)
    return scores


def label_log_likelihoods(
    log_probs: np.ndarray, frames: np.ndarray, labels: Sequence[np.ndarray]
) -> np.ndarray:
    """Compute log p(label | line) of several lines at once: float64 (n,).

    log_probs: (n, frames, classes), normalized. frames: (n,), how many of them count. It is
    `ctc.forward_backward`'s forward half, over a batch; a label that cannot be has -inf.
    """
    size = 2 * max((len(label) for label in labels), default=0) + 1
    states = np.full((len(labels), size), ctc.BLANK_INDEX)
    may_skip = np.zeros(states.shape, bool)
    for row, label in enumerate(labels):
        states[row, 1 : 2 * len(label) : 2] = label
        may_skip[row, 3 : 2 * len(label) : 2] = label[1:] != label[:-1]
    last = 2 * np.array([len(label) for label in labels])  # the blank after the last character
    rows = np.arange(len(labels))
    alpha = np.full(states.shape, -np.inf)
    alpha[:, :2] = np.take_along_axis(log_probs[:, 0], states[:, :2], axis=1)
    found = np.full(len(labels), -np.inf)
    for t in range(log_probs.shape[1]):
        if t:
            back = np.full((2, *states.shape), -np.inf)
            back[0, :, 1:] = alpha[:, :-1]
            back[1, :, 2:] = np.where(may_skip[:, 2:], alpha[:, :-2], -np.inf)
            emitted = np.take_along_axis(log_probs[:, t], states, axis=1)
            alpha = np.logaddexp(np.logaddexp(alpha, back[0]), back[1]) + emitted
        ends = np.logaddexp(alpha[rows, last], np.where(
            last > 0, alpha[rows, np.maximum(last - 1, 0)], -np.inf))  # fmt: skip
        found = np.where(t + 1 == frames, ends, found)
    return found


def plant(
    transcripts: Sequence[str], seed: int, shares: Mapping[str, float] = SHARES
) -> tuple[list[str], np.ndarray]:
    """Spoil some transcripts in known ways: the texts, and for each what was done, "" for nothing.

    A shifted line has the text of the next one; look-alikes are swapped in up to three places; a
    cut text lacks its last third. shares: of the lines, by kind. A line that a kind cannot spoil
    is passed over.
    """
    rng = np.random.default_rng((seed, 7))
    texts, kinds = list(transcripts), np.full(len(transcripts), "", dtype="<U12")
    order = iter(rng.permutation(len(texts)).tolist())
    for kind, share in shares.items():
        wanted = round(share * len(texts))
        for k in order:
            if wanted == 0:
                break
            spoiled = PLANTERS[kind](transcripts, k, rng)
            if spoiled != transcripts[k]:
                texts[k], kinds[k] = spoiled, kind
                wanted -= 1
    return texts, kinds


def _shift(transcripts: Sequence[str], k: int, rng: np.random.Generator) -> str:
    return transcripts[(k + 1) % len(transcripts)]


def _cut(transcripts: Sequence[str], k: int, rng: np.random.Generator) -> str:
    text = transcripts[k]
    return text[: len(text) * 2 // 3].rstrip() if len(text) > 5 else text


def _swap(transcripts: Sequence[str], k: int, rng: np.random.Generator) -> str:
    characters = list(transcripts[k])
    alike = {c: group.replace(c, "") for group in LOOK_ALIKES for c in group}
    places = [j for j, c in enumerate(characters) if c in alike]
    for j in rng.permutation(places)[:3].astype(int):
        characters[j] = str(rng.choice(list(alike[characters[j]])))
    return "".join(characters)


# How each kind spoils the k-th transcript.
PLANTERS = {SHIFTED: _shift, LOOK_ALIKE: _swap, CUT: _cut}


def auroc(scores: np.ndarray, wrong: np.ndarray) -> float:
    """Return the share of (wrong, right) pairs in which the wrong label scores higher; ties half.

    scores: (n,), high is suspect. wrong: bool (n,). NaN if there is none of either.
    """
    wrong = np.asarray(wrong, bool)
    pairs = int(wrong.sum()) * int((~wrong).sum())
    if not pairs:
        return float("nan")
    right = np.sort(np.asarray(scores)[~wrong])
    below = np.searchsorted(right, scores[wrong], "left")
    ties = np.searchsorted(right, scores[wrong], "right") - below
    return float((below + ties / 2).sum() / pairs)


def found_among_top(scores: np.ndarray, wrong: np.ndarray, share: float) -> float:
    """Return how many of the wrong labels are among the top `share` of all, as a share of them."""
    wrong = np.asarray(wrong, bool)
    top = np.argsort(-np.asarray(scores), kind="stable")[: max(1, round(share * len(scores)))]
    return float(wrong[top].sum() / max(1, wrong.sum()))


def confident_learning(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Say which labels of single characters are wrong: bool (n,).

    A label is doubted if another class is found with at least the confidence that this class has
    where it is the label. probabilities: (n, classes), of a network that did not train on them.
    labels: int (n,). Source: Northcutt, Jiang, Chuang: "Confident Learning" (2021).
    """
    classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels]
    counts = np.bincount(labels, minlength=classes)
    means = np.bincount(labels, own, minlength=classes) / np.maximum(counts, 1)
    thresholds = np.where(counts > 0, means, 1.0)  # a class without labels convinces nobody
    convincing = np.where(probabilities >= thresholds, probabilities, 0)
    return (convincing.max(axis=1) > 0) & (convincing.argmax(axis=1) != labels)
