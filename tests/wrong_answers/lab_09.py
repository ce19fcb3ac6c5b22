"""Wrong answers to the exercises of lab 09."""

import math

import numpy as np

from wrong_answers import wrong


@wrong("09/status", "a full queue comes before")
def _(length, kind, pixels, waiting, room):
    if waiting >= room:
        return 503
    if length > 10_000_000:
        return 413
    if not length:
        return 400
    if kind not in {"PNG", "JPEG", "WebP"}:
        return 415
    return 422 if pixels > 16_000_000 else 200


@wrong("09/status", "answered with 413")
def _(length, kind, pixels, waiting, room):
    if length > 10_000_000 or (length and kind in ("PNG", "WebP", "JPEG") and pixels > 16e6):
        return 413
    if length == 0:
        return 400
    if kind not in ("PNG", "JPEG", "WebP"):
        return 415
    return 503 if waiting == room else 200


@wrong("09/room-for", "room of all workers together")
def _(per_second, workers, latest):
    return max(1, int(round(per_second * latest, 9)))


@wrong("09/room-for", "a queue of 0 places")
def _(per_second, workers, latest):
    return int(round(per_second * latest / workers, 9))


@wrong("09/room-for", "rounded up")
def _(per_second, workers, latest):
    return math.ceil(round(latest * per_second / workers, 9))


@wrong("09/png-pixels", "from the wrong end")
def _(data):
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or len(data) < 24:
        return 0
    width, height = np.frombuffer(data[16:24], "<u4").tolist()
    return width * height


@wrong("09/png-pixels", "chunk's name is still before")
def _(data):
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or len(data) < 24:
        return 0
    width, height = np.frombuffer(data[12:20], ">u4").tolist()
    return width * height


@wrong("09/is-ready", "it cannot fail")
def _(read, line, expected, waiting, room):
    return True


@wrong("09/is-ready", "a full queue is called ready")
def _(read, line, expected, waiting, room):
    try:
        return read(line) == expected
    except RuntimeError:
        return False


@wrong("09/alarm-limit", "not standardized")
def _(distances, rate):
    return np.percentile(np.max(distances, axis=1), 100 * (1 - rate))


@wrong("09/alarm-limit", "its own limit")
def _(distances, rate):
    standard = (distances - distances.mean(axis=0)) / distances.std(axis=0)
    return max(np.quantile(column, 1 - rate) for column in standard.T)


@wrong("09/canary", "the line at which it stops")
def _(pairs, allowed, least):
    texts, different, stopped = [], 0, False
    for k, (current, candidate) in enumerate(pairs):
        texts.append(current if stopped else candidate)
        different += current != candidate
        if k + 1 >= least and different / (k + 1) > allowed:
            stopped = True
    return texts


@wrong("09/canary", "it never stops")
def _(pairs, allowed, least):
    return [pair[1] for pair in pairs]


@wrong("09/canary", "comes back")
def _(pairs, allowed, least):
    texts, different = [], 0
    for k, (current, candidate) in enumerate(pairs, 1):
        different += current != candidate
        texts.append(current if k >= least and different > allowed * k else candidate)
    return texts


@wrong("09/status", "no known kind")
def _(length, kind, pixels, waiting, room):
    if length > 10_000_000:
        return 413
    if length == 0:
        return 400
    if kind not in "PNG JPEG WebP":
        return 415
    if pixels > 16_000_000:
        return 422
    return 503 if waiting >= room else 200
