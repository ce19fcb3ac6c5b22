"""When the runs of a sweep ran, where, and how they ended; and how they would with more workers."""

import heapq
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fsdl_hwr import files
from fsdl_hwr.experiments import tracking


@dataclass(frozen=True)
class Bar:
    """One session of a run: seconds since the first began, on a lane of its worker's own.

    state: 'finished'; 'died', if another session or nothing came after it; 'running', if its folder
    is still held.
    """

    run: str
    lane: int
    start: float
    end: float
    state: str


def read(folder: str | os.PathLike) -> tuple[list[Bar], list[str]]:
    """Read a sweep's sessions from the records of its runs, and the name of each lane's worker.

    A session ends with the last line that it wrote. Raises `FileNotFoundError`.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: no sweep has been started in it.")
    sessions = []
    for path in sorted(folder.glob(f"*/{tracking.RECORD}")):
        parts: list[list[dict]] = []
        for event in tracking.read_events(path.parent):
            parts += [[]] if event["event"] in ("start", "resume") else []
            if parts:
                parts[-1].append(event)
        for k, events in enumerate(parts):
            sessions.append((path.parent.name, events, k + 1 == len(parts)))
    if not sessions:
        return [], []
    began = min(_time(events[0]) for _, events, _ in sessions)
    workers: list[str] = []
    bars = []
    for run, events, is_last in sorted(sessions, key=lambda session: _time(session[1][0])):
        worker = events[0]["environment"]["variables"].get(tracking.WORKER, "this machine")
        if worker not in workers:
            workers.append(worker)
        start, end = (_time(events[k]) - began for k in (0, -1))
        state = _state(events, is_last and files.is_held(folder / run, tracking.LOCK))
        bars.append(Bar(run, workers.index(worker), start, end, state))
    return bars, workers


def simulate(seconds: Sequence[float], workers: int) -> list[Bar]:
    """Replay runs of known lengths with any number of workers: the next run takes the first free.

    Run k is called by its place, "1" being the first. Raises `ValueError` without workers.
    """
    if workers < 1:
        raise ValueError(f"Nothing runs on {workers} workers: give at least 1.")
    free = [(0.0, lane) for lane in range(workers)]
    bars = []
    for k, length in enumerate(seconds):
        start, lane = heapq.heappop(free)
        bars.append(Bar(str(k + 1), lane, start, start + length, "finished"))
        heapq.heappush(free, (start + length, lane))
    return bars


def wall_time(bars: Sequence[Bar]) -> float:
    """Return the seconds from the first start to the last end."""
    return max((bar.end for bar in bars), default=0.0) - min((b.start for b in bars), default=0.0)


def _time(event: dict) -> float:
    return datetime.fromisoformat(event["time"]).timestamp()


def _state(events: list[dict], is_held: bool) -> str:
    if events[-1]["event"] == "finish":
        return "finished"
    return "running" if is_held else "died"
