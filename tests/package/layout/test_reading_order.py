import numpy as np

from fsdl_hwr.datasets.pages import TextLine
from fsdl_hwr.layout.reading_order import reading_order


def line(left, right, row, slope=0.0, x_height=10):
    ends = [[left, row + slope * left], [right, row + slope * right]]
    return TextLine(np.array(ends, np.float32), x_height)


def test_from_top_to_bottom_and_in_a_row_from_left_to_right():
    lines = [line(300, 500, 100), line(0, 500, 140), line(0, 200, 103), line(0, 400, 60)]
    assert reading_order(lines) == [3, 2, 0, 1]


def test_column_by_column_below_a_heading():
    left = [line(0, 200, 100 + 40 * k) for k in range(4)]
    right = [line(260, 460, 110 + 40 * k) for k in range(4)]
    assert reading_order([*right, *left]) == [4, 5, 6, 7, 0, 1, 2, 3]
    heading = line(0, 460, 40)
    assert reading_order([*right, heading, *left]) == [4, 5, 6, 7, 8, 0, 1, 2, 3]


def test_drift_of_more_than_a_line_does_no_harm():
    slope = 0.15  # over 500 px: two lines
    left = [line(0, 200, 100 + 40 * k, slope) for k in range(3)]
    right = [line(300, 500, 100 + 40 * k, slope) for k in range(2)]
    order = reading_order([left[0], right[0], left[1], right[1], left[2]])
    assert order == [0, 1, 2, 3, 4]


def test_a_slanted_note_comes_last():
    lines = [line(0, 80, 20, slope=0.8), line(0, 500, 100), line(0, 500, 140)]
    assert reading_order(lines) == [1, 2, 0]


def test_no_line_and_one_line():
    assert reading_order([]) == []
    assert reading_order([line(0, 10, 5)]) == [0]
