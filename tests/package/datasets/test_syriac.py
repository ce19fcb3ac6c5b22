"""Syriac letters: the forms that ship, scribes from seeds, their years and their nibs."""

import json
import unicodedata
from importlib import resources

import numpy as np
import pytest

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.datasets import syriac
from fsdl_hwr.datasets.syriac import FIRST_YEAR, LAST_YEAR, LETTERS, Scribe

FOLDER = resources.files("fsdl_hwr.datasets") / "syriac_forms"


def test_both_hands_have_all_letters_and_the_license():
    assert len(LETTERS) == len(syriac.NAMES) == 22
    assert all(unicodedata.name(c).startswith("SYRIAC LETTER") for c in LETTERS)
    stored = json.loads((FOLDER / "forms.json").read_text(encoding="utf-8"))
    assert all(list(stored[hand]) == list(LETTERS) for hand in syriac.HANDS)
    text = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "Noto Project Authors" in text and "Version 1.1" in text
    assert "Reserved Font Name" not in text.split("PREAMBLE")[0]


@pytest.mark.parametrize("hand", syriac.HANDS)
def test_forms_are_smooth_and_of_a_letters_size(hand):
    inks = syriac.forms(hand)
    for letter, ink in inks.items():
        left, top, right, bottom = pen_ink.bounding_box(ink)
        assert 0.3 < max(right - left, bottom - top) < 2, letter
        steps = [np.linalg.norm(np.diff(stroke, axis=0), axis=1) for stroke in ink]
        assert max(step.max() for step in steps if len(step)) < 0.1, letter


def test_dalath_has_its_dot_below_and_rish_above():
    for hand in syriac.HANDS:
        for letter, below in (("ܕ", True), ("ܪ", False)):
            ink = syriac.forms(hand)[letter]
            (dot,) = [stroke for stroke in ink if len(stroke) == 1]
            body = np.concatenate([stroke for stroke in ink if len(stroke) > 1])
            assert (dot[0, 1] > body[:, 1].mean()) == below


def test_equal_seeds_write_equal_letters_and_splits_share_no_scribe():
    one = syriac.letters("train", num_scribes=2, letters_per_class=1, seed=3)
    same = syriac.letters("train", num_scribes=2, letters_per_class=1, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(one.inks[7], same.inks[7], strict=True))
    seeds = [s.seed for split in ("train", "validation", "test") for s in syriac.scribes(split, 5)]
    assert len(set(seeds)) == 15
    assert len({s.year for s in syriac.scribes("train", 20)}) > 10


def test_letters_know_class_scribe_and_year():
    letters = syriac.letters("test", num_scribes=3, letters_per_class=2)
    assert len(letters) == 3 * 22 * 2
    assert np.bincount(letters.labels).tolist() == [6] * 22
    assert letters.years[-1] == letters.scribes[2].year
    glyphs = letters.glyphs()
    assert glyphs.characters == LETTERS and glyphs.writer_names[0] == "0-2-0"
    ink = (glyphs.images > 127).mean((1, 2))
    assert ink.min() > 0.02 and ink.max() < 0.6


def test_old_scribes_write_estrangela_and_late_ones_serto():
    text = LETTERS * 20
    rng = np.random.default_rng(0)
    early, late = (
        np.mean([Scribe.from_seed(k, year).draw_many(text, rng)[1].mean() for k in range(4)])
        for year in (FIRST_YEAR, LAST_YEAR)
    )
    assert early < 0.05 and late > 0.95
    assert Scribe.from_seed(1, 750).century == 8 and Scribe.from_seed(1, 701).century == 8
    assert Scribe.from_seed(1, 700).century == 7


def test_a_broad_nib_is_thick_across_its_edge_and_thin_along_it():
    scribe = Scribe.from_seed(0)
    angle = scribe.nib_angle
    along = np.array([[0, 0], [np.cos(angle), -np.sin(angle)]], np.float32)
    across = np.array([[0, 0], [np.sin(angle), np.cos(angle)]], np.float32)
    ink = [(scribe.glyph_image([stroke]) > 127).sum() for stroke in (along, across)]
    assert ink[1] > 1.8 * ink[0]


def test_a_dot_stays_visible_under_a_broad_nib():
    letters = syriac.letters("train", num_scribes=10, letters_per_class=1)
    for k in np.flatnonzero(letters.labels == LETTERS.index("ܕ")):
        ink = letters.inks[k]
        scribe = letters.scribes[letters.writers[k]]
        without = [stroke for stroke in ink if len(stroke) > 1]
        assert len(without) < len(ink)
        assert np.abs(scribe.glyph_image(ink).astype(int) - scribe.glyph_image(without)).max() > 99


@pytest.mark.parametrize("year", [399, 1101])
def test_a_year_outside_is_refused(year):
    with pytest.raises(ValueError, match="400 to 1100"):
        Scribe.from_seed(0, year)


def test_bad_requests_say_what_is_wrong():
    with pytest.raises(ValueError, match="none|alone"):
        Scribe.from_seed(0).draw_many("ܐA", np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least one scribe"):
        syriac.scribes("train", 0)
    with pytest.raises(ValueError, match="Unknown split"):
        syriac.letters("dev")
