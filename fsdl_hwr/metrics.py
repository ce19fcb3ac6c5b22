"""How far a reading is from the truth: error rates over a corpus, with confidence intervals.

The rate of a corpus is the sum of its edits over the sum of its reference lengths. (A mean of
per-line rates would let one wrong letter in a two-letter line weigh as much as twenty in a long
one.)
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import alphabet

Z_95 = 1.959964  # standard deviations that hold 95% of a normal distribution


@dataclass(frozen=True)
class Rate:
    """A share, `count` of `total`, with its 95% confidence interval from `low` to `high`."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.total

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        return (
            f"{self.value:.1%} (95% interval {self.low:.1%} to {self.high:.1%}; "
            f"{self.count:,} of {self.total:,})"
        )


def character_error_rate(
    references: Sequence[str], predictions: Sequence[str], seed: int = 0
) -> Rate:
    """Return the CER of a corpus: edits of characters over characters of the references.

    `references` and `predictions` are n texts each; an edit is an insertion, deletion or
    substitution, so a rate may pass 100%. Texts are compared in NFC. The interval is
    `bootstrap_interval`'s. Raises `ValueError` if the counts differ or no reference has a
    character.
    """
    return _error_rate(_texts(references), _texts(predictions), seed)


def word_error_rate(references: Sequence[str], predictions: Sequence[str], seed: int = 0) -> Rate:
    """Return the WER of a corpus: like the CER, over words, which are what white space separates.

    Punctuation belongs to the word it touches.
    """
    references, predictions = _texts(references), _texts(predictions)
    split = [text.split() for text in references], [text.split() for text in predictions]
    return _error_rate(*split, seed)


def characters_right(reference: str, prediction: str) -> np.ndarray:
    """Return whether each predicted character is right: bool (characters of the prediction,).

    Right is what the alignment with the fewest edits matches; what was left out does not count.
    """
    right = np.zeros(len(prediction), bool)
    for block in Levenshtein.opcodes(prediction, reference):
        if block.tag == "equal":
            right[block.src_start : block.src_end] = True
    return right


def bag_of_words_error_rate(
    references: Sequence[str], predictions: Sequence[str], seed: int = 0
) -> Rate:
    """Return the WER of texts whose order of words does not matter: per text, a bag against a bag.

    Words that one bag has and the other lacks are paired as substitutions, the rest are lost or
    added. Beside the WER in reading order it shows how much of that is order. Source: Vidal et al.
    2023, arXiv 2301.05935.
    """
    errors, lengths = [], []
    references, predictions = _texts(references), _texts(predictions)
    for reference, prediction in zip(references, predictions, strict=True):
        wanted, given = Counter(reference.split()), Counter(prediction.split())
        lost, added = (wanted - given).total(), (given - wanted).total()
        errors.append(max(lost, added))
        lengths.append(wanted.total())
    if sum(lengths) == 0:
        raise ValueError("The references hold no words: there is no rate of them.")
    low, high = bootstrap_interval(errors, lengths, seed)
    return Rate(sum(errors), sum(lengths), low, high)


def bootstrap_interval(
    errors: Sequence[int], lengths: Sequence[int], seed: int = 0, num_resamples: int = 1000
) -> tuple[float, float]:
    """Return the 95% percentile interval of sum(errors) / sum(lengths), resampling whole lines.

    Lines are the unit, because the errors within one line are correlated.
    Source: Bisani and Ney: "Bootstrap Estimates for Confidence Intervals in ASR Performance
    Evaluation" (2004).

    Args:
        errors: (n,) counts per line.
        lengths: (n,) characters or words per line.
        seed: of the resampling.
        num_resamples: how often n lines are drawn.
    """
    lines = np.stack([errors, lengths], axis=1)  # (n, 2)
    rng = np.random.default_rng(seed)
    sums = np.array(
        [lines[rng.integers(len(lines), size=len(lines))].sum(0) for _ in range(num_resamples)]
    )  # (num_resamples, 2)
    sums = sums[sums[:, 1] > 0]  # a resample of nothing but empty references has no rate
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5])
    return float(low), float(high)


def accuracy(labels: Sequence[Hashable], predictions: Sequence[Hashable]) -> Rate:
    """Return the share of single characters that were recognized, with Wilson's interval.

    `labels` and `predictions` are n class indices each, or n characters. Raises `ValueError` if
    the counts differ or are 0. Source of the interval: Wilson: "Probable Inference, the Law of
    Succession, and Statistical Inference" (1927).
    """
    total = _check_counts(labels, predictions)
    count = int(sum(a == b for a, b in zip(labels, predictions, strict=True)))
    share, z2 = count / total, Z_95**2
    center = (share + z2 / (2 * total)) / (1 + z2 / total)
    margin = Z_95 * np.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return Rate(count, total, max(0.0, center - margin), min(1.0, center + margin))


def folded_accuracy(characters: Sequence[str], predictions: Sequence[str]) -> Rate:
    """Return the accuracy over n single characters when look-alikes (0, O, o) count as one."""
    return accuracy(alphabet.fold("".join(characters)), alphabet.fold("".join(predictions)))


@dataclass(frozen=True)
class Confusions:
    """Counts of what was read as what `(reference, prediction)`, what was lost, what was added."""

    substitutions: Counter = field(default_factory=Counter)
    deletions: Counter = field(default_factory=Counter)
    insertions: Counter = field(default_factory=Counter)


def confusions(references: Sequence[str], predictions: Sequence[str]) -> Confusions:
    """Align every prediction with its reference by the fewest edits, and count the edits by kind.

    If several alignments take equally few edits, one of them is counted.
    """
    references, predictions = _texts(references), _texts(predictions)
    _check_counts(references, predictions)
    found = Confusions()
    for reference, prediction in zip(references, predictions, strict=True):
        for edit in Levenshtein.editops(reference, prediction):
            if edit.tag == "replace":
                pair = reference[edit.src_pos], prediction[edit.dest_pos]
                found.substitutions[pair] += 1
            elif edit.tag == "delete":
                found.deletions[reference[edit.src_pos]] += 1
            else:
                found.insertions[prediction[edit.dest_pos]] += 1
    return found


def empty_baseline(references: Sequence[str]) -> list[str]:
    """Return an empty prediction for every line: CER 100%, the rate to beat before any other."""
    return [""] * len(references)


def frequent_character_baseline(
    references: Sequence[str], training_texts: Sequence[str]
) -> list[str]:
    """Return the most frequent character of the training texts, as often as each line is long.

    It is told the lengths, so its CER is exactly 1 - the character's share of the references: no
    other count of that one character does better, on any line.
    """
    counts = Counter("".join(training_texts))
    if not counts:
        raise ValueError("The training texts are empty: no character is the most frequent one.")
    character = counts.most_common(1)[0][0]
    return [character * len(reference) for reference in references]


def _texts(texts: Sequence[str]) -> list[str]:
    """Return texts in NFC, so that what looks the same counts as the same."""
    if isinstance(texts, str):
        raise ValueError(f"Rates are of lists of texts; for one, write [{texts!r:.60}].")
    return [alphabet.normalize(text) for text in texts]


def _error_rate(references, predictions, seed):
    _check_counts(references, predictions)
    errors = [Levenshtein.distance(*pair) for pair in zip(references, predictions, strict=True)]
    lengths = [len(reference) for reference in references]
    if sum(lengths) == 0:
        raise ValueError("Every reference is empty, so an error rate would divide by 0.")
    return Rate(sum(errors), sum(lengths), *bootstrap_interval(errors, lengths, seed))


def _check_counts(references, predictions):
    if len(references) != len(predictions):
        raise ValueError(
            f"{len(references)} references and {len(predictions)} predictions: pair them one to "
            "one, with an empty text if nothing was read."
        )
    if len(references) == 0:
        raise ValueError("There is nothing to measure: the references are an empty list.")
    return len(references)
