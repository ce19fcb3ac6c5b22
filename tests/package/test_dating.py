"""Dates from features: pages, ridge, and an interval that keeps its word."""

import numpy as np
import pytest

from fsdl_hwr import dating


def hands(num_scribes=120, letters=30, noise=60, seed=0):
    """Letters whose first feature drifts with the year and whose scribes differ by themselves."""
    rng = np.random.default_rng(seed)
    years = rng.integers(400, 1101, num_scribes)
    drift = np.stack([(years + rng.normal(0, noise, num_scribes)) / 350, years * 0], axis=1)
    drift[:, 1] = rng.normal(0, 1, num_scribes)  # what makes a hand known, and says no year
    scribes = np.repeat(np.arange(num_scribes), letters)
    return drift[scribes] + rng.normal(0, 0.3, (len(scribes), 2)), years[scribes], scribes


def test_a_year_is_found_within_the_scribes_own_noise():
    train = dating.pages(*hands(), letters=10, per_scribe=3)
    test = dating.pages(*hands(seed=1), letters=10)
    model = dating.fit(train)
    error = dating.mean_absolute_error(model, test)
    assert 35 < error < 75  # noise of 60 years is 48 on average


def test_intervals_cover_nine_in_ten_on_new_scribes():
    covered = [
        dating.coverage(
            dating.fit(dating.pages(*hands(200, seed=2 * k), letters=10)),
            dating.pages(*hands(200, seed=2 * k + 1), letters=10),
        )
        for k in range(10)
    ]
    assert np.mean(covered) == pytest.approx(0.9, abs=0.03)


def test_more_letters_give_better_dates():
    years_off = []
    for letters in (1, 20):
        model = dating.fit(dating.pages(*hands(), letters=letters, per_scribe=3))
        test = dating.pages(*hands(seed=1), letters=letters, per_scribe=3)
        years_off.append(dating.mean_absolute_error(model, test))
    assert years_off[1] < 0.8 * years_off[0]


def test_folds_are_of_scribes_and_not_of_pages():
    """With a feature that names the scribe, folds of pages would promise an interval of nothing."""
    features, years, scribes = hands(num_scribes=40)
    names = np.eye(40)[scribes]
    train = dating.pages(names, years, scribes, letters=10, per_scribe=4)
    assert dating.fit(train, ridge=0.1).radius > 200


def test_letters_are_taken_out():
    labels = np.array([0, 0, 1, 1])
    features = np.array([[1.0], [3.0], [10.0], [12.0]])
    means = dating.letter_means(features, labels, 2)
    assert dating.without_letters(features, labels, means).ravel().tolist() == [-1, 1, -1, 1]


def test_bad_pages_say_what_is_wrong():
    features, years, scribes = hands(4, 5)
    with pytest.raises(ValueError, match="wrote 5 letters; a page takes 6"):
        dating.pages(features, years, scribes, letters=6)
    two_dates = years.copy()
    two_dates[0] += 1
    with pytest.raises(ValueError, match="Scribe 0 has the years"):
        dating.pages(features, two_dates, scribes, letters=2)
    doubtful = np.full(len(years), "c. 850?")
    with pytest.raises(ValueError, match="A year is a number; got c. 850\\?"):
        dating.pages(features, doubtful, scribes, letters=2)
    with pytest.raises(ValueError, match="5 folds"):
        dating.fit(dating.pages(features, years, scribes, letters=2))
    with pytest.raises(ValueError, match="classes \\[1\\]"):
        dating.letter_means(features, np.zeros(len(features), int), 2)
