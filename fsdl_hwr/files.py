"""Files that are whole or absent, and folders that can be written to."""

import contextlib
import glob
import json
import math
import os
import platform
import re
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what only looks at runs needs no NumPy
    import numpy as np

MAX_RATIO = 1000  # of deflate: what exceeds it was not packed in good faith
LEFT_AFTER = 3600  # seconds without a change, after which a half-written file has no writer
# What NumPy raises for an .npz that is cut, empty, flipped or not one.
DAMAGED_ARRAYS = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError)


@contextlib.contextmanager
def write_atomically(path: str | os.PathLike) -> Iterator[Path]:
    """Yield a temporary path to write to, which becomes `path` when the block ends without error.

    Whoever looks at `path` finds it whole or absent (or as it was), even after a kill. The
    temporary path lies in the same folder and has the same suffix (`np.savez` adds its own).
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(path)
    temporary = path.with_name(f".{path.stem}-{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_leftovers(path: Path) -> None:
    """Remove what writers that were killed have left of a file; what grows is another writer's."""
    wanted = re.compile(rf"\.{re.escape(path.stem)}-[0-9a-f]{{32}}{re.escape(path.suffix)}")
    for left in path.parent.glob(f".{glob.escape(path.stem)}-*{glob.escape(path.suffix)}"):
        with contextlib.suppress(OSError):
            if wanted.fullmatch(left.name) and time.time() - left.stat().st_mtime > LEFT_AFTER:
                left.unlink()


def check_writable(folder: str | os.PathLike) -> None:
    """Make a folder if there is none, and raise `PermissionError` if it cannot be written to."""
    probe = Path(folder) / f".writable-{uuid.uuid4().hex}"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"{folder} cannot be written to ({error}): choose another run folder."
        ) from error


def parse_json(text: str | bytes):
    """Parse JSON that anybody may have written: `ValueError` for what nests too deeply, too."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error


def load_arrays(path: str | os.PathLike) -> "dict[str, np.ndarray]":
    """Read an `.npz` whole, so that the check of every array is reached; it may hold no objects.

    Raises one of `DAMAGED_ARRAYS` for a file that promises more than it has packed by a factor of
    `MAX_RATIO`, or an array of another size than its own: before the memory is taken.
    """
    import numpy as np

    packed = max(os.path.getsize(path), 1 << 20)
    with zipfile.ZipFile(path) as archive:
        if (size := sum(member.file_size for member in archive.infolist())) > MAX_RATIO * packed:
            raise ValueError(f"its arrays would have {size / 1e9:.1f} GB")
        for member in archive.infolist():
            with archive.open(member) as file:
                _check_array(file, member)
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def _check_array(file, member: zipfile.ZipInfo) -> None:
    """Compare what an array's header promises, for which NumPy takes memory, with its size."""
    import numpy as np

    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
        version, np.lib.format.read_array_header_2_0
    )
    shape, _, kind = read(file)
    if math.prod(shape) * kind.itemsize != member.file_size - file.tell():
        raise ValueError(f"its {member.filename} is not as large as it says")


@contextlib.contextmanager
def lock(folder: str | os.PathLike, task: str) -> Iterator[None]:
    """Keep a folder for one `task` at a time: a second process says so, and waits for its end."""
    release = hold(folder, task)
    try:
        yield
    finally:
        release()


def hold(folder: str | os.PathLike, task: str, patience: float = math.inf) -> Callable[[], None]:
    """Keep a folder for one `task`, and return the function that gives it back.

    The lock is gone with its process, also after a kill. Its file names host, process and time:
    where the file system knows no locks (some of networks, Windows), that must do, and a process
    of another host counts as alive. patience: seconds to wait for another process; then
    `TimeoutError` names it.
    """
    path = Path(folder) / f".{task}"
    end = time.monotonic() + patience
    told = False
    while (descriptor := _take(path)) is None:
        if not told:
            print(f"Another {task} in {folder} has not ended: waiting for it.", flush=True)
            told = True
        if time.monotonic() > end:
            raise TimeoutError(
                f"Another {task} in {folder} has not ended{_holder_text(path)}. Wait for it or end "
                f"it; or choose another folder. If it is gone for certain, delete {path}."
            )
        time.sleep(0.1)

    descriptors = [descriptor]

    def release() -> None:
        while descriptors:  # once
            with contextlib.suppress(OSError):
                path.unlink()
            os.close(descriptors.pop())

    return release


def is_held(folder: str | os.PathLike, task: str) -> bool:
    """Say whether a process keeps a folder for a task; the file that a kill left says nothing."""
    path = Path(folder) / f".{task}"
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _lock_file(descriptor, path)
    finally:
        os.close(descriptor)


def _take(path: Path) -> int | None:
    """Take the lock of a file; None if another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        if _lock_file(descriptor, path) and _is_same_file(path, descriptor):
            me = {"host": platform.node(), "process": os.getpid(), "time": time.time()}
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps(me).encode())
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _lock_file(descriptor: int, path: Path) -> bool:
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return not _seems_held(path)


def _seems_held(path: Path) -> bool:
    """Judge a lock by what its file says, if the file system knows no locks."""
    holder = _holder(path)
    if not holder:
        return False
    if holder["host"] != platform.node():
        return True
    return holder["process"] != os.getpid() and _is_alive(holder["process"])


def _is_alive(process: int) -> bool:
    try:
        import psutil  # comes with Jupyter
    except ImportError:
        return True
    return psutil.pid_exists(process)


def _holder(path: Path) -> dict:
    try:
        holder = parse_json(path.read_text("utf-8"))
        return holder if {"host", "process", "time"} <= holder.keys() else {}
    except (OSError, ValueError, AttributeError):  # gone, or not written yet
        return {}


def _holder_text(path: Path) -> str:
    holder = _holder(path)
    if not holder:
        return ""
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(holder["time"]))
    return f" (process {holder['process']} on {holder['host']}, since {since})"


def _is_same_file(path: Path, descriptor: int) -> bool:
    """Say whether the file is still there: the process before removes it at its end."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
