"""The Brown corpus: NLTK's layout, its punctuation, what is left out."""

import re
import zipfile

import pytest

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, Alphabet
from fsdl_hwr.datasets import brown, downloads, sources
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
