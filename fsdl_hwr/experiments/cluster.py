"""What a sweep needs on other machines: a shared folder, the same kit, an end that all hear of.

A worker gets an order with every run. It names a file, the token, that lies in the sweep's folder
as long as the sweep's caller wants its runs: a worker that does not see it has another folder, and
a run whose token goes away ends.
"""

import concurrent.futures
import contextlib
import os
import platform
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fsdl_hwr
from fsdl_hwr.experiments import labs, parameter_cells, tracking

# Read by NumPy's and PyTorch's libraries, by TensorFlow and by OpenCV.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
           "TF_NUM_INTEROP_THREADS", "OPENCV_FOR_THREADS_NUM")  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What a worker must find as the caller has it: the token, the lab, the kit's version."""

    token: Path
    lab: Path
    code: str
    version: str = fsdl_hwr.__version__


@contextlib.contextmanager
def orders(lab: Path, folder: Path) -> Iterator[Order]:
    """Lay the token into a sweep's folder, and yield the order that names it."""
    folder.mkdir(parents=True, exist_ok=True)
    token = folder.resolve() / f".sweep-{uuid.uuid4().hex}"
    token.touch()
    try:
        yield Order(token, lab.resolve(), parameter_cells.code_digest(lab))
    finally:
        token.unlink(missing_ok=True)


def ask(executor: concurrent.futures.Executor, order: Order, seconds: float) -> None:
    """Let one worker check an order before any run is submitted; every run checks it again.

    Raises `ValueError` with what the worker misses. Without a worker in that time, runs wait.
    """
    asked = executor.submit(check, order)
    concurrent.futures.wait([asked], seconds)
    if asked.done():
        asked.result()


def check(order: Order) -> None:
    """Raise `ValueError` for a worker that would not do what the caller means."""
    here = f"The worker {platform.node()}, process {os.getpid()},"
    if not order.token.parent.is_dir():
        raise ValueError(f"{here} does not see the folder {order.token.parent}: share it.")
    if order.version != fsdl_hwr.__version__:
        raise ValueError(
            f"{here} has fsdl_hwr {fsdl_hwr.__version__}, the sweep's caller {order.version}: "
            "install one version everywhere."
        )
    if not order.lab.is_file() or parameter_cells.code_digest(order.lab) != order.code:
        raise ValueError(f"{here} has another {order.lab}, or none: share the project's folder.")


def environment() -> dict[str, str]:
    """Return the environment of a run on this worker: its share of the threads, and its name."""
    threads = os.environ.get("OMP_NUM_THREADS", "")  # if the cluster sets one
    worker = f"{platform.node()}, process {os.getpid()}"
    return {**share(int(threads) if threads.isdigit() else cores()), tracking.WORKER: worker}


def share(threads: int) -> dict[str, str]:
    """Return the environment of a run that may use so many threads, and a part of its GPU."""
    return {**dict.fromkeys(THREADS, str(threads)), **labs.SHARED_GPU}


def cores() -> int:
    """Count the cores of this machine; on Linux only those that this process may use."""
    counted = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if counted else os.cpu_count() or 1
