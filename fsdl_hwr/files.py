"""Files that are whole or absent, and folders that can be written to."""

import contextlib
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

# What NumPy raises for an .npz that is cut, empty, flipped or not one.
DAMAGED_ARRAYS = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError)


@contextlib.contextmanager
def write_atomically(path: str | os.PathLike) -> Iterator[Path]:
    """Yield a temporary path to write to, which becomes `path` when the block ends without error.

    Whoever looks at `path` finds it whole or absent (or as it was), also after a kill. The
    temporary path lies in the same folder and has the same suffix (`np.savez` adds its own).
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}-{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


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


@contextlib.contextmanager
def lock(folder: str | os.PathLike, task: str) -> Iterator[None]:
    """Keep a folder for one `task` at a time: a second process waits, and says so, until it ends.

    The lock is gone with its process, also after a kill. Where the system knows no locks (Windows,
    some network file systems) nobody waits.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    path = Path(folder) / f".{task}"
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"Another {task} in {folder} has not ended: waiting for it.", flush=True)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:  # a network's file system may know no locks
                pass
            if not _is_same_file(path, descriptor):  # the one before removed it: take the new one
                continue
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return
        finally:
            os.close(descriptor)


def _is_same_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
