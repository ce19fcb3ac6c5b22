"""From photographs made here, of letters drawn with known pens, to glyphs."""

import cv2
import numpy as np
import pytest

from fsdl_hwr import ink, paper

LETTER = [np.array([[0, 10], [4, 0], [8, 10]], np.float32), np.array([[2, 6], [6, 6]], np.float32)]
HOOK = [np.array([[0, 0], [7, 1], [6, 9], [1, 8], [2, 5]], np.float32)]


def scanned(strokes, size=200, pen=18, turned=False):
    """A drawing on its own: uint8 (size, size), ink 255 on 0, more paper on its left."""
    room = 0.6 * size / 10
    placed = [s[:, ::-1] if turned else s for s in strokes]
    placed = [s * room + np.array([0.35, 0.2]) * size for s in placed]
    return ink.render(placed, size, size, pen)


def photographed(drawing, rng, paper_level=210, ink_share=0.4, light=None, grain=4):
    light = np.full(drawing.shape, paper_level, float) if light is None else light
    image = light * (1 - (1 - ink_share) * drawing / 255.0) + rng.normal(0, grain, drawing.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def slopes(size):
    """Two lights: a window at the left, and a lamp over the middle."""
    y, x = np.mgrid[0:size, 0:size] / size
    return [220 - 140 * x - 30 * y, 230 - 250 * ((x - 0.4) ** 2 + (y - 0.6) ** 2)]


def difference(a, b):
    return np.abs(a.astype(int) - b.astype(int)).mean()


def placed(glyph):
    """Height, width and center of a glyph's ink, in px."""
    left, top, right, bottom = paper._box(glyph >= 96)
    return bottom - top, right - left, (top + bottom) / 2, (left + right) / 2


@pytest.mark.parametrize("strokes", [LETTER, HOOK])
@pytest.mark.parametrize("size, pen", [(60, 4), (200, 18), (500, 40), (1500, 60)])
def test_a_scan_becomes_what_the_pen_would_have_drawn(strokes, size, pen, rng):
    glyph = paper.glyph_from_image(photographed(scanned(strokes, size, pen), rng))
    assert glyph.shape == (28, 28) and glyph.dtype == np.uint8 and glyph.max() == 255
    long = 6 * size / 10 + pen  # of the scan's longer side: ten units and the pen
    expected = ink.glyph_image(strokes, "a", max(2.0, pen * ink.GLYPH_EXTENT / long))
    other = ink.glyph_image(HOOK if strokes is LETTER else LETTER, "a", 3)
    assert difference(glyph, expected) < 12 < 35 < difference(glyph, other)  # of 255
    height, width, row, column = placed(glyph)
    assert max(height, width) in (22, 23, 24)
    assert abs(row - 14) <= 0.5 and abs(column - 14) <= 0.5
    assert np.median(glyph) == 0 and glyph[0].max() == 0 == glyph[:, 0].max()


def test_a_glyph_stays_itself():
    for strokes in (LETTER, HOOK):
        glyph = ink.glyph_image(strokes, "a", 2.5)
        for image in (glyph, 255 - glyph, (200 - glyph * 0.5).astype(np.uint8)):
            assert difference(paper.glyph_from_image(image), glyph) < 14


def test_aspect_is_kept():
    for turned, (height, width) in ((False, (23, 9)), (True, (9, 23))):
        column = [np.array([[3, 0], [3, 10]], np.float32), np.array([[1, 3], [5, 3]], np.float32)]
        glyph = paper.glyph_from_image(scanned(column, 300, 5, turned))
        assert abs(placed(glyph)[0] - height) <= 2 and abs(placed(glyph)[1] - width) <= 2


def test_dark_on_light_and_the_reverse_in_any_light(rng):
    drawing = scanned(HOOK)
    expected = paper.glyph_from_image(drawing)
    images = [255 - drawing, photographed(drawing, rng, 110, 0.3, grain=3)]
    images += [photographed(drawing, rng, light=light) for light in slopes(200)]
    images += [np.clip(40 + 0.5 * drawing + rng.normal(0, 4, drawing.shape), 0, 255)]  # chalk
    for image in images:
        glyph = paper.glyph_from_image(image.astype(np.uint8))
        assert difference(glyph, expected) < 6
        assert np.median(glyph) == 0


def test_color_and_transparency():
    drawing = scanned(LETTER)
    expected = paper.glyph_from_image(drawing)
    blue = np.stack([255 - drawing, 255 - drawing // 2, np.full_like(drawing, 255)], -1)
    clear = np.zeros((*drawing.shape, 4), np.uint8)
    clear[:, :, 3] = drawing  # black ink on nothing
    for image in (blue, clear, (255 - drawing)[:, :, None]):
        assert difference(paper.glyph_from_image(image), expected) < 6


@pytest.mark.parametrize("size, pen", [(4000, 2), (1000, 1), (300, 1), (100, 2)])
def test_thin_pens_stay_visible_and_no_thicker_than_a_pen(size, pen):
    image = np.full((size, size), 255, np.uint8)
    points = (np.array([[0.2, 0.9], [0.5, 0.1], [0.8, 0.9]]) * size).astype(np.int32)
    cv2.polylines(image, [points], False, 0, pen)
    glyph = paper.glyph_from_image(image)
    assert 1.5 < paper.stroke_width(glyph >= 96) < 3
    assert (glyph >= 96).any(axis=1).sum() in (22, 23, 24)  # no row is lost


def test_thick_pens_stay_thick():
    thin, thick = (paper.glyph_from_image(scanned(HOOK, 300, pen)) for pen in (18, 60))
    assert paper.stroke_width(thick >= 96) > 2 * paper.stroke_width(thin >= 96)


def test_specks_are_no_ink_and_dots_are(rng):
    drawing = scanned([np.array([[4, 4], [4, 10]], np.float32)], 300, 16)
    dotted = drawing.copy()
    cv2.circle(dotted, (250, 80), 8, 255, -1)  # as wide as the pen
    specks = drawing.copy()
    specks[rng.integers(0, 300, 40), rng.integers(0, 300, 40)] = 255
    alone = paper.glyph_from_image(drawing)
    assert difference(paper.glyph_from_image(specks), alone) < 4
    assert placed(paper.glyph_from_image(dotted))[1] > placed(alone)[1] + 4


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
@pytest.mark.parametrize("size", [(28, 28), (1, 1), (300, 500), (1, 90)])
def test_blank_paper_is_an_empty_glyph(level, size, rng):
    blank = np.full(size, level, np.uint8)
    grainy = np.clip(blank + rng.normal(0, 4, size), 0, 255).astype(np.uint8)
    for image in (blank, grainy):
        assert not paper.glyph_from_image(image).any()
        assert paper.characters_in(image) == []
        assert paper.glyphs_in(image).shape == (0, 28, 28)


def test_blank_paper_in_uneven_light(rng):
    for light in slopes(300):
        image = photographed(np.zeros((300, 300), np.uint8), rng, light=light)
        assert not paper.glyph_from_image(image).any()


def test_images_of_a_few_pixels_are_read_too(rng):
    for size in ((1, 90), (90, 1), (2, 2), (3, 40)):
        for image in (rng.integers(0, 256, size), np.linspace(0, 255, np.prod(size))):
            glyph = paper.glyph_from_image(image.reshape(size).astype(np.uint8))
            assert glyph.shape == (28, 28)


def test_crop_keeps_the_ink():
    page = np.zeros((9, 12), np.uint8)
    page[2:5, 3:10] = 200
    assert paper.crop(page).shape == (3, 7)
    assert np.shares_memory(paper.crop(page), page)


def row_of_letters(scale=1):
    """An A, a dotted i, and a hook, with specks: a drawing, and the middle of each letter."""
    strokes = [s * 12 + (60, 70) for s in LETTER]
    strokes += [np.array([[230, 110], [232, 190]]), np.array([[234, 80]])]
    strokes += [s * 12 + (300, 70) for s in HOOK]
    drawing = ink.render([s * scale for s in strokes], 260 * scale, 460 * scale, 12 * scale)
    for x, y in ((30, 30), (200, 220), (420, 40)):
        cv2.circle(drawing, (x * scale, y * scale), scale, 255, -1)
    return drawing, [108, 232, 342]


@pytest.mark.parametrize("scale", [1, 4])
def test_characters_are_cut_from_left_to_right(scale, rng):
    drawing, middles = row_of_letters(scale)
    height, width = drawing.shape
    light = np.linspace(220, 130, width)[None] * np.ones((height, 1))
    for image in (drawing, photographed(drawing, rng, light=light)):
        boxes, glyphs = paper.characters_in(image), paper.glyphs_in(image)
        assert len(boxes) == 3 and glyphs.shape == (3, 28, 28) and glyphs.dtype == np.uint8
        for (left, top, right, bottom), middle, glyph in zip(boxes, middles, glyphs, strict=True):
            assert all(isinstance(n, int) for n in (left, top, right, bottom))
            assert left < middle * scale < right and 0 <= top < bottom <= height
            own = paper.glyph_from_image(image[top:bottom, left:right])
            assert difference(own, glyph) < 6
        assert boxes[0][2] <= boxes[1][0] and boxes[1][2] <= boxes[2][0]
        assert boxes[1][1] < 80 * scale and boxes[1][3] > 190 * scale  # with its dot


def test_neighbors_that_lean_over_one_another_are_two():
    drawing = ink.render(
        [np.array([[20, 90], [60, 10]]), np.array([[58, 90], [98, 10]])], 100, 120, 4
    )
    assert len(paper.characters_in(drawing)) == 2
    bars = ink.render([np.array([[20, 30], [70, 30]]), np.array([[24, 60], [74, 60]])], 100, 120, 4)
    assert len(paper.characters_in(bars)) == 1  # an equals sign


@pytest.mark.parametrize(
    "image, error, message",
    [
        (np.zeros((0, 30), np.uint8), ValueError, r"My scan is empty.*\(0, 30\)"),
        (np.zeros((28, 30)), TypeError, r"My scan has type float64.*\(255 \* image\).astype"),
        (np.zeros((28, 30), bool), TypeError, "My scan has type bool"),
        (np.zeros((28, 30, 2), np.uint8), ValueError, r"My scan has shape \(28, 30, 2\)"),
        (np.zeros(30, np.uint8), ValueError, r"My scan has shape \(30,\)"),
        (np.broadcast_to(np.uint8(0), (9000, 9000)), ValueError, "81,000,000 pixels.*scale"),
    ],
)
def test_what_is_no_image(image, error, message):
    for function in (paper.glyph_from_image, paper.characters_in, paper.glyphs_in):
        with pytest.raises(error, match=message):
            function(image, "My scan")
