"""The Brown corpus with its punctuation, as NLTK distributes it."""

import functools
import random
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable

from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import downloads, text

PARTS = ("train",) * 8 + ("validation", "test")
URLS = ("https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/corpora/brown.zip",)
SHA256 = "9b275f9b3b95d7bd66ccfb7cd259f445a13bbe5d1f4107aba09fd3e8364bafa6"
# What the corpus' tape could not hold was coded: '**yf' a Greek letter, 'f{t}' and 'Af' formulas.
# '+' and square brackets occur once each, which is too few for three splits.
CODED = re.compile(r"[*{}\[\]+]|\bA[fj]\b")


def lines(
    split: str, alphabet: Alphabet, num: int, max_length: int, seed: int
) -> tuple[list[str], Counter]:
    """Return lines of the Brown corpus, and how often each dropped character stood in it."""
    try:
        lines, dropped = _splits(_root(), alphabet, max_length)[split]
    except (zipfile.BadZipFile, zlib.error, UnicodeDecodeError) as error:
        path = downloads.find("nltk_data/corpora/brown.zip") or "in NLTK's data folder"
        raise ValueError(
            f"The Brown corpus {path} is damaged ({error}): delete it, and it is downloaded again; "
            "or use the text source 'faker', which needs no download."
        ) from error
    return random.Random(seed).sample(lines, min(num, len(lines))), dropped


def _root():
    """Find the corpus where NLTK finds its data, the user's data folder and the cache first."""
    import nltk.data  # takes half a second

    for folder in (downloads.cache_path(), downloads.data_folder()):
        path = str(folder / "nltk_data") if folder else None
        if path and path not in nltk.data.path:
            nltk.data.path.insert(0, path)  # NLTK opens no file outside these folders
    try:
        return _find(tuple(nltk.data.path))
    except LookupError:
        path = downloads.download(
            URLS,
            SHA256,
            "nltk_data/corpora/brown.zip",
            description="The Brown corpus (NLTK's copy)",
            license="redistribution permitted; NLTK lists it for non-commercial use",
            size=3_314_357,
            otherwise="the text source 'faker' needs no download.",
        )
        if downloads.cache_path() in path.parents:
            for part in (path, path.parent, path.parent.parent):
                part.chmod(part.stat().st_mode & ~0o022)  # NLTK reads only what others can't write
        return _find(tuple(nltk.data.path))


@functools.cache  # what NLTK finds is equal to itself alone, and keys what is cached below
def _find(nltk_folders: tuple[str, ...]):
    import nltk.data

    try:
        return nltk.data.find("corpora/brown.zip/brown/", list(nltk_folders))
    except LookupError:
        return nltk.data.find("corpora/brown", list(nltk_folders))  # unpacked


@functools.lru_cache(maxsize=2)
def _splits(root, alphabet: Alphabet, max_length: int) -> dict[str, tuple[list, Counter]]:
    """The lines of every split, with what was dropped; a line that two splits have goes to one."""
    splits: dict[str, tuple[list, Counter]] = {part: ([], Counter()) for part in PARTS}
    seen = set()
    for sentence in _sentences(root):
        lines, dropped = splits[text.part_of(sentence, PARTS)]
        cleaned, missing = text.clean(sentence, alphabet)
        dropped.update(missing)
        for line in text.cut(cleaned, max_length):
            if line not in seen:
                seen.add(line)
                lines.append(line)
    return splits


@functools.lru_cache(maxsize=2)
def _sentences(root) -> tuple[str, ...]:
    """Every different sentence, as it was printed, in the corpus' order."""
    from nltk.corpus.reader import TaggedCorpusReader

    reader = TaggedCorpusReader(root, r"c[a-z]\d\d", encoding="ascii")
    tagged = (line.split() for line in reader.raw().splitlines())
    words = ([token.rpartition("/")[0] for token in line] for line in tagged)
    texts = (detokenize(sentence) for sentence in words if sentence)
    kept = (t for t in texts if re.search("[A-Za-z0-9]", t) and not CODED.search(t))
    return tuple(dict.fromkeys(kept))


def detokenize(words: Iterable[str]) -> str:
    """Join the tokens of the Brown corpus into a sentence with the spacing of a printed text.

    Quotation marks turn from `` and '' into ", with commas and periods inside as American printers
    set them; the doubled ; ? ! of NLTK's copy become single.
    """
    sentence = " ".join(words)
    for pattern, replacement in DETOKENIZE:
        sentence = pattern.sub(replacement, sentence)
    return sentence


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
