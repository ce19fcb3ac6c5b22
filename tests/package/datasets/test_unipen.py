"""Tests of the UNIPEN reader: a tiny tree of made-up ink, and the real data where it is."""

import io
import os
import tarfile

import numpy as np
import pytest
from unipen_tree import segment, three_writers, write_tree

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS
from fsdl_hwr.datasets import downloads, splits, unipen, unipen_format
from fsdl_hwr.datasets.splits import SPLITS


@pytest.fixture
def places(tmp_path, monkeypatch):
    """An empty data folder and an empty cache."""
    (tmp_path / "raw").mkdir()
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path / "raw"))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "raw", tmp_path / "cache"


def test_glyphs_of_an_unpacked_folder(places):
    raw, _ = places
    write_tree(raw / "unipen" / "train_r01_v07", three_writers())
    writers = set()
    for split in SPLITS:
        glyphs = unipen.characters(split, characters="BA")
        assert glyphs.counts().tolist() == [1, 1] and glyphs.source == "unipen"
        assert glyphs.images.max() == 255
        writers.update(glyphs.writer_names[k] for k in glyphs.writers)
        inks, labels, _ = unipen.character_inks(split)
        assert sorted(labels) == ["A", "B"] and len(inks) == 2
    assert writers == {"abc/ann", "abc/bob", "abc/cy"}
    assert unipen.counts() == {("abc", "1b", "kept"): 6}
    with pytest.raises(ValueError, match="no .*Z.*strokes"):
        unipen.characters("train", characters="AZ")
    with pytest.raises(ValueError, match="Unknown split"):
        unipen.characters("dev")


def write_texts(raw, texts_of_writer):
    """Write a tree in which each of three people wrote lines of text and one word of 'ABCD'."""
    files = three_writers("ABCD")
    for writer, texts in texts_of_writer.items():
        include = f".INCLUDE abc/data/{writer}.dat\n"
        body = "".join(segment("0-3", text, "TEXT") for text in texts)
        files[f"data/8/abc/{writer}.dat"] = include + body
        files[f"data/6/abc/{writer}.dat"] = include + segment("0-3", "and this", "WORD")
    write_tree(raw, files)


def test_text_lines_leave_other_characters_out(places):
    raw, _ = places
    write_texts(raw, {"ann": ["aa 1", "5% a"], "bob": ["bb 2", "5% b"], "cy": ["cc 3", "5% c"]})
    for split in SPLITS:
        (text,) = unipen.text_lines(split).transcripts
        both = unipen.text_lines(split, characters=DEFAULT_CHARACTERS + "%").transcripts
        assert both == [text, f"5% {text[0]}"]


def test_no_transcript_is_in_two_splits_unless_asked_for(places):
    raw, _ = places
    copied = ["they all", "copied it", "and this"]
    write_texts(raw, {who: [*copied, f"only {who}"] for who in ("ann", "bob", "cy")})
    found = {split: set(unipen.text_lines(split).transcripts) for split in SPLITS}
    assert sum(map(len, found.values())) == len(set.union(*found.values())) == len(copied) + 3
    assert all(len(unipen.text_lines(split, shared_texts=True)) == 4 for split in SPLITS)
    owners = [split for split in SPLITS if unipen.words(split).transcripts]
    assert len(owners) == 1 and "and this" in found[owners[0]]  # the line belongs there, too


def test_an_archive_is_converted_once_and_whole(places, capsys):
    raw, cache = places
    tree = write_tree(cache.parent / "train_r01_v07", three_writers())
    archive = raw / "unipen" / "train_r01_v07-mine.tar.xz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:xz") as tar:
        tar.add(tree, "train_r01_v07")
    assert sum(unipen.counts().values()) == 6
    (converted,) = (cache / "unipen").iterdir()
    assert "Converting" in capsys.readouterr().out
    with np.load(converted, allow_pickle=False) as arrays:
        assert set(arrays["character_labels"]) == {"A", "B"}
    unipen._load.cache_clear()
    assert len(unipen.characters("test", characters="AB")) == 2
    assert "Converting" not in capsys.readouterr().out
    whole = converted.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole.replace(b"splits", b"spilts")):
        converted.write_bytes(damaged)
        unipen._load.cache_clear()
        assert len(unipen.characters("test", characters="AB")) == 2
        assert "is damaged" in capsys.readouterr().out
        assert len(converted.read_bytes()) == len(whole)


def test_damaged_and_hostile_archives_are_refused_and_leave_nothing(places):
    raw, cache = places
    archive = raw / "unipen" / "train_r01_v07.tgz"
    archive.parent.mkdir()
    archive.write_bytes(b"<html>not an archive")
    with pytest.raises(ValueError, match=r"train_r01_v07\.tgz is damaged"):
        unipen.counts()
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("../include/evil.dat")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"abc"))
    with pytest.raises(ValueError, match="outside the archive's folder"):
        unipen.counts()
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("holiday/photo.jpg"))
    with pytest.raises(ValueError, match="no labelled ink"):
        unipen.counts()
    assert not any(path.is_file() for path in cache.rglob("*"))


def test_nothing_found_says_where_it_looked_and_what_to_do(places, monkeypatch):
    raw, cache = places
    monkeypatch.setattr(unipen, "URL", "http://127.0.0.1:9/unipen.tgz")  # nobody answers there
    monkeypatch.setattr(downloads, "RETRIES", 0)
    with pytest.raises(downloads.DownloadError) as error:
        unipen.characters("train")
    for words in (str(raw / "unipen"), str(cache / "unipen"), unipen.URL, "strokes"):
        assert words in str(error.value)


def test_an_unwritable_cache_is_named(places, monkeypatch):
    _, cache = places
    cache.write_text("a file, not a folder")
    with pytest.raises(PermissionError, match="FSDL_HWR_CACHE"):
        unipen.counts()


def real_data():
    folder = os.environ.get("FSDL_HWR_DATA")
    return folder and any(os.path.isdir(os.path.join(folder, name)) for name in ("unipen", "data"))


needs_data = pytest.mark.skipif(
    not real_data(), reason="UNIPEN is absent: FSDL_HWR_DATA names a folder that has unipen/"
)


@needs_data
def test_real_characters_split_by_writer_with_every_class_everywhere():
    writers = {}
    shares = []
    for split in SPLITS:
        _, labels, numbers = unipen.character_inks(split)
        assert set(labels) == set(unipen_format.CHARACTERS)
        writers[split] = set(numbers.tolist()) | set(unipen.text_lines(split).writers.tolist())
        shares.append(len(labels))
    assert not writers["train"] & writers["test"] and not writers["train"] & writers["validation"]
    assert not writers["validation"] & writers["test"]
    np.testing.assert_allclose(np.array(shares) / sum(shares), splits.SHARES, atol=0.03)


@needs_data
def test_real_transcripts_are_in_one_split():
    texts = {s: set(unipen.text_lines(s).transcripts + unipen.words(s).transcripts) for s in SPLITS}
    assert all(len(texts[split]) > 30 for split in SPLITS)
    assert len(set.union(*texts.values())) == sum(map(len, texts.values()))


@needs_data
def test_real_segments_are_nearly_all_used():
    counts = unipen.counts()
    dropped = sum(n for (_, _, outcome), n in counts.items() if outcome.startswith("dropped"))
    other = sum(n for (_, _, outcome), n in counts.items() if "outside the" in outcome)
    assert (dropped - other) / counts.total() < 0.03
    lex = {outcome: n for (who, _, outcome), n in counts.items() if who == "lex"}
    assert lex["repaired: ink found by the comment that announces it"] > 0.98 * sum(lex.values())


@needs_data
def test_real_text_is_one_line_of_plausible_width():
    lines = unipen.text_lines("train")
    assert len(lines) > 1000
    for ink, transcript in zip(lines.inks, lines.transcripts, strict=True):
        _, _, width, height = unipen.pen_ink.bounding_box(ink)
        assert width > 0.1 * height * len(transcript)
