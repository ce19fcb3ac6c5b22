import numpy as np
import pytest

from fsdl_hwr.datasets import drawn_pages, strokes
from fsdl_hwr.datasets.pages import HANDWRITTEN, PRINT


@pytest.fixture(scope="module")
def maker():
    return drawn_pages.training_maker("train", 4)


@pytest.fixture(scope="module")
def some(maker):
    return drawn_pages.make_pages(maker, 12, 0, "train")


def test_equal_seeds_draw_equal_pages_and_others_do_not(maker, some):
    again = drawn_pages.make_pages(maker, 2, 0, "train")
    np.testing.assert_array_equal(again[1].image, some[1].image)
    np.testing.assert_array_equal(again[1].owners, some[1].owners)
    other = drawn_pages.make_pages(maker, 1, 0, "test")[0]
    assert (other.image != some[0].image).any()


def test_a_page_does_not_depend_on_those_that_were_drawn_before(some):
    fresh = drawn_pages.training_maker("train", 4)
    page = fresh(np.random.default_rng((0, 0, 7)))
    np.testing.assert_array_equal(page.image, some[7].image)


def test_every_line_has_ink_around_its_baseline(some):
    for page in some:
        assert len(page.lines) > 2
        for k, line in enumerate(page.lines, start=1):
            rows, columns = np.nonzero(page.owners == k)
            assert line.transcript
            if len(rows) == 0:  # under a hole or beside the sheet
                continue
            left, right = line.baseline[:, 0].min(), line.baseline[:, 0].max()
            reach = 6 * line.x_height
            assert left - reach < columns.min() and columns.max() < right + reach
            if abs(np.ptp(line.baseline[:, 1])) < line.x_height:  # level
                middle = line.baseline[:, 1].mean()
                assert middle - 3 * line.x_height < np.median(rows) < middle + line.x_height


def test_every_layout_is_drawn_and_forms_have_print_beside_the_hand():
    maker = drawn_pages.training_maker("test", 2, layouts=[drawn_pages.FORM])
    page = maker(np.random.default_rng(1))
    assert {line.kind for line in page.lines} == {HANDWRITTEN, PRINT}
    for layout in drawn_pages.LAYOUTS:
        chosen = drawn_pages.training_maker("test", 2, layouts=[layout])
        assert chosen(np.random.default_rng(0)).name == layout


def test_columns_stand_side_by_side():
    maker = drawn_pages.training_maker("test", 2, layouts=[drawn_pages.COLUMNS])
    page = maker(np.random.default_rng(0))
    starts = np.array([line.baseline[0, 0] for line in page.lines])
    assert (starts < 0.3 * 576).sum() > 2 and (starts > 0.4 * 576).sum() > 2


def test_nobody_writes_through_other_lines():
    hand, rng = strokes.writers("test", 1)[0], np.random.default_rng(0)
    ready = drawn_pages.ready_line("meet me at noon", lambda word: hand.write(word, rng))
    lines = [
        drawn_pages.Placed(ready, 0.5, (20.0, y), 30.0, 1.0, 0.0, 0.0, 0.0, 2.0)
        for y in (60.0, 66.0, 140.0)
    ]
    _, owners, kept = drawn_pages.draw(lines, 200, 400, rng)
    assert [round(float(line.baseline[0, 1])) for line in kept] == [60, 140]
    assert owners.max() == 2


def test_impossible_orders_are_refused():
    writers = strokes.writers("train", 1)
    with pytest.raises(ValueError, match="at least one writer"):
        drawn_pages.PageMaker([], ["a"])
    with pytest.raises(ValueError, match="choose from letter"):
        drawn_pages.PageMaker(writers, ["a word or two"], layouts=["newspaper"])


def test_an_archives_pages_lie_askew_with_their_lines(maker):
    (page,) = drawn_pages.archive_pages(maker, 1, 0)
    slopes = []
    for line in page.lines:
        way = line.baseline[-1] - line.baseline[0]
        slopes.append(np.degrees(np.arctan2(-way[1], way[0])))
    assert np.median(slopes) == pytest.approx(9, abs=5)
    for k, line in enumerate(page.lines, start=1):
        rows, columns = np.nonzero(page.owners == k)
        if len(rows):
            x, y = line.baseline.mean(axis=0)
            assert np.hypot(np.median(columns) - x, np.median(rows) - y) < line.length
