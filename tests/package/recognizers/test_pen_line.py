"""Lines read from their strokes: by CTC, alone and together with another recognizer."""

import dataclasses

import numpy as np
import pytest

from fsdl_hwr import ctc, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import sources
from fsdl_hwr.recognizers import pen_line
from fsdl_hwr.recognizers.pen_line import PenLineRecognizer


def test_a_line_is_read_from_its_strokes():
    alphabet = Alphabet("0123456789 ")
    training, validation = (
        sources.load_text_lines("numbers", split, n, alphabet)
        for split, n in (("train", 48), ("test", 4))
    )
    recognizer = PenLineRecognizer(
        networks.pen_line_lstm(num_classes=alphabet.num_classes, filters=(8, 8, 8), lstm_size=8),
        alphabet,
    )
    history = recognizer.fit(training, validation, epochs=2, batch_size=8, verbose=False)
    assert history["loss"][1] < history["loss"][0]
    log_probs = recognizer.log_probs(validation.inks)
    for ink, one in zip(validation.inks, log_probs, strict=True):
        assert one.shape == (pen_line.num_frames(pen_line.features_of(ink)), 12)
        np.testing.assert_allclose(np.exp(one).sum(axis=-1), 1)


def test_a_line_network_of_another_alphabet_is_refused():
    with pytest.raises(ValueError, match="80 outputs"):
        PenLineRecognizer(networks.pen_line_lstm(), Alphabet("ab"))


def test_two_recognizers_agree_on_what_both_find_likely():
    """One is torn between a and b, the other between b and c: together they read b."""
    alphabet = Alphabet("abc")
    first = ctc.log_softmax(np.log([[0.02, 0.5, 0.46, 0.02]]))
    second = ctc.log_softmax(np.log([[0.02, 0.02, 0.46, 0.5]]))
    proposed = pen_line.candidates([first], [second])
    assert pen_line.best_texts(proposed, alphabet, 0.0) == ["a"]
    assert pen_line.best_texts(proposed, alphabet, 0.5) == ["b"]
    assert pen_line.best_texts(proposed, alphabet, 1.0) == ["c"]


def test_a_text_too_long_for_the_others_frames_is_no_error():
    first = ctc.log_softmax(np.log(np.full((3, 3), 1 / 3)))
    second = ctc.log_softmax(np.log(np.full((1, 3), 1 / 3)))
    (scores,) = pen_line.candidates([first], [second], beam_width=20)
    assert min(b for _, b in scores.values()) == -1e9 and len(scores) > 3


def test_validation_that_could_not_choose_is_refused_before_training():
    alphabet = Alphabet("0123456789 ")
    known = sources.load_text_lines("numbers", "train", 2, alphabet)
    network = networks.pen_line_lstm(num_classes=12, filters=(8, 8, 8), lstm_size=8)
    recognizer = PenLineRecognizer(network, alphabet)
    for transcripts, message in ((["", ""], "no text"), (["1", "x"], "'x' at position 0")):
        validation = dataclasses.replace(known, transcripts=transcripts)
        with pytest.raises(ValueError, match=message):
            recognizer.fit(known, validation, epochs=1)
