import base64
import json
import zipfile

import cv2
import keras
import numpy as np
import pytest
from paths import RUNS

from fsdl_hwr import alphabet, ink, metrics, networks
from fsdl_hwr.datasets import canvas_ink, sources, strokes
from fsdl_hwr.explorers import canvas_explorer, widget
from fsdl_hwr.recognizers import line as recognizers

LETTERS = alphabet.DEFAULT_CHARACTERS[:62]


@pytest.fixture
def line():
    writer = strokes.writers("test", 3)[1]
    rng = np.random.default_rng(1)
    return canvas_ink.drawn(writer.write("A drawn page", rng), "line", rng)


def fake_reader(kind="character"):
    answers = [("b", 0.75), ("$", 0.25)]
    image = {"character": canvas_ink.character_image, "line": canvas_ink.line_image}[kind]
    return canvas_explorer.Reader(kind, "ab $", image, lambda image: answers)


def test_a_sample_needs_ink_and_a_label_that_the_network_could_write(tmp_path, line):
    with pytest.raises(ValueError, match="draw something"):
        canvas_ink.save_sample(tmp_path, canvas_ink.Sample("line", "a", []))
    with pytest.raises(ValueError, match="label"):
        canvas_ink.save_sample(tmp_path, canvas_ink.Sample("line", "  ", line))
    with pytest.raises(ValueError, match="é"):
        canvas_explorer.check_label("é", fake_reader())
    with pytest.raises(ValueError, match="one character"):
        canvas_explorer.check_label("ab", fake_reader())
    canvas_explorer.check_label("ab", fake_reader("line"))
    assert list(tmp_path.iterdir()) == []


# Readers, figure and widget


def test_a_character_reader_gives_the_best_five_with_their_probabilities():
    reader = canvas_explorer.character_reader(networks.mlp(num_classes=62), LETTERS)
    reading = canvas_explorer.read(reader, canvas_ink.embedded_samples("character", "a")[0].ink)
    texts, probabilities = zip(*reading.answers, strict=True)
    assert len(set(texts)) == 5 and set(texts) <= set(LETTERS)
    assert list(probabilities) == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) < 1
    assert canvas_explorer.read(reader, []).answers == []
    with pytest.raises(ValueError, match="62 outputs"):
        canvas_explorer.character_reader(networks.mlp(num_classes=62), "abc")


def test_a_line_reader_reads_as_its_recognizer_does(line):
    characters = alphabet.Alphabet()
    network = networks.line_crnn(num_classes=characters.num_classes, filters=(4, 4, 4), lstm_size=4)
    recognizer = recognizers.Recognizer(network, characters)
    reader = canvas_explorer.line_reader(recognizer)
    reading = canvas_explorer.read(reader, line)
    ((text, probability),) = reading.answers
    assert text == recognizer.read_lines([reading.image])[0]
    assert 0 <= probability <= 1


@pytest.mark.parametrize("kind", ["character", "line"])
def test_the_static_figure_shows_strokes_image_and_answers(kind, line):
    reading = canvas_explorer.read(fake_reader(kind), line)
    figure = canvas_explorer.draw_reading(line, kind, reading, "What the network gets")
    page, image = figure.axes[:2]
    strokes_drawn = [drawn for drawn in page.lines if drawn.get_marker() == "None"]
    assert len(strokes_drawn) == len(line)
    np.testing.assert_array_equal(strokes_drawn[0].get_xdata(), line[0][:, 0])
    np.testing.assert_array_equal(image.images[0].get_array(), reading.image)
    if kind == "character":
        assert [bar.get_width() for bar in figure.axes[2].patches] == [75, 25]
    else:
        assert image.get_xlabel() == "read: b"
    figure.canvas.draw()  # a label with a dollar sign is no formula
    canvas_explorer.draw_reading(
        [], kind, canvas_explorer.read(fake_reader(kind), []), "Blank"
    ).canvas.draw()


def test_the_page_gets_what_python_computed(tmp_path, line):
    pytest.importorskip("anywidget")
    reader = fake_reader("line")
    sample = canvas_ink.Sample("line", "a b", line)
    explorer = canvas_explorer.explore(reader, [sample], tmp_path)
    assert explorer.data["samples"] == ["a b"] and explorer.data["answers"] == []
    assert canvas_explorer.ink(explorer) == []

    def ask(**changes):  # as the page does
        explorer.state = {**explorer.state, **changes}
        explorer.asked += 1
        assert explorer.answered == explorer.asked
        json.dumps(explorer.data)
        return explorer.data

    data = ask(strokes=canvas_ink.to_lists(line))
    assert data["answers"][0][0] == "b"
    png = np.frombuffer(base64.b64decode(data["image"].split(",")[1]), np.uint8)
    image = 255 - cv2.imdecode(png, cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(image, canvas_ink.line_image(line)[:, : image.shape[1]])
    assert ink.ink_width(canvas_ink.line_image(line)) < image.shape[1] == data["imageSize"][0]
    back = canvas_explorer.ink(explorer)
    assert all(np.allclose(a, b, atol=1e-3) for a, b in zip(back, line, strict=True))

    assert "Saved 'a b'" in ask(label="a b", saves=1)["message"]
    assert ask(strokes=[])["message"] == ""  # nor is what was saved saved again
    assert len(canvas_ink.load_samples(tmp_path, "line")) == 1
    ask(saves=2)
    assert "draw something" in explorer.problem
    ask(label="é", strokes=canvas_ink.to_lists(line), saves=3)
    assert "é" in explorer.problem
    assert ask(label="")["loads"] == 0 and explorer.problem == ""
    data = ask(loads=1, sample=0)
    assert data["loads"] == 1 and data["strokes"] == canvas_ink.to_lists(line)


def test_without_widgets_nothing_raises(monkeypatch, tmp_path):
    monkeypatch.setattr(widget, "anywidget", None)
    assert canvas_explorer.explore(fake_reader(), [], tmp_path) is None


# How well the labs' networks read what is drawn


def test_drawn_lines_are_read(trained_on_drawn_lines):
    """Twenty sentences and twenty writers that the recognizer never saw."""
    texts = sources.sentences("faker", "test", alphabet=alphabet.Alphabet(), num=20).texts
    reader = canvas_explorer.line_reader(trained_on_drawn_lines)
    samples = canvas_ink.embedded_samples("line", texts)
    read = [canvas_explorer.read(reader, sample.ink).answers[0][0] for sample in samples]
    assert metrics.character_error_rate(texts, read).value <= 0.15


def test_drawn_characters_are_read(character_network):
    """Sixty-two characters, each by another writer that the network never saw."""
    reader = canvas_explorer.character_reader(character_network, LETTERS)
    samples = canvas_ink.embedded_samples("character", LETTERS)
    read = [canvas_explorer.read(reader, sample.ink).answers[0][0] for sample in samples]
    assert metrics.folded_accuracy(LETTERS, read).value >= 0.85


@pytest.fixture(scope="module")
def trained_on_drawn_lines():
    return recognizers.Recognizer.load(made_by("03_line_recognizer", "pen.keras"))


@pytest.fixture(scope="module")
def character_network():
    path = made_by("02_single_character", "network.keras")
    return keras.saving.load_model(path, compile=False)


def made_by(lab, name):
    path = RUNS / lab / name
    if not path.is_file():
        pytest.skip(f"needs a run of lab {lab} with its defaults: make test, or make run")
    with zipfile.ZipFile(path) as archive:
        written = json.loads(archive.read("metadata.json"))["keras_version"]
    if written != keras.__version__:  # `make colab` has an older one
        pytest.skip(f"{path} was written by Keras {written}; this is {keras.__version__}")
    return path
