"""The recognizers of a service: the current one, a candidate beside it, and the watch over both.

All of it runs in the thread of the queue, one line after the other, and needs no lock.
"""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from fsdl_hwr import ink, weights
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.recognizers.reader import LineReader, Reading
from fsdl_hwr.serving import counters, monitoring, onnx
from fsdl_hwr.serving.monitoring import Reference, Watch
from fsdl_hwr.serving.rollout import Trial

log = logging.getLogger("uvicorn.error")
# What the service reads to find out whether it reads: upright bars, drawn when it starts.
PROBE = [np.array([[12 + 20 * k, 10], [12 + 20 * k, 50]], np.float32) for k in range(6)]


class Told(Protocol):
    """The settings that concern recognizers; `app.Settings` explains them."""

    weights: str
    candidate: str
    share: float
    canary: bool
    reference: str


@dataclass(frozen=True)
class Loaded:
    """A recognizer in memory: its file, its version (of the file's SHA-256), its reader."""

    path: str
    version: str
    reader: LineReader


def load(path: str | os.PathLike) -> Loaded:
    """Load a recognizer on one thread, following links; raises what `onnx.load` raises."""
    real = os.path.realpath(path)
    reader = onnx.load(real, threads=1)
    return Loaded(real, hashlib.sha256(Path(real).read_bytes()).hexdigest()[:12], reader)


class Readers:
    """Reads lines for a service; loads a new recognizer as soon as the link to it has moved."""

    def __init__(self, told: Told):
        self.told = told
        self.current = load(told.weights)
        self.candidate = load(told.candidate) if told.candidate else None
        self.trial = Trial(told.share, told.canary)
        self.watch = Watch(Reference.load(told.reference)) if told.reference else None
        self.model = CharacterNgram.load(weights.NGRAM) if told.reference else None
        self._failed = ""  # the path that could not be loaded
        self._probe = ink.render(PROBE, 60, 140, 4.0)
        self.expected = self._read_probe()

    def read(self, image: np.ndarray, name: str) -> tuple[Reading, str]:
        """Read a picture of one line, uint8 gray: its reading, and the version that read it.

        name: the request's id, hexadecimal, which decides whether the candidate reads it too.
        """
        self._follow_link()
        if self.watch is None or self.model is None:
            reading = self.current.reader.readings([image])[0]
        else:
            reading, values = monitoring.observe(self.current.reader, self.model, image)
            if alarm := self.watch.add(values):
                counters.ALARMS.labels(alarm.fault).inc()
                log.warning("drift: %s (%s, %.1f)", *alarm)
            counters.DRIFT.set(self.watch.score)
        counters.LINES.inc()
        if self.candidate is None or not self.trial.takes(name):
            return reading, self.current.version
        other = self.candidate.reader.readings([image])[0]
        text = self.trial.compare(reading.text, other.text)
        counters.COMPARED.labels(str(other.text == reading.text).lower()).inc()
        if text == other.text and self.trial.canary and not self.trial.stopped:
            return other, self.candidate.version
        return reading, self.current.version

    def probe(self) -> str:
        """Read the known line; return '', or why the service is not ready."""
        self._follow_link()
        found = self._read_probe()
        return "" if found == self.expected else f"The known line is read as {found!r}."

    def describe(self) -> dict[str, Any]:
        """Return what a client may want to know of the recognizer that reads."""
        geometry = self.current.reader.geometry
        return {
            "model": self.current.version,
            "characters": self.current.reader.alphabet.characters,
            "height": geometry.height,
            "width": geometry.width,
        }

    def _read_probe(self) -> str:
        return self.current.reader.readings([self._probe])[0].text

    def _follow_link(self) -> None:
        """Load the recognizer that the link points to now; a damaged one changes nothing."""
        real = os.path.realpath(self.told.weights)
        if real in (self.current.path, self._failed):
            return
        try:
            self.current = load(real)
        except (OSError, ValueError) as error:
            self._failed = real
            counters.RELOADS.labels("failed").inc()
            log.error("%s was not loaded, the old recognizer goes on: %s", real, error)
            return
        self._failed = ""
        self.expected = self._read_probe()
        counters.RELOADS.labels("loaded").inc()
        log.info("reads with %s, version %s", real, self.current.version)
