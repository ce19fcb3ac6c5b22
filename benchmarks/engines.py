"""The service's own workers beside LitServe, an engine for models, on the same lines and cores.

Run `python -m pip install litserve`, then `python benchmarks/engines.py [--workers 2]`. Both read
scans of a line by the recognizer that ships, one thread a worker. LitServe takes JSON, so its lines
travel as base64. For each: ready after, p50 and p99 of one client, lines per second at rising
rates, and what becomes of requests while one worker is killed. Writes runs/benchmarks/engines.json.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import litserve
import numpy as np
import service

from fsdl_hwr import experiments, weights
from fsdl_hwr.serving import load, onnx

OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "engines.json"
PORT = 8765
START_SECONDS = 60


class Reading(litserve.LitAPI):
    """What each of LitServe's workers does with a request, step by step."""

    def setup(self, device: str) -> None:
        self.reader = onnx.load(weights.ONNX, threads=1)

    def decode_request(self, request) -> bytes:
        return base64.b64decode(request["image"])

    def predict(self, data: bytes) -> str:
        return self.reader.read_lines([data])[0]

    def encode_response(self, text: str) -> dict[str, str]:
        return {"text": text}


def serve_by_litserve(workers: int) -> None:
    """Serve POST /predict by LitServe until a signal comes."""
    server = litserve.LitServer(Reading(), accelerator="cpu", workers_per_device=workers)
    server.run(host="127.0.0.1", port=PORT, generate_client_file=False, log_level="error")


@contextlib.contextmanager
def litserve_service(workers: int) -> Iterator[tuple[str, subprocess.Popen]]:
    """Run LitServe beside this process: its address, once it is ready, and its process."""
    command = [sys.executable, "-W", "ignore", __file__, "--serve", "--workers", str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=5).close()
                break
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"LitServe did not start: try {' '.join(command)}")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{PORT}/predict", process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def workers_of(process: subprocess.Popen) -> list[int]:
    """List the processes that hold a reader: those that ONNX Runtime is loaded in."""
    return [
        pid
        for pid in service.children(process.pid)[1:]
        if b"onnxruntime" in Path(f"/proc/{pid}/maps").read_bytes()
    ]


async def killed_under_load(url, bodies, process, rate: float) -> load.Load:
    """Ask for eight seconds, with retries, and kill one worker after two."""
    sending = asyncio.create_task(load.open_loop(url, bodies, rate, 8, retries=20))
    await asyncio.sleep(2)
    os.kill(workers_of(process)[-1], signal.SIGKILL)
    return await sending


def measure(name: str, url: str, process, bodies, options, began: float) -> dict:
    """Measure one engine, and print it."""
    found: dict = {"ready_seconds": time.perf_counter() - began}
    print(f"{name}: ready after {found['ready_seconds']:.1f} s")
    load.closed_loop(url, bodies, service.WARM)
    one = load.closed_loop(url, bodies, service.PATIENT)
    found["one client"] = service.summary(one)
    print(f"one client   {one}")
    found["rates"] = []
    for rate in options.rates:
        one = asyncio.run(load.open_loop(url, bodies, rate, options.seconds))
        found["rates"].append(service.summary(one))
        print(one)
    one = asyncio.run(killed_under_load(url, bodies, process, 20))
    found["answered though a worker was killed"] = float(np.mean(one.statuses == 200))
    print(f"one worker killed: {found['answered though a worker was killed']:.0%} answered in time")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rates", type=float, nargs="+", default=[40, 80, 120])
    parser.add_argument("--seconds", type=float, default=5.0, help="for which each rate is asked")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_by_litserve(options.workers)
        return
    scans, _ = service.make_bodies()
    wrapped = [json.dumps({"image": base64.b64encode(body).decode()}).encode() for body in scans]
    record = {}
    began = time.perf_counter()
    with load.service("--workers", str(options.workers)) as (url, process):
        record["own"] = measure("own workers", f"{url}/read", process, scans, options, began)
    began = time.perf_counter()
    with litserve_service(options.workers) as (url, process):
        record["litserve"] = measure("LitServe", url, process, wrapped, options, began)
    experiments.write_json(OUTPUT, record)


if __name__ == "__main__":
    main()
