"""When runs ran, from their records; and their replay with other numbers of workers."""

import json

import pytest

from fsdl_hwr import files
from fsdl_hwr.experiments import timelines, tracking


def record(folder, *events, worker="slot 1"):
    folder.mkdir(parents=True)
    opening = {"config": {}, "environment": {"variables": {tracking.WORKER: worker}}}
    own = {"start": opening, "resume": opening, "epoch": {"epoch": 1, "metrics": {}}}
    lines = [
        {"event": event, "time": f"2026-01-01T00:00:{second:06.3f}+00:00"} | own.get(event, {})
        for event, second in events
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / tracking.RECORD).write_text(text)


def test_sessions_are_read_with_their_workers_and_their_ends(tmp_path):
    record(tmp_path / "a", ("start", 10), ("epoch", 12.5), ("resume", 20), ("finish", 21))
    record(tmp_path / "b", ("start", 11), ("epoch", 14), worker="slot 2")
    record(tmp_path / "c", ("start", 15), worker="slot 2")
    (tmp_path / "b" / ".recording").touch()  # as a kill leaves it
    with files.lock(tmp_path / "c", tracking.LOCK):
        bars, workers = timelines.read(tmp_path)
    assert workers == ["slot 1", "slot 2"]
    assert bars == [
        timelines.Bar("a", 0, 0.0, 2.5, "died"),
        timelines.Bar("b", 1, 1.0, 4.0, "died"),
        timelines.Bar("c", 1, 5.0, 5.0, "running"),
        timelines.Bar("a", 0, 10.0, 11.0, "finished"),
    ]
    assert timelines.wall_time(bars) == 11
    (tmp_path / "empty").mkdir()
    assert timelines.read(tmp_path / "empty") == ([], [])
    with pytest.raises(FileNotFoundError, match="nowhere"):
        timelines.read(tmp_path / "nowhere")


def test_a_run_says_where_it_ran(tmp_path, monkeypatch):
    monkeypatch.setenv(tracking.WORKER, "slot 7")
    tracking.start(tmp_path / "a", {}).finish()
    (bar,), workers = timelines.read(tmp_path)
    assert (bar.state, workers) == ("finished", ["slot 7"]) and 0 <= bar.end < 10


@pytest.mark.parametrize("workers, seconds", [(1, 9), (2, 6), (3, 5), (9, 4)])
def test_more_workers_help_until_the_longest_run_is_left(workers, seconds):
    bars = timelines.simulate([1, 2, 2, 4], workers)
    assert timelines.wall_time(bars) == seconds
    for lane in range(workers):  # nobody runs two at once
        times = sorted((bar.start, bar.end) for bar in bars if bar.lane == lane)
        assert all(end <= start for (_, end), (start, _) in zip(times, times[1:], strict=False))
    with pytest.raises(ValueError, match="at least 1"):
        timelines.simulate([1], 0)
