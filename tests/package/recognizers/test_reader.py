"""The reader without Keras: geometry, decoding, confidence, and what its files may say."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from fsdl_hwr import ctc, paper
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import canvas_ink, lines, strokes
from fsdl_hwr.ink import LineGeometry, ink_width
from fsdl_hwr.recognizers.reader import LineReader, Reading, read_metadata

ALPHABET = Alphabet("abc")


def reader_of(geometry, session=None):
    """A reader with frames of 8 px, of any geometry; it cannot read without a session."""
    return LineReader(
        session, ALPHABET, geometry, num_frames=geometry.width // 8, frame_width=8, trims=True
    )


def drawn_line():
    """An ink on the canvas; and its photograph: much larger, dark on unevenly lit paper."""
    rng = np.random.default_rng(0)
    writer = strokes.writers("test", 1, seed=2)[0]
    ink = canvas_ink.drawn(writer.write("She moved on", rng), "line", rng)
    large = canvas_ink.line_image(ink, LineGeometry(160, 4000, stretch=1.0, margin=4))
    picture = np.pad(large[:, : ink_width(large)], 60)
    return ink, paper.on_paper(picture, rng)


def test_a_photograph_arrives_as_the_lines_of_training_did():
    ink, photograph = drawn_line()
    geometry = canvas_ink.GEOMETRY
    expected = canvas_ink.line_image(ink, geometry)
    seen = []

    def session(images):
        seen.extend(images)
        return np.zeros((len(images), images.shape[2] // 8, 4), np.float32)

    assert reader_of(geometry, session).read_lines([photograph]) == [""]
    (image,) = seen
    width = ink_width(expected)
    assert abs(ink_width(image) - width) <= 0.05 * width
    found = cv2.resize(image[:, : ink_width(image)], (width, 28), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(found.ravel(), expected[:, :width].ravel())[0, 1] > 0.7
    plain = reader_of(LineGeometry()).fit_image(photograph)
    assert ink_width(plain) < 0.6 * width  # what was handed to the network before


def test_a_line_without_ascenders_is_not_blown_up():
    low = np.full((200, 400), 255, np.uint8)
    low[95:105, 20:380] = 0  # a dash: all of its ink within ten rows
    bars = low.copy()
    bars[40:160, 20:30] = bars[40:160, 370:380] = 0
    filling, spread = LineGeometry(), LineGeometry(spreads=2.0)
    assert reader_of(filling).fit_image(low)[2:-2].any(axis=1).all()
    rows = np.flatnonzero(reader_of(spread).fit_image(low).any(axis=1))
    assert 10 <= len(rows) <= 18 and abs(rows[0] - (27 - rows[-1])) <= 1  # in the middle
    for geometry in (filling, spread):
        assert reader_of(geometry).fit_image(bars)[2:-2].any(axis=1).all()


def test_only_an_image_of_its_own_size_is_taken_as_it_is():
    geometry = LineGeometry(28, 160, stretch=2.0)
    image = np.zeros((28, 160), np.uint8)
    cv2.line(image, (10, 4), (60, 22), 255, 2)
    reader = reader_of(geometry)
    np.testing.assert_array_equal(reader.fit_image(image), image)
    narrower = reader.fit_image(image[:, :100])
    assert ink_width(narrower) > 1.8 * (ink_width(image) - 10)
    np.testing.assert_array_equal(reader_of(LineGeometry(28, 160)).fit_image(image[:, :100]), image)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"height": 4, "margin": 2}, "no room for ink"),
        ({"width": 10**9}, "width is 1 to 32768; got 1000000000"),
        ({"height": 28.0}, "height is a whole number"),
        ({"height": True}, "height is a whole number"),
        ({"stretch": float("nan")}, "stretch is 0.1 to 10"),
        ({"stretch": "2"}, "stretch is a number"),
        ({"margin": -1}, "margin is 0"),
    ],
)
def test_impossible_geometries_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        LineGeometry(**values)


# Confidence


def test_confidence_is_the_highest_probability_of_each_character():
    probabilities = np.array(
        [
            [0.1, 0.6, 0.2, 0.1],
            [0.1, 0.8, 0.05, 0.05],  # still the first a
            [0.7, 0.1, 0.1, 0.1],
            [0.2, 0.5, 0.2, 0.1],  # another a
            [0.1, 0.1, 0.1, 0.7],
            [1.0, 0.0, 0.0, 0.0],  # paper after the ink
        ]
    )
    with np.errstate(divide="ignore"):
        logits = np.log(probabilities)
    np.testing.assert_allclose(ctc.greedy_confidences(logits), [0.8, 0.5, 0.7])
    assert ctc.greedy_confidences(logits[2:3]).shape == ctc.greedy_confidences(logits[:0]).shape

    def session(images):
        return np.tile(np.float32(np.maximum(logits, -1e9)), (len(images), 1, 1))

    line, blank = np.zeros((2, 28, 48), np.uint8)
    line[4:24, 4:36] = 255  # five frames
    reader = reader_of(LineGeometry(28, 48), session)
    assert reader.readings([]) == [] and reader.read_lines([]) == []
    reading, nothing = reader.readings([line, blank])
    assert reading.text == "aac" and reader.read_lines([line]) == ["aac"]
    np.testing.assert_allclose(reading.confidences, [0.8, 0.5, 0.7], rtol=1e-6)
    assert reading.confidence == pytest.approx(2 / 3)
    assert nothing == Reading("", ()) and nothing.confidence == 1


# What files say


GOOD = reader_of(LineGeometry()).describe()


def test_what_is_described_is_read():
    metadata = read_metadata(json.dumps(GOOD), "a.keras", "train it again")
    assert (metadata.alphabet, metadata.geometry) == (ALPHABET, LineGeometry())
    assert (metadata.num_frames, metadata.frame_width) == (119, 8)
    old = read_metadata('{"characters": "abc", "image_width": 160}', "a.keras", "train it again")
    assert old.geometry == LineGeometry(width=160) and old.num_frames == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[1]",
        "[" * 100_000,
        " " * 2_000_000 + json.dumps(GOOD),
        json.dumps({"characters": "abc"}),
        json.dumps({"image_width": 160}),
        json.dumps({"characters": "abc", "image_width": 10**9}),
        json.dumps({"characters": "abc", "image_width": "160"}),
        json.dumps({"characters": "abc", "image_width": 0}),
        *(
            json.dumps(GOOD | {name: value})
            for name, value in (
                ("characters", None),
                ("characters", ["a"]),
                ("characters", "aa"),
                ("characters", ""),
                ("geometry", None),
                ("geometry", {"depth": 3}),
                ("geometry", {"height": 10**9}),
                ("num_frames", -1),
                ("num_frames", 10**9),
                ("frame_width", 0.5),
            )
        ),
    ],
    ids=lambda text: text[:60],
)
def test_what_is_not_as_written_is_one_error(text):
    with pytest.raises(ValueError, match=r"a\.keras is not a recognizer's file \(.*train it again"):
        read_metadata(text, "a.keras", "train it again")


def test_the_reader_and_ctcs_decoding_load_no_keras():
    code = (
        "import sys; import fsdl_hwr.recognizers.reader, fsdl_hwr.ctc, fsdl_hwr.serving.onnx;"
        "print(*{'keras', 'tensorflow', 'jax', 'torch', 'onnxruntime'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_lines_are_cut_after_their_ink():
    reader = reader_of(LineGeometry(28, 160))
    assert reader.frames(np.array([0, 1, 8, 9, 160])).tolist() == [1, 1, 1, 2, 20]
    made = lines.Lines(np.zeros((1, 28, 80), np.uint8), ("",), np.zeros(1, np.int32))
    with pytest.raises(ValueError, match=r"\(28, 80\).*\(28, 160\)"):
        reader.check_geometry(made)


def test_files_bytes_and_arrays_of_one_picture_are_laid_out_alike(tmp_path):
    _, photograph = drawn_line()
    data = cv2.imencode(".png", photograph)[1].tobytes()
    path = tmp_path / "line.png"
    path.write_bytes(data)
    reader = reader_of(LineGeometry())
    expected = reader.fit_image(photograph)
    for picture in (path, str(path), data):
        np.testing.assert_array_equal(reader.fit_image(picture), expected)
        assert len(reader.fit_lines(picture)) == 1
    with pytest.raises(FileNotFoundError, match="none.png does not exist"):
        reader.fit_lines([tmp_path / "none.png"])
