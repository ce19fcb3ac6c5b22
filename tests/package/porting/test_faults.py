import numpy as np
import pytest
import small

from fsdl_hwr.datasets import lines
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.porting import faults
from fsdl_hwr.porting.faults import FAULTS, Pipeline

NUMBERS = [fault.number for fault in FAULTS]


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A recognizer that has learned to read circles, crosses and zigzags."""
    training = lines.make_lines(small.MAKER, small.TEXTS * 6, 0)
    recognizer = small.tiny(width=None)
    settings = {"epochs": 15, "batch_size": 8, "learning_rate": 0.01}
    recognizer.fit(training, training[:16], folder=tmp_path_factory.mktemp("run"), **settings)
    return recognizer


@pytest.fixture(scope="module")
def sample():
    """Lines as wide as the crop and wider: two blank widths are laid before one of them."""
    drawn = np.random.default_rng(0).choice(list("oxz"), (96, 5))  # few of them twice
    made = lines.make_lines(small.MAKER, ["".join(text) for text in drawn], 1)
    images = np.pad(made.images, [(0, 0), (0, 0), (0, 2 * small.WIDTH)])
    images[0] = np.roll(images[0], 2 * small.WIDTH, axis=1)
    assert lines.ink_widths(images).max() > faults.CROP
    return Lines(images, made.transcripts, lines.ink_widths(images))


def pipeline(reader, sample, *numbers):
    return Pipeline(reader, sample, numbers)


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_the_test_of_a_fault_fails_with_it_and_passes_without(number, reader, sample):
    fault = FAULTS[number - 1]
    assert fault.number == number
    assert fault.test(pipeline(reader, sample)) == ""
    assert fault.test(pipeline(reader, sample, number)) != ""


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 3, 5, 6, 7, 8])
def test_no_other_test_takes_the_blame(number, reader, sample):
    """Faults that do not touch the frames are found by their own test alone."""
    broken = pipeline(reader, sample, number)
    found = [fault.number for fault in FAULTS if fault.test(broken)]
    assert found == [number]


@pytest.mark.slow
def test_without_faults_it_reads_as_the_recognizer(reader, sample):
    narrow = lines.make_lines(small.MAKER, small.TEXTS * 2, 2)
    read = Pipeline(reader, narrow).read()
    assert read == reader.read(narrow)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_reading_shows_the_symptom(number, reader, sample):
    texts = pipeline(reader, sample, number).read()
    right = np.mean([a == b for a, b in zip(texts, sample.transcripts, strict=True)])
    assert right < 0.5


@pytest.mark.slow
def test_units_of_the_loss_differ_by_the_labels_length(reader, sample):
    log_probs = np.full((1, 9, 5), np.log(1 / 5))
    labels = [[1, 2, 3]]
    per_line = pipeline(reader, sample).loss(log_probs, labels)
    assert pipeline(reader, sample, 7).loss(log_probs, labels) == pytest.approx(per_line / 3)


def test_every_fault_says_what_it_does_and_what_is_asked():
    assert len(FAULTS) == 9
    for fault in FAULTS:
        assert fault.question.endswith("?") and fault.effect and fault.test.__doc__
    assert faults.CROP == 256
