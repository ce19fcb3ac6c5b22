"""Ink from the drawing canvas: its images, embedded writers on it, samples that a student saves."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fsdl_hwr import ink
from fsdl_hwr.datasets import canvas_ink, sources, strokes
from fsdl_hwr.datasets.line_makers import PenLineMaker


def moved(strokes, factor, x, y):
    return ink.transform(strokes, [[factor, 0, x], [0, factor, y]])


def test_a_line_image_does_not_depend_on_where_and_how_large_one_wrote(line):
    image = canvas_ink.line_image(line)
    assert image.shape == (28, 952) and image.dtype == np.uint8 and image.max() == 255
    other = canvas_ink.line_image(moved(line, 1.7, 31, -12))
    assert np.abs(image.astype(int) - other).mean() < 1
    rows = np.flatnonzero(image.any(axis=1))
    assert rows[0] <= 2 and rows[-1] >= 25  # it fills the height
    assert np.flatnonzero(image.any(axis=0))[0] <= 2  # and starts at the left
    left, top, right, bottom = ink.bounding_box(line)
    ratio = ink.ink_width(image) / len(rows) / ((right - left) / (bottom - top))
    assert ratio == pytest.approx(canvas_ink.GEOMETRY.stretch, rel=0.1)


def test_a_line_too_wide_is_squeezed_and_nothing_is_cut_off():
    stairs = np.array([[100 * k, 40 * (k % 2), 0.1 * k] for k in range(200)], np.float32)
    image = canvas_ink.line_image([stairs], replace(canvas_ink.GEOMETRY, width=400))
    assert 396 <= ink.ink_width(image) <= 400
    assert image[:, 0].max() == 0  # the pen's whole width is in the image


def test_low_ink_is_not_blown_up():
    dash = np.array([[100, 90, 0], [130, 91, 0.2]], np.float32)
    image = canvas_ink.line_image([dash])
    assert ink.ink_width(image) < 60 and image.any(axis=1).sum() <= 5


def test_small_letters_alone_stay_smaller_than_letters_with_ascenders():
    writer = strokes.writers("test", 1)[0]
    rng = np.random.default_rng(0)
    small, tall = (canvas_ink.drawn(writer.write(t, rng), "line", rng) for t in ("seas", "held"))
    high = [np.ptp(np.flatnonzero(canvas_ink.line_image(i).any(axis=1))) for i in (small, tall)]
    assert high[0] < 0.95 * high[1] and high[1] >= 22


@pytest.mark.parametrize("image", [canvas_ink.line_image, canvas_ink.character_image])
def test_blank_paper_and_a_dot_are_images_too(image):
    assert not image([]).any()
    dot = image([np.array([[50, 60, 0]], np.float32)])
    assert 0 < (dot > 0).sum() < 40


def test_a_character_image_is_what_the_classifiers_learn_from():
    writer = strokes.writers("test", 1)[0]
    form = writer.draw("k", np.random.default_rng(0))
    on_paper = moved(form, 170, 60, 220)
    expected = ink.glyph_image(form, "k", canvas_ink.PEN_WIDTH["character"])
    assert np.abs(expected.astype(int) - canvas_ink.character_image(on_paper)).max() < 40


@pytest.mark.parametrize(("kind", "text"), [("character", "Q"), ("line", "It fits: (12) quills?")])
def test_drawn_ink_is_what_a_pointer_reports(kind, text, rng):
    width, height = canvas_ink.SIZES[kind]
    for writer in strokes.writers("validation", 8):
        written = writer.draw(text, rng) if kind == "character" else writer.write(text, rng)
        drawn = canvas_ink.drawn(written, kind, rng)
        assert len(drawn) == len(written)
        points = np.concatenate(drawn)
        assert points.dtype == np.float32 and points.shape[1] == 3
        np.testing.assert_array_equal(points[:, :2], np.rint(points[:, :2]))
        assert points.min() >= 0 and (points[:, :2] <= [width, height]).all()
        assert (np.diff(points[:, 2]) > 0).all() and points[0, 2] == 0
        steps = np.concatenate([np.diff(s[:, 2]) for s in drawn])
        np.testing.assert_allclose(steps, 1 / canvas_ink.SAMPLING_RATE, atol=1e-4)


def test_a_maker_of_drawn_lines_serves_training():
    maker = PenLineMaker(sources.pens("drawn", "train", 3), canvas_ink.GEOMETRY)
    image, again = (maker("A line", np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(image, again)
    assert image.shape == (28, 952)


def test_embedded_samples_are_made_from_a_seed():
    first, again, other = (
        canvas_ink.embedded_samples("character", "agQ", seed) for seed in (0, 0, 1)
    )
    assert [s.label for s in first] == list("agQ")
    assert canvas_ink.embedded_samples("line", []) == []
    assert all(np.array_equal(a, b) for a, b in zip(first[0].ink, again[0].ink, strict=True))
    assert json.dumps(canvas_ink.to_lists(first[0].ink)) != json.dumps(
        canvas_ink.to_lists(other[0].ink)
    )


def test_a_saved_sample_is_loaded_as_it_was(tmp_path, line):
    folder = tmp_path / "samples"
    path = canvas_ink.save_sample(folder, canvas_ink.Sample("line", "A drawn page", line))
    assert list(folder.iterdir()) == [path]  # no partial file is left
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["canvas"] == list(canvas_ink.SIZES["line"]) and record["label"] == "A drawn page"
    assert record["columns"] == ["x", "y", "seconds"]
    (loaded,) = canvas_ink.load_samples(folder, "line")
    assert loaded.label == "A drawn page" and len(loaded.ink) == len(line)
    for stroke, original in zip(loaded.ink, line, strict=True):
        assert stroke.dtype == np.float32
        np.testing.assert_allclose(stroke, original, atol=1e-3)
    assert canvas_ink.load_samples(folder, "character") == []


@pytest.fixture
def line():
    writer = strokes.writers("test", 3)[1]
    rng = np.random.default_rng(1)
    return canvas_ink.drawn(writer.write("A drawn page", rng), "line", rng)


@pytest.mark.parametrize(
    "strokes, message",
    [
        ([[[1, 2, None]]], "no number"),
        ([[[1, 2, float("inf")]]], "no number"),
        ([[[1, 2]]], "points"),
        ([[["a", 1, 2]]], "points"),
        ([[[0, 0, 0]] * 30_000], "30,000 points"),
    ],
)
def test_strokes_that_are_none_are_refused(strokes, message):
    with pytest.raises(ValueError, match=message):
        canvas_ink.to_ink(strokes)


@pytest.mark.parametrize("content", ['{"kind": "line"', "[]", "[" * 100_000])
def test_a_damaged_sample_is_named(tmp_path, content):
    (tmp_path / "line-1.json").write_text(content)
    with pytest.raises(ValueError, match="line-1.json is damaged"):
        canvas_ink.load_samples(tmp_path, "line")
