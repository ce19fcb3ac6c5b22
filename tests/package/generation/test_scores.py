import numpy as np
import pytest

from fsdl_hwr import networks
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.generation import scores
from fsdl_hwr.generation.scores import Judge


def glyphs(images, characters="AB"):
    labels = (np.arange(len(images)) % len(characters)).astype(np.int32)
    return Glyphs(images, labels, labels, characters, "test")


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(1).integers(0, 255, (40, 28, 28)).astype(np.uint8)


@pytest.fixture(scope="module")
def judge(noise):
    network = networks.character_cnn(num_classes=2, filters=(4, 4, 4, 4, 4))
    return Judge(network, glyphs(noise))


def test_the_distance_is_that_of_two_normal_distributions(rng):
    features = rng.normal(size=(2000, 3))
    assert scores.frechet_distance(features, features) == pytest.approx(0, abs=1e-6)
    assert scores.frechet_distance(features, features + [2, 0, 0]) == pytest.approx(4, abs=1e-6)
    # Standard deviations a and 2a are a apart, in each of three directions.
    widths = features.std(axis=0, ddof=1)
    expected = (widths**2).sum()
    assert scores.frechet_distance(features, 2 * features - features.mean(axis=0)) == (
        pytest.approx(expected, rel=1e-3)
    )


def test_precision_recall_and_coverage_tell_failures_apart(rng):
    real = rng.normal(size=(300, 4))
    same = scores.neighborhood(real, rng.normal(size=(300, 4)))
    assert min(same.values()) > 0.8
    far = scores.neighborhood(real, rng.normal(size=(300, 4)) + 50)
    assert max(far.values()) == 0
    alike = scores.neighborhood(real, 0.05 * rng.normal(size=(300, 4)))
    assert alike["precision"] == 1
    assert alike["recall"] < 0.1 > alike["coverage"]
    wild = scores.neighborhood(real, 4 * rng.normal(size=(300, 4)))
    assert wild["recall"] > 0.8 > 0.6 > wild["precision"]


def test_copies_are_found(noise):
    places, apart = scores.nearest(noise[[7, 3]], noise)
    assert places.tolist() == [7, 3]
    assert apart == pytest.approx([0, 0], abs=1e-3)
    _, other = scores.nearest(255 - noise[:1], noise)
    assert other[0] > 0.2


def test_spread_is_within_a_class(noise):
    two = np.concatenate([np.zeros((5, 28, 28)), np.full((5, 28, 28), 255)]).astype(np.uint8)
    assert scores.spread(two, np.repeat([0, 1], 5)) == 0
    assert scores.spread(two, np.tile([0, 1], 5)) > 0.4


def test_a_grid_stands_out_of_the_spectrum(rng):
    smooth = np.cumsum(rng.normal(size=(50, 28, 28)), axis=2)
    smooth = 128 + 20 * (smooth + smooth.transpose(0, 2, 1))
    grid = smooth + 20 * (np.indices((28, 28)).sum(axis=0) % 2)
    plain, peak = (scores.grid_peak(np.clip(i, 0, 255).astype(np.uint8)) for i in (smooth, grid))
    assert plain < 2
    assert peak > 5 * plain


def test_a_judge_scores_what_was_made(judge, noise):
    score = judge.score(glyphs(noise[::-1].copy()))
    assert 0 <= score.worst <= score.read <= 1
    assert score.distance == pytest.approx(0, abs=1e-3)
    assert score.coverage == 1
    assert set(score.as_dict()) >= {"read", "coverage", "spread"}
    assert "coverage 1.00" in str(score)
    assert judge.probabilities(noise).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("images", "characters", "message"),
    [
        (np.zeros((9, 28, 28), np.uint8), "AB", "one gray"),
        (np.full((9, 28, 28), 255, np.uint8), "AB", "one gray"),
        (np.eye(28, dtype=np.uint8)[None].repeat(2, axis=0), "AB", "too few"),
        (np.eye(28, dtype=np.uint8)[None].repeat(9, axis=0), "XY", "another alphabet"),
    ],
)
def test_what_cannot_be_scored_is_refused(judge, images, characters, message):
    with pytest.raises(ValueError, match=message):
        judge.score(glyphs(images, characters))
