"""The date dial: votes whose mean is the model's date, and doubt by the number of letters."""

import json

import numpy as np
import pytest

from fsdl_hwr import dating
from fsdl_hwr.explorers import date_explorer, widget


def letters(num_scribes, seed):
    rng = np.random.default_rng(seed)
    years = rng.integers(400, 1101, num_scribes)
    scribes = np.repeat(np.arange(num_scribes), 40)
    features = years[scribes, None] / 100 + rng.normal(0, 1, (len(scribes), 3))
    return features, years[scribes], scribes


@pytest.fixture(scope="module")
def dial():
    asked = letters(5, 1)
    images = np.zeros((len(asked[1]), 28, 28), np.uint8)
    return date_explorer.make_dial(letters(30, 0), asked, images, num_hands=4, num_letters=12)


def test_hands_are_spread_over_the_years(dial):
    assert dial.votes.shape == (4, 12) and dial.images.shape == (4, 12, 28, 28)
    assert (np.diff(dial.years) > 0).all()
    assert np.abs(dial.votes.mean(1) - dial.years).max() < 150


def test_fewer_letters_are_more_doubt(dial):
    assert list(dial.radii) == list(date_explorer.COUNTS)
    assert dial.radii[1] > dial.radii[10] > 0


def test_a_pages_date_is_the_mean_of_its_letters_votes():
    features, years, scribes = letters(30, 0)
    model = dating.fit(dating.pages(features, years, scribes, letters=10))
    votes = model.predict(features[:7])
    assert model.predict(features[:7].mean(0, keepdims=True))[0] == pytest.approx(votes.mean())


def test_what_the_page_draws_is_json(dial):
    data = date_explorer.page_data(dial)
    json.dumps(data)
    assert [len(hand["letters"]) for hand in data["hands"]] == [12] * 4
    assert len(data["counts"]) == len(data["radii"])


def test_the_figure_has_a_point_for_every_number_of_letters(dial):
    (axes,) = date_explorer.draw_doubt(dial, "Doubt").axes
    assert len(axes.lines[0].get_xdata()) == len(date_explorer.COUNTS)


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_it_starts_with_all_letters_and_without_the_answer(dial):
    explorer = date_explorer.explore(dial)
    assert explorer.state == {"hand": 0, "on": list(range(12)), "revealed": False}
