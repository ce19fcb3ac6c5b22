"""Ink of many hands, with its transcript: what the recognizer that ships is trained on.

Real lines and words of UNIPEN, words of one writer set in a row, lines spelled from one writer's
single characters, and lines by invented writers. Texts come from several sources, so that no
vocabulary is learned by heart.
"""

import string
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, Alphabet
from fsdl_hwr.datasets import sources, strokes, unipen
from fsdl_hwr.datasets.line_makers import Speller
from fsdl_hwr.ink import Ink

# Contributors that no training sees: what a recognizer makes of them is what it makes of strangers.
NEVER_SEEN = ("aga", "atu", "pri", "par", "ugi", "ceb", "rim")
LONGEST = 44  # characters of a text to write
LONGEST_ROW = 36  # characters after which no word is set in the row
NUM_WRITERS = 2000  # invented ones
NUM_TEXTS = 30_000
REMEMBERED = 6000  # invented lines, each drawn about three times: to write one takes 5 ms
FEWEST_CLASSES = 15  # characters that a writer must have written to spell lines
SPELLED_APART = 0.5  # weight of lines of one word, which are words in all but name
RARE = 0.35  # words of a contributor weigh 1 / number ** RARE
DESCENDING = set("gjpqyQJ,;()/f")
POOLS = (
    string.ascii_lowercase,
    string.digits,
    string.ascii_uppercase,
    DEFAULT_CHARACTERS,
    string.digits + " .,-/:+()",
    string.ascii_letters + " ",
)

Pair = tuple[Ink, str]


class Handwriting:
    """Draws inks with their transcripts, for ever: `handwriting(rng)` is one of them.

    Only UNIPEN's training split is used, without `NEVER_SEEN`. Raises what `unipen` raises.
    """

    def __init__(self, seed: int = 0):
        self.lines = _recorded(unipen.text_lines("train"))
        self.words = _recorded(unipen.words("train"))
        self.hands = strokes.writers("train", NUM_WRITERS, seed)
        self.spellers = _spellers()
        self.sentences = sources.sentences(
            "faker", "train", alphabet=Alphabet(), num=NUM_TEXTS, max_length=LONGEST, seed=seed
        ).texts
        self.transcripts = [text for _, text, _ in self.lines if " " in text]
        every = self.lines + self.words
        self.vocabulary = sorted({word for _, text, _ in every for word in text.split()})
        self.words_of: dict[str, list[int]] = defaultdict(list)
        for k, (_, _, writer) in enumerate(self.words):
            self.words_of[writer].append(k)
        weights = [1.0 if " " in text else SPELLED_APART for _, text, _ in self.lines]
        self._line_odds = np.cumsum(weights) / np.sum(weights)
        contributors = [writer.split("/")[0] for _, _, writer in self.words]
        weights = [1 / contributors.count(name) ** RARE for name in set(contributors)]
        share = dict(zip(set(contributors), weights, strict=True))
        weights = [share[name] for name in contributors]
        self._word_odds = np.cumsum(weights) / np.sum(weights)
        self._invented: list[Pair] = []
        self._bands: dict[int, tuple[float, float]] = {}

    def __call__(self, rng: np.random.Generator) -> Pair:
        """Return an ink, in any unit, and its transcript."""
        ways: list[tuple[float, Callable[[np.random.Generator], Pair]]] = [
            (0.26, self.line),
            (0.20, self.spelled),
            (0.18, self.invented),
        ]
        if self.words:  # a small part of UNIPEN may have none
            ways += [(0.14, self.word), (0.22, self.row)]
        shares = np.array([share for share, _ in ways])
        way = int(rng.choice(len(ways), p=shares / shares.sum()))
        return ways[way][1](rng)

    def line(self, rng: np.random.Generator) -> Pair:
        """Return a recorded line of text."""
        ink, text, _ = self.lines[int(np.searchsorted(self._line_odds, rng.random()))]
        return ink, text

    def word(self, rng: np.random.Generator) -> Pair:
        """Return a recorded word."""
        ink, text, _ = self.words[self._any_word(rng)]
        return ink, text

    def row(self, rng: np.random.Generator) -> Pair:
        """Set two to five words of one writer on one baseline."""
        first = self._any_word(rng)
        pool = self.words_of[self.words[first][2]]
        others = [pool[int(rng.integers(len(pool)))] for _ in range(int(rng.integers(1, 5)))]
        line: Ink = []
        texts: list[str] = []
        x, size = 0.0, self._band(first)[1]
        for k in (first, *others):
            if sum(map(len, texts)) + len(texts) > LONGEST_ROW:
                break
            ink, text, _ = self.words[k]
            left, _, right, _ = pen_ink.bounding_box(ink)
            baseline = -self._band(k)[0] + rng.normal(0, 0.06) * size
            offset = np.array([x - left, baseline], np.float32)
            line += [stroke + offset for stroke in ink]
            texts.append(text)
            x += right - left + size * rng.uniform(0.45, 1.6)
        return line, " ".join(texts)

    def spelled(self, rng: np.random.Generator) -> Pair:
        """Spell a text in one writer's single characters."""
        text = self.text(rng)
        return self.spellers[int(rng.integers(len(self.spellers)))](text, rng), text

    def invented(self, rng: np.random.Generator) -> Pair:
        """Let an invented writer write a text, or take what one wrote before."""
        if len(self._invented) > REMEMBERED // 12 and rng.random() < 2 / 3:
            return self._invented[int(rng.integers(len(self._invented)))]
        text = self.text(rng)
        hand = self.hands[int(rng.integers(len(self.hands)))]
        pair = [stroke[:, :2] for stroke in hand.write(text, rng)], text
        if len(self._invented) < REMEMBERED:
            self._invented.append(pair)
        else:
            self._invented[int(rng.integers(REMEMBERED))] = pair
        return pair

    def text(self, rng: np.random.Generator) -> str:
        """Draw a text: a sentence or a part of one, a transcript, a few words, or characters."""
        kind = rng.random()
        if kind < 0.5:
            return self._sentence(rng)
        if kind < 0.62:
            return self.transcripts[int(rng.integers(len(self.transcripts)))]
        if kind < 0.84:
            return self._few_words(rng)
        pool = POOLS[int(rng.integers(len(POOLS)))]
        characters = [pool[int(rng.integers(len(pool)))] for _ in range(int(rng.integers(1, 13)))]
        return " ".join("".join(characters).split()) or "a"

    def _sentence(self, rng: np.random.Generator) -> str:
        text = self.sentences[int(rng.integers(len(self.sentences)))]
        if rng.random() < 0.65:
            return text
        words = text.split()
        count = int(rng.integers(1, len(words) + 1))
        first = int(rng.integers(0, len(words) - count + 1))
        return " ".join(words[first : first + count])

    def _few_words(self, rng: np.random.Generator) -> str:
        count = int(rng.integers(1, 6))
        words = [self.vocabulary[int(rng.integers(len(self.vocabulary)))] for _ in range(count)]
        text = " ".join(words)
        if rng.random() < 0.15:
            text = text.upper()
        elif rng.random() < 0.3:
            text = text.capitalize()
        if rng.random() < 0.2:
            text += ".,;:!?"[int(rng.integers(6))]
        return text[:LONGEST].strip()

    def _any_word(self, rng: np.random.Generator) -> int:
        return int(np.searchsorted(self._word_odds, rng.random()))

    def _band(self, k: int) -> tuple[float, float]:
        if k not in self._bands:
            self._bands[k] = band(*self.words[k][:2])
        return self._bands[k]


def band(ink: Ink, text: str) -> tuple[float, float]:
    """Estimate where a word's baseline lies, and its x-height, by the density of its ink.

    Both in the ink's unit, y down. Half of the ink lies above the middle of the x-height.
    """
    middles, lengths = [], []
    for stroke in ink:
        steps = np.linalg.norm(np.diff(stroke[:, :2], axis=0), axis=1)
        middles.append((stroke[1:, 1] + stroke[:-1, 1]) / 2 if len(stroke) > 1 else stroke[:, 1])
        lengths.append(steps if len(stroke) > 1 else np.ones(1))
    y, weight = np.concatenate(middles), np.concatenate(lengths) + 1e-6
    order = np.argsort(y)
    share = np.cumsum(weight[order]) / weight.sum()
    lowest = 0.84 if set(text) & DESCENDING else 0.985  # of the ink lies above the baseline
    places = np.minimum(np.searchsorted(share, [lowest, 0.5]), len(y) - 1)
    baseline, middle = (float(y[order[place]]) for place in places)
    return baseline, max(2 * (baseline - middle), 1e-3)


def _recorded(texts: unipen.TextLines) -> list[tuple[Ink, str, str]]:
    """List (ink, transcript, writer), without the contributors that no training sees."""
    found = []
    for ink, text, number in zip(texts.inks, texts.transcripts, texts.writers, strict=True):
        writer = texts.writer_names[number]
        if writer.split("/")[0] not in NEVER_SEEN:
            found.append(([stroke[:, :2] for stroke in ink], text, writer))
    return found


def _spellers() -> list[Speller]:
    names = unipen.text_lines("train").writer_names
    own: dict[int, dict[str, list[Ink]]] = defaultdict(lambda: defaultdict(list))
    everybody: dict[str, list[Ink]] = defaultdict(list)
    for ink, label, writer in zip(*unipen.character_inks("train"), strict=True):
        if names[writer].split("/")[0] not in NEVER_SEEN:
            own[writer][label].append(ink)
            everybody[label].append(ink)
    enough = [inks for _, inks in sorted(own.items()) if len(inks) >= FEWEST_CLASSES]
    return [Speller(inks, everybody) for inks in enough]
