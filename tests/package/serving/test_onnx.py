import json
import subprocess
import sys

import cv2
import keras
import numpy as np
import pytest

from fsdl_hwr import networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import lines
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers.line import Recognizer
from fsdl_hwr.serving import onnx

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="export goes by TensorFlow"
)
ALPHABET = Alphabet("oxz ")
RECURRENT = {"num_classes": 5, "lstm_size": 12}
CONVOLUTIONAL = {"num_classes": 5, "filters": (4, 6, 8)}
NETWORKS = {
    "line_crnn, 8 px": lambda: networks.line_crnn((28, None), **RECURRENT),
    "line_crnn, 4 px": lambda: networks.line_crnn((28, None), frame_width=4, **RECURRENT),
    "line_crnn, the 2022 options": lambda: networks.line_crnn(
        (28, None), column_max=True, shortcut=True, activation="mish", num_lstms=2, **RECURRENT
    ),
    "line_cnn": lambda: networks.line_cnn((28, None), **CONVOLUTIONAL),
    "line_lstm_ctc": lambda: networks.line_lstm_ctc((28, 160), **RECURRENT),
}


@pytest.fixture(scope="module", autouse=True)
def packages():
    for package in ("onnx", "onnxruntime", "tf2onnx"):
        pytest.importorskip(package, reason=f"{package}, of the extra `export`, is not installed")


def recognizer(name):
    """A recognizer with random weights, batch normalization's included."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    network = NETWORKS[name]()
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return Recognizer(network, ALPHABET, LineGeometry(28, 160))


@pytest.fixture(scope="module")
def convolutional(tmp_path_factory):
    """A recognizer, and the file that was made of it."""
    by_keras = recognizer("line_cnn")
    return by_keras, onnx.save(by_keras, tmp_path_factory.mktemp("onnx") / "recognizer.onnx")


@pytest.fixture(scope="module")
def recurrent(tmp_path_factory):
    by_keras = recognizer("line_crnn, 8 px")
    return by_keras, onnx.save(by_keras, tmp_path_factory.mktemp("onnx") / "recognizer.onnx")


@pytest.fixture(scope="module")
def pages():
    """Lines of random ink, of other widths, one of them blank."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (5, 28, 160), np.uint8)
    widths = np.array([160, 31, 0, 90, 64], np.int32)
    for image, width in zip(images, widths, strict=True):
        image[:, width:] = 0
    return lines.Lines(images, ("",) * 5, widths)


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_gives_the_logits_and_the_texts_of_keras(name, pages, tmp_path):
    by_keras = recognizer(name)
    path = onnx.save(by_keras, tmp_path / "new" / "recognizer.onnx")
    assert [p.name for p in path.parent.iterdir()] == ["recognizer.onnx"]
    by_onnx = onnx.load(path)
    for what in ("geometry", "num_frames", "frame_width", "trims"):
        assert getattr(by_onnx, what) == getattr(by_keras, what)
    for batch_size in (1, 64):  # one line at a time is as wide as its ink, where the width is open
        expected = by_keras.logits(pages, batch_size)
        assert np.ptp(expected) > 0.1
        np.testing.assert_allclose(by_onnx.logits(pages, batch_size), expected, atol=1e-4)
    assert by_onnx.read(pages) == by_keras.read(pages)
    photograph = 255 - np.pad(pages.images[3], 20)
    assert by_onnx.read_lines([photograph]) == by_keras.read_lines([photograph])


def test_halving_a_file_changes_no_logit(pages, tmp_path):
    by_keras = recognizer("line_cnn")
    values = by_keras.network.get_weights()
    rounded = [value.astype(np.float16).astype(np.float32) for value in values]
    by_keras.network.set_weights(rounded)
    whole = onnx.save(by_keras, tmp_path / "whole.onnx")
    half = onnx.save(by_keras, tmp_path / "half.onnx", half=True)
    assert half.stat().st_size < whole.stat().st_size
    expected = onnx.load(whole).logits(pages, 1)
    np.testing.assert_array_equal(onnx.load(half).logits(pages, 1), expected)


WITHOUT_KERAS = """
import json, sys

class Forbidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"keras", "tensorflow", "jax", "torch"}:
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Forbidden())
import cv2
from fsdl_hwr.serving import onnx
reader = onnx.load(sys.argv[1])
image = cv2.imread(sys.argv[2], cv2.IMREAD_GRAYSCALE)
(reading,) = reader.readings(image)
print(json.dumps([reader.read_lines(image)[0], reading.text, reading.confidences]))
"""


def test_a_process_without_keras_reads_a_line(pages, recurrent, tmp_path):
    by_keras, path = recurrent
    photograph = 255 - np.pad(pages.images[3], 20)
    cv2.imwrite(str(tmp_path / "line.png"), photograph)
    command = [sys.executable, "-c", WITHOUT_KERAS, path, tmp_path / "line.png"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text, same, confidences = json.loads(done.stdout)
    assert text and [text] == [same] == by_keras.read_lines(photograph)
    expected = by_keras.readings(photograph)[0].confidences
    np.testing.assert_allclose(confidences, expected, atol=1e-4)


def test_the_geometry_goes_with_the_file(tmp_path):
    geometry = LineGeometry(28, 160, stretch=2.0, margin=1, spreads=2.0)
    by_keras = Recognizer(recognizer("line_cnn").network, ALPHABET, geometry)
    assert onnx.load(onnx.save(by_keras, tmp_path / "recognizer.onnx")).geometry == geometry


def with_properties(path, target, properties):
    import onnx as onnx_format

    model = onnx_format.load(path)
    onnx_format.helper.set_model_props(model, properties)
    onnx_format.save(model, target)
    return target


def test_a_file_of_the_old_format_reads_as_before(pages, convolutional, tmp_path):
    by_keras, path = convolutional
    numbers = {"image_height": 28, "image_width": 160, "num_frames": 20, "frame_width": 8}
    old = {"characters": "oxz "} | {name: str(n) for name, n in numbers.items()}
    by_onnx = onnx.load(with_properties(path, tmp_path / "old.onnx", old))
    assert by_onnx.geometry == LineGeometry(28, 160)
    assert by_onnx.read(pages) == by_keras.read(pages)
    for name in ("characters", "image_width", "num_frames", "frame_width"):
        lacking = {key: value for key, value in old.items() if key != name}
        with pytest.raises(ValueError, match="lacking.onnx.*write it again"):
            onnx.load(with_properties(path, tmp_path / "lacking.onnx", lacking))


def test_a_file_that_contradicts_its_network_is_refused(convolutional, tmp_path):
    by_keras, path = convolutional
    described = by_keras.describe()
    for wrong in (
        {"geometry": {"height": 40, "width": 160}},
        {"characters": "oxz"},
        {"num_frames": 0},
    ):
        properties = {onnx.METADATA: json.dumps(described | wrong)}
        with pytest.raises(ValueError, match="wrong.onnx.*write it again"):
            onnx.load(with_properties(path, tmp_path / "wrong.onnx", properties))


def test_lstms_are_exported_as_such(recurrent):
    import onnx as onnx_format

    by_keras, path = recurrent
    kinds = {node.op_type for node in onnx_format.load(path).graph.node}
    assert "LSTM" in kinds and "Loop" not in kinds
    # Where there is a GPU, that takes a copy which does not call cuDNN; the recognizer still does.
    for network, expected in ((onnx._without_cudnn(by_keras), False), (by_keras.network, "auto")):
        lstms = [x for x in network._flatten_layers() if isinstance(x, keras.layers.LSTM)]
        assert lstms and all(lstm.use_cudnn == expected for lstm in lstms)


def test_a_failed_export_leaves_no_file(convolutional, tmp_path, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("no space")

    monkeypatch.setattr(keras.Model, "export", fail)
    with pytest.raises(RuntimeError, match="no space"):
        onnx.save(convolutional[0], tmp_path / "recognizer.onnx")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_exported_recognizer_is_named(convolutional, tmp_path):
    with pytest.raises(ValueError, match="must end in .onnx"):
        onnx.save(convolutional[0], tmp_path / "recognizer.keras")
    with pytest.raises(FileNotFoundError, match="write one with serving.onnx.save"):
        onnx.load(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"not a graph")
    with pytest.raises(ValueError, match="damaged, or not written by serving.onnx.save"):
        onnx.load(tmp_path / "bad.onnx")


@pytest.mark.parametrize("package", ["onnx", "tf2onnx", "onnxruntime"])
def test_a_missing_package_is_named(package, convolutional, monkeypatch):
    by_keras, path = convolutional
    monkeypatch.setitem(sys.modules, package, None)  # what an import finds when there is none
    with pytest.raises(ImportError, match=f"package {package} is missing.*pip install"):
        onnx.load(path) if package == "onnxruntime" else onnx.save(by_keras, path)
