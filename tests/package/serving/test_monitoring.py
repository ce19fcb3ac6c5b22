"""Windows against a reference: the rate of false alarms is chosen, and faults get their names."""

import numpy as np
import pytest

from fsdl_hwr import weights
from fsdl_hwr.explorers import drift_explorer
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.serving import monitoring, onnx
from fsdl_hwr.serving.monitoring import STATISTICS, Reference, Watch

WINDOW = 50


def some(rng, count, shift=0.0):
    """Values of lines whose statistics hang together, some of them in steps."""
    common = rng.normal(size=(count, 1))
    values = 0.6 * common + rng.normal(size=(count, len(STATISTICS)))
    values[:, 2] = np.rint(values[:, 2])
    values[:, 5] += shift
    return values


@pytest.fixture(scope="module")
def reference():
    rng = np.random.default_rng(1)
    signatures = {"unsure": some(rng, 60, -3.0), "too sure": some(rng, 60, 3.0)}
    return monitoring.calibrate(some(rng, 600), WINDOW, 1e-3, 0, signatures)


def test_usual_windows_raise_an_alarm_as_rarely_as_was_asked(reference, rng):
    alarms = sum(reference.scores(some(rng, WINDOW)).max() > 1 for _ in range(2000))
    assert alarms <= 4  # 1 is expected, 2 are promised


def test_a_shifted_window_is_found_and_named(reference, rng):
    for shift, name in ((-3.0, "unsure"), (3.0, "too sure")):
        window = some(rng, WINDOW, shift)
        scores = reference.scores(window)
        assert scores.max() > 1 and STATISTICS[scores.argmax()] == "confidence"
        assert reference.name(window) == name
    strange = some(rng, WINDOW)
    strange[:, 0] += 5
    assert reference.scores(strange).max() > 1
    assert reference.name(strange) == "unknown"


def test_a_watch_judges_every_half_window(reference, rng):
    watch = Watch(reference)
    found = [watch.add(values) for values in some(rng, 4 * WINDOW)]
    assert not any(found) and watch.score < 1
    found = [watch.add(values) for values in some(rng, 2 * WINDOW, -3.0)]
    first = next(k for k, alarm in enumerate(found) if alarm)
    assert (first + 1) % (WINDOW // 2) == 0 and first < 2 * WINDOW
    assert found[-1].fault == "unsure" and found[-1].statistic == "confidence"


def test_a_replay_has_a_score_per_half_window_and_every_alarm(reference, rng):
    stream = np.vstack([some(rng, WINDOW), some(rng, WINDOW, -3.0)])
    alarms, (requests, scores) = drift_explorer.replay(reference, stream)
    assert requests == [50, 75, 100] and scores[0] < 1 < scores[2]
    assert alarms[-1][0] == 100 and alarms[-1][1].fault == "unsure"
    data = drift_explorer.page_data(reference, {"a fault": stream})
    (page,) = data["streams"]
    assert np.shape(page["values"]) == (len(STATISTICS), 100)
    assert np.shape(page["scores"]) == (3, len(STATISTICS))
    assert page["alarms"][-1]["fault"] == "unsure"


def test_a_reference_is_saved_and_loaded(reference, tmp_path, rng):
    again = Reference.load(reference.save(tmp_path / "reference.npz"))
    window = some(rng, WINDOW, 1.0)
    assert np.array_equal(again.scores(window), reference.scores(window))
    assert again.name(window) == reference.name(window)
    whole = (tmp_path / "reference.npz").read_bytes()
    for k, content in enumerate([whole[:-40], whole[:200] + b"?" + whole[201:], b""]):
        (tmp_path / f"{k}.npz").write_bytes(content)
        with pytest.raises(ValueError, match=f"{k}.npz is no reference"):
            Reference.load(tmp_path / f"{k}.npz")
    (tmp_path / "other.npz").write_bytes(b"text")
    with pytest.raises(ValueError, match="no reference"):
        Reference.load(tmp_path / "other.npz")


def test_a_reference_needs_lines(rng):
    with pytest.raises(ValueError, match="choose a smaller window"):
        monitoring.calibrate(some(rng, 60), 50)


def test_a_line_is_measured_as_it_is_read(rng):
    from fsdl_hwr.datasets import strokes
    from fsdl_hwr.serving import streams

    reader, model = onnx.load(weights.ONNX, 1), CharacterNgram.load(weights.NGRAM)
    image = next(streams.usual(["see you at noon"], strokes.writers("test", 1), 0))
    observed = monitoring.observe(reader, model, image)
    assert observed.reading == reader.readings([image])[0]
    values = dict(zip(STATISTICS, observed.values, strict=True))
    assert 0.4 < values["brightness"] < 1 and values["shape"] > 1
    assert 0 < values["ink"] < 0.5 and 1 < values["crossings"] < 4
    empty = monitoring.observe(reader, model, streams.blank(image, rng))
    assert empty.reading.text == "" and np.isfinite(empty.values).all()
    turned = monitoring.observe(reader, model, image[::-1, ::-1].copy())
    assert turned.values[5] < observed.values[5]  # confidence
