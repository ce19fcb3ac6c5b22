"""From a page's ink to its rows, on pages written here by the embedded handwriting."""

import cv2
import numpy as np
import pytest

from fsdl_hwr import ink, rows
from fsdl_hwr.datasets import strokes

TEXTS = ("The quick brown fox", "jumps over the lazy", "dog in July 1905.")


def page_of(texts, pitch=70, size=40, margin=30, width=700):
    """Rows of writing under one another: uint8 (height, width), ink 255 on 0."""
    writer, rng = strokes.writers("train", 1)[0], np.random.default_rng(0)
    page = np.zeros((2 * margin + pitch * len(texts), width), np.uint8)
    for k, text in enumerate(texts):
        written = writer.write(text, rng)  # in em, from its baseline
        shift = [[size, 0, margin], [0, size, margin + k * pitch + size]]
        drawn = ink.render(ink.transform([s[:, :2] for s in written], shift), *page.shape, 3.0)
        page = np.maximum(page, drawn)
    return page


def written(page):
    return int((page >= rows.STROKE_LEVEL).sum())


def test_rows_are_found_from_the_top_and_share_no_ink():
    page = page_of(TEXTS)
    found = rows.find(page)
    assert len(found) == len(TEXTS)
    assert [row.top for row in found[1:]] == [row.bottom for row in found[:-1]]
    assert sum(written(row.ink) for row in found) == written(page)
    alone = [written(page_of([""] * k + [text])) for k, text in enumerate(TEXTS)]
    for row, expected in zip(found, alone, strict=True):
        assert abs(written(row.ink) - expected) < 0.15 * expected


def test_one_row_stays_whole_and_a_blank_page_has_none():
    page = page_of(TEXTS[:1])
    (row,) = rows.find(page)
    assert np.array_equal(row.ink, page)
    assert rows.find(np.zeros((50, 80), np.uint8)) == []


@pytest.mark.parametrize("degrees", [-6.0, -2.0, 0.0, 3.0, 7.0])
def test_skew_is_measured_and_undone(degrees):
    page = rows.turned(page_of(TEXTS), degrees)
    straight, fell = rows.upright(page)
    assert abs(fell + degrees) < 0.8
    assert len(rows.find(straight)) == len(TEXTS)


def test_a_letter_alone_is_not_turned():
    letter = np.zeros((50, 40), np.uint8)
    cv2.line(letter, (10, 45), (30, 5), 255, 4)
    assert rows.skew(letter) == 0


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("level", [90, 255])
def test_rules_are_erased_and_writing_stays(squared, level):
    page = page_of(TEXTS)
    ruled = page.copy()
    for y in range(25, page.shape[0], 35):
        ruled[y : y + 2] = np.maximum(ruled[y : y + 2], level)
    for x in range(20, page.shape[1], 35) if squared else ():
        ruled[:, x : x + 2] = np.maximum(ruled[:, x : x + 2], level)
    cleaned = rows.without_rules(ruled)
    was_rule = (ruled >= rows.STROKE_LEVEL) & (page == 0)
    is_writing = page >= rows.STROKE_LEVEL
    assert (cleaned[is_writing] >= rows.STROKE_LEVEL).mean() > (0.8 if squared else 0.9)
    if was_rule.any():
        assert (cleaned[was_rule] >= rows.STROKE_LEVEL).mean() < 0.12


def test_what_people_write_is_no_rule():
    dash, l_s = np.zeros((60, 200), np.uint8), np.zeros((60, 200), np.uint8)
    dash[30:34, 20:180] = 255
    for x in (40, 60):
        l_s[:, x : x + 4] = 255  # cut so tightly that they run from edge to edge
    l_s[40:44, 80:120] = 255
    assert np.array_equal(rows.without_rules(dash), dash)
    page = page_of(TEXTS)
    assert np.array_equal(rows.without_rules(page), page)


def test_specks_and_frames_are_erased_and_dots_stay(rng):
    page = page_of(TEXTS)
    dirty = page.copy()
    dirty[rng.integers(0, page.shape[0], 40), rng.integers(0, page.shape[1], 40)] = 255
    dirty[0, 0] = 255
    dirty[:3], dirty[-3:], dirty[:, :3], dirty[:, -3:] = 255, 255, 255, 255
    cleaned = rows.clean(dirty)
    assert (cleaned[page >= rows.STROKE_LEVEL] >= rows.STROKE_LEVEL).mean() > 0.99
    assert written(cleaned) < 1.03 * written(page)
    assert np.array_equal(rows.without_specks(page), page)  # the dots of i and of the period


def test_a_dot_and_a_dash_alone_are_known_by_the_width_of_the_pen():
    dot, dash, letter, stroke = (np.zeros((100, 200), np.uint8) for _ in range(4))
    cv2.circle(dot, (100, 70), 4, 255, -1)
    cv2.line(dash, (80, 50), (125, 52), 255, 4)
    cv2.circle(letter, (100, 50), 20, 255, 4)
    cv2.line(stroke, (100, 20), (103, 80), 255, 4)  # an l, or a 1
    assert [rows.lone_mark(image) for image in (dot, dash, letter, stroke)] == [".", "-", "", ""]
    assert rows.lone_mark(np.zeros((10, 10), np.uint8)) == ""
    assert rows.lone_mark(page_of(TEXTS[:1])) == ""
