import itertools

import numpy as np
import pytest

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.language_model import END, CharacterNgram

TEXTS = ["abba", "ab", "cab", "abc ab", ""]
ALPHABET = Alphabet("abc ")


@pytest.mark.parametrize("order", range(1, 7))
def test_probabilities_sum_to_one_after_every_context(order):
    model = CharacterNgram.fit(TEXTS, order, ALPHABET)
    for length in range(4):
        for label in itertools.product(range(1, 5), repeat=length):
            probs = np.exp(model.next_log_probs(label))
            assert probs.sum() == pytest.approx(1.0) and (probs > 0).all()


def test_sentences_of_every_length_sum_to_one():
    """With one character, p(n times it, then the end) over all n is a distribution too."""
    model = CharacterNgram.fit(["a", "aaa"], 2, Alphabet("a"))
    total, so_far = 0.0, 0.0
    for n in range(200):
        total += np.exp(so_far + model.log_prob("a" * n, END))
        so_far += model.log_prob("a" * n, "a")
    assert total == pytest.approx(1.0)


def test_witten_bell_by_hand():
    """'ab' and 'aab': after the start, always a; after a: b, b, a; after b, the end."""
    model = CharacterNgram.fit(["ab", "aab"], 2, Alphabet("ab"))
    # 7 predictions (a 3 times, b 2, the end 2) of 3 kinds, over 3 equally likely classes
    a, b, end = (np.array([3, 2, 2]) + 3 / 3) / (7 + 3)
    assert np.exp(model.log_prob("", "a")) == pytest.approx((2 + 1 * a) / (2 + 1))
    assert np.exp(model.log_prob("", END)) == pytest.approx((0 + 1 * end) / (2 + 1))
    assert np.exp(model.log_prob("ba", "b")) == pytest.approx((2 + 2 * b) / (3 + 2))
    assert np.exp(model.log_prob("ab", END)) == pytest.approx((2 + 1 * end) / (2 + 1))


def test_only_the_last_characters_count_and_unseen_contexts_back_off():
    model = CharacterNgram.fit(TEXTS, 3, ALPHABET)
    assert model.order == 3
    assert model.log_prob("cccab", "b") == model.log_prob("ab", "b")
    bigram = CharacterNgram.fit(TEXTS, 2, ALPHABET)
    assert model.log_prob("cc", "a") == bigram.log_prob("c", "a")  # 'cc' unseen: what 'c' says
    unigram = CharacterNgram.fit(TEXTS, 1, ALPHABET)
    assert unigram.log_prob("abc", "a") == unigram.log_prob("", "a")


def test_order_may_pass_the_length_of_every_text():
    model = CharacterNgram.fit(["a"], 6, Alphabet("ab"))
    assert model.log_prob("", "a") > model.log_prob("", "b")


def test_full_cache_is_emptied_and_changes_nothing(monkeypatch):
    model = CharacterNgram.fit(TEXTS, 3, ALPHABET)
    before = [model.log_prob(context, "a") for context in ("", "a", "ab", "b")]
    monkeypatch.setattr("fsdl_hwr.language_model.CACHED_CONTEXTS", 2)
    assert [model.log_prob(context, "a") for context in ("", "a", "ab", "b")] == before


def test_perplexity():
    model = CharacterNgram.fit(TEXTS, 3, ALPHABET)
    parts = [model.log_prob("", "b"), model.log_prob("b", "a"), model.log_prob("ba", END)]
    assert model.perplexity(["ba"]) == pytest.approx(np.exp(-np.mean(parts)))
    assert model.perplexity(TEXTS) < CharacterNgram.fit(TEXTS, 1, ALPHABET).perplexity(TEXTS) < 5
    assert model.perplexity(["abab"]) < model.perplexity(["bbcc"])


def test_beam_search_with_it_prefers_the_likelier_text():
    model = CharacterNgram.fit(TEXTS, 3, ALPHABET)
    a, b, c = ALPHABET.encode("abc")
    probs = np.full((5, 5), 0.01)  # blank, a, b, c, space
    probs[0, a] = probs[[1, 3], 0] = 0.96
    probs[2, b], probs[2, c] = 0.48, 0.49  # the ink says c, barely; after 'a' English here says b
    probs[4, 0] = 0.96
    log_probs = np.log(probs)

    def read(**options):
        return ALPHABET.decode(ctc.beam_search(log_probs, **options)[0][0])

    assert read() == "ac"
    assert read(language_model=model) == "ab"
    assert read(language_model=model, weight=0.0) == "ac"


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least one sentence"):
        CharacterNgram.fit([], alphabet=ALPHABET)
    with pytest.raises(ValueError, match="'z' at position 1 of 'az'"):
        CharacterNgram.fit(["az"], alphabet=ALPHABET)
    with pytest.raises(ValueError, match="order is 0; with 80 classes it goes from 1 to 9"):
        CharacterNgram.fit(["a"], order=0)
    with pytest.raises(ValueError, match="order is 10"):
        CharacterNgram.fit(["a"], order=10)
    model = CharacterNgram.fit(TEXTS, alphabet=ALPHABET)
    with pytest.raises(ValueError, match="'ab' has several"):
        model.log_prob("", "ab")
    with pytest.raises(ValueError, match="not in the alphabet"):
        model.log_prob("", "z")
    with pytest.raises(ValueError, match="at least one sentence"):
        model.perplexity([])


def test_a_saved_model_predicts_as_before_but_for_what_is_rare(tmp_path):
    texts = ["the cat sat on the mat", "the cat ate", "a rare phrase"] * 2
    model = CharacterNgram.fit([*texts, "once"], order=5)
    loaded = CharacterNgram.load(model.save(tmp_path / "model.npz", rarest=2))
    assert loaded.order == 5
    for context in ("the ca", "", "a r"):
        for character in "te ":
            expected = model.log_prob(context, character)
            assert loaded.log_prob(context, character) == pytest.approx(expected)
    whole = CharacterNgram.load(model.save(tmp_path / "whole.npz", rarest=1))
    assert whole.perplexity(["once more"]) == pytest.approx(model.perplexity(["once more"]))


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "model.npz").write_bytes(b"not a model")
    with pytest.raises(ValueError, match="no language model"):
        CharacterNgram.load(tmp_path / "model.npz")
    with pytest.raises(FileNotFoundError):
        CharacterNgram.load(tmp_path / "none.npz")
