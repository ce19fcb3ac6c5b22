import numpy as np
import pytest

from fsdl_hwr.gate import verdict
from fsdl_hwr.gate.verdict import BETTER, CANNOT_SAY, WORSE, Workload


def sample(effect, writers=20, lines=15, seed=0):
    """Lines of two recognizers: lengths, edits of each, writers."""
    rng = np.random.default_rng(seed)
    champion, candidate = verdict.simulate(Workload(writers, 1), 0, lines, rng)
    more = rng.binomial(20, effect, candidate.shape)
    writer_of = np.repeat(np.arange(writers), lines)
    lengths = np.full(writers * lines, 20)
    return lengths, champion.ravel(), (candidate + more).ravel(), writer_of


def test_a_recognizer_is_not_told_from_itself():
    lengths, champion, _, writers = sample(0)
    found = verdict.compare(lengths, champion, champion, writers)
    assert found.answer == CANNOT_SAY and found.low == found.high == 0


def test_a_worse_one_is_worse_and_the_other_way_round_better():
    lengths, champion, candidate, writers = sample(0.05)
    found = verdict.compare(lengths, champion, candidate, writers)
    assert found.answer == WORSE and 0 < found.low < found.difference < found.high
    assert verdict.compare(lengths, candidate, champion, writers).answer == BETTER
    assert "worse: CER" in str(found) and "300 lines of 20 writers" in str(found)


def test_one_writers_trouble_is_no_verdict():
    """Fifty edits more, all by one hand of twenty: lines say 'worse', writers do not."""
    lengths, champion, _, writers = sample(0)
    candidate = champion + np.where(writers == 3, 4, 0)
    assert verdict.compare(lengths, champion, candidate, writers).answer == CANNOT_SAY
    assert verdict.compare(lengths, champion, candidate, np.arange(300)).answer == WORSE


@pytest.mark.parametrize(("writers", "lines"), [(10, 30), (20, 15), (40, 25)])
def test_false_alarms_are_rare_and_differences_are_found(writers, lines):
    workload = Workload(writers, lines)
    equal = verdict.answers(workload, 0.0, 2000)
    assert 1 - equal[CANNOT_SAY] <= 0.05
    assert verdict.answers(workload, 0.3, 500)[WORSE] > 0.9


def trained(effect, rng, trainings=3, spread=0.1, writers=30, lines=20):
    """Edits (trainings, lines) by one recipe, whose trainings differ by more than writers tell."""
    errors = 0.2 * (1 + effect) * np.exp(rng.normal(0, spread, (trainings, 1)))
    return rng.binomial(20, np.repeat(errors, writers * lines, axis=1))


def test_a_recipe_trained_again_is_another_network_and_the_same_recipe():
    rng = np.random.default_rng(0)
    lengths, writers = np.full(600, 20), np.repeat(np.arange(30), 20)
    networks, recipes = [], []
    for _ in range(60):
        one, other = trained(0, rng), trained(0, rng)
        networks.append(verdict.compare(lengths, one[0], other[0], writers).answer)
        recipes.append(verdict.compare_recipes(lengths, one, other, writers).answer)
    assert networks.count(CANNOT_SAY) < 30 < 56 <= recipes.count(CANNOT_SAY)
    worse = verdict.compare_recipes(lengths, trained(0, rng), trained(1.0, rng), writers)
    assert worse.answer == WORSE and worse.low > 0 and worse.num_writers == 30
    with pytest.raises(ValueError, match="two trainings"):
        verdict.compare_recipes(lengths, trained(0, rng), trained(0, rng, 1), writers)


def test_the_tail_nears_the_normal_one():
    assert verdict.expanded_tail(10_000) == pytest.approx((1 - verdict.LEVEL) / 2, rel=0.01)
    assert verdict.expanded_tail(8) < verdict.expanded_tail(80)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n, a, b, w: (n, a, b[:-1], w), "one per line"),
        (lambda n, a, b, w: (n, a, b * np.nan, w), "finite"),
        (lambda n, a, b, w: (0 * n, a, b, w), "above 0"),
        (lambda n, a, b, w: (n, a, b, 0 * w), "1 writers"),
    ],
)
def test_what_cannot_be_judged_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        verdict.compare(*change(*sample(0)))
