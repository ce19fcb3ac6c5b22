"""A running service among strangers: a thousand bad requests, slow clients, hang-ups, a signal."""

import asyncio
import signal
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
import small

from fsdl_hwr.datasets import strokes
from fsdl_hwr.serving import hostile, load, streams

pytest.importorskip("uvicorn", reason="needs the extra serve")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the memory")
BAD = 1000
GROWTH = 30  # MB
BODY_SECONDS = 10


@pytest.fixture(scope="module")
def bodies():
    pictures = streams.usual(["meet me at noon", "two eggs"], strokes.writers("test", 2), 0)
    return [cv2.imencode(".png", picture)[1].tobytes() for picture in pictures]


@pytest.fixture
def server():
    with load.service() as found:
        yield found


def megabytes(process):
    with open(f"/proc/{process.pid}/status") as status:
        (line,) = [line for line in status if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1000


def connect(url):
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=30)


def test_every_kind_of_bad_body_has_its_name():
    kinds = hostile.bad_bodies()
    assert len(kinds) >= 20
    sent = dict(hostile.requests(2 * len(kinds)))
    assert set(sent) == set(kinds) and len(kinds["bomb"]) < 60_000


@pytest.mark.long
def test_a_thousand_bad_requests_cost_nothing_and_good_ones_are_served(server, bodies):
    url, process = server
    load.closed_loop(f"{url}/read", bodies, 30)
    before, done, good = megabytes(process), threading.Event(), []

    def serve_the_good():
        while not done.is_set():
            good.extend(load.closed_loop(f"{url}/read", bodies, 1).statuses)
            time.sleep(0.05)

    patient = threading.Thread(target=serve_the_good)
    patient.start()
    found = [
        load.closed_loop(f"{url}/{'page' if k % 4 == 0 else 'read'}", [body], 1)
        for k, (_, body) in enumerate(hostile.requests(BAD))
    ]
    done.set()
    patient.join()
    growth = megabytes(process) - before
    slowest = max(one.seconds[0] for one in found)
    statuses = np.array([one.statuses[0] for one in found])
    print(f"{BAD} refused, the slowest after {1000 * slowest:.0f} ms; memory {growth:+.0f} MB; "
          f"{len(good)} good ones meanwhile")  # fmt: skip
    assert ((statuses >= 400) & (statuses < 500)).all()
    assert len(good) >= 10 and set(good) == {200}
    assert growth <= GROWTH


@pytest.mark.long
def test_slow_clients_hang_ups_and_many_connections_hold_nobody_up(server, bodies):
    url, _ = server
    slow = connect(url)
    slow.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nab")
    for _ in range(50):  # half a body, then gone
        gone = connect(url)
        gone.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nhalf")
        gone.close()
    idle = [connect(url) for _ in range(150)]
    assert set(load.closed_loop(f"{url}/read", bodies, 5).statuses) == {200}
    for one in idle:
        one.close()
    began = time.monotonic()
    assert slow.recv(100).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < BODY_SECONDS + 5
    slow.close()


@pytest.mark.long
def test_a_long_body_without_a_length_and_strange_paths(server):
    url, _ = server
    endless = connect(url)
    endless.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"%x\r\n" % 1_000_000 + bytes(1_000_000) + b"\r\n"
    try:
        for _ in range(50):
            endless.sendall(piece)
    except OSError:  # the service has hung up already
        pass
    assert endless.recv(100).startswith(b"HTTP/1.1 413")
    endless.close()
    for path in ("/../../etc/passwd", "/read%00", "/%2e%2e/x", "/" + "a" * 5000):
        strange = connect(url)
        strange.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert strange.recv(20)[9:12] in (b"404", b"400", b"405")
        strange.close()


@pytest.mark.long
def test_a_signal_lets_what_was_accepted_be_answered(server, bodies):
    url, process = server

    async def stopped():
        sending = asyncio.create_task(load.open_loop(f"{url}/read", bodies, rate=40, seconds=0.1))
        await asyncio.sleep(0.12)
        process.send_signal(signal.SIGTERM)
        return await sending

    found = small.run_async(stopped())
    assert (found.statuses == 200).all()
    assert process.wait(20) in (0, -signal.SIGTERM)
