"""Sentences to write: made up from a seed (`faker`), edited English (`brown`), or `numbers`.

A text becomes lines as in a paragraph: what is longer than a line is cut between words. No line
occurs twice, and train, validation and test share neither a sentence nor a line, whatever seeds
they are asked with, because the text itself says where it belongs.
"""

import functools
import random
import re
import string
import zlib
from collections import Counter
from dataclasses import dataclass

import faker

from fsdl_hwr.alphabet import Alphabet

# Each text falls into one of these parts by its checksum. Made-up text has no end, so that large
# parts for validation and test cost nothing but the texts that are made and not used.
FAKER_PARTS = ("train", "train", "validation", "test")
MADE_UP_WORDS = 0.4  # of the words of a sentence; about a third of all words, names included


@dataclass(frozen=True)
class Sentences:
    """Lines of text: `texts`, the name of their source, and how often each character that the
    alphabet lacks was dropped (from the texts of this split, as far as they were read)."""

    texts: tuple[str, ...]
    dropped: Counter
    source: str

    def __len__(self) -> int:
        return len(self.texts)


def cut(text: str, max_length: int) -> list[str]:
    """Cut a text between words into the longest pieces that `max_length` (2 or more) allows.

    A word that is longer than a piece is cut itself.
    """
    fits = rf"\S(?:.{{0,{max_length - 2}}}\S)?(?!\S)"
    return re.findall(rf"{fits}|\S{{{max_length}}}", text)


def clean(text: str, alphabet: Alphabet) -> tuple[str, Counter]:
    """Drop and count what the alphabet lacks, and close the gaps that this leaves."""
    if set(text) <= set(alphabet.characters):  # nearly always, and ten times as fast
        return text, Counter()
    text, dropped = alphabet.clean(text)
    return re.sub(" {2,}", " ", text).strip(), dropped


def part_of(text: str, parts: tuple[str, ...]) -> str:
    """Return which of the parts a text belongs to, by its checksum: the same one always."""
    return parts[zlib.crc32(text.encode()) % len(parts)]


# Slots in braces: {words} is a few words, {word} one of Faker's or a made-up one, {made} a made-up
# one, {n3} a number of three digits; {Word} and {WORD} are written with capitals.
TEMPLATES = {
    "sentence": (
        "{Words}.",
        "{Words}, {words}.",
        "The {word} of {city} {words}.",
        "{Words} and the {word}; {words}.",
        "{Words}: {words}.",
        "{Words} ({words}).",
        "{Words} - {words}.",
        "{Words} in {city}.",
        "{first}'s {word} and {word}/{word} {words}.",
        "It's {word}; {first} won't {words}.",
        "{words} that the {word} {words}",
        "{words}",
    ),
    "quotation": (
        '"{Words}," said {first} {last}.',
        '{first} wrote: "{Words}."',
        '"{Words}!" {words}.',
        '"{Words}?" {first} asked.',
        "'{Words}' & \"{words}\"",
    ),
    "question": (
        "{Words}?",
        "Why is the {words}?",
        "Is {first} {word} or {word}?",
        "{Words}!",
        "Don't {words}!",
    ),
    "name": (
        "{first} {last}",
        "{first} {letter}. {last}, Jr.",
        "Dr. {last} & {Made} {last}",
        "{last}, {first} ({job})",
        "{last}-{Made} & Co.",
        "Dear {first} {last},",
        "{Made} {LAST}",
    ),
    "address": (
        "{n4} {street}",
        "{n3} {street}, Apt. {n2}{letter}",
        "{n4} {street} #{n3}",
        "{city}, {state} {n5}",
        "P.O. Box {n4}, {city}",
        "{Made} {n2}, {country}",
    ),
    "date": (
        "{weekday}, {month} {day}, {year}",
        "{day}/{day}/{year} {words}",
        "{day} {month} {year}; {hour}:{minute} p.m.",
        "{weekday} {hour}:{minute} - {hour}:{minute}",
        "{month} {day}: {words}",
    ),
    "sum": (
        "{n2} + {n3} - {n1}",
        "({n2} + {n2}) * {n3}",
        "{n4} / {n1} * {n2}",
        "{n1}/{n1} + {n2}/{n3}",
        "{n1}.{n2} * {n1},{n3} + {n2}",
    ),
    "phone": (
        "({n3}) {n3}-{n4}",
        "+{n1} {n3} {n3} {n4}",
        "Tel.: {n3}-{n3}-{n4}",
        "Call {first}: +{n2} {n4} {n4}",
    ),
    "list": (
        "{word}, {word}, {word} & {word}",
        "* {words}",
        "- {Words}",
        "{n1}. {Words}",
        "({letter}) {words}; {words}",
        "#{n2}: {words}",
        "{letter}{letter}{n3}/{letter}{letter}: {n2} {word}*",
        "#{letter}{n2}{letter}, {Made} {letter}{letter}{letter}",
        "{MADE} {WORD}",
        "{MADE}! {WORDS}!",
    ),
}
KINDS = {
    "sentence": 8, "quotation": 3, "question": 3, "name": 2, "address": 2, "date": 2, "sum": 1,
    "phone": 1, "list": 4,
}  # how often, against each other  # fmt: skip

ONSETS = (
    "b c d f g h j k l m n p r s t v w x y z bl br ch cl cr dr fl fr gl gr j k kn ph pl pr qu qu "
    "sc sh sk sl sm sn sp st str sw th thr tr tw v w wh wr x y z z"
).split() + [""] * 4
VOWELS = "a e i o u a e i o u ai au ea ee ie oa oo ou oy y".split()
CODAS = (
    "b ck d f ff g k l ll m mp n nd ng nk nt p pt r rd rk rm rn rst rt s sh sk ss st t tch th tz "
    "v x x z zz"
).split() + [""] * 40  # most syllables end in their vowel
SYLLABLES = [(ONSETS, VOWELS, CODAS) * num for num in (1, 2, 2, 2, 3)]


def faker_lines(
    split: str, alphabet: Alphabet, num: int, max_length: int, seed: int
) -> tuple[list[str], Counter]:
    """Make different lines of Faker's words, and count the characters that were dropped."""
    slots = _Slots(seed, max_words=max(2, max_length // 6))
    lines: dict[str, None] = {}  # a set that keeps its order
    dropped: Counter = Counter()
    attempts = 0
    while len(lines) < num and attempts < 1000 + 100 * len(lines):  # a small alphabet runs dry
        attempts += 1
        text, missing = clean(slots.text(), alphabet)
        pieces = cut(text, max_length)
        line = slots.choice(pieces) if pieces else ""
        if line and part_of(line, FAKER_PARTS) == split:
            lines[line] = None
            dropped += missing
    return list(lines), dropped


def number_lines(
    split: str, alphabet: Alphabet, num: int, max_length: int, seed: int
) -> tuple[list[str], Counter]:
    """Make different lines of one to three numbers; nothing is dropped."""
    rng = random.Random(seed)
    lines: dict[str, None] = {}
    attempts = 0
    while len(lines) < num and attempts < 1000 + 100 * num:
        attempts += 1
        groups = (str(rng.randrange(10 ** rng.randint(1, 4))) for _ in range(rng.randint(1, 3)))
        line = " ".join(groups)
        if len(line) <= max_length and part_of(line, FAKER_PARTS) == split:
            lines[line] = None
    return list(lines), Counter()


class _Slots:
    """Fills the slots of a template: `'{first} {last}'.format_map(slots)`."""

    def __init__(self, seed: int, max_words: int):
        self.random = random.Random(seed).random
        self.max_words = max_words
        self.lists = _word_lists()
        self.templates = [TEMPLATES[kind] for kind, weight in KINDS.items() for _ in range(weight)]

    def choice(self, items):
        return items[int(self.random() * len(items))]  # three times as fast as random.choice

    def text(self) -> str:
        return self.choice(self.choice(self.templates)).format_map(self)

    def __getitem__(self, slot: str) -> str:
        """Draw what the slot's name says."""
        if slot.isupper():
            return self[slot.lower()].upper()
        if slot[0].isupper():
            text = self[slot.lower()]
            return text[0].upper() + text[1:]
        if slot == "words":
            num_words = 1 + int(self.random() * self.max_words)
            return " ".join([self["word"] for _ in range(num_words)])
        if slot == "made" or (slot == "word" and self.random() < MADE_UP_WORDS):
            return "".join(self.choice(part) for part in self.choice(SYLLABLES))
        return self.choice(self.lists[slot])


@functools.cache
def _word_lists() -> dict[str, list[str]]:
    """Draw Faker's words once: it takes too long to be asked for every one."""
    fake = faker.Faker("en_US", use_weighting=False)
    fake.seed_instance(0)  # one set of lists for every seed

    def draws(method, num=1000):
        return sorted({method() for _ in range(num)})

    return {
        "word": fake.get_words_list(),
        "first": draws(fake.first_name),
        "last": draws(fake.last_name),
        "city": draws(fake.city),
        "street": draws(fake.street_name),
        "state": draws(fake.state_abbr, 300),
        "country": draws(fake.country),
        "job": draws(fake.job),
        "month": draws(fake.month_name, 200),
        "weekday": draws(fake.day_of_week, 100),
        "year": draws(fake.year),
        "day": [str(day) for day in range(1, 32)],
        "hour": [str(hour) for hour in range(1, 13)],
        "minute": [f"{minute:02}" for minute in range(60)],
        "letter": list(string.ascii_uppercase),
    } | {f"n{d}": [str(n) for n in range(10 ** (d - 1), 10**d)] for d in range(1, 6)}
