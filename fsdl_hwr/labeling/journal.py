"""A journal on disk: what was done, step by step, so that a killed kernel loses nothing."""

import atexit
import json
import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing keeps a second kernel out
    fcntl = None  # type: ignore[assignment]

from fsdl_hwr import files

_open: dict[Path, "Journal"] = {}  # by path: a cell that runs again takes its journal over


class Journal:
    """A file of JSON records, one per line, each on the disk before `append` returns.

    A last line that a kill cut short is dropped when the file is opened. Raises `ValueError` for a
    file that is broken elsewhere or no journal, and `PermissionError` if another process has it
    open: two kernels would mix their steps.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path).resolve()
        if (older := _open.pop(self.path, None)) is not None:
            older.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(self.path, "a+b")  # noqa: SIM115 (it stays open, and locked)
        try:
            self._lock()
            self.records = self._read()
        except BaseException:
            self._file.close()
            raise
        _open[self.path] = self

    def append(self, record: dict) -> None:
        """Write one record atomically. Raises `OSError` if the disk does not take it."""
        if self._file.closed:
            raise ValueError(f"{self.path} was opened again by a later cell: go on there.")
        size = self._file.seek(0, os.SEEK_END)
        text = json.dumps(record, ensure_ascii=False, allow_nan=False)
        try:
            self._file.write(text.encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file = _truncated(self._file, size)
            self._lock()
            raise OSError(
                error.errno, f"{self.path} could not be written ({error.strerror}): the last step "
                "was not saved. Free some room, then take it again."
            ) from error  # fmt: skip
        self.records.append(record)

    def close(self) -> None:
        """Close the file, so that another kernel may open it."""
        _open.pop(self.path, None)
        self._file.close()

    def _lock(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(
                f"{self.path} is open in another kernel: shut that one down, or give this page a "
                "journal of its own."
            ) from error
        except OSError:  # a network's file system may know no locks
            pass

    def _read(self) -> list[dict]:
        self._file.seek(0)
        content = self._file.read()
        *whole, torn = content.split(b"\n")
        records = []
        for number, line in enumerate(whole, start=1):
            try:
                record = files.parse_json(line)
            except ValueError as error:
                raise ValueError(
                    f"{self.path} is broken in line {number} ({error}): restore it from a copy."
                ) from error
            if not isinstance(record, dict):
                raise ValueError(f"{self.path} is no journal: line {number} is no JSON object.")
            records.append(record)
        if torn:
            self._file.truncate(len(content) - len(torn))
        return records


@atexit.register
def _close_all() -> None:
    for journal in list(_open.values()):
        journal.close()


def _truncated(file, size: int):
    """Cut a file back to its whole records, without what a failed write left in the buffer."""
    path = file.name
    try:
        file.close()
    except OSError:  # the buffer could not be written, once more
        pass
    os.truncate(path, size)
    return open(path, "a+b")  # noqa: SIM115
