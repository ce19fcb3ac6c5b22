import numpy as np
import pytest

from fsdl_hwr import ink


def stroke(*points):
    return np.array(points, np.float32)


def test_bounding_box_spans_all_strokes_and_ignores_time():
    timed = np.array([[1, 2, 0.0], [3, -4, 9.0]], np.float32)
    assert ink.bounding_box([timed]) == (1, -4, 3, 2)
    assert ink.bounding_box([stroke((0, 0)), stroke((5, 7))]) == (0, 0, 5, 7)
    assert ink.bounding_box([]) == (0, 0, 0, 0)


def test_transform_moves_points_and_keeps_time():
    (moved,) = ink.transform([np.array([[1, 2, 5]], np.float32)], [[2, 0, 10], [0, 3, -1]])
    assert moved.tolist() == [[12, 5, 5]]
    assert moved.dtype == np.float32
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        ink.transform([], np.eye(3))


def test_render_is_anti_aliased_ink_on_nothing():
    image = ink.render([stroke((4, 4), (24, 20))], 28, 30, 2.5)
    assert image.shape == (28, 30) and image.dtype == np.uint8
    assert image.max() == 255 and image[0].max() == 0
    assert ((image > 0) & (image < 255)).any()


@pytest.mark.parametrize("y", [10.0, 10.5, 10.8])
def test_render_places_pixel_centers_at_halves(y):
    column = ink.render([stroke((2, y), (26, y))], 28, 28, 2)[:, 14].astype(float)
    assert abs((column * (np.arange(28) + 0.5)).sum() / column.sum() - y) < 0.2


def test_render_honors_fractions_of_stroke_width():
    masses = [
        ink.render([stroke((5, 14), (23, 14))], 28, 28, width).sum() for width in (1, 1.5, 2, 3)
    ]
    assert masses == sorted(set(masses))


def test_render_nothing_one_point_and_ink_outside():
    assert ink.render([], 28, 28).max() == 0
    assert ink.render([np.zeros((0, 2), np.float32)], 28, 28).max() == 0
    dot = ink.render([stroke((14, 14))], 28, 28, 3)
    rows, columns = np.nonzero(dot)
    assert dot.max() == 255 and abs(rows.mean() - 13.5) < 1 and abs(columns.mean() - 13.5) < 1
    assert ink.render([stroke((100, 100), (200, 120))], 28, 28).max() == 0


@pytest.mark.parametrize("stroke_width", [1, 4, 9.5])
def test_paper_after_the_ink_is_blank_and_changes_nothing(stroke_width):
    strokes = [stroke((10, 5), (31.7, 20)), stroke((20, 14))]
    wide = ink.render(strokes, 28, 400, stroke_width)
    narrow = ink.render([*strokes, stroke((70, 14))], 28, 80, stroke_width)  # drawn up to there
    assert np.array_equal(wide[:, :55], narrow[:, :55])
    assert wide[:, 55:].max() == 0 and wide[:, 31].max() > 0


@pytest.mark.parametrize("scale", [0.01, 1, 3000])
def test_glyph_image_fills_and_centers_ink_of_any_units(scale):
    tall = [stroke((0, 0), (1, 0), (1, 4), (0, 4), (0, 0)) * scale + 7]
    image = ink.glyph_image(tall, "0")
    assert image.shape == (28, 28) and image.dtype == np.uint8
    rows, columns = np.nonzero(image > 100)
    assert 22 <= np.ptp(rows) + 1 <= 24
    assert np.ptp(columns) < 9  # the aspect is kept
    assert abs(rows.mean() - 13.5) < 0.7 and abs(columns.mean() - 13.5) < 0.7


def test_symbols_keep_their_size_and_place():
    tick = [stroke((1, 0), (0, 3))]
    comma, apostrophe, slash = (ink.glyph_image(tick, c) for c in ",'/")
    assert np.nonzero(comma)[0].min() > np.nonzero(apostrophe)[0].max()
    assert slash.sum() > 2 * comma.sum()
    dot = ink.glyph_image([stroke((3, 3))], ".")
    assert 0 < (dot > 100).sum() < 12 and np.nonzero(dot)[0].min() > 18


def test_glyph_image_of_no_ink_and_of_a_straight_line():
    assert ink.glyph_image([], "a").max() == 0
    assert np.ptp(np.nonzero(ink.glyph_image([stroke((0, 0), (0, 9))], "l"))[0]) > 20
    assert np.ptp(np.nonzero(ink.glyph_image([stroke((0, 0), (9, 0))], "-"))[1]) > 10


def test_ink_width_ends_after_the_last_ink():
    image = np.zeros((28, 952), np.uint8)
    assert ink.ink_width(image) == 0
    image[5, 0] = 255
    assert ink.ink_width(image) == 1
    image[27, 100] = ink.INK_LEVEL
    image[3, 400] = ink.INK_LEVEL - 1  # a halo is no ink
    assert ink.ink_width(image) == 101
    assert ink.ink_width(np.full((28, 952), 255, np.uint8)) == 952


@pytest.mark.parametrize("columns", [2, 3])
def test_pack_and_unpack_give_the_same_inks_without_pickle(columns, tmp_path):
    rng = np.random.default_rng(0)
    lengths = [[3, 1], [], [5], []]
    inks = [[rng.normal(size=(n, columns)).astype(np.float32) for n in ns] for ns in lengths]
    np.savez(tmp_path / "inks.npz", **ink.pack(inks))
    with np.load(tmp_path / "inks.npz", allow_pickle=False) as arrays:
        again = ink.unpack(arrays)
    assert [[len(s) for s in strokes] for strokes in again] == lengths
    for before, after in zip(inks, again, strict=True):
        for a, b in zip(before, after, strict=True):
            np.testing.assert_array_equal(a, b)


def test_pack_nothing_and_pack_what_does_not_agree():
    assert ink.unpack(ink.pack([])) == []
    with pytest.raises(ValueError, match="times"):
        ink.pack([[np.zeros((2, 2)), np.zeros((2, 3))]])


def test_a_line_too_long_is_squeezed_and_blank_paper_is_blank():
    dash = [np.array([[0, 0], [1000, 10]], np.float32)]
    geometry = ink.LineGeometry(40, 200)
    image = ink.line_image(dash, geometry)
    assert 190 <= ink.ink_width(image) <= 200
    assert not ink.line_image([], geometry).any()


def test_one_renderer_follows_the_geometry_and_the_scale_rule():
    wave = np.array([[k, 10 * (k % 2)] for k in range(41)], np.float32)  # 40 wide, 10 high
    plain = ink.line_image([wave], ink.LineGeometry(34, 400, margin=0), 2.0)
    stretched = ink.line_image([wave], ink.LineGeometry(34, 400, stretch=2.0, margin=0), 2.0)
    assert abs(ink.ink_width(plain) - (40 * 3.2 + 2)) <= 1  # 3.2 px per unit, and the pen
    assert abs(ink.ink_width(stretched) - (2 * 40 * 3.2 + 2)) <= 1
    low = ink.line_image([wave], ink.LineGeometry(34, 400, margin=0), 2.0, band=(-10, 10))
    rows = np.flatnonzero(low.any(axis=1))
    assert rows[0] >= 15 and rows[-1] == 33  # in the lower half of its band
    wide = ink.line_image([wave], ink.LineGeometry(34, 400), 2.0, min_width=300)
    assert abs(ink.ink_width(wide) - 300 + 2) <= 1  # paper of 2 px follows
    with pytest.raises(ValueError, match="needs 117 px at height 34, and its image has 60"):
        ink.line_image([wave], ink.LineGeometry(34, 60, margin=0), 2.0, min_squeeze=0.9)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"height": 0}, "height is 1 to"),
        ({"width": 10**9}, "width is 1 to"),
        ({"width": 95.2}, "width is a whole number"),
        ({"stretch": float("nan")}, "stretch is"),
        ({"margin": 14}, "no room for ink"),
    ],
)
def test_a_geometry_without_room_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        ink.LineGeometry(**values)
