"""The desk: steps, what they change, and that a journal brings all of it back."""

import errno
import os

import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.labeling import desk as desks
from fsdl_hwr.labeling.desk import Desk, Entry
from fsdl_hwr.recognizers.page import PageReading
from fsdl_hwr.recognizers.reader import Reading


class Says:
    def readings(self, crops):
        return [Reading("read", (0.5,) * 4) for _ in crops]


@pytest.fixture
def page():
    return bars(height=260, rows=(60, 120, 180))


@pytest.fixture
def desk(page, tmp_path):
    entries = [Entry(k, line, line.transcript) for k, line in enumerate(page.lines)]
    return Desk(page.image, entries, journal=tmp_path / "page.jsonl", reader=Says())


def texts(desk):
    return [entry.line.transcript for entry in desk.entries.values()]


def as_json(desk):
    return [entry.to_dict() for entry in desk.entries.values()]


STEPS = [
    {"do": "accept", "line": 0, "text": "first", "keystrokes": 6, "seconds": 2.5},
    {"do": "split", "line": 1, "at": 4},
    {"do": "kind", "line": 2, "kind": "print"},
    {"do": "merge", "line": 3},
    {"do": "draw", "baseline": [[40, 230], [360, 230]], "after": 0},
    {"do": "move", "line": 2, "baseline": [[50, 178], [350, 182]]},
    {"do": "text", "line": 2, "text": "thi"},
    {"do": "text", "line": 2, "text": "third"},
    {"do": "delete", "line": 0},
]


def test_every_step_comes_back_from_the_journal(desk, page):
    for step in STEPS:
        desk.take(step)
    kept = as_json(desk)
    again = Desk(page.image, [], journal=desk.journal.path)
    assert as_json(again) == kept
    for _ in range(len(STEPS) - 1):  # two texts of one line are one step
        again.take({"do": "undo"})
    assert texts(again) == ["line 1", "line 2", "line 3"]
    third = Desk(page.image, [], journal=desk.journal.path)
    assert texts(third) == ["line 1", "line 2", "line 3"]
    with pytest.raises(ValueError, match="nothing to take back"):
        third.take({"do": "undo"})


def test_what_a_step_costs_is_added_up(desk):
    for _ in range(2):
        desk.take(STEPS[0])
    entry = desk.entries[0]
    assert (entry.accepted, entry.keystrokes, entry.seconds) == (True, 12, 5.0)
    desk.take({"do": "text", "line": 0, "text": "other"})
    assert not desk.entries[0].accepted


def test_a_line_is_split_in_a_gap_of_its_ink_and_both_parts_keep_their_ink(desk):
    desk.take({"do": "split", "line": 1, "at": 4})
    left, right = list(desk.entries.values())[1:3]
    assert (left.line.transcript, right.line.transcript) == ("line", "2")
    cut = left.line.baseline[-1, 0]
    assert np.allclose(right.line.baseline[0, 0], cut)
    ink = (desk.image[104:120] < 100).any(axis=0)
    assert not ink[int(cut)]
    owners = desk.owners()
    assert set(np.unique(owners[104:120])) == {0, 2, 3}


def test_a_drawn_line_is_read_and_outlined_by_its_ink(page, tmp_path):
    entries = [Entry(0, page.lines[0], "line 1")]
    desk = Desk(page.image, entries, reader=Says())
    desk.take({"do": "draw", "baseline": [[40, 120], [360, 120]]})
    drawn = list(desk.entries.values())[-1]
    assert drawn.line.transcript == drawn.prediction == "read"
    low, high = drawn.line.polygon.min(axis=0), drawn.line.polygon.max(axis=0)
    assert 90 < low[1] <= 104 and 120 <= high[1] < 140  # the bars are 16 px high
    assert (desk.crop(drawn.key) < 128).any()


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"do": "fly"}, "No such step"),
        ({"do": "accept", "line": 99}, "is gone"),
        ({"do": "kind", "line": 0, "kind": "poem"}, "No such type"),
        ({"do": "split", "line": 0, "at": 0}, "between two characters"),
        ({"do": "merge", "line": 2}, "last line"),
        ({"do": "move", "line": 0, "baseline": [[5, 5]]}, "two points"),
        ({"do": "move", "line": 0, "baseline": [[5, 5], [float("nan"), 5]]}, "numbers"),
        ({"do": "draw", "baseline": [[5, 5], [6, 5]]}, "are one"),
    ],
)
def test_a_step_that_cannot_be_taken_changes_nothing(desk, step, says):
    before, size = as_json(desk), desk.journal.path.stat().st_size
    with pytest.raises(ValueError, match=says):
        desk.take(step)
    assert as_json(desk) == before and desk.journal.path.stat().st_size == size


def test_a_full_disk_leaves_the_desk_as_it_was(desk, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="not saved"):
        desk.take(STEPS[0])
    assert texts(desk) == ["line 1", "line 2", "line 3"]


def test_a_journal_of_another_page_is_refused(desk):
    with pytest.raises(ValueError, match="another page"):
        Desk(bars().image, [], journal=desk.journal.path)


def test_a_baseline_stays_on_the_page(desk):
    desk.take({"do": "move", "line": 0, "baseline": [[-50, 60], [9000, 60]]})
    moved = desk.entries[0].line
    assert moved.baseline[:, 0].tolist() == [0, 399]
    desk.take({"do": "undo"})
    assert np.array_equal(desk.entries[0].line.baseline, bars().lines[0].baseline)


def test_transcripts_have_one_form():
    assert desks.clean("  cafe\u0301 \r\n au  lait\t") == "caf\u00e9 au lait"


def test_a_reading_is_the_proposal(page):
    readings = tuple(Reading(line.transcript, (0.4,) * 6) for line in page.lines)
    reading = PageReading(page, (), readings, 0, 1.0)
    desk = Desk.of_reading(reading)
    assert [e.prediction for e in desk.entries.values()] == texts(desk)
    assert desk.entries[0].confidences == (0.4,) * 6
    assert desk.page("letter").transcript == page.transcript


def test_800_lines_are_no_hardship(page):
    line = page.lines[0]
    entries = [
        Entry(k, line.moved([[0.04, 0, 30 * (k % 13)], [0, 0.05, k // 13 * 4]]), "word")
        for k in range(800)
    ]
    desk = Desk(page.image, entries)
    for k in range(0, 800, 40):
        desk.take({"do": "accept", "line": k, "text": "word"})
    assert sum(entry.accepted for entry in desk.entries.values()) == 20
