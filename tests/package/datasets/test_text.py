"""Lines of text: disjoint splits, every character, the spacing of a printed text."""

import re
import zipfile
from collections import Counter

import pytest

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, EMNIST_CHARACTERS, Alphabet
from fsdl_hwr.datasets import brown, downloads, sources, text
from fsdl_hwr.datasets.splits import SPLITS

ALPHABET = Alphabet()
REAL_BROWN = downloads.find("nltk_data/corpora/brown.zip")


def tag(sentence):
    return " ".join(f"{word}/xx" for word in sentence.split())


@pytest.fixture
def store_brown(tmp_path, monkeypatch):
    """Give a function that stores sentences as NLTK stores the Brown corpus."""
    import nltk.data

    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(nltk.data, "path", [])
    (tmp_path / "nltk_data/corpora").mkdir(parents=True)

    def store(*sentences):
        path = tmp_path / "nltk_data/corpora/brown.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("brown/ca01", "\n\n\t" + "\n\n\n\t".join(map(tag, sentences)) + "\n")
            archive.writestr("brown/README", "BROWN CORPUS")
        return path

    return store


@pytest.fixture(scope="module")
def made_up():
    return {
        split: sources.sentences("faker", split, alphabet=ALPHABET, num=4000).texts
        for split in SPLITS
    }


@pytest.mark.parametrize("split", SPLITS)
def test_faker_lines_are_short_different_and_have_every_character(made_up, split):
    lines = made_up[split]
    assert len(lines) == len(set(lines)) == 4000
    assert max(map(len, lines)) <= 34
    assert all(line == " ".join(line.split()) for line in lines)
    counts = Counter("".join(lines))
    assert set(counts) == set(DEFAULT_CHARACTERS)
    assert min(counts.values()) > 20  # enough of the rarest to learn it
    lengths = [len(line) for line in lines]
    assert 18 < sum(lengths) / 4000 < 28  # neither all short nor all full
    assert sum(length < 10 for length in lengths) > 200 < sum(length > 30 for length in lengths)


def test_splits_share_no_line_whatever_their_seeds(made_up):
    other = sources.sentences("faker", "test", alphabet=ALPHABET, num=4000, seed=7).texts
    train, validation, test = (set(made_up[split]) for split in SPLITS)
    test |= set(other)
    assert not train & validation and not train & test and not validation & test


def test_equal_seeds_give_equal_lines(made_up):
    again = sources.sentences("faker", "train", alphabet=ALPHABET, num=100)
    other = sources.sentences("faker", "train", alphabet=ALPHABET, num=100, seed=1)
    assert again.texts == made_up["train"][:100]
    assert len(set(again.texts) & set(other.texts)) < 5
    assert again.source == "faker" and not again.dropped and len(again) == 100


def test_about_a_third_of_the_words_is_made_up(made_up):
    known = {
        word.lower()
        for words in (*text._word_lists().values(), re.split(r"\{\w+\}", str(text.TEMPLATES)))
        for entry in words
        for word in re.findall("[A-Za-z]+", entry)
    }
    words = re.findall("[A-Za-z]{2,}", " ".join(made_up["train"]))
    assert 0.25 < sum(word.lower() not in known for word in words) / len(words) < 0.42


def test_long_lines_and_short_ones():
    for max_length in (2, 8, 97):
        lines = sources.sentences(
            "faker", "train", alphabet=ALPHABET, num=300, max_length=max_length
        ).texts
        assert max_length - 6 < max(map(len, lines)) <= max_length


def test_an_alphabet_that_lacks_characters_drops_and_counts_them():
    alphabet = Alphabet(EMNIST_CHARACTERS + " ")
    lines = sources.sentences("faker", "train", alphabet=alphabet, num=500)
    assert set("".join(lines.texts)) <= set(alphabet.characters)
    assert lines.dropped["."] > 100 and not set(lines.dropped) & set(alphabet.characters)
    assert all(line == " ".join(line.split()) for line in lines.texts)


def test_cut_keeps_words_whole_and_loses_nothing():
    assert text.cut("one two three", 7) == ["one two", "three"]
    assert text.cut("  a incomprehensible b ", 6) == ["a", "incomp", "rehens", "ible b"]
    assert text.cut("", 5) == text.cut("  ", 5) == []
    assert text.cut("abcd ef", 2) == ["ab", "cd", "ef"]


@pytest.mark.parametrize(
    ("tokens", "printed"),
    [
        (
            "`` This is so '' , he said , `` is it not '' ? ?",
            '"This is so," he said, "is it not?"',
        ),
        ("It was late ; ;", "It was late;"),
        ("Miami , Fla. , ( 17 March ) : no ! !", "Miami, Fla., (17 March): no!"),
        ("It closed at 4:45 p.m. .", "It closed at 4:45 p.m."),
        ("he wrote `` A.M.A. '' .", 'he wrote "A.M.A."'),
        ("`` What's a ' scene ' '' ? ?", "\"What's a 'scene?'\""),
        ("the ' Met ' is back -- in ' Porgy", "the 'Met' is back -- in 'Porgy"),
        ("`` Where yuh goin' '' ? ?", '"Where yuh goin\'?"'),
        ("rolled to 1/4'' '' thickness", 'rolled to 1/4" thickness'),
        ("the 1860 - 70 poems , 47 mg. / l. .", "the 1860-70 poems, 47 mg./l."),
        ("AT & T rose 5 %", "AT & T rose 5%"),
        ("the Champion Jr. , , a boat", "the Champion Jr., a boat"),
    ],
)
def test_detokenize_prints_as_a_book_does(tokens, printed):
    assert brown.detokenize(tokens.split()) == printed


def test_brown_is_read_from_nltks_layout(store_brown):
    store_brown(
        *(f"`` Sentence {n} has its marks ; ; costs $5 -- so '' , said A/B ." for n in range(90))
    )
    lines = sources.sentences("brown", "train", alphabet=ALPHABET, num=60, max_length=80)
    assert all(re.fullmatch(r'"Sentence \d+ .* marks; costs 5 -- so," said A/B\.', line)
               for line in lines.texts)  # fmt: skip
    assert set(lines.dropped) == {"$"} and lines.source == "brown"


def test_brown_unpacked_is_read_too(store_brown):
    path = store_brown(*(f"The sentence of number {n} ." for n in range(50)))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(path.parent)
    path.unlink()
    assert sources.sentences("brown", "train", alphabet=ALPHABET, num=20).texts


def test_coded_and_wordless_sentences_are_left_out(store_brown):
    store_brown(
        "**yf is an angle .", "f{t} is defined .", "where Af is a line .", ") .", "A word ."
    )
    splits = [brown.lines(split, ALPHABET, 9, 34, 0)[0] for split in SPLITS]
    assert sum(splits, []) == ["A word."]


def test_empty_corpus_is_named(store_brown):
    store_brown()
    with pytest.raises(ValueError, match="'brown' is empty"):
        sources.sentences("brown", "train", alphabet=ALPHABET, num=1)
    with pytest.raises(ValueError, match="'faker' is empty"):
        sources.sentences("faker", "train", alphabet=Alphabet("ܐܒܓ"), num=1)


def test_a_damaged_corpus_is_named(store_brown):
    path = store_brown("A sentence .")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match=f"{path} is damaged.*faker"):
        sources.sentences("brown", "train", alphabet=ALPHABET, num=1)


def test_a_corpus_that_cannot_be_had_says_what_to_do(store_brown, monkeypatch):
    monkeypatch.setattr(brown, "URLS", ("http://127.0.0.1:9/brown.zip",))
    monkeypatch.setattr(downloads, "RETRIES", 0)
    with pytest.raises(downloads.DownloadError, match="nltk_data/corpora/brown.zip.*'faker'"):
        sources.sentences("brown", "train", alphabet=ALPHABET, num=1)


def test_too_few_lines_are_counted(store_brown):
    store_brown(*(f"The sentence of number {n} ." for n in range(50)))
    with pytest.raises(ValueError, match=r"'brown' has \d\d lines .* 1,000 were asked for"):
        sources.sentences("brown", "train", alphabet=ALPHABET, num=1000)
    with pytest.raises(ValueError, match=r"'faker' has \d+ lines"):
        sources.sentences("faker", "train", alphabet=Alphabet("A"), num=1000)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "bible"}, "Unknown text source 'bible': choose one of faker, brown"),
        ({"split": "dev"}, "Unknown split 'dev'"),
        ({"num": 0}, "num=0"),
        ({"max_length": 1}, "max_length=1"),
    ],
)
def test_wrong_requests_are_named(change, message):
    request = {"source": "faker", "split": "train", "num": 1, "max_length": 34} | change
    with pytest.raises(ValueError, match=message):
        sources.sentences(request.pop("source"), request.pop("split"), alphabet=ALPHABET, **request)


@pytest.mark.skipif(REAL_BROWN is None, reason="needs nltk_data/corpora/brown.zip, FSDL_HWR_DATA")
def test_the_real_brown_corpus():
    full = {split: brown.lines(split, ALPHABET, 10**6, 34, 0)[0] for split in SPLITS}
    train, validation, test = (set(full[split]) for split in SPLITS)
    assert len(train) > 140_000 and min(len(validation), len(test)) > 15_000
    assert not train & validation and not train & test and not validation & test
    everywhere = set(DEFAULT_CHARACTERS) - set("#*+")  # which the corpus does not have
    for lines in (train, validation, test):
        assert set("".join(lines)) == everywhere
        assert max(map(len, lines)) == 34
        assert not [line for line in lines if re.search(r" [,;?!]|``|''(?!')|([;?!])\1|  ", line)]
    sample = sources.sentences("brown", "test", alphabet=ALPHABET, num=100, seed=3)
    assert set(sample.texts) <= test and sample.dropped["$"] > 10
    assert sample == sources.sentences("brown", "test", alphabet=ALPHABET, num=100, seed=3)


def test_numbers_are_digits_and_spaces_and_differ_between_splits():
    alphabet = Alphabet("0123456789 ")
    found = {
        split: sources.sentences("numbers", split, alphabet=alphabet, num=300, max_length=10).texts
        for split in ("train", "validation", "test")
    }
    for lines in found.values():
        assert len(set(lines)) == 300
        assert all(len(line) <= 10 and set(line) <= set(alphabet.characters) for line in lines)
    assert not set(found["train"]) & set(found["test"])
