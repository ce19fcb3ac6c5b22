"""What Prometheus may ask of the service: how many, how fast, how full, how strange.

A label is one of a few words of ours, never a client's text: each value is a time series for ever.
"""

import os

import prometheus_client
from prometheus_client import Counter, Gauge, Histogram, multiprocess

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST
PATHS = ("/read", "/page", "/healthz", "/readyz", "/metrics", "/")
SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)  # the buckets' edges

REQUESTS = Counter("fsdl_hwr_requests", "Answers, by path and status.", ["path", "status"])
DURATION = Histogram("fsdl_hwr_seconds", "Seconds to an answer.", ["path"], buckets=SECONDS)
LINES = Counter("fsdl_hwr_lines", "Lines that were read.")
RELOADS = Counter("fsdl_hwr_reloads", "Recognizers loaded after the first.", ["outcome"])
COMPARED = Counter("fsdl_hwr_compared", "Lines that the candidate read too.", ["same"])
DRIFT = Gauge(
    "fsdl_hwr_drift", "How far the last window lies from the reference; 1 is an alarm.",
    multiprocess_mode="max",
)  # fmt: skip
ALARMS = Counter("fsdl_hwr_drift_alarms", "Windows that raised an alarm, by its name.", ["fault"])


def count(path: str, status: int, seconds: float) -> None:
    """Count one answer; a path that is none of the service's counts as `other`."""
    known = path if path in PATHS else "other"
    REQUESTS.labels(known, str(status)).inc()
    DURATION.labels(known).observe(seconds)


def exposition() -> bytes:
    """Return all that was counted, in Prometheus' text format: of every worker, if there are more.

    Workers share their counts through files, in the folder that `PROMETHEUS_MULTIPROC_DIR` names.
    """
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.generate_latest()
    registry = prometheus_client.CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return prometheus_client.generate_latest(registry)
