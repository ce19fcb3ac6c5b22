import json

import numpy as np
import pytest

from fsdl_hwr import ctc
from fsdl_hwr.explorers import widget, window_explorer
from fsdl_hwr.networks import receptive_field


@pytest.fixture
def image():
    """A line of 140 px, with ink that grows darker over columns 0 to 99."""
    image = np.zeros((28, 140), np.uint8)
    image[4:24, :100] = 100 + np.arange(100)
    return image


def classify(images):
    """Say "a" where a window is bright, else "b"; spaces for paper."""
    levels = images.reshape(len(images), -1).mean(1) / 255  # (n,)
    return np.stack([levels, 1 - levels, np.zeros(len(levels))], 1)


@pytest.mark.parametrize(
    ("width", "stride", "starts"),
    [
        (28, 28, [0, 28, 56, 84]),  # the last begins on ink, and ends on paper
        (28, 50, [0, 50]),  # gaps: from 100 px on there is no ink
        (100, 20, [0, 20, 40]),  # the image ends at 140 px
        (140, 7, [0]),
    ],
)
def test_windows_begin_on_ink_and_end_in_the_image(image, width, stride, starts):
    seen = window_explorer.look(image, "ab", width, stride)
    assert seen.starts.tolist() == starts
    assert seen.overlap == width - stride
    assert seen.answers == []


@pytest.mark.parametrize("transcript", ["abc", "abcd", "aabb", "aabbc", ""])
def test_the_verdict_is_that_of_ctc(image, transcript):
    seen = window_explorer.look(image, transcript, 28, 28)  # 4 frames
    label = [1 + "abcd".index(c) for c in transcript]
    try:
        ctc.check_feasible([label], [4])
    except ValueError:
        assert not seen.feasible
        needed = ctc.frames_needed(label)
        assert f"{needed - 4} too few, so CTC cannot write" in seen.sentence
    else:
        assert seen.feasible
        assert "enough" in seen.sentence
    assert "4 frames available" in seen.sentence


def test_the_classifier_sees_every_window_at_its_size(image):
    sizes = []

    def note(images):
        sizes.append(images.shape)
        assert images.dtype == np.uint8
        return classify(images)

    for width in (6, 28, 50):
        seen = window_explorer.look(image, "ab", width, 28, note, "ab ")
        assert sizes[-1] == (len(seen.starts), 28, 28)
        assert len(seen.answers) == len(seen.starts)
        for answer in seen.answers:
            shares = [share for _, share in answer]
            assert shares == sorted(shares, reverse=True)
    exact = window_explorer.look(image, "ab", 28, 28, classify, "ab ").answers[1]
    expected = image[:, 28:56].mean() / 255
    assert dict(exact)["a"] == pytest.approx(expected)


def test_bad_geometry_is_refused_in_words(image):
    with pytest.raises(ValueError, match="do not fit on a line of 140 px"):
        window_explorer.look(image, "a", 141, 10)
    with pytest.raises(ValueError, match="stride of 1 or more"):
        window_explorer.look(image, "a", 28, 0)
    with pytest.raises(ValueError, match="no ink"):
        window_explorer.look(np.zeros((28, 140), np.uint8), "a", 28, 28)


def test_the_frame_nearest_to_a_column_is_centered_there():
    field = receptive_field.Field(width=79, step=8, start=-32, everywhere=False)
    for column in (20, 100, 333):
        centers = field.start + field.width / 2 + field.step * np.arange(100)
        assert window_explorer.frame_at(field, column) == np.abs(centers - column).argmin()


@pytest.mark.parametrize(("width", "stride"), [(28, 14), (28, 28), (12, 40), (40, 5)])
def test_the_figure_shows_every_window_and_both_counts(image, width, stride):
    field = receptive_field.Field(20, 8, -3, True)
    seen = window_explorer.look(image, "aab", width, stride, classify, "ab ", field)
    figure = window_explorer.draw_look(seen, chosen=1)
    line, window, answers, frames = figure.get_axes()
    assert len(line.lines) == len(seen.starts)
    assert window.images[0].get_array().shape == seen.image[:, stride : stride + width].shape
    assert [bar.get_width() for bar in answers.patches] == [p for _, p in seen.answers[1]]
    assert [bar.get_width() for bar in frames.patches] == [4, len(seen.starts)]
    assert frames.get_title() == ("enough" if seen.feasible else "too few")
    assert figure.get_suptitle() == seen.sentence
    assert any("whole line" in text.get_text() for text in line.texts)
    figure.canvas.draw()


def test_windows_that_drift_are_drawn_over_the_paper_too(image):
    figure = window_explorer.draw_windows(image, 28, 28, list("abcde"), "drift")
    assert len(figure.axes[0].lines) == 5
    assert [text.get_text() for text in figure.axes[0].texts] == list("abcde")


def test_the_widget_asks_python_for_new_answers(image):
    explorer = window_explorer.explore(image, "ab", 28, 14, classify, "ab ")
    json.dumps([explorer.data, explorer.state])
    assert len(explorer.data["answers"]) == len(window_explorer.look(image, "ab", 28, 14).starts)
    explorer.state = {"width": 20, "stride": 50, "window": 0}
    explorer.asked += 1
    assert (explorer.data["width"], explorer.data["stride"]) == (20, 50)
    assert len(explorer.data["answers"]) == 2
    explorer.state = {"width": 200, "stride": 50, "window": 0}
    explorer.asked += 1
    assert "do not fit" in explorer.problem
    assert explorer.answered == 2


def test_nothing_raises_without_anywidget(image, monkeypatch):
    monkeypatch.setattr(widget, "anywidget", None)
    assert window_explorer.explore(image, "ab", 28, 14, classify, "ab ") is None
