"""Reading whole pictures, by the recognizer that ships, of handwriting made here."""

import cv2
import numpy as np
import pytest

from fsdl_hwr import ink, metrics, weights
from fsdl_hwr.datasets import strokes
from fsdl_hwr.recognizers.picture import read_picture
from fsdl_hwr.serving import onnx

TEXTS = ("meet me at noon", "The year 1905, Friday", "no more than three")


@pytest.fixture(scope="module")
def reader():
    return onnx.load(weights.ONNX, threads=1)


@pytest.fixture(scope="module")
def photograph():
    """Three lines by three writers, dark on gray paper with some grain: uint8 (420, 900)."""
    writers, rng = strokes.writers("test", 3), np.random.default_rng(0)
    page = np.zeros((420, 900), np.uint8)
    for k, (writer, text) in enumerate(zip(writers, TEXTS, strict=True)):
        place = [[45, 0, 40], [0, 45, 90 + 120 * k]]
        drawn = ink.transform([s[:, :2] for s in writer.write(text, rng)], place)
        page = np.maximum(page, ink.render(drawn, *page.shape, 3.0))
    gray = 210 - 0.7 * page + rng.normal(0, 3, page.shape)
    return np.clip(gray, 0, 255).astype(np.uint8)


def turned(image, degrees):
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(image, matrix, (width, height), borderValue=210)


def error(found):
    return float(metrics.character_error_rate(["\n".join(TEXTS)], [found.text]))


@pytest.mark.parametrize("degrees", [0, -3, 4])
def test_rows_are_read_in_order_however_the_page_lies(reader, photograph, degrees):
    found = read_picture(reader, turned(photograph, degrees))
    assert len(found.lines) == 3 and error(found) < 0.25
    assert abs(found.degrees + degrees) < 1 and not found.upside_down
    assert 0.5 < found.confidence <= 1


def test_boxes_lie_on_the_ink_of_the_picture_that_was_given(reader, photograph):
    for degrees in (0, 4):
        image = turned(photograph, degrees)
        covered = np.zeros_like(image)
        for line in read_picture(reader, image).lines:
            corners = np.rint(np.array(line.corners)).astype(np.int32)
            cv2.fillPoly(covered, [corners], 1)
        dark = image < 120
        assert covered[dark].mean() > 0.97 and covered[~dark].mean() < 0.5


def test_a_large_picture_is_reduced_and_its_boxes_are_not(reader, photograph):
    large = cv2.resize(photograph, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    found = read_picture(reader, large)
    assert len(found.lines) == 3 and error(found) < 0.3
    assert max(x for x, _ in found.lines[1].corners) > 2000


def test_light_on_dark_reads_as_dark_on_light(reader, photograph):
    assert error(read_picture(reader, 255 - photograph)) < 0.25


def test_what_the_edge_cuts_off_is_no_line(reader, photograph):
    found = read_picture(reader, photograph[125:255])  # the second line, and bits of its neighbors
    assert len(found.lines) == 1


def test_one_dark_pixel_in_a_corner_changes_nothing(reader, photograph):
    specked = photograph.copy()
    specked[0, 0] = specked[-1, -1] = 0
    assert read_picture(reader, specked).text == read_picture(reader, photograph).text


def test_blank_paper_has_no_lines(reader):
    for level in (0, 128, 255):
        found = read_picture(reader, np.full((100, 300), level, np.uint8))
        assert found.lines == () and found.text == "" and found.confidence == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (3000, 2), (7, 7)])
def test_pictures_without_room_for_writing_are_read_as_nothing_or_little(reader, shape, rng):
    found = read_picture(reader, rng.integers(0, 256, shape, np.uint8))
    assert len(found.text) <= 40


def test_a_period_alone_stays_one(reader):
    page = np.full((200, 300), 240, np.uint8)
    cv2.circle(page, (150, 150), 4, 20, -1)
    assert read_picture(reader, page).text == "."
