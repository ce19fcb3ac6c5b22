import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets import pages
from fsdl_hwr.datasets.pages import TextLine


@pytest.mark.parametrize("quarters", range(4))
def test_a_turned_page_turns_its_lines_with_its_ink(quarters):
    page = bars()
    turned = page.turned(quarters)
    for k, line in enumerate(turned.lines, start=1):
        rows, columns = np.nonzero(turned.owners == k)
        x, y = line.baseline.mean(axis=0)
        assert np.hypot(columns.mean() - x, rows.mean() - y) < line.x_height
    back = turned.turned(-quarters)
    np.testing.assert_array_equal(back.image, page.image)
    for line, was in zip(back.lines, page.lines, strict=True):
        np.testing.assert_allclose(line.baseline, was.baseline, atol=1e-3)


def test_a_resized_page_keeps_its_proportions():
    page = bars()
    half = page.resized(90)
    assert half.image.shape == (90, 200) and half.owners.shape == (90, 200)
    assert half.lines[0].x_height == pytest.approx(8)
    np.testing.assert_allclose(half.lines[1].baseline * 2, page.lines[1].baseline)
    assert set(np.unique(half.owners)) == {0, 1, 2}


def test_the_core_band_lies_between_the_baseline_and_the_x_height():
    line = TextLine(np.array([[0, 50], [100, 50]], np.float32), 10)
    band = pages.core_band(line)
    assert band[:, 1].min() == pytest.approx(40) and band[:, 1].max() == pytest.approx(50)
    thin = pages.core_band(line, 0.5)
    assert np.ptp(thin[:, 1]) == pytest.approx(5) and thin[:, 1].mean() == pytest.approx(45)


def test_resampled_points_lie_evenly_and_keep_their_ends():
    points = pages.resampled(np.array([[0, 0], [30, 0], [30, 40]]), 5)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert len(points) == 15 and steps.max() <= 5.1
    np.testing.assert_array_equal(points[[0, -1]], [[0, 0], [30, 40]])
    assert len(pages.resampled(np.array([[3, 3], [3, 3]]), 5)) == 2


def test_what_two_polygons_cover_goes_to_the_one_that_reaches_farther():
    square = np.array([[0, 0], [40, 0], [40, 40], [0, 40]], np.float32)
    owners = pages.fill_owners([square, square + [30, 0]], (50, 80))
    assert owners[20, 10] == 1 and owners[20, 60] == 2
    assert owners[20, 32] == 1 and owners[20, 38] == 2
    assert owners[45, 10] == 0


def test_polygons_may_cross_themselves_and_leave_the_page():
    bow_tie = np.array([[10, 10], [60, 60], [60, 10], [10, 60]], np.float32)
    outside = np.array([[-500, -500], [-400, -500], [-400, -400]], np.float32)
    huge = np.array([[-1e6, 90], [1e6, 90], [1e6, 1e6]], np.float32)
    owners = pages.fill_owners([bow_tie, outside, huge], (100, 100))
    assert (owners == 1).any() and not (owners == 2).any()
    assert owners.shape == (100, 100)


def test_the_body_of_a_page_is_its_handwritten_lines():
    page = bars()
    lines = (page.lines[0], TextLine(page.lines[1].baseline, 16, "printed", pages.PRINT))
    assert pages.Page(page.image, lines, page.owners).body.tolist() == [True, False]
    assert page.transcript == "line 1\nline 2"
