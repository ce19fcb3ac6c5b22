"""A manifest names what changed, what is lost, what is there twice, and what leaks."""

import os
import sys
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from fsdl_hwr.datasets import manifest


@pytest.fixture
def folder(tmp_path, rng):
    """Four pages of two writers, and a text."""
    for k in range(4):
        small = (255 * rng.random((12, 9))).astype(np.uint8)
        page = cv2.resize(small, (180, 240), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(tmp_path / f"page_{k}.png"), page)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read me.txt").write_text("four pages")
    return tmp_path


def describe(path):
    if path.suffix != ".png":
        return {}
    number = int(path.stem[-1])
    return {"writer": "ab"[number % 2], "split": ("train", "test")[number % 2]}


@pytest.fixture
def rows(folder):
    return manifest.build(folder, describe)


def kinds(problems):
    return [(problem.kind, problem.path) for problem in problems]


def test_a_version_is_written_read_and_found_whole(folder, rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("version") / "manifest.json"
    manifest.write(path, rows, "pages", "1.0")
    assert manifest.read(path) == rows
    assert manifest.check(folder, rows) == []
    assert len(path.read_text().splitlines()) == len(rows) + 2  # a row per line, for git
    assert (rows[-1].width, rows[-1].height, rows[-1].path) == (180, 240, "page_3.png")


def test_every_planted_fault_is_named(folder, rows):
    data = bytearray((folder / "page_0.png").read_bytes())
    data[-20] ^= 1
    (folder / "page_0.png").write_bytes(data)
    (folder / "page_1.png").unlink()
    (folder / "new.txt").write_text("x")
    (folder / "notes" / "read me.txt").write_text("five")
    found = kinds(manifest.check(folder, rows))
    assert sorted(found) == [("changed", "notes/read me.txt"), ("changed", "page_0.png"),
                             ("extra", "new.txt"), ("lost", "page_1.png")]  # fmt: skip


def test_a_page_that_is_there_twice_is_named_as_bytes_or_as_a_picture(folder):
    image = cv2.imread(str(folder / "page_2.png"), cv2.IMREAD_GRAYSCALE)
    (folder / "copy.png").write_bytes((folder / "page_1.png").read_bytes())
    paler = cv2.resize(image, None, fx=0.7, fy=0.7) // 8 * 7 + 20
    cv2.imwrite(str(folder / "scan.jpg"), paler, [cv2.IMWRITE_JPEG_QUALITY, 50])
    found = kinds(manifest.check(folder, manifest.build(folder)))
    assert sorted(found) == [("duplicate", "page_1.png"), ("duplicate", "scan.jpg")]


def test_a_writer_or_a_page_in_two_splits_leaks(folder, rows):
    leaky = [replace(row, split="test") if row.path == "page_2.png" else row for row in rows]
    (problem,) = manifest.check(folder, leaky)
    assert (problem.kind, problem.path) == ("leak", "page_2.png")
    assert "writer a is in test, and in train (page_0.png)" in str(problem)
    (folder / "copy.png").write_bytes((folder / "page_0.png").read_bytes())
    copy = replace(rows[1], path="copy.png", writer="", split="test")
    assert ("leak", "copy.png") in kinds(manifest.check(folder, [*rows, copy]))


@pytest.mark.parametrize("name", ["../x.png", "/etc/passwd", "C:\\x.png", "a/../../x", ""])
def test_a_path_that_leaves_the_folder_is_not_followed(folder, rows, name):
    bad = replace(rows[0], path=name, sha256="0" * 64, look="")
    assert kinds(manifest.check(folder, [*rows, bad])) == [("unsafe", name)]


def test_names_that_differ_in_case_alone_are_named(folder, rows):
    twin = replace(rows[1], path=rows[1].path.upper(), sha256="0" * 64, look="")
    assert ("name", twin.path) in kinds(manifest.check(folder, [*rows, twin]))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_refused_and_named(folder, rows):
    (folder / "page_0.png").rename(folder.parent / "elsewhere.png")
    os.symlink(folder.parent / "elsewhere.png", folder / "page_0.png")
    assert ("link", "page_0.png") in kinds(manifest.check(folder, rows))
    with pytest.raises(ValueError, match="is a link"):
        manifest.build(folder)


def test_versions_are_compared(folder, rows):
    (folder / "page_0.png").rename(folder / "first.png")
    (folder / "page_1.png").unlink()
    (folder / "notes" / "read me.txt").write_text("three pages")
    (folder / "more.txt").write_text("more")
    new = [
        replace(row, annotator="me") if row.path == "page_3.png" else row
        for row in manifest.build(folder, lambda p: {} if p.stem == "first" else describe(p))
    ]
    found = manifest.diff(rows, new)
    assert found.renamed == (("page_0.png", "first.png"),)
    assert (found.added, found.removed) == (("more.txt",), ("page_1.png",))
    assert (found.changed, found.described) == (("notes/read me.txt",), ("page_3.png",))
    assert "> page_0.png -> first.png" in str(found)
    assert str(manifest.diff(rows, rows)) == "no change"


@pytest.mark.parametrize("content", ["{", "[]", '{"format": "other"}', '{"files": [{"a": 1}]}'])
def test_a_broken_manifest_is_named(tmp_path, content):
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"manifest\.json is no manifest"):
        manifest.read(path)


def test_a_thousand_files_are_checked_in_two_seconds(tmp_path, rng):
    """Of 50 kB each, a fault of every kind among them."""
    for k in range(1000):
        (tmp_path / f"{k:04}.jpg").write_bytes(rng.bytes(50_000))
    rows = [replace(row, writer=str(k // 10), split="train", look=rng.bytes(8).hex())
            for k, row in enumerate(manifest.build(tmp_path))]  # fmt: skip
    data = bytearray((tmp_path / "0007.jpg").read_bytes())
    data[25_000] ^= 1
    (tmp_path / "0007.jpg").write_bytes(data)
    (tmp_path / "0100.jpg").unlink()
    rows[500] = replace(rows[500], look=rows[400].look)
    rows[999] = replace(rows[999], split="test")
    began = time.process_time()
    found = kinds(manifest.check(tmp_path, rows))
    took = time.process_time() - began
    assert sorted(found) == [("changed", "0007.jpg"), ("duplicate", "0500.jpg"),
                             ("leak", "0999.jpg"), ("lost", "0100.jpg")]  # fmt: skip
    assert took < 2, f"{took:.2f} s"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_no_file_and_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe.png")
    with pytest.raises(ValueError, match="pipe.png is no file"):
        manifest.build(folder)
