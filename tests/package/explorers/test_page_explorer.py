"""A page as its two modes are told of it; steps that come twice are taken once."""

import errno
import json
import os

import pytest
from page_examples import bars

from fsdl_hwr.explorers import page_explorer, widget
from fsdl_hwr.labeling.desk import Desk, Entry
from fsdl_hwr.recognizers import page as page_reader
from fsdl_hwr.recognizers.reader import Reading


class Says:
    def readings(self, crops):
        return [Reading("lilt", (0.9, 0.5, 0.9, 1.0)) for _ in crops]


@pytest.fixture
def reading():
    return page_reader.read_page(bars(rows=(50, 100, 150), height=200).image, Says())


def test_a_row_per_line_with_edits_if_the_transcript_is_known(reading):
    rows = page_explorer.line_rows(reading, ["lilt", "list", ""])
    assert [row["edits"] for row in rows] == [0, 1, None]
    assert rows[0]["confidences"] == [0.9, 0.5, 0.9, 1.0]
    json.dumps(rows)


def test_the_figure_shows_every_text(reading):
    texts = [text.get_text() for text in page_explorer.draw_reading(reading, "read").axes[1].texts]
    assert len(texts) == 3 and all("lilt" in text for text in texts)


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_the_page_gets_the_same_lines(reading):
    explorer = page_explorer.explore(reading)
    assert explorer.state == {"line": -1} and len(explorer.data["rows"]) == 3


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
    answers = page_explorer.Answers(desk)
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
    answers = page_explorer.Answers(desk)
    data = answers(state(whole=True))
    assert len(data["rows"]) == 3 and data["order"] == [0, 1, 2]
    assert data["rows"][0]["confidences"] == [0.9, 0.2, 0.9, 0.9, 0.9, 0.9]


def test_a_step_that_fails_is_seen_and_says_why(desk, monkeypatch):
    answers = page_explorer.Answers(desk)
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
    figure = page_explorer.draw_desk(desk, "A page", count=2)
    assert len(figure.axes) == 2
    assert "".join(text.get_text() for text in figure.axes[0].texts) == "line 1"
    empty = Desk(desk.image, [])
    assert not page_explorer.draw_desk(empty, "An empty page").axes
    assert page_explorer.Answers(empty)(state(line=-1))["rows"] == []
