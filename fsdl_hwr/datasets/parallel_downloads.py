"""Many files at once, resumed after a break, checked by their hash: one progress bar.

Source: the exercise of lab 2 of the Full Stack Deep Learning course of March 2019.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pooch
from tqdm.auto import tqdm

from fsdl_hwr.datasets import manifest
from fsdl_hwr.datasets.downloads import DownloadError

AT_ONCE = 8
ATTEMPTS = 6  # per file, over all of its addresses in turn
PATIENCE = 10.0  # seconds without a byte, then the connection is given up and resumed
PIECE = 1 << 16  # bytes


@dataclass(frozen=True)
class Remote:
    """A file elsewhere: its addresses, the official one first; its SHA-256; its place here."""

    urls: tuple[str, ...]
    sha256: str
    path: str
    bytes: int = 0


def fetch(
    remotes: Sequence[Remote],
    folder: str | os.PathLike,
    *,
    at_once: int = AT_ONCE,
    patience: float = PATIENCE,
    show: Callable = tqdm,
) -> list[Path]:
    """Download files into a folder, several at once, and return their paths.

    What is there already, with the right hash, is kept. A download that was cut goes on where it
    stopped (its `.part` file stays), one that stalls is given up and resumed, and bytes that are
    not the file are thrown away; each file is whole or absent. Raises `DownloadError` that names
    every file that could not be had, after all others are there.

    Args:
        remotes: what to download.
        folder: where to; subfolders are made.
        at_once: connections at a time.
        patience: seconds to wait for a byte.
        show: the progress bar, a tqdm.
    """
    folder = Path(folder)
    if unsafe := [remote.path for remote in remotes if manifest.is_outside(remote.path)]:
        raise ValueError(f"{unsafe[0]!r} points out of the folder: such a list is not trusted.")
    failures: dict[str, str] = {}
    lock = threading.Lock()
    with show(
        total=sum(remote.bytes for remote in remotes) or None, unit="B", unit_scale=True
    ) as bar:

        def advance(count: int) -> None:
            with lock:
                bar.update(count)

        def one(remote: Remote) -> None:
            try:
                _fetch_one(remote, folder, patience, advance)
            except (OSError, ValueError) as error:
                failures[remote.path] = " ".join(str(error).split())

        with ThreadPoolExecutor(max(1, at_once)) as pool:
            list(pool.map(one, remotes))
    if failures:
        raise DownloadError(
            f"{len(failures)} of {len(remotes)} files could not be downloaded:\n"
            + "".join(f"  {path}: {why}\n" for path, why in sorted(failures.items()))
            + "The others are there. Run this again later: it goes on where it stopped."
        )
    return [folder / remote.path for remote in remotes]


def _fetch_one(remote: Remote, folder: Path, patience: float, advance) -> None:
    path = folder / remote.path
    if path.is_file() and pooch.hashes.hash_matches(path, remote.sha256):
        advance(remote.bytes)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    problem: Exception | None = None
    for attempt in range(ATTEMPTS):
        url = remote.urls[attempt % len(remote.urls)]
        try:
            _resume(url, part, patience, advance)
            if pooch.hashes.hash_matches(part, remote.sha256):
                os.replace(part, path)
                return
            advance(-part.stat().st_size)
            part.unlink()  # not the file: nothing of it can be trusted
            problem = ValueError(f"{url} sent something else (wrong checksum)")
        except OSError as error:  # requests' own errors are OSErrors
            problem = error
            time.sleep(0.05 * 2**attempt)
    raise DownloadError(f"{ATTEMPTS} attempts, the last: {problem}")


def _resume(url: str, part: Path, patience: float, advance) -> None:
    """Get what is missing of a file, appending to `part`."""
    import requests

    have = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with requests.get(url, headers=headers, stream=True, timeout=(patience, patience)) as answer:
        if answer.status_code == 416:  # more than there is: begin again
            advance(-have)
            part.unlink()
            raise OSError(f"{url} has fewer bytes than were here already")
        answer.raise_for_status()
        begins = f"bytes {have}-"
        resumed = answer.status_code == 206 and answer.headers.get(
            "Content-Range", "").startswith(begins)  # fmt: skip
        if have and not resumed:
            advance(-have)
        with open(part, "ab" if resumed else "wb") as file:
            for piece in answer.iter_content(PIECE):
                file.write(piece)
                advance(len(piece))
        expected = answer.headers.get("Content-Length")
        if expected and answer.raw.tell() < int(expected):
            raise OSError(f"{url} was cut off")
