import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.layout import profile
from fsdl_hwr.recognizers import page as page_reader
from fsdl_hwr.recognizers.reader import Reading


class CountsBars:
    """Reads a crop as one letter per upright bar; unsure if there is none, or ink lies down."""

    def readings(self, crops):
        return [self.read(crop) for crop in crops]

    def read(self, crop):
        dark = crop < 128
        columns = dark.any(axis=0)
        count = int(np.diff(np.concatenate([[0], columns.astype(int)])).clip(0).sum())
        tall = dark.sum(axis=0)[columns]
        upright = len(tall) and np.median(tall) > 10
        return Reading("l" * count, (0.9 if upright else 0.2,) * count)


def lopsided():
    """A page whose bars have a foot to the right, so that it has an up and a down."""
    page = bars(height=600, width=600, rows=range(90, 560, 60))
    image = page.image.copy()
    for row in range(90, 560, 60):
        image[row : row + 3, 40:560] = 30
    return image


def read(image, **choices):
    return page_reader.read_page(image, CountsBars(), **choices)


def test_lines_are_found_cut_out_and_read_in_order():
    page = bars(rows=(50, 100, 150), height=200)
    reading = read(page.image)
    assert reading.text.splitlines() == ["l" * 27] * 3
    assert len(reading.crops) == 3 and reading.quarters == 0
    assert [line.transcript for line in reading.page.lines] == reading.text.splitlines()
    rows = [line.baseline[:, 1].mean() for line in reading.lines_on_original()]
    assert rows == sorted(rows)


def test_points_are_those_of_the_image_that_was_given():
    page = bars(rows=(500, 1000, 1500, 2000), height=2500, width=1500, x_height=120, step=90)
    reading = read(page.image)
    assert reading.scale == pytest.approx(0.8)
    line = reading.to_dict()["lines"][0]
    assert np.mean(line["baseline"], axis=0)[1] == pytest.approx(500, abs=60)
    assert line["text"] == reading.readings[0].text and 0 <= line["confidence"] <= 1
    turned = read(np.rot90(page.image), quarters=3)
    first = turned.lines_on_original()[0].baseline
    assert np.ptp(first[:, 0]) < np.ptp(first[:, 1])  # upright on the turned image


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (300, 200)])
def test_an_empty_page_reads_as_no_lines(shape, level):
    reading = read(np.full(shape, level, np.uint8))
    assert reading.text == "" and reading.readings == () and reading.to_dict()["lines"] == []


@pytest.mark.parametrize("quarters", range(4))
def test_a_turned_page_is_turned_back(quarters):
    page = bars(height=600, width=600, rows=range(90, 560, 60))
    turned = np.ascontiguousarray(np.rot90(page.image, quarters))
    reading = read(turned, quarters=None)
    # Bars look alike upside down, so a half turn is as good as none: the page as it is wins.
    assert reading.quarters == (-quarters % 2 and -quarters % 4) or quarters % 2 == 1
    assert "l" * 43 in reading.text


def test_ink_may_be_light_and_images_colored_or_transparent():
    page = bars(rows=(50, 100, 150), height=200)
    expected = read(page.image).text
    assert read(255 - page.image).text == expected
    color = np.repeat(page.image[..., None], 3, axis=2)
    assert read(color).text == expected
    ink = (page.owners > 0).astype(np.uint8) * 255
    transparent = np.dstack([np.zeros((200, 400, 3), np.uint8), ink])
    assert read(transparent).text == expected


def test_a_scan_of_60_megapixels_is_read_in_bounded_memory():
    page = bars(rows=(50, 100, 150), height=200, width=300)
    scan = np.repeat(np.repeat(page.image, 32, axis=0), 32, axis=1)  # 61 million px
    reading = read(scan)
    assert max(reading.page.image.shape) <= 2000 and len(reading.readings) == 3
    first = reading.lines_on_original()[0].baseline
    assert first[:, 1].mean() == pytest.approx(50 * 32, rel=0.1)


def test_what_is_no_page_is_refused():
    with pytest.raises(TypeError, match="The page"):
        read(np.zeros((10, 10), np.float32))
    with pytest.raises(ValueError, match="empty"):
        read(np.zeros((0, 10), np.uint8))
    huge = np.broadcast_to(np.uint8(200), (20_000, 20_000))
    with pytest.raises(ValueError, match="300 dpi"):
        read(huge)


def test_a_finder_that_finds_nothing_is_a_visible_state():
    reading = read(bars().image, find_lines=lambda image: [])
    assert reading.text == "" and len(reading.page.lines) == 0


def test_lines_without_ink_are_dropped_and_the_rest_renumbered():
    page = bars()
    found = [*profile.find_lines(page.image)]
    empty = page.lines[0].moved([[1, 0, 0], [0, 1, 5000]])
    result = page_reader.find_on_page(page.image, lambda image: [empty, *found])
    assert len(result.lines) == 2 and set(np.unique(result.owners)) == {0, 1, 2}
