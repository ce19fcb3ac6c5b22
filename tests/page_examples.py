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
