import numpy as np
import pytest

from fsdl_hwr import metrics


def test_corpus_rate_is_total_edits_over_total_length():
    references = ["ab", "hello world", "", "same"]
    predictions = ["xb", "helo world", "!", "same"]
    rate = metrics.character_error_rate(references, predictions)
    assert (rate.count, rate.total) == (3, 17)
    assert rate.value == float(rate) == 3 / 17  # the mean of the lines' own rates would be higher
    assert rate.low <= rate.value <= rate.high


def test_word_error_rate_counts_words():
    rate = metrics.word_error_rate(["a big dog", "no  cat."], ["a pig dog", "cat"])
    assert (rate.count, rate.total) == (3, 5)  # big; no, cat.


def test_rate_reads_as_a_sentence():
    rate = metrics.Rate(123, 2934, 0.038, 0.046)
    assert str(rate) == "4.2% (95% interval 3.8% to 4.6%; 123 of 2,934)"


def test_rate_of_insertions_may_pass_one_hundred_percent():
    assert metrics.character_error_rate(["a"], ["aaaa"]).value == 3.0


def test_perfect_reading_has_no_interval_to_speak_of():
    rate = metrics.character_error_rate(["abc"] * 5, ["abc"] * 5)
    assert (rate.value, rate.low, rate.high) == (0.0, 0.0, 0.0)


def test_bootstrap_is_seeded_and_matches_the_normal_approximation():
    rng = np.random.default_rng(0)
    lengths = np.full(2000, 30)
    errors = rng.binomial(30, 0.05, size=2000)
    low, high = metrics.bootstrap_interval(errors, lengths)
    assert (low, high) == metrics.bootstrap_interval(errors, lengths)
    assert (low, high) != metrics.bootstrap_interval(errors, lengths, seed=1)
    margin = 1.96 * np.std(errors / 30) / np.sqrt(2000)
    assert high - low == pytest.approx(2 * margin, rel=0.1)
    assert (low + high) / 2 == pytest.approx(errors.sum() / lengths.sum(), abs=margin / 5)


def test_bootstrap_passes_over_resamples_without_a_character():
    low, high = metrics.bootstrap_interval([0, 1], [0, 1])
    assert (low, high) == (1.0, 1.0)


def test_accuracy_has_wilsons_interval():
    rate = metrics.accuracy([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 2, 3, 4, 5, 6, 7, 8, 0, 0])
    assert (rate.count, rate.total) == (8, 10)
    assert (rate.low, rate.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    perfect = metrics.accuracy(np.arange(10), np.arange(10))
    assert (perfect.low, perfect.high) == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_folded_accuracy_forgives_look_alikes_only():
    assert metrics.accuracy("Ool1b", "0Oll7").count == 1
    assert metrics.folded_accuracy(list("Ool1b"), list("0Oll7")).count == 4


def test_confusions_by_kind():
    found = metrics.confusions(["cat", "dog", "sun", "cat"], ["cut", "dg", "sunk", "cut"])
    assert found.substitutions == {("a", "u"): 2}
    assert found.deletions == {"o": 1}
    assert found.insertions == {"k": 1}


def test_confusions_add_up_to_the_edits():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcd "), size=12)) for _ in range(40)]
    found = metrics.confusions(texts[:20], texts[20:])
    kinds = (found.substitutions, found.deletions, found.insertions)
    edits = metrics.character_error_rate(texts[:20], texts[20:]).count
    assert sum(kind.total() for kind in kinds) == edits > 0


def test_baselines():
    references = ["a tree", "see", ""]
    rate = metrics.character_error_rate(references, metrics.empty_baseline(references))
    assert rate.value == rate.low == rate.high == 1.0
    predictions = metrics.frequent_character_baseline(references, ["eve"])
    assert predictions == ["eeeeee", "eee", ""]
    assert metrics.character_error_rate(references, predictions).value == 1 - 4 / 9
    for n in range(9):  # no other count of it does better, on any line
        others = ["e" * n] * len(references)
        assert metrics.character_error_rate(references, others).value >= 1 - 4 / 9


@pytest.mark.parametrize(
    "measure",
    [
        metrics.character_error_rate,
        metrics.word_error_rate,
        metrics.accuracy,
        metrics.folded_accuracy,
        metrics.confusions,
    ],
)
def test_unpaired_or_missing_lines_are_named(measure):
    with pytest.raises(ValueError, match="2 references and 1 predictions"):
        measure(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="nothing to measure"):
        measure([], [])


def test_rates_need_something_to_divide_by():
    with pytest.raises(ValueError, match="Every reference is empty"):
        metrics.character_error_rate(["", ""], ["a", ""])
    with pytest.raises(ValueError, match="Every reference is empty"):
        metrics.word_error_rate([" "], ["a"])
    with pytest.raises(ValueError, match="training texts are empty"):
        metrics.frequent_character_baseline(["a"], [""])


def test_a_bag_of_words_ignores_order_and_nothing_else():
    rate = metrics.bag_of_words_error_rate
    assert rate(["the cat sat"], ["sat the cat"]).value == 0
    assert rate(["the cat sat"], ["sat the dog"]).value == pytest.approx(1 / 3)  # one substitution
    assert rate(["the cat sat"], ["the"]).value == pytest.approx(2 / 3)
    assert rate(["a a b"], ["a b b"]).value == pytest.approx(1 / 3)  # words have counts
    assert rate(["a b", "c"], ["b a x", "c"]).value == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="no words"):
        rate([""], ["word"])


@pytest.mark.parametrize(
    "reference, prediction, right",
    [("noon", "moon", "0111"), ("noon", "nooon", "11101"), ("noon", "nn", "11"), ("a", "", "")],
)
def test_characters_are_right_where_the_fewest_edits_match_them(reference, prediction, right):
    found = metrics.characters_right(reference, prediction)
    assert "".join(str(int(each)) for each in found).count("1") == right.count("1")
    assert len(found) == len(prediction)


def test_a_wrong_character_is_the_one_in_its_place():
    assert metrics.characters_right("cat", "cut").tolist() == [True, False, True]


def test_a_single_text_is_no_list_of_texts():
    for rate in (metrics.character_error_rate, metrics.word_error_rate, metrics.confusions,
                 metrics.bag_of_words_error_rate):  # fmt: skip
        with pytest.raises(ValueError, match="lists of texts"):
            rate("the cat", "the bat")
    assert metrics.word_error_rate(["the cat"], ["the bat"]).value == 0.5


def test_texts_that_look_the_same_are_the_same():
    composed, apart = ["caf\u00e9 no\u00ebl"], ["cafe\u0301 noe\u0308l"]
    for rate in (metrics.character_error_rate, metrics.word_error_rate,
                 metrics.bag_of_words_error_rate):  # fmt: skip
        assert rate(composed, apart).value == 0
    assert not metrics.confusions(composed, apart).substitutions
