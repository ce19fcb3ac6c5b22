"""Lines of text: disjoint splits, every character, the spacing of a printed text."""

import re
from collections import Counter

import pytest

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, EMNIST_CHARACTERS, Alphabet
from fsdl_hwr.datasets import sources, text
from fsdl_hwr.datasets.splits import SPLITS

ALPHABET = Alphabet()


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
