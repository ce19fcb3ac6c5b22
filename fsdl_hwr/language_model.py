"""Character n-grams: how likely each character is, given the few before it.

Beam search asks one which of two labels that fit the ink equally well is the better English.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from fsdl_hwr import files
from fsdl_hwr.alphabet import Alphabet

END = ""  # stands for the end of a sentence when a character is asked for
BOUNDARY = 0  # start of a sentence in a context, end of it as a prediction: the blank's free place
CACHED_CONTEXTS = 50_000  # of 80 float64 each, 32 MB


class CharacterNgram:
    """A character n-gram model with Witten-Bell smoothing; make one with `CharacterNgram.fit`.

    With n(h c) counts, T(h) the number of different characters seen after the context h, and h' the
    context without its first character:
    p(c | h) = (n(h c) + T(h) p(c | h')) / (n(h) + T(h)), and 1 / classes below the empty
    context. Every character of the alphabet, and the end of the sentence, has a probability above
    0. Source: Witten and Bell: "The Zero-Frequency Problem" (1991), in the recursive form of
    Chen and Goodman: "An Empirical Study of Smoothing Techniques for Language Modeling" (1999).
    """

    def __init__(self, alphabet: Alphabet, ngrams: list[tuple[np.ndarray, np.ndarray]]):
        self.alphabet = alphabet
        # One table per n-gram length: sorted codes, and counts. The code of (a, b, c) is the number
        # with digits a, b, c in base `num_classes`, so all that follows one context is one slice.
        self._ngrams = ngrams
        self._cache: dict = {}

    @property
    def order(self) -> int:
        """Characters in the longest n-gram."""
        return len(self._ngrams)

    @classmethod
    def fit(
        cls, texts: Iterable[str], order: int = 5, alphabet: Alphabet | None = None
    ) -> "CharacterNgram":
        """Count the n-grams of every length up to `order` in sentences of an alphabet's characters.

        Raises `ValueError` if there is no text, a character is outside the alphabet, or the
        order is below 1 or too high for 64-bit codes (9 with 80 classes).
        """
        alphabet = alphabet or Alphabet()
        base = alphabet.num_classes
        if order < 1 or base**order >= 2**63:
            raise ValueError(
                f"The order is {order}; with {base} classes it goes from 1 to "
                f"{int(63 / np.log2(base))}."
            )
        sentences = [alphabet.encode(text) for text in texts]
        if not sentences:
            raise ValueError("A language model needs at least one sentence, and there is none.")
        # A boundary before, between and after the sentences: 0 a b 0 c 0
        parts = [[BOUNDARY]] + [part for label in sentences for part in (label, [BOUNDARY])]
        stream = np.concatenate(parts).astype(np.int64)
        return cls(alphabet, [_count(stream, length, base) for length in range(1, order + 1)])

    def save(self, path: str | os.PathLike, rarest: int = 2) -> Path:
        """Write the model as one `.npz`, atomically.

        rarest: n-grams longer than three that were seen less often are left out, to save space.
        """
        path = Path(path)
        arrays = {"characters": np.array(self.alphabet.characters)}
        for length, (codes, counts) in enumerate(self._ngrams, start=1):
            kept = slice(None) if length <= 3 else counts >= rarest
            # Sorted codes differ by little: differences take half the space.
            arrays[f"steps{length}"] = np.diff(codes[kept], prepend=np.int64(0))
            arrays[f"counts{length}"] = np.minimum(counts[kept], 65_535).astype(np.uint16)
        with files.write_atomically(path) as partial:
            np.savez_compressed(partial, **arrays)  # type: ignore[arg-type]
        return path

    @classmethod
    def load(cls, path: str | os.PathLike) -> "CharacterNgram":
        """Read what `save` wrote; `FileNotFoundError` or `ValueError` otherwise."""
        try:
            arrays = files.load_arrays(path)
            alphabet = Alphabet(str(arrays["characters"]))
            orders = range(1, len(arrays) // 2 + 1)
            ngrams = [
                (np.cumsum(arrays[f"steps{n}"]), arrays[f"counts{n}"].astype(np.int64))
                for n in orders
            ]
        except files.DAMAGED_ARRAYS as error:
            raise ValueError(f"{path} is damaged, or no language model ({error}).") from error
        return cls(alphabet, ngrams)

    def next_log_probs(self, label: tuple[int, ...]) -> np.ndarray:
        """Return float64 (classes,) log-probabilities of what follows a label; [0] is its end.

        `label` is everything since the start of the sentence, as class indices.
        """
        context = (BOUNDARY, *label)[-(self.order - 1) :] if self.order > 1 else ()
        if context not in self._cache:
            if len(self._cache) >= CACHED_CONTEXTS:
                self._cache.clear()
            self._cache[context] = np.log(self._next_probs(context))
        return self._cache[context]

    def log_prob(self, context: str, character: str) -> float:
        """Return log p(character | the sentence so far), in nats; `END` asks for its end."""
        following = self.alphabet.encode(character)
        if len(following) > 1:
            raise ValueError(f"One character at a time, or END: {character!r} has several.")
        label = tuple(self.alphabet.encode(context).tolist())
        return float(self.next_log_probs(label)[following[0] if character != END else BOUNDARY])

    def perplexity(self, texts: Iterable[str]) -> float:
        """Return exp of the mean -log p of the characters and ends of some sentences: 1 is best.

        It is the number of equally likely characters that would leave a reader as unsure.
        """
        log_probs = []
        for text in texts:
            label = tuple(self.alphabet.encode(text).tolist())
            for position, following in enumerate((*label, BOUNDARY)):
                log_probs.append(self.next_log_probs(label[:position])[following])
        if not log_probs:
            raise ValueError("Perplexity is measured on at least one sentence, and there is none.")
        return float(np.exp(-np.mean(log_probs)))

    def _next_probs(self, context):
        base = self.alphabet.num_classes
        shorter = self._next_probs(context[1:]) if context else np.full(base, 1 / base)
        codes, counts = self._ngrams[len(context)]
        first = 0
        for k in context:
            first = first * base + k
        first *= base
        start, stop = np.searchsorted(codes, [first, first + base])
        distinct = stop - start
        if distinct == 0:
            return shorter  # a context never seen says nothing
        probs = distinct * shorter
        probs[codes[start:stop] - first] += counts[start:stop]
        return probs / (counts[start:stop].sum() + distinct)


def _count(stream, length, base):
    """Return the sorted codes and the counts of the n-grams of one length within sentences."""
    if len(stream) < length:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    grams = np.lib.stride_tricks.sliding_window_view(stream, length)  # (n, length)
    if length == 1:
        grams = grams[1:]  # nothing predicts the first boundary
    grams = grams[(grams[:, 1:-1] != BOUNDARY).all(axis=1)]  # within one sentence
    return np.unique(grams @ base ** np.arange(length - 1, -1, -1), return_counts=True)
