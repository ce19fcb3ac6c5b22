"""Sentences to write: made up from a seed (`faker`), edited English (`brown`), or `numbers`.

A text becomes lines as in a paragraph: what is longer than a line is cut between words. No line
occurs twice, and train, validation and test share neither a sentence nor a line, whatever seeds
they are asked with, because the text itself says where it belongs.
"""

import functools
import random
import re
import string
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import faker

from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import downloads
from fsdl_hwr.datasets.glyphs import check_split

# Each text falls into one of these parts by its checksum. Made-up text has no end, so that large
# parts for validation and test cost nothing but the texts that are made and not used.
FAKER_PARTS = ("train", "train", "validation", "test")
BROWN_PARTS = ("train",) * 8 + ("validation", "test")
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


def sentences(
    source: str,
    split: str,
    *,
    alphabet: Alphabet,
    num: int,
    max_length: int = 34,
    seed: int = 0,
) -> Sentences:
    """Give `num` different lines of at most `max_length` characters, all within the alphabet.

    source: 'faker' (embedded), 'brown' (looked for in `FSDL_HWR_DATA`, else downloaded), or
    'numbers', one to three on a line, which a small network learns in a minute.
    split: 'train', 'validation' or 'test'. Equal seeds give equal lines.
    Raises `ValueError` for an unknown source or split, for a corpus that is empty (or has nothing
    that the alphabet can write), and where the source has fewer lines than asked for.
    """
    check_split(split)
    if source not in SOURCES:
        raise ValueError(f"Unknown text source {source!r}: choose one of {', '.join(SOURCES)}.")
    if num < 1 or max_length < 2:
        raise ValueError(
            f"num={num} lines of at most max_length={max_length} characters: ask for at least "
            "1 line of 2."
        )
    texts, dropped = SOURCES[source](split, alphabet, num, max_length, seed)
    if not texts:
        raise ValueError(
            f"The text source {source!r} is empty: its split {split!r} has no line that the "
            f"alphabet {alphabet.characters!r} can write."
        )
    if len(texts) < num:
        raise ValueError(
            f"The text source {source!r} has {len(texts):,} lines of at most {max_length} "
            f"characters in its split {split!r}; {num:,} were asked for. Ask for fewer."
        )
    return Sentences(tuple(texts), dropped, source)


def cut(text: str, max_length: int) -> list[str]:
    """Cut a text between words into the longest pieces that `max_length` (2 or more) allows.

    A word that is longer than a piece is cut itself.
    """
    fits = rf"\S(?:.{{0,{max_length - 2}}}\S)?(?!\S)"
    return re.findall(rf"{fits}|\S{{{max_length}}}", text)


def _clean(text: str, alphabet: Alphabet) -> tuple[str, Counter]:
    """Drop and count what the alphabet lacks, and close the gaps that this leaves."""
    if set(text) <= set(alphabet.characters):  # nearly always, and ten times as fast
        return text, Counter()
    text, dropped = alphabet.clean(text)
    return re.sub(" {2,}", " ", text).strip(), dropped


def _part(text: str, parts: tuple[str, ...]) -> str:
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


def _faker_lines(
    split: str, alphabet: Alphabet, num: int, max_length: int, seed: int
) -> tuple[list[str], Counter]:
    slots = _Slots(seed, max_words=max(2, max_length // 6))
    lines: dict[str, None] = {}  # a set that keeps its order
    dropped: Counter = Counter()
    attempts = 0
    while len(lines) < num and attempts < 1000 + 100 * len(lines):  # a small alphabet runs dry
        attempts += 1
        text, missing = _clean(slots.text(), alphabet)
        pieces = cut(text, max_length)
        line = slots.choice(pieces) if pieces else ""
        if line and _part(line, FAKER_PARTS) == split:
            lines[line] = None
            dropped += missing
    return list(lines), dropped


def _number_lines(
    split: str, alphabet: Alphabet, num: int, max_length: int, seed: int
) -> tuple[list[str], Counter]:
    rng = random.Random(seed)
    lines: dict[str, None] = {}
    attempts = 0
    while len(lines) < num and attempts < 1000 + 100 * num:
        attempts += 1
        groups = (str(rng.randrange(10 ** rng.randint(1, 4))) for _ in range(rng.randint(1, 3)))
        line = " ".join(groups)
        if len(line) <= max_length and _part(line, FAKER_PARTS) == split:
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


BROWN_URLS = (
    "https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/corpora/brown.zip",
)
BROWN_SHA256 = "9b275f9b3b95d7bd66ccfb7cd259f445a13bbe5d1f4107aba09fd3e8364bafa6"
# What the corpus' tape could not hold was coded: '**yf' a Greek letter, 'f{t}' and 'Af' formulas.
# '+' and square brackets occur once each, which is too few for three splits.
CODED = re.compile(r"[*{}\[\]+]|\bA[fj]\b")


def _brown_lines(
    split: str, alphabet: Alphabet, num: int, max_length: int, seed: int
) -> tuple[list[str], Counter]:
    try:
        lines, dropped = _brown_splits(_brown_root(), alphabet, max_length)[split]
    except (zipfile.BadZipFile, zlib.error, UnicodeDecodeError) as error:
        path = downloads.find("nltk_data/corpora/brown.zip") or "in NLTK's data folder"
        raise ValueError(
            f"The Brown corpus {path} is damaged ({error}): delete it, and it is downloaded again; "
            "or use the text source 'faker', which needs no download."
        ) from error
    return random.Random(seed).sample(lines, min(num, len(lines))), dropped


def _brown_root():
    """Find the corpus where NLTK finds its data, the user's data folder and the cache first."""
    import nltk.data  # takes half a second

    for folder in (downloads.cache_path(), downloads.data_folder()):
        path = str(folder / "nltk_data") if folder else None
        if path and path not in nltk.data.path:
            nltk.data.path.insert(0, path)  # NLTK opens no file outside these folders
    try:
        return _find_brown(tuple(nltk.data.path))
    except LookupError:
        path = downloads.download(
            BROWN_URLS,
            BROWN_SHA256,
            "nltk_data/corpora/brown.zip",
            description="The Brown corpus (NLTK's copy)",
            license="redistribution permitted; NLTK lists it for non-commercial use",
            size=3_314_357,
            otherwise="the text source 'faker' needs no download.",
        )
        if downloads.cache_path() in path.parents:
            for part in (path, path.parent, path.parent.parent):
                part.chmod(part.stat().st_mode & ~0o022)  # NLTK reads only what others can't write
        return _find_brown(tuple(nltk.data.path))


@functools.cache  # what NLTK finds is equal to itself alone, and keys what is cached below
def _find_brown(nltk_folders: tuple[str, ...]):
    import nltk.data

    try:
        return nltk.data.find("corpora/brown.zip/brown/", list(nltk_folders))
    except LookupError:
        return nltk.data.find("corpora/brown", list(nltk_folders))  # unpacked


@functools.lru_cache(maxsize=2)
def _brown_splits(root, alphabet: Alphabet, max_length: int) -> dict[str, tuple[list, Counter]]:
    """The lines of every split, with what was dropped; a line that two splits have goes to one."""
    splits = {part: ([], Counter()) for part in BROWN_PARTS}
    seen = set()
    for sentence in _brown_sentences(root):
        lines, dropped = splits[_part(sentence, BROWN_PARTS)]
        text, missing = _clean(sentence, alphabet)
        dropped.update(missing)
        for line in cut(text, max_length):
            if line not in seen:
                seen.add(line)
                lines.append(line)
    return splits


@functools.lru_cache(maxsize=2)
def _brown_sentences(root) -> tuple[str, ...]:
    """Every different sentence, as it was printed, in the corpus' order."""
    from nltk.corpus.reader import TaggedCorpusReader

    reader = TaggedCorpusReader(root, r"c[a-z]\d\d", encoding="ascii")
    tagged = (line.split() for line in reader.raw().splitlines())
    words = ([token.rpartition("/")[0] for token in line] for line in tagged)
    texts = (detokenize(sentence) for sentence in words if sentence)
    kept = (text for text in texts if re.search("[A-Za-z0-9]", text) and not CODED.search(text))
    return tuple(dict.fromkeys(kept))


def detokenize(words: Iterable[str]) -> str:
    """Join the tokens of the Brown corpus into a sentence with the spacing of a printed text.

    Quotation marks turn from `` and '' into ", with commas and periods inside as American printers
    set them; the doubled ; ? ! of NLTK's copy become single.
    """
    text = " ".join(words)
    for pattern, replacement in DETOKENIZE:
        text = pattern.sub(replacement, text)
    return text


DETOKENIZE = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"([;?!,]|'')(?: \1)+", r"\1"),  # doubled in NLTK's copy: ; ; becomes ;
        (r"((?: '{1,2})+) ([.,?!])(?!\S)", r" \2\1"),  # ''. becomes .''
        (r"\. \.(?!\S)", "."),  # an abbreviation's period also ends the sentence
        (r"(?<!\S)' (.+?) '(?!\S)", r"'\1'"),  # a pair of single quotation marks
        (r"(?<!\S)' (?=\w)", "'"),  # one that a later sentence closes
        (r" '(?!\S)", "'"),
        (r"`` ?", '"'),
        (r" ?''", '"'),
        (r" ([,.;:?!)%])", r"\1"),
        (r"\( ", "("),
        (r"(?<=\d) - (?=\d)", "-"),  # 1860 - 70
        (r" / ", "/"),
    )
]

SOURCES = {"faker": _faker_lines, "brown": _brown_lines, "numbers": _number_lines}
