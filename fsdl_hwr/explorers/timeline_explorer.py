"""The timeline of lab 04b: a sweep as it ran, and as it would run with more or fewer workers."""

from collections.abc import Sequence

from fsdl_hwr.experiments import timelines
from fsdl_hwr.experiments.timelines import Bar
from fsdl_hwr.explorers import widget

MOST_WORKERS = 16


def page_data(bars: Sequence[Bar], lanes: Sequence[str]) -> dict:
    """Return what the page draws: the sweep as it ran, and a replay for each number of workers.

    A replay knows only the sessions that finished: each run's length, in the order of their starts.
    Raises `ValueError` if none did.
    """
    finished = sorted((b for b in bars if b.state == "finished"), key=lambda bar: bar.start)
    if not finished:
        raise ValueError("No run has finished, so there is nothing to replay.")
    names = [bar.run for bar in finished]
    seconds = [bar.end - bar.start for bar in finished]
    most = min(MOST_WORKERS, len(seconds))
    replays = [timelines.simulate(seconds, workers) for workers in range(1, most + 1)]
    return {
        "lanes": list(lanes),
        "measured": [_plain(bar, bar.run) for bar in bars],
        "replays": [[_plain(bar, names[k]) for k, bar in enumerate(replay)] for replay in replays],
        "longest": round(max(seconds), 2),
        "total": round(sum(seconds), 2),
    }


def explore(bars: Sequence[Bar], lanes: Sequence[str], workers: int = 0):
    """Open the timeline in the page; `.state` of what it returns holds the number of workers.

    workers: where the slider starts; 0 shows the sweep as it ran.
    """
    return widget.open_explorer("timeline_explorer", page_data(bars, lanes), {"workers": workers})


def _plain(bar: Bar, run: str) -> dict:
    times = {"start": round(bar.start, 3), "end": round(bar.end, 3)}
    return {"run": run, "lane": bar.lane, "state": bar.state, **times}
