"""The service: pictures of handwriting to text over HTTP, without Keras.

`POST /read` takes the bytes of a picture of one line, `POST /page` those of a page. `/healthz` says
that the process lives, `/readyz` that it reads, `/metrics` how it fares. `/` is the page that reads
in the browser, if it was built. The README beside this file says what is defended against.
"""

import asyncio
import contextlib
import json
import os
import time
import uuid
import warnings
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import cv2
import fastapi
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from fsdl_hwr.recognizers import picture
from fsdl_hwr.serving import command, counters, uploads
from fsdl_hwr.serving.queue import BoundedQueue
from fsdl_hwr.serving.readers import Readers
from fsdl_hwr.serving.settings import ENVIRONMENT, Settings
from fsdl_hwr.serving.uploads import Refused

PAGE_LONGEST = 4000  # px to which a page is reduced
RETRY_AFTER = "1"  # second


def from_environment() -> fastapi.FastAPI:
    """Make the app of a worker process, told by the variable `FSDL_HWR_SERVICE` (JSON)."""
    told = json.loads(os.environ.get(ENVIRONMENT, "{}"))
    names = {field.name for field in fields(Settings)}
    if unknown := set(told) - names:
        raise ValueError(f"{ENVIRONMENT} has unknown settings: {', '.join(sorted(unknown))}.")
    told["hosts"] = tuple(told.get("hosts", Settings.hosts))
    return create(Settings(**told))


def create(settings: Settings) -> fastapi.FastAPI:
    """Make the app; the recognizer is loaded when it starts, in the process that will read."""
    app = fastapi.FastAPI(
        title="Handwriting recognition",
        lifespan=_lifespan,
        max_body_size=settings.max_bytes,
        docs_url=None,  # their pages fetch scripts from elsewhere
        redoc_url=None,
    )
    app.state.settings = settings
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    app.add_middleware(Envelope, state=app.state)
    app.add_exception_handler(Refused, _refuse)
    app.post("/read")(read)
    app.post("/page")(read_page)
    app.get("/healthz")(healthz)
    app.get("/readyz")(readyz)
    app.get("/metrics")(metrics)
    app.get("/")(front)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: fastapi.FastAPI) -> AsyncIterator[None]:
    settings = app.state.settings
    cv2.setNumThreads(1)  # a process per core: threads of its own would only wait for each other
    app.state.readers = Readers(settings)
    app.state.queue = BoundedQueue(settings.room, settings.seconds)
    app.state.pages = BoundedQueue(2, settings.page_seconds)
    yield
    app.state.queue.close()
    app.state.pages.close()


async def read(request: fastapi.Request) -> dict[str, Any]:
    """Read one line: the body is a PNG, JPEG or WebP."""
    state = request.app.state
    body = await _body(request)
    uploads.check(body)  # what is refused by its header never takes a place
    name = request.scope["request_id"]
    return await state.queue.run(_read_line, state, body, name)


async def read_page(request: fastapi.Request) -> dict[str, Any]:
    """Read a picture of any number of lines; corners are px of `size`, as it was read."""
    state = request.app.state
    body = await _body(request)
    uploads.check(body)
    return await state.pages.run(_read_page, state, body)


async def healthz() -> dict[str, str]:
    return {"status": "alive"}


async def readyz(request: fastapi.Request) -> JSONResponse:
    """Read a line that the service knows: 200, or 503 if the reader reads it no more."""
    state = request.app.state
    try:
        found = await state.queue.run(state.readers.probe)
    except Refused as error:
        found = str(error)
    answer = {"status": "ready" if not found else found, **state.readers.describe()}
    return JSONResponse(answer, 503 if found else 200)


async def metrics(request: fastapi.Request) -> PlainTextResponse:
    return PlainTextResponse(counters.exposition(), media_type=counters.CONTENT_TYPE)


async def front(request: fastapi.Request) -> fastapi.Response:
    path = Path(request.app.state.settings.front or "missing")
    if path.is_file():
        return FileResponse(path, media_type="text/html")
    return PlainTextResponse("POST the bytes of a picture to /read or /page.\n")


async def _body(request: fastapi.Request) -> bytes:
    """Wait for the body; a client that sends a byte per second must not hold a place."""
    try:
        return await asyncio.wait_for(request.body(), request.app.state.settings.body_seconds)
    except TimeoutError:
        raise Refused(408, "The body came too slowly: send it again.") from None


def _read_line(state, body: bytes, name: str) -> dict[str, Any]:
    with warnings.catch_warnings(record=True) as notes:  # this thread alone warns
        warnings.simplefilter("always")
        reading, model = state.readers.read(uploads.decode(body), name)
    return {
        "text": reading.text,
        "confidence": round(reading.confidence, 3),
        "characters": [round(c, 3) for c in reading.confidences],
        "notes": [str(note.message) for note in notes],
        "model": model,
    }


def _read_page(state, body: bytes) -> dict[str, Any]:
    image = uploads.decode(body, PAGE_LONGEST)
    current = state.readers.current
    found = command.describe("", picture.read_picture(current.reader, image))
    found.pop("file")
    return {**found, "size": image.shape[::-1], "model": current.version}


async def _refuse(request: fastapi.Request, error: Exception) -> JSONResponse:
    status = error.status if isinstance(error, Refused) else 500
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else None
    return JSONResponse({"detail": str(error)}, status, headers)


class Envelope:
    """What every answer carries, as ASGI middleware: the model's version, an id, its time."""

    def __init__(self, app, state):
        self.app = app
        self.state = state

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        scope["request_id"] = uuid.uuid4().hex  # never the client's: it goes to logs
        status = 500

        async def send_with_headers(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                version = self.state.readers.current.version
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-model", version.encode()),
                    (b"x-request-id", scope["request_id"].encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            counters.count(scope["path"], status, time.perf_counter() - began)
