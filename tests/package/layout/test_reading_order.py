from page_examples import columns, line

from fsdl_hwr.layout.reading_order import reading_order


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


def test_columns_of_large_writing_stand_less_than_its_height_apart():
    lines = columns(gutter=6)
    assert reading_order(lines[::-1]) == list(range(9, -1, -1))


def test_a_gutter_stays_upright_where_the_writing_climbs_and_leans_where_the_page_was_turned():
    climbing = columns(gutter=14, slope=-0.15)
    assert reading_order(climbing) == list(range(10))
    turned = columns(gutter=14, slope=0.15, turned=-0.15)
    assert reading_order(turned) == list(range(10))


def test_one_line_may_run_on_across_a_gutter():
    lines = columns(gutter=30, num=12)
    lines[5] = line(0, 300, 100 + 40 * 5)
    assert reading_order(lines) == list(range(24))


def test_a_form_is_read_row_by_row():
    ends = (60, 110, 80, 95, 70)
    rows = [[line(0, e, 100 + 40 * k, x_height=5), line(e + 12, 300, 102 + 40 * k)]
            for k, e in enumerate(ends)]  # fmt: skip
    assert reading_order([part for row in rows for part in row]) == list(range(10))
