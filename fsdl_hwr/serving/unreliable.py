"""A server of files that stalls, cuts, lies and loses its temper: what downloads are tested on."""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = ("stall", "cut", "lie", "refuse", "page")  # one after the other, then the file itself
WEB_PAGE = b"<!doctype html><title>Please log in</title>"


@contextmanager
def serve(
    files: Mapping[str, bytes], faults: Sequence[str] = FAULTS, stall: float = 30.0
) -> Iterator[tuple[str, Counter]]:
    """Serve files on this machine, misbehaving; yield the address, and what it did by fault.

    The k-th file's first answer is wrong in the k-th way: it *stalls* after half of the bytes,
    *cuts* the connection there, *lies* with other bytes, *refuses* with 503, or sends a web *page*.
    Later answers are right, and resume where a client asks them to.

    Args:
        files: content by name.
        faults: of the first answers, by turns; empty for an honest server.
        stall: seconds, or until the server ends.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.files, server.faults, server.stall = dict(files), tuple(faults), stall
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.done
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    files: dict[str, bytes]
    faults: tuple[str, ...]
    stall: float

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.done: Counter = Counter()
        self.asked: Counter = Counter()
        self.over = threading.Event()

    def next_fault(self, name: str) -> str:
        """Return how the next answer for a file goes wrong; "" if it does not."""
        self.asked[name] += 1
        if self.asked[name] > 1 or not self.faults:
            return ""
        return self.faults[list(self.files).index(name) % len(self.faults)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self):  # noqa: N802 (http.server's name)
        name = self.path.lstrip("/")
        if name not in self.server.files:
            self.send_error(404)
            return
        fault = self.server.next_fault(name)
        self.server.done[fault or ("resumed" if "Range" in self.headers else "sent")] += 1
        if fault == "refuse":
            self.send_error(503)
            return
        content = self.server.files[name]
        content = {"page": WEB_PAGE, "lie": content[::-1]}.get(fault, content)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(wanted[1]) if wanted else 0
        if begin >= len(content) > 0:
            self.send_error(416)
            return
        self._send(content, begin, fault in ("stall", "cut"))
        if fault == "stall":
            self.server.over.wait(self.server.stall)

    def _send(self, content: bytes, begin: int, half: bool) -> None:
        size = len(content)
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - begin))
        self.end_headers()
        self.wfile.write(content[begin : begin + (size - begin) // 2] if half else content[begin:])
        self.wfile.flush()
        self.close_connection = self.close_connection or half

    def log_message(self, *arguments):
        pass
