"""What the benchmarks compute beside the time."""

import runpy

import keras
import numpy as np
import pytest
from paths import ROOT

from fsdl_hwr import networks
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.recognizers.line import Recognizer

if keras.backend.backend() != "tensorflow":
    pytest.skip("the training step is taken apart on TensorFlow", allow_module_level=True)
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    """Give what a script defines; beside it stands what scripts share."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return lambda name: runpy.run_path(str(BENCHMARKS / name))


@pytest.fixture
def training_step(script):
    return script("training_step.py")


def test_ways_take_turns(script):
    called = []
    ways = {name: lambda name=name: called.append(name) for name in "ab"}
    seconds = script("side_by_side.py")["time_in_turns"](ways, rounds=2, warm_ups=3)
    assert called == [*"aaabbb", *"abab"]
    assert {name: len(times) for name, times in seconds.items()} == {"a": 2, "b": 2}


def test_products_of_a_training_step_are_counted(training_step):
    images = np.zeros((2, 28, 952), np.uint8)
    images[:, 10, 200] = 255  # 201 px of ink: 26 frames, 28 with the paper after it
    counts = training_step["count_products"](
        Lines(images, ("a", "b"), np.array([201, 201])), size=2
    )
    pixels, frames = 2 * 28 * 224, 2 * 28
    by_hand = {
        "convolutions": 2 * 2 * (pixels / 4 * 16 * 9)
        + 3 * 2 * (pixels / 16 * 48 * 9 * 16 + 4 * frames * 128 * 9 * 48),  # 28, 14, 7, 4 rows
        "dense layer": 3 * 2 * frames * 4 * 128 * 128,
        "LSTM": 3 * 2 * frames * 2 * 4 * 96 * (128 + 96),
        "logits and CTC": 3 * 2 * frames * 2 * 96 * 80,
        "optimizer": 0,
    }
    assert counts == pytest.approx(by_hand)


def test_the_time_of_a_part_is_what_the_step_takes_longer_with_it(training_step):
    parts = training_step["PARTS"]
    median = {("part", part): 2.0 + k for k, part in enumerate(parts)}  # 2 s, then 1 s more each
    shares = training_step["share_out"](median, dict.fromkeys(parts, 1e10), ceiling=10.0)
    assert [shares[part]["share_of_time"] for part in parts] == pytest.approx(
        [2 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6], abs=1e-3
    )
    assert shares["convolutions"]["share_of_ceiling"] == 0.5  # 10 GFLOP in 2 s of 10 GFLOP/s
    assert shares["whole step"]["gflops"] == pytest.approx(50 / 6, abs=0.1)


def test_a_stream_is_watched_to_its_end(script):
    watch_stream = script("making_lines.py")["watch_stream"]
    rows = watch_stream(lambda text, rng: np.eye(28, 40, dtype=np.uint8), ("a",), 2500)
    assert [row["lines"] for row in rows] == [1024, 2560]  # whole groups of 128
    assert all(row["lines_per_second"] > 0 and row["memory_mb"] > 10 for row in rows)


def test_the_first_text_is_timed_in_processes_of_their_own(script, tmp_path):
    """One round of few lines; reading from the ONNX file brings neither Keras nor TensorFlow."""
    for package in ("onnx", "onnxruntime", "tf2onnx"):
        pytest.importorskip(package)
    small = Recognizer(networks.line_cnn(filters=(2, 4, 4))).save(tmp_path / "small.keras")
    record = script("first_text.py")["compare"](small, rounds=1, num_lines=2)
    ways = record["ways"]
    assert record["same_texts"] and record["lines"] == 2
    assert ways["onnx"]["imports"] == [] and ways["keras"]["imports"] == ["keras", "tensorflow"]
    for way in ways.values():
        assert 0 < way["first_text_seconds"] <= way["all_texts_seconds"]
    assert ways["onnx"]["peak_megabytes"] < ways["keras"]["peak_megabytes"]


def test_half_of_an_ink_is_measured_along_its_strokes(script):
    first_half = script("pen_strokes.py")["first_half"]
    down, across = np.array([[0.0, 0], [0, 4]]), np.array([[5.0, 0], [5, 1], [5, 8]])
    first, second = first_half([down, across])  # 6 of 12
    assert first[-1].tolist() == [0, 4]
    assert second.tolist() == [[5, 0], [5, 1], [5, 2]]
    (dot,) = first_half([np.array([[3.0, 3]])])
    assert dot[0].tolist() == [3, 3]
