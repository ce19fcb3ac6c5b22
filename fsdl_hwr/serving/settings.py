"""What a service is told. The process above the workers imports this, and not FastAPI."""

import json
from dataclasses import asdict, dataclass

from fsdl_hwr import weights
from fsdl_hwr.serving import uploads

ENVIRONMENT = "FSDL_HWR_SERVICE"  # the variable that brings the settings to the workers


@dataclass(frozen=True)
class Settings:
    """What a service is told.

    Args:
        weights: the recognizer's file, .onnx, or a link to it that `rollout.switch` moves.
        candidate: another one, which is tried beside it.
        share: of the lines that the candidate reads too.
        canary: whether the candidate's text is what those requests are answered with.
        reference: what `monitoring.Reference.save` wrote, to watch for drift.
        front: the built page that `/` shows.
        max_bytes: of a body.
        room: requests that wait or are read, per worker; the next gets 503.
        seconds: until a line must be read. page_seconds: until a page must be.
        body_seconds: until a body must have come.
        hosts: names that the service may be called by; others are refused.
    """

    weights: str = str(weights.ONNX)
    candidate: str = ""
    share: float = 0.1
    canary: bool = False
    reference: str = ""
    front: str = ""
    max_bytes: int = uploads.MAX_BYTES
    room: int = 8
    seconds: float = 2.0
    page_seconds: float = 20.0
    body_seconds: float = 10.0
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "testserver")

    def to_json(self) -> str:
        """Return all settings as JSON, for the environment of the workers."""
        return json.dumps(asdict(self))
