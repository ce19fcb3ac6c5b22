"""The bench of damages: what the sliders set, how the masks are scored, what the page gets."""

import json

import numpy as np
import pytest

from fsdl_hwr import binarization
from fsdl_hwr.explorers import damage_explorer, widget

LAST = damage_explorer.LEVELS - 1


@pytest.fixture(scope="module")
def glyphs():
    images = np.zeros((2, 28, 28), np.uint8)
    images[0, 5:23, 12:16] = 255
    images[1, 12:16, 5:23] = 255
    return images


@pytest.fixture(scope="module")
def bench(glyphs):
    cleaners = {
        "dark": lambda photos: photos < 100,
        "Otsu": lambda photos: np.stack([binarization.otsu(photo) for photo in photos]),
    }
    return damage_explorer.make_bench(glyphs, ["bar", "dash"], cleaners, read)


def read(images):
    return ["bar" if image.any(0).sum() < image.any(1).sum() else "dash" for image in images]


def test_without_damage_the_letter_is_all_there(glyphs):
    photo = damage_explorer.damaged(glyphs[0], 0, 0, 0)
    assert ((photo < 127) == (glyphs[0] > 127)).all()


def test_each_damage_does_its_own(glyphs):
    clean = damage_explorer.damaged(glyphs[0], 0, 0, 0).astype(float)
    stained, blurred, noisy = (
        damage_explorer.damaged(glyphs[0], *levels).astype(float)
        for levels in ((LAST, 0, 0), (0, LAST, 0), (0, 0, LAST))
    )
    paper = glyphs[0] == 0
    assert stained.min() <= clean.min() and (stained <= clean).all()
    assert clean[paper].mean() - stained[paper].mean() > 5
    assert np.abs(np.diff(blurred)).max() < np.abs(np.diff(clean)).max() / 2
    assert noisy[:4].std() > 20 > clean[:4].std()


def test_a_setting_is_a_number_of_three_digits(bench, glyphs):
    number = (1 * damage_explorer.LEVELS + 2) * damage_explorer.LEVELS + 3
    expected = damage_explorer.damaged(glyphs[1], 1, 2, 3, seed=1)
    assert np.array_equal(bench.photos[1, number], expected)


def test_every_mask_is_scored_and_read(bench):
    settings = damage_explorer.LEVELS**3
    for name in ("dark", "Otsu"):
        assert bench.masks[name].shape == (2, settings, 28, 28)
        assert bench.scores[name][:, 0] == pytest.approx(1)
        assert bench.scores[name].min() < 0.9
        assert [texts[0] for texts in bench.read[name]] == ["bar", "dash"]


def test_what_the_page_draws_is_json(bench):
    data = damage_explorer.page_data(bench)
    assert len(json.dumps(data)) < 600_000
    assert [letter["name"] for letter in data["letters"]] == ["bar", "dash"]


def test_the_figure_has_a_panel_per_damage(bench):
    figure = damage_explorer.draw_damages(bench, "Damages")
    assert [axes.get_xlabel() for axes in figure.axes] == list(damage_explorer.DAMAGES)
    assert all(len(line.get_ydata()) == LAST + 1 for axes in figure.axes for line in axes.lines)


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_it_starts_without_damage(bench):
    assert damage_explorer.explore(bench).state == {"letter": 0, "levels": [0, 0, 0]}
