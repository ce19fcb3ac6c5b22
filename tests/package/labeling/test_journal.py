"""A journal: whole records or none, one kernel at a time."""

import errno
import os
import subprocess
import sys

import pytest

from fsdl_hwr.labeling.journal import Journal


def test_what_was_appended_is_there_after_it_is_opened_again(tmp_path):
    first = Journal(tmp_path / "page.jsonl")
    first.append({"step": 1, "text": "Grüße"})
    first.append({"step": 2})
    again = Journal(tmp_path / "page.jsonl")  # by a later cell, in the same kernel
    assert again.records == [{"step": 1, "text": "Grüße"}, {"step": 2}]
    with pytest.raises(ValueError, match="opened again by a later cell"):
        first.append({"step": 3})
    again.append({"step": 3})
    assert len(again.path.read_text().splitlines()) == 3


def test_a_last_line_that_a_kill_cut_short_is_dropped(tmp_path):
    path = tmp_path / "page.jsonl"
    path.write_text('{"step": 1}\n{"step": 2, "te')
    journal = Journal(path)
    assert journal.records == [{"step": 1}]
    journal.append({"step": 2})
    assert path.read_text() == '{"step": 1}\n{"step": 2}\n'


@pytest.mark.parametrize("content", ['{"step": 1}\nnothing\n{"step": 2}\n', "[1, 2]\n"])
def test_a_file_that_is_broken_elsewhere_is_named(tmp_path, content):
    path = tmp_path / "page.jsonl"
    path.write_text(content)
    with pytest.raises(ValueError, match="line [12]"):
        Journal(path)
    assert path.read_text() == content


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_second_kernel_is_kept_out_until_the_first_is_gone(tmp_path):
    path = tmp_path / "page.jsonl"
    journal = Journal(path)
    code = "import sys; from fsdl_hwr.labeling.journal import Journal; Journal(sys.argv[1])"
    other = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(other, capture_output=True, text=True)
    assert "PermissionError" in done.stderr and "open in another kernel" in done.stderr
    journal.close()
    assert subprocess.run(other).returncode == 0


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "page.jsonl")
    journal.append({"step": 1})

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            journal.append({"step": 2})
    assert journal.path.read_text() == '{"step": 1}\n'
    journal.append({"step": 2})
    assert len(journal.records) == 2 == len(journal.path.read_text().splitlines())
