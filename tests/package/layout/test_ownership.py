import numpy as np
from page_examples import bars

from fsdl_hwr.layout import ownership


def claimed(page, ink):
    return ownership.claim(ink, page.lines)


def test_every_stroke_goes_to_its_line():
    page = bars()
    owners = claimed(page, page.owners > 0)
    np.testing.assert_array_equal(owners, page.owners)


def test_ascenders_and_descenders_stay_with_their_stroke():
    page = bars()
    ink = page.owners > 0
    ink[20:60, 100:104] = True  # up, from the first line
    ink[60:85, 200:204] = True  # down, toward the second
    owners = claimed(page, ink)
    assert (owners[20:60, 100:104] == 1).all() and (owners[60:85, 200:204] == 1).all()


def test_a_stroke_that_two_lines_share_is_cut_between_them():
    page = bars()
    ink = page.owners > 0
    ink[60:105, 100:104] = True  # from the first line's foot to the second's bar
    owners = claimed(page, ink)
    column = owners[44:120, 101]
    assert set(column) == {1, 2}
    cut = 44 + np.flatnonzero(np.diff(column))
    assert len(cut) == 1 and 70 < cut[0] < 95


def test_a_dot_goes_to_the_nearest_line_and_far_ink_to_none():
    page = bars()
    ink = page.owners > 0
    ink[34:38, 100:104] = True  # above the first line
    ink[160:176, 300:310] = True  # far below the second
    owners = claimed(page, ink)
    assert (owners[34:38, 100:104] == 1).all()
    assert not owners[160:176, 300:310].any()


def test_without_lines_or_ink_nothing_is_claimed():
    page = bars()
    assert not ownership.claim(page.owners > 0, []).any()
    assert not ownership.claim(np.zeros((50, 50), bool), page.lines).any()
