import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets.pages import TextLine
from fsdl_hwr.layout import crops


def curved(bow=12, height=160, width=400, row=90, x_height=16):
    """Draw bars along a bowed baseline."""
    image = np.full((height, width), 230, np.uint8)
    owners = np.zeros((height, width), np.int32)
    xs = np.arange(40, 360)
    ys = row + bow * np.sin((xs - 40) / 320 * np.pi)
    for x, y in zip(xs[::12], ys[::12], strict=True):
        foot = round(float(y))
        owners[foot - x_height : foot, x : x + 4] = 1
    image[owners > 0] = 30
    points = np.stack([xs, ys], 1)[::20].astype(np.float32)
    return image, owners, TextLine(points, x_height)


def feet(crop):
    """Return the lowest dark row of every column that has ink."""
    dark = crop < 128
    columns = np.flatnonzero(dark.any(axis=0))
    return crop.shape[0] - 1 - dark[::-1, columns].argmax(axis=0)


def test_a_curved_line_comes_out_level():
    image, owners, line = curved()
    crop = crops.unroll(image, owners, line, 1)
    ends, middle = (np.median(feet(crop)[part]) for part in (slice(0, 30), slice(40, 70)))
    assert np.ptp(feet(image)) >= 11 and abs(ends - middle) <= 2
    assert crop.dtype == np.uint8 and crop[0, 0] == 255


def test_the_ink_of_other_lines_is_erased():
    page = bars(rows=(60, 90))
    first, second = crops.crop_lines(page.image, page.owners, page.lines)
    for crop in (first, second):
        rows = np.flatnonzero((crop < 128).any(axis=1))
        assert np.ptp(rows) < 18  # one x-height, where two lines would fill 46


def test_a_line_of_any_direction_comes_out_level():
    page = bars()
    level = crops.crop_lines(page.image, page.owners, page.lines)[0]
    upright = page.turned(1)
    unrolled = crops.crop_lines(upright.image, upright.owners, upright.lines)[0]
    assert level.shape == unrolled.shape
    assert np.mean((level < 128) != (unrolled < 128)) < 0.06


def test_the_x_height_of_a_crop_can_be_chosen():
    page = bars()
    natural = crops.unroll(page.image, page.owners, page.lines[0], 1)
    small = crops.unroll(page.image, page.owners, page.lines[0], 1, height=8)
    assert small.shape[0] == pytest.approx(natural.shape[0] / 2, abs=2)
    assert small.shape[1] == pytest.approx(natural.shape[1] / 2, abs=3)


def test_a_line_without_ink_or_beside_the_page_is_white_paper():
    page = bars()
    blank = crops.unroll(page.image, np.zeros_like(page.owners), page.lines[0], 1)
    assert (blank == 255).all()
    outside = TextLine(page.lines[0].baseline + 5000, 16)
    assert (crops.unroll(page.image, page.owners, outside, 1) == 255).all()


def test_the_outline_goes_around_the_ink():
    page = bars()
    outline = crops.outline(page.lines[0])
    rows, columns = np.nonzero(page.owners == 1)
    assert outline[:, 0].min() < columns.min() and outline[:, 0].max() > columns.max()
    assert outline[:, 1].min() < rows.min() and outline[:, 1].max() > rows.max()
