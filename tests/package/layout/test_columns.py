import numpy as np
import pytest
from page_examples import columns, line

from fsdl_hwr.layout.columns import cut_at_gutters


def ink_of(lines, shape=(700, 700)):
    """Ink that fills each line from its first to its last px."""
    ink = np.zeros(shape, bool)
    for one in lines:
        (left, top), (right, bottom) = one.baseline[0], one.baseline[-1]
        x = np.arange(int(left), int(right))
        y = np.interp(x, [left, right], [top, bottom])
        for rise in range(int(one.x_height)):
            ink[np.rint(y - rise).astype(int), x] = True
    return ink


@pytest.mark.parametrize("slope", [0.0, -0.1])
def test_a_line_that_runs_on_into_the_next_column_is_cut_there(slope):
    true = columns(gutter=24, num=6, slope=slope)
    ink = ink_of(true)
    left, right = true[3], true[9]
    merged = line(0, right.baseline[-1, 0], 100 + 40 * 3, slope)
    found = [one for k, one in enumerate(true) if k not in (3, 9)]
    pieces = cut_at_gutters([*found, merged], ink)
    assert len(pieces) == 12
    spans = sorted(tuple(one.baseline[[0, -1], 0]) for one in pieces[-2:])
    assert spans[0][0] == 0 and left.baseline[-1, 0] <= spans[0][1] <= spans[1][0] <= 224


def test_a_heading_and_a_line_with_ink_in_the_gutter_stay_whole():
    true = columns(gutter=24, num=6)
    heading = line(0, 424, 60)
    across = line(0, 424, 100 + 40 * 3)
    found = [one for k, one in enumerate(true) if k not in (3, 9)]
    assert len(cut_at_gutters([heading, *true], ink_of(true))) == 13
    assert len(cut_at_gutters([*found, across], ink_of([*found, across]))) == 11


def test_few_lines_make_no_column():
    assert cut_at_gutters([], np.zeros((10, 10), bool)) == []
    lines = columns(gutter=24, num=2)
    assert cut_at_gutters(lines, ink_of(lines)) == lines
