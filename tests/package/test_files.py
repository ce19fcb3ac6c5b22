"""Files that are whole or absent."""

import io
import os
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from fsdl_hwr import files


def test_write_atomically_leaves_the_whole_or_nothing(tmp_path):
    path = tmp_path / "new/table.npz"
    with pytest.raises(RuntimeError), files.write_atomically(path) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert list(path.parent.iterdir()) == []
    with files.write_atomically(path) as temporary:
        assert temporary.suffix == ".npz" and not path.exists()
        temporary.write_bytes(b"whole")
    assert list(path.parent.iterdir()) == [path] and path.read_bytes() == b"whole"


def test_what_killed_writers_left_is_removed_and_a_live_writer_s_file_is_not(tmp_path):
    old, new = (tmp_path / f".table-{digit * 32}.npz" for digit in "ab")
    other = tmp_path / f".table2-{'a' * 32}.npz"
    for path in (old, new, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (time.time() - 2 * files.LEFT_AFTER,) * 2)
    with files.write_atomically(tmp_path / "table.npz") as temporary:
        temporary.touch()
    assert not old.exists() and new.exists() and other.exists()


HOLDER = """
import sys, time
from fsdl_hwr import files
files.hold(sys.argv[1], "task")
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("system_locks", [True, False])
def test_a_folder_is_kept_until_its_process_ends(tmp_path, monkeypatch, system_locks):
    if not system_locks:  # as on some network file systems

        def fail(*_):
            raise OSError("no locks available")

        monkeypatch.setattr("fcntl.flock", fail)
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    with pytest.raises(TimeoutError, match=f"process {process.pid} on .*, since .*delete"):
        files.hold(tmp_path, "task", patience=0.1)
    process.kill()
    process.communicate()
    files.hold(tmp_path, "task", patience=0.1)()
    assert list(tmp_path.iterdir()) == []


def test_without_locks_a_process_of_another_host_counts_as_alive(tmp_path, monkeypatch):
    (tmp_path / ".task").write_text('{"host": "elsewhere", "process": 1, "time": 0}')
    assert files._seems_held(tmp_path / ".task")
    (tmp_path / ".task").write_text("")
    assert not files._seems_held(tmp_path / ".task")


def npz(path, header, content):
    """Write an .npz whose array says one shape and has another size."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = io.BytesIO()
        np.lib.format.write_array_header_1_0(whole, header)
        archive.writestr("a.npy", whole.getvalue() + content)


def test_arrays_that_promise_too_much_are_refused_before_memory_is_taken(tmp_path, monkeypatch):
    header = {"descr": "|u1", "fortran_order": False, "shape": (3,)}
    npz(tmp_path / "a.npz", header, b"abc")
    assert files.load_arrays(tmp_path / "a.npz")["a"].tobytes() == b"abc"
    npz(tmp_path / "b.npz", header | {"shape": (1 << 50,)}, b"abc")
    with pytest.raises(files.DAMAGED_ARRAYS, match="not as large"):
        files.load_arrays(tmp_path / "b.npz")
    monkeypatch.setattr(files, "MAX_RATIO", 1)
    npz(tmp_path / "c.npz", header | {"shape": (2 << 20,)}, bytes(2 << 20))
    with pytest.raises(files.DAMAGED_ARRAYS, match="0.0 GB"):
        files.load_arrays(tmp_path / "c.npz")


def test_json_of_anybody_nests_too_deeply_for_a_parser():
    assert files.parse_json(b'{"a": [1, null]}') == {"a": [1, None]}
    for text in ("[" * 100_000, "{", ""):
        with pytest.raises(ValueError):
            files.parse_json(text)
