"""The CTC explorer: its numbers, its figures, its data for the page."""

import keras
import numpy as np
import pytest

from fsdl_hwr import ctc, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import lines
from fsdl_hwr.explorers import ctc_explorer, widget
from fsdl_hwr.recognizers.line import Recognizer

ALPHABET = Alphabet("abc ")
FRAMES, FRAME_WIDTH, CLASSES = 14, 8, 5
TEXT = "cab b"


@pytest.fixture
def logits(rng):
    return rng.normal(0, 2, (3, FRAMES, CLASSES)).astype(np.float32)


@pytest.fixture
def image(rng):
    return rng.integers(0, 256, (28, FRAMES * FRAME_WIDTH + 40), dtype=np.uint8)


@pytest.fixture
def explained(logits, image):
    log_probs = ctc.log_softmax(logits[0])
    return ctc_explorer.explain(log_probs, ALPHABET.encode(TEXT), ALPHABET, image, FRAME_WIDTH)


@pytest.fixture
def recording(logits, image):
    image = image[:, : FRAMES * FRAME_WIDTH]
    names = ("batch 0", "batch 10", "epoch 1")
    return ctc_explorer.Recording(image, TEXT, ALPHABET, FRAME_WIDTH, names, logits)


def loss_and_gradient(logits, text):
    """Return the package's loss of a text, and its gradient by automatic differentiation."""
    packed = ctc.pack_labels([ALPHABET.encode(text)], [FRAMES])
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the gradient is taken with TensorFlow's tape")
    import tensorflow as tf

    logits = tf.constant(logits[None])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = ctc.loss(packed, logits)
    return float(loss[0]), tape.gradient(loss, logits).numpy()[0]


@pytest.mark.parametrize("text", [TEXT, "", "aa", "bcabcabc"])
def test_loss_and_gradient_are_those_of_training(recording, text):
    explained = recording.explain(1, text)
    loss, gradient = loss_and_gradient(recording.logits[1], text)
    assert explained.loss == pytest.approx(loss, abs=1e-4)
    np.testing.assert_allclose(explained.gradient, gradient, atol=1e-5)
    np.testing.assert_allclose(explained.gradient.sum(axis=1), 0.0, atol=1e-12)


def test_lattice_alignment_and_text_are_the_packages(explained, logits):
    label = ALPHABET.encode(TEXT)
    lattice = ctc.forward_backward(explained.log_probs, label)
    np.testing.assert_array_equal(explained.lattice.log_alpha, lattice.log_alpha)
    np.testing.assert_array_equal(explained.lattice.log_beta, lattice.log_beta)
    np.testing.assert_array_equal(
        explained.alignment, ctc.best_alignment(explained.log_probs, label)
    )
    assert explained.greedy_text == ALPHABET.decode(ctc.greedy_decode(logits[:1])[0])
    assert explained.image.shape == (28, FRAMES * FRAME_WIDTH)


def test_rows_are_the_blank_the_label_and_the_likeliest_others():
    log_probs = np.log([[0.1, 0.02, 0.3, 0.08, 0.2, 0.3], [0.4, 0.02, 0.1, 0.08, 0.3, 0.1]])
    assert ctc_explorer.shown_classes(log_probs, [3, 1, 3]) == [0, 3, 1, 4, 2, 5]
    assert ctc_explorer.shown_classes(log_probs[None], [])[:2] == [0, 4]
    assert ctc_explorer.shown_classes(log_probs, [5, 4, 3, 2]) == [0, 5, 4, 3, 2, 1]


def test_crops_hold_their_character_and_do_not_overlap():
    boundaries = ctc.character_boundaries([0, 1, 2, 3, 3, 4, 4, 4, 4, 5, 6], [1, 2, 3], 8)
    spans = ctc_explorer.crop_spans(boundaries, margin=14, width=88)
    assert spans == [(0, 20), (20, 54), (58, 88)]
    for (start, end), boundary in zip(spans, boundaries, strict=True):
        assert start <= boundary.start_px and boundary.end_px <= end


def test_an_impossible_transcript_is_refused_in_words(recording):
    with pytest.raises(ValueError, match="'aaaaaaaa' needs 15 frames.*line has 14"):
        recording.explain(text="a" * 8)
    with pytest.raises(ValueError, match="'x' at position 1"):
        recording.explain(text="axb")


def test_the_figure_shows_the_computed_data_over_one_axis(explained):
    figure = ctc_explorer.draw_explanation(explained, "Spikes between blanks")
    line, crops, softmax, gradient, lattice = [
        axes for axes in figure.axes if axes.get_label() != "<colorbar>"
    ][:5]
    for axes in (line, crops, softmax, gradient, lattice):
        assert axes.get_xlim() == (0, FRAMES * FRAME_WIDTH)
    shown = np.exp(explained.log_probs[:, explained.shown]).T
    np.testing.assert_array_equal(softmax.images[0].get_array(), shown)
    pushes = explained.gradient[:, explained.shown].T
    np.testing.assert_array_equal(gradient.images[0].get_array(), pushes)
    occupancy = explained.lattice.occupancy.T
    np.testing.assert_array_equal(lattice.images[0].get_array(), occupancy)
    np.testing.assert_array_equal(lattice.lines[0].get_ydata(), explained.alignment + 0.5)
    assert len(crops.images) == len(TEXT)
    assert "".join(t.get_text() for t in line.texts) == TEXT.replace(" ", "\u2423")
    assert repr(explained.greedy_text) in crops.get_title(loc="left")
    assert f"{explained.loss:.3g} nats" in lattice.get_title(loc="left")
    assert figure.get_suptitle() == "Spikes between blanks"
    figure.canvas.draw()


def test_the_empty_transcript_can_be_drawn(recording):
    explained = recording.explain(text="")
    assert explained.crops == [] and not explained.alignment.any()
    ctc_explorer.draw_explanation(explained, "Nothing").canvas.draw()


def test_the_figure_of_a_recording_shows_the_chosen_moments(recording):
    figure = ctc_explorer.draw_recording(recording, "First blank, then spikes", [0, -1])
    _, first, last = figure.axes
    assert first.get_title(loc="left").startswith("batch 0: loss ")
    assert last.get_title(loc="left").startswith("epoch 1: loss ")
    assert repr(recording.explain(-1).greedy_text) in last.get_title(loc="left")
    assert first.images[0].get_array().shape == last.images[0].get_array().shape
    figure.canvas.draw()


@pytest.fixture
def made(rng):
    """A few lines of random ink."""
    widths = np.array([300, 420, 500, 260, 380, 460, 350, 410], np.int32)
    images = np.zeros((8, 28, 952), np.uint8)
    for image, width in zip(images, widths, strict=True):
        image[4:24, :width] = rng.integers(0, 256, (20, width))
    return lines.Lines(images, ("abc cab",) * 8, widths)


@pytest.fixture
def small():
    keras.utils.set_random_seed(0)
    return Recognizer(networks.line_cnn(num_classes=CLASSES, filters=(2, 4, 4)), ALPHABET)


def test_the_recorder_sees_the_training_as_reading_does(small, made, tmp_path, eagerly):
    recorder = ctc_explorer.Recorder(small, made[[2]], batches=(0, 2, 100))
    small.fit(made, made, epochs=2, batch_size=2, folder=tmp_path, callbacks=[recorder])
    recorder.record("kept")
    recording = recorder.recording
    assert recording.names == ("batch 0", "batch 2", "epoch 1", "epoch 2", "kept")
    frames = small.frames(made.ink_widths)[2]
    assert recording.logits.shape == (5, frames, CLASSES)
    assert recording.logits.dtype == np.float32
    assert recording.image.shape == (28, frames * 8)
    now = small.logits(made[[2]])[0, :frames]
    np.testing.assert_allclose(recording.logits[-1], now, atol=1e-6)
    for earlier, later in zip(recording.logits[:3], recording.logits[1:4], strict=True):
        assert np.abs(earlier - later).max() > 1e-4  # it learns in between


def test_the_recorder_refuses_a_line_that_does_not_fit(small, made):
    crowded = lines.Lines(made.images[:1], ("aa" * 30,), made.ink_widths[:1])
    with pytest.raises(ValueError, match="38 frames and needs"):
        ctc_explorer.Recorder(small, crowded)


def test_the_page_gets_the_packages_numbers(recording):
    data = ctc_explorer.page_data(recording, "abc")
    shape = (3, FRAMES, len(data["states"]))
    alpha = np.frombuffer(data["logAlpha"], "<f4").reshape(shape)
    beta = np.frombuffer(data["logBeta"], "<f4").reshape(shape)
    log_probs = np.frombuffer(data["logProbs"], "<f4").reshape(3, FRAMES, CLASSES)
    for moment in range(3):
        explained = recording.explain(moment, "abc")
        np.testing.assert_allclose(alpha[moment], explained.lattice.log_alpha, rtol=1e-6)
        np.testing.assert_allclose(beta[moment], explained.lattice.log_beta, rtol=1e-6)
        np.testing.assert_allclose(log_probs[moment], explained.log_probs, rtol=1e-6)
        assert data["losses"][moment] == explained.loss
        assert data["alignments"][moment] == explained.alignment.tolist()
    assert len(data["image"]) == 28 * FRAMES * FRAME_WIDTH
    assert data["ownLosses"] == [recording.explain(k).loss for k in range(3)]


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_the_widget_answers_a_typed_transcript_and_keeps_its_state_on_nonsense(recording):
    explorer = ctc_explorer.explore(recording)
    explorer.state = {**explorer.state, "text": "bbb"}
    explorer.asked += 1
    assert explorer.data["text"] == "bbb"
    assert explorer.data["losses"][0] == recording.explain(0, "bbb").loss
    explorer.state = {**explorer.state, "text": "b?"}
    explorer.asked += 1
    assert "'?' at position 1" in explorer.problem
    assert explorer.data["text"] == "bbb"


def test_without_anywidget_nothing_opens_and_nothing_raises(recording, monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert ctc_explorer.explore(recording) is None
