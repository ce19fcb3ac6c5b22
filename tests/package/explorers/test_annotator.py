"""What the annotator's page is told, and how steps that come twice are taken once."""

import errno
import os

import pytest
from page_examples import bars

from fsdl_hwr.explorers import annotator
from fsdl_hwr.labeling.desk import Desk, Entry


@pytest.fixture
def desk(tmp_path):
    page = bars(height=260, rows=(60, 120, 180))
    entries = [Entry(k, line, line.transcript, (0.9, 0.2, 0.9, 0.9, 0.9, 0.9))
               for k, line in enumerate(page.lines)]  # fmt: skip
    return Desk(page.image, entries, journal=tmp_path / "page.jsonl")


def state(*steps, line=0, whole=False):
    return {"steps": list(steps), "line": line, "whole": whole}


ACCEPT = {"n": 1, "do": "accept", "line": 0, "text": "first"}


def test_steps_that_come_again_are_taken_once(desk):
    answers = annotator.Answers(desk)
    split = {"n": 2, "do": "split", "line": 1, "at": 4}
    assert [row["key"] for row in answers(state(ACCEPT))["rows"]] == [0]
    data = answers(state(ACCEPT, split, line=3))
    assert data["seen"] == 2 and data["order"] == [0, 3, 4, 2]
    assert [row["key"] for row in data["rows"]] == [3, 4]
    assert [crop["key"] for crop in data["crops"]] == [3, 4, 2]
    again = answers(state(ACCEPT, split, line=3))
    assert again["rows"] == [] and again["order"] is None
    assert len(desk.journal.records) == 3


def test_a_page_that_lost_its_rows_is_told_all(desk):
    answers = annotator.Answers(desk)
    data = answers(state(whole=True))
    assert len(data["rows"]) == 3 and data["order"] == [0, 1, 2]
    assert data["rows"][0]["confidences"] == [0.9, 0.2, 0.9, 0.9, 0.9, 0.9]


def test_a_step_that_fails_is_seen_and_says_why(desk, monkeypatch):
    answers = annotator.Answers(desk)
    data = answers(state({"n": 1, "do": "split", "line": 0, "at": 0}))
    assert data["seen"] == 1 and "between two characters" in data["message"]
    data = answers(state({"n": 2, "do": "accept"}))
    assert data["seen"] == 2 and "gone" in data["message"]

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    data = answers(state({"n": 3, "do": "accept", "line": 0, "text": "x"}))
    assert data["message"].startswith("Not saved") and "No space" in data["message"]
    assert desk.entries[0].line.transcript == "line 1"


def test_a_desk_is_drawn_also_without_lines(desk):
    figure = annotator.draw_desk(desk, "A page", count=2)
    assert len(figure.axes) == 2
    assert "".join(text.get_text() for text in figure.axes[0].texts) == "line 1"
    empty = Desk(desk.image, [])
    assert not annotator.draw_desk(empty, "An empty page").axes
    assert annotator.Answers(empty)(state(line=-1))["rows"] == []
