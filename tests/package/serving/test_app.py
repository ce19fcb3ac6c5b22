"""The service in this process: answers, refusals, headers, counts, and a link that moves."""

import shutil

import cv2
import numpy as np
import pytest

from fsdl_hwr import weights
from fsdl_hwr.datasets import strokes
from fsdl_hwr.serving import onnx, rollout, streams

pytest.importorskip("fastapi", reason="needs the extra serve")
from fastapi.testclient import TestClient  # noqa: E402

from fsdl_hwr.serving import app as service  # noqa: E402
from fsdl_hwr.serving.app import Settings  # noqa: E402


@pytest.fixture(scope="module")
def picture():
    return next(streams.usual(["meet me at noon"], strokes.writers("test", 1), 0))


@pytest.fixture(scope="module")
def body(picture):
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture(scope="module")
def client():
    with TestClient(service.create(Settings(max_bytes=100_000))) as client:
        yield client


def test_a_line_is_read_as_the_reader_reads_it(client, picture, body):
    answer = client.post("/read", content=body)
    reading = onnx.load(weights.ONNX, 1).readings([picture])[0]
    assert answer.status_code == 200
    found = answer.json()
    assert found["text"] == reading.text
    assert found["characters"] == pytest.approx(reading.confidences, abs=1e-3)
    assert found["model"] == answer.headers["x-model"] and len(found["model"]) == 12
    assert len(answer.headers["x-request-id"]) == 32


def test_a_page_is_read_line_by_line(client, picture):
    two = cv2.imencode(".png", np.vstack([picture, picture]))[1].tobytes()
    found = client.post("/page", content=two).json()
    assert len(found["lines"]) == 2 and found["size"] == [picture.shape[1], 2 * picture.shape[0]]


def test_two_rows_read_as_one_line_come_with_a_note(client, picture):
    two = cv2.imencode(".png", np.vstack([picture, picture]))[1].tobytes()
    assert "2 rows" in client.post("/read", content=two).json()["notes"][0]


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 400), (b"<html>", 415), (b"\xff\xd8\xff\xe0", 422)]
)
def test_bad_bodies_are_answered_in_a_sentence(client, content, status):
    answer = client.post("/read", content=content)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith((".", "!"))
    assert "x-model" in answer.headers


def test_a_long_body_is_refused_also_without_a_length(client):
    assert client.post("/read", content=bytes(200_000)).status_code == 413
    assert client.post("/read", content=iter([bytes(50_000)] * 5)).status_code == 413


def test_a_host_that_is_not_ours_is_refused(client, body):
    answer = client.post("/read", content=body, headers={"host": "attacker.example"})
    assert answer.status_code == 400


def test_a_full_queue_says_when_to_come_back(client, body):
    queue = client.app.state.queue
    queue.length += queue.room
    try:
        answer = client.post("/read", content=body)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").json() == {"status": "alive"}
    finally:
        queue.length -= queue.room
    assert client.get("/readyz").json()["status"] == "ready"


def test_a_reader_that_reads_otherwise_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(client.app.state.readers, "expected", "something else")
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "known line" in answer.json()["status"]


def test_what_happened_is_counted_under_names_of_ours(client, body):
    client.post("/read", content=body)
    client.get("/a-path-from-a-stranger")
    text = client.get("/metrics").text
    assert 'fsdl_hwr_requests_total{path="/read",status="200"}' in text
    assert 'fsdl_hwr_requests_total{path="other",status="404"}' in text
    assert "stranger" not in text


def test_the_front_is_the_built_page_or_a_sentence(client, tmp_path):
    assert "/read" in client.get("/").text
    page = tmp_path / "index.html"
    page.write_text("<h1>built</h1>")
    with TestClient(service.create(Settings(front=str(page)))) as other:
        assert other.get("/").text == "<h1>built</h1>"


def test_a_moved_link_is_followed_and_a_damaged_file_is_not(tmp_path, body):
    for name in ("old.onnx", "new.onnx"):
        shutil.copy(weights.ONNX, tmp_path / name)
    link = rollout.switch(tmp_path, "old.onnx")
    with TestClient(service.create(Settings(weights=str(link)))) as client:
        assert client.post("/read", content=body).status_code == 200
        rollout.switch(tmp_path, "new.onnx")
        client.post("/read", content=body)
        assert client.app.state.readers.current.path.endswith("new.onnx")
        (tmp_path / "bad.onnx").write_bytes(b"damaged")
        rollout._point(link, "bad.onnx")
        assert client.post("/read", content=body).status_code == 200
        assert client.app.state.readers.current.path.endswith("new.onnx")


def test_a_candidate_reads_beside_the_current_one(body):
    told = Settings(candidate=str(weights.ONNX), share=1.0)
    with TestClient(service.create(told)) as client:
        for _ in range(3):
            client.post("/read", content=body)
        trial = client.app.state.readers.trial
        assert trial.read == 3 and trial.disagreement == 0


@pytest.mark.long
def test_keras_onnx_and_http_read_two_hundred_lines_alike(client):
    from fsdl_hwr.datasets import canvas_ink, sources
    from fsdl_hwr.datasets.lines import Lines, ink_widths
    from fsdl_hwr.recognizers.line import Recognizer

    by_keras, by_onnx = Recognizer.load(weights.KERAS), onnx.load(weights.ONNX, 1)
    texts = sources.sentences("faker", "test", alphabet=by_onnx.alphabet, num=200, max_length=22)
    samples = canvas_ink.embedded_samples("line", texts.texts, 0)
    images = np.stack([canvas_ink.line_image(s.ink, by_onnx.geometry) for s in samples])
    lines = Lines(images, ("",) * len(images), ink_widths(images))
    logits, frames = by_onnx.logits(lines, 1), by_onnx.frames(lines.ink_widths)
    apart = np.abs(by_keras.logits(lines, 1) - logits).max(-1)  # (lines, frames)
    difference = max(line[:n].max() for line, n in zip(apart, frames, strict=True))
    print(f"Keras and ONNX: logits differ by {difference:.1e}")
    bodies = [cv2.imencode(".png", image)[1].tobytes() for image in images]
    over_http = [client.post("/read", content=body).json()["text"] for body in bodies]
    read = by_onnx.read(lines)
    assert over_http == read and len(read) == 200
    assert difference < 1e-3 and by_keras.read(lines) == read
