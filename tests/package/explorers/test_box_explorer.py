import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.explorers import box_explorer, widget


@pytest.fixture
def rows():
    page = bars(rows=(60, 84, 108))
    return box_explorer.rows_of_ink(page, page.owners > 0, 1)


def test_rows_hold_the_ink_of_the_line_and_of_its_neighbors(rows):
    assert rows.bottom - rows.top == 16
    assert rows.own.sum() == 27 * 4 * 16  # bars, their width and height
    assert rows.other.sum() == 2 * 27 * 4 * 8  # half a line above, half a line below
    assert rows.image.shape[0] == len(rows.own)


def test_a_box_in_its_place_scores_one_and_far_off_nothing(rows):
    assert box_explorer.shift_scores(rows, 0) == (1.0, 1.0)
    assert box_explorer.shift_scores(rows, 24) == (0.0, 0.0)


def test_ink_is_the_stricter_judge_if_neighbors_are_near(rows):
    iou, ink = box_explorer.shift_scores(rows, 0, height=32)
    assert iou == pytest.approx(0.5) and ink == pytest.approx(1.0)
    iou, ink = box_explorer.shift_scores(rows, 5)
    assert iou == pytest.approx(11 / 21) and ink == pytest.approx(11 / 16)


def test_a_line_without_ink_is_refused():
    page = bars()
    with pytest.raises(ValueError, match="no ink"):
        box_explorer.rows_of_ink(page, np.zeros_like(page.owners, bool), 0)


def test_the_figure_and_the_page_show_the_same(rows):
    figure = box_explorer.draw_shifts(rows, range(-10, 11), "shifts")
    curve = figure.axes[0].lines[1].get_ydata()
    assert curve[10] == 1.0 and len(curve) == 21
    if widget.anywidget is not None:
        explorer = box_explorer.explore(rows)
        assert explorer.state == {"shift": 0, "height": 16}
        assert sum(explorer.data["own"]) == rows.own.sum()
