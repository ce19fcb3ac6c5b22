import cv2
import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr import line_metrics, page_ink
from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.layout import profile

ROWS = (80, 140, 200, 260, 320)


def turned_page(degrees):
    page = bars(height=400, width=500, rows=ROWS)
    matrix = cv2.getRotationMatrix2D((250, 200), degrees, 1)
    image = cv2.warpAffine(page.image, matrix, (500, 400), borderValue=230)
    owners = cv2.warpAffine(page.owners.astype(np.float32), matrix, (500, 400), flags=0)
    lines = tuple(line.moved(matrix) for line in page.lines)
    return Page(image, lines, owners.astype(np.int32))


def test_the_pitch_is_the_distance_between_lines():
    sums = np.zeros(400)
    for row in ROWS:
        sums[row - 16 : row] = 100
    assert profile.find_pitch(sums) == pytest.approx(60, abs=1)
    assert profile.find_pitch(np.zeros(100)) == 100


@pytest.mark.parametrize("degrees", [-15, -4, 0, 2.5, 15])
def test_lines_of_a_turned_page_are_found(degrees):
    page = turned_page(degrees)
    found = profile.owners(page.image)
    score = line_metrics.ink_score(page.owners * page_ink.ink_mask(page.image), found)
    assert score.f1 == 1 and score.found == len(ROWS)
    lines = profile.find_lines(page.image)
    assert line_metrics.baseline_score(page.lines, lines).f1 > 0.9


def test_a_page_without_ink_has_no_lines():
    blank = np.full((300, 200), 220, np.uint8)
    assert profile.find_lines(blank) == [] and not profile.owners(blank).any()
    assert profile.find_lines(np.full((1, 1), 220, np.uint8)) == []


def test_peaks_keep_their_distance_and_stand_out():
    values = profile.gaussian(np.array([0, 0, 10, 0, 0, 0, 0, 9, 0, 9.5, 0, 0, 0, 0.1, 0, 0]), 0.3)
    assert profile.find_peaks(values, 4).tolist() == [2, 9]


@pytest.mark.parametrize("size, row", [((200, 500), 50), ((400, 500), 90), ((300, 200), 250)])
def test_a_page_with_one_line_has_one(size, row):
    page = bars(height=size[0], width=size[1], rows=(row,))
    assert len(profile.find_lines(page.image)) == 1
    assert profile.owners(page.image).max() == 1
