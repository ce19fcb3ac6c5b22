"""The drift dashboard of lab 09: a stream goes wrong, and numbers leave their usual bands."""

from collections.abc import Mapping

import numpy as np

from fsdl_hwr.explorers import widget
from fsdl_hwr.serving.monitoring import STATISTICS, Alarm, Reference, Watch

# Where a watch raised alarms, as (requests so far, alarm), and its curve: requests, scores.
Replay = tuple[list[tuple[int, Alarm]], tuple[list[int], list[float]]]


def replay(reference: Reference, values: np.ndarray) -> Replay:
    """Let a watch see a stream of values, float (requests, statistics), from its first line on."""
    watch = Watch(reference)
    alarms: list[tuple[int, Alarm]] = []
    requests, scores = [], []
    for k, line in enumerate(values, start=1):
        if alarm := watch.add(line):
            alarms.append((k, alarm))
        if k >= reference.window and (k - reference.window) % (reference.window // 2) == 0:
            requests.append(k)
            scores.append(watch.score)
    return alarms, (requests, scores)


def page_data(reference: Reference, streams: Mapping[str, np.ndarray]) -> dict:
    """Return what the page draws: per stream its values, its windows' scores, and its alarms."""
    low, high = np.quantile(reference.values, [0.05, 0.95], axis=0)
    data = []
    for name, values in streams.items():
        alarms, (requests, _) = replay(reference, values)
        windows = [reference.scores(values[k - reference.window : k]) for k in requests]
        data.append(
            {
                "name": name,
                "values": np.round(values.T, 3).tolist(),
                "requests": requests,
                "scores": np.round(windows, 3).tolist(),
                "alarms": [{"request": k, **alarm._asdict()} for k, alarm in alarms],
            }
        )
    return {
        "statistics": list(STATISTICS),
        "window": reference.window,
        "low": np.round(low, 3).tolist(),
        "high": np.round(high, 3).tolist(),
        "streams": data,
    }


def explore(reference: Reference, streams: Mapping[str, np.ndarray]):
    """Open the dashboard in the page; `.state` of what it returns holds stream and request.

    streams: by name, values of consecutive lines, float (requests, statistics).
    """
    state = {"stream": 0, "request": reference.window}
    return widget.open_explorer("drift_explorer", page_data(reference, streams), state)
