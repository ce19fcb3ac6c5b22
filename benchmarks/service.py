"""Measure the service: ready after start, one patient client, and rising rates until it refuses.

Run `python benchmarks/service.py [--workers 2] [--rates 20 40 60 80 120 240] [--seconds 5]`. Scans
are lines on even paper, photographs are lit and grainy. The client shares the machine with the
workers and takes its part of the cores; whatever else runs there does, too, so the processor's
share that the workers had is printed: at 100% per worker the machine was theirs. It takes about a
minute on a quiet machine, ends with each target beside what was measured, and writes
runs/benchmarks/service.json.
"""

import argparse
import asyncio
import os
import time
from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import camera, experiments
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import sources, strokes
from fsdl_hwr.serving import load, streams

PICTURES = 24
WARM, PATIENT = 40, 200  # requests
OUTPUT = Path(__file__).parents[1] / "runs" / "benchmarks" / "service.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rates", type=float, nargs="+", default=[20, 40, 60, 80, 120, 240])
    parser.add_argument("--seconds", type=float, default=5.0, help="for which each rate is asked")
    arguments = parser.parse_args()
    scans, photographs = make_bodies()
    found = {"workers": arguments.workers}
    began = time.perf_counter()
    with load.service("--workers", str(arguments.workers)) as (url, process):
        found["ready_seconds"] = time.perf_counter() - began
        print(f"ready after {found['ready_seconds']:.1f} s")
        for name, bodies in (("scans", scans), ("photographs", photographs)):
            load.closed_loop(f"{url}/read", bodies, WARM)
            spent = cpu_seconds(process.pid)
            one = load.closed_loop(f"{url}/read", bodies, PATIENT)
            used = cpu_seconds(process.pid) - spent
            found[name] = {**summary(one), "cpu_ms": 1000 * used / PATIENT}
            print(f"{name:<12} {one}   {1000 * used / PATIENT:.1f} ms of CPU each")
        found["rates"] = []
        for rate in arguments.rates:
            spent, before = cpu_seconds(process.pid), time.perf_counter()
            one = asyncio.run(load.open_loop(f"{url}/read", scans, rate, arguments.seconds))
            share = (cpu_seconds(process.pid) - spent) / (time.perf_counter() - before)
            memory = megabytes(process.pid)
            found["rates"].append({**summary(one), "cpu_share": share, "megabytes": memory})
            print(f"{one}   workers had {share:.0%} of a core, {memory:.0f} MB")
    for name, value, sign, target in targets(found):
        met = value <= target if sign == "<=" else value >= target
        print(f"{name:<44}{value:8.1f}   {sign} {target}: {'yes' if met else 'NO'}")
    experiments.write_json(OUTPUT, found)


def targets(found: dict) -> list[tuple[str, float, str, float]]:
    """List what was measured and what it must be; the last rate is the one that is too much."""
    rates, last = found["rates"], found["rates"][-1]
    return [
        ("seconds until it is ready", found["ready_seconds"], "<=", 2),
        ("one client, scans: p50, ms", 1000 * found["scans"]["p50"], "<=", 15),
        ("one client, scans: p99, ms", 1000 * found["scans"]["p99"], "<=", 50),
        ("lines read per second, at best", max(one["read"] for one in rates), ">=", 60),
        ("last rate: refused, %", 100 * last["refused"], ">=", 1),
        ("last rate: p99 of what is accepted, ms", 1000 * last["p99"], "<=", 300),
        ("memory from first to last rate, MB", last["megabytes"] - rates[0]["megabytes"], "<=", 30),
    ]


def make_bodies() -> tuple[list[bytes], list[bytes]]:
    """Return lines of 24 hands as scans (PNG) and as photographs (JPEG)."""
    texts = sources.sentences("faker", "test", alphabet=Alphabet(), num=PICTURES, max_length=24)
    hands = strokes.writers("test", PICTURES, 0)
    scans = []
    for k, (text, hand) in enumerate(zip(texts.texts, hands, strict=False)):
        written = [stroke[:, :2] for stroke in hand.write(text, np.random.default_rng(k))]
        scans.append(cv2.imencode(".png", 255 - camera.plain(written, 60))[1].tobytes())
    pictures = streams.usual(texts.texts, hands, 0)
    return scans, [cv2.imencode(".jpg", picture)[1].tobytes() for picture in pictures]


def summary(one: load.Load) -> dict[str, float]:
    return {
        "asked": one.rate,
        "read": one.throughput,
        "p50": one.percentile(50),
        "p99": one.percentile(99),
        "refused": one.share_refused,
    }


def children(pid: int) -> list[int]:
    """List a process and those below it, on Linux."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    below = path.read_text().split() if path.is_file() else []
    return [pid] + [other for child in below for other in children(int(child))]


def cpu_seconds(pid: int) -> float:
    """Return what a service's processes have used so far."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = [Path(f"/proc/{p}/stat").read_text().rsplit(")", 1)[1].split() for p in children(pid)]
    return sum(int(values[11]) + int(values[12]) for values in fields) / ticks


def megabytes(pid: int) -> float:
    pages = [int(Path(f"/proc/{p}/statm").read_text().split()[1]) for p in children(pid)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
