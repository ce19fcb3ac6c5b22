"""Load for a service, at a rate that does not wait for it: an open loop.

A client that sends its next request after the last answer slows down with the service, and never
asks while it is slow: its percentiles look well when people's would not (coordinated omission).
So requests leave by the clock, and each is timed from when it was due. It speaks plain HTTP over
kept connections, so that it takes little of the processor that the service reads on.
"""

import asyncio
import contextlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

START_SECONDS = 60  # until a service must be ready
RETRY_SECONDS = 0.1


@dataclass(frozen=True)
class Load:
    """What a service did under a rate: per request its status (0: none came) and its seconds.

    rate: requests per second. seconds: from when each was due to its answer. span: of all.
    """

    rate: float
    statuses: np.ndarray
    seconds: np.ndarray
    span: float

    @property
    def accepted(self) -> np.ndarray:
        """The seconds of the requests that were answered with 200."""
        return self.seconds[self.statuses == 200]

    def percentile(self, q: float) -> float:
        """Return a percentile of the accepted requests' seconds; NaN if there are none."""
        return float(np.percentile(self.accepted, q)) if len(self.accepted) else float("nan")

    @property
    def throughput(self) -> float:
        """Lines read per second."""
        return len(self.accepted) / self.span

    @property
    def share_refused(self) -> float:
        """Share of the requests that were refused with 503."""
        return float((self.statuses == 503).mean())

    def __str__(self) -> str:
        p50, p99 = (1000 * self.percentile(q) for q in (50, 99))
        return (
            f"{self.rate:5.0f} asked, {self.throughput:5.1f} read per second   "
            f"p50 {p50:4.0f} ms   p99 {p99:4.0f} ms   503: {self.share_refused:.0%}"
        )


@contextlib.contextmanager
def service(*arguments: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Run `fsdl-hwr serve` beside this process: its address, once it is ready, and its process.

    arguments: of the command, without the port. Raises `RuntimeError` if it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "fsdl_hwr", "serve", "--port", str(port)]
    process = subprocess.Popen([*command, *arguments], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_SECONDS
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The service did not start: try {' '.join(command)}")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def closed_loop(url: str, bodies: Sequence[bytes], count: int) -> Load:
    """Send pictures one after the other over one connection, as a single patient client does."""
    address = urlsplit(url)
    statuses, seconds = np.zeros(count, int), np.zeros(count)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    began = time.perf_counter()
    for number in range(count):
        sent = time.perf_counter()
        connection.request("POST", address.path, bodies[number % len(bodies)])
        answer = connection.getresponse()
        answer.read()
        statuses[number] = answer.status
        seconds[number] = time.perf_counter() - sent
    span = time.perf_counter() - began
    connection.close()
    return Load(count / span, statuses, seconds, span)


async def open_loop(
    url: str, bodies: Sequence[bytes], rate: float, seconds: float, retries: int = 0
) -> Load:
    """Send pictures to a service's address at an even rate, whatever becomes of them.

    Args:
        url: of the endpoint: http://127.0.0.1:8000/read.
        bodies: pictures, sent in turns.
        rate: requests per second.
        seconds: for which requests leave; those under way are waited for.
        retries: of a request that got 503 or no answer, a tenth of a second later each.
    """
    count = max(1, round(rate * seconds))
    statuses, waited = np.zeros(count, int), np.zeros(count)
    client = _Client(url)
    began = time.perf_counter()

    async def one(number: int) -> None:
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for attempt in range(retries + 1):
            if attempt:
                await asyncio.sleep(RETRY_SECONDS)
            statuses[number] = await client.post(bodies[number % len(bodies)])
            if statuses[number] not in (0, 503):
                break
        waited[number] = time.perf_counter() - due

    await asyncio.gather(*(one(number) for number in range(count)))
    span = time.perf_counter() - began
    client.close()
    return Load(rate, statuses, waited, span)


class _Client:
    """Posts bodies over connections that are kept, as many as requests are under way."""

    def __init__(self, url: str):
        self.address = urlsplit(url)
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, body: bytes) -> int:
        """Return the answer's status, 0 if the connection broke."""
        host, port = self.address.hostname, self.address.port
        head = f"POST {self.address.path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}"
        try:
            pair = self._free.pop() if self._free else await asyncio.open_connection(host, port)
            reader, writer = pair
            writer.write(head.encode() + b"\r\n\r\n" + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            (length,) = (
                line.split(b":")[1]
                for line in answer.split(b"\r\n")
                if line[:15] == b"content-length:"
            )
            await reader.readexactly(int(length))
        except (OSError, EOFError, ValueError):  # the worker died, or took no connection
            return 0
        if b"connection: close" in answer:
            writer.close()
        else:
            self._free.append(pair)
        return int(answer.split()[1])

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()
