"""Small pages for tests: two straight lines of bars, and what finds them."""

import numpy as np

from fsdl_hwr.datasets.pages import Page, TextLine

ROWS = (60, 120)  # baselines


def bars(height=180, width=400, rows=ROWS, x_height=16, step=12):
    """Draw a page of upright bars, as high as an x, on each row: a Page, dark ink on light."""
    image = np.full((height, width), 230, np.uint8)
    owners = np.zeros((height, width), np.int32)
    lines = []
    for k, row in enumerate(rows, start=1):
        for x in range(40, width - 40, step):
            owners[row - x_height : row, x : x + 4] = k
        baseline = np.array([[40, row], [width - 40, row]], np.float32)
        lines.append(TextLine(baseline, x_height, f"line {k}"))
    image[owners > 0] = 30
    return Page(image, tuple(lines), owners, "bars")


def line(left, right, row, slope=0.0, x_height=10):
    """A straight line of text from x = left to x = right."""
    ends = [[left, row + slope * left], [right, row + slope * right]]
    return TextLine(np.array(ends, np.float32), x_height)


def columns(gutter, num=5, x_height=10, slope=0.0, turned=0.0):
    """Two columns of lines of several lengths, `gutter` px apart."""
    turn = np.array([[1, turned], [0, 1]])
    lines = []
    for left, length in ((0, 200), (200 + gutter, 200)):
        for k in range(num):
            end = left + length - 30 * (k % 3)
            made = line(left, end, 100 + 40 * k, slope, x_height)
            lines.append(TextLine(made.baseline @ turn.T.astype(np.float32), x_height))
    return lines
