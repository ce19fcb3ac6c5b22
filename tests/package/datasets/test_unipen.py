"""Tests of the UNIPEN reader: a tiny tree of made-up ink, and the real data where it is."""

import io
import os
import tarfile

import numpy as np
import pytest

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS
from fsdl_hwr.datasets import downloads, splits, unipen, unipen_format
from fsdl_hwr.datasets.splits import SPLITS


def stroke(left, top, width=10, height=20):
    """A pen-down component: a diagonal in UNIPEN's coordinates, where y points up."""
    return f".PEN_DOWN\n{left} {-top}\n{left + width} {-top - height}\n.PEN_UP\n"


def segment(delineation, label, kind="CHARACTER"):
    return f'.SEGMENT {kind} {delineation} ? "{label}"\n'


def write_tree(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1")
    return folder


def recording(segments, ink, category="1b", settings="", writer="ann"):
    """A tree of one data file and its ink."""
    return {
        f"data/{category}/abc/w.dat": ".VERSION 1.0\n.INCLUDE abc/data/w.dat\n" + segments,
        "include/abc/data/w.dat": f".WRITER_ID {writer}\n.COORD X Y\n{settings}{ink}",
    }


def read(folder, files):
    """Convert a tree; return [(label, ink)] of both kinds, and outcomes counted."""
    arrays = unipen_format.convert(write_tree(folder, files))
    found = []
    for kind in ("character", "line"):
        prefix = f"{kind}_"
        own = {k.removeprefix(prefix): arrays[k] for k in arrays if k.startswith(prefix)}
        inks = unipen.pen_ink.unpack(own)
        found += zip(own["labels"].tolist(), inks, strict=True)
    return found, dict(zip(arrays["count_outcome"].tolist(), arrays["count"].tolist(), strict=True))


@pytest.fixture
def places(tmp_path, monkeypatch):
    """An empty data folder and an empty cache."""
    (tmp_path / "raw").mkdir()
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path / "raw"))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "raw", tmp_path / "cache"


def three_writers(labels="AB"):
    """A tree in which three people write every label once."""
    files = {}
    for writer in ("ann", "bob", "cy"):
        segments = "".join(segment(k, label) for k, label in enumerate(labels))
        ink = "".join(stroke(40 * k, 0) for k in range(len(labels)))
        own = recording(segments, ink, writer=writer)
        files |= {
            name.replace("/w.", f"/{writer}."): text.replace("data/w.", f"data/{writer}.")
            for name, text in own.items()
        }
    return files


# --- the format


def test_ink_points_down_starts_at_its_corner_and_keeps_the_aspect(tmp_path):
    settings = ".X_POINTS_PER_INCH 100\n.Y_POINTS_PER_INCH 200\n"
    found, _ = read(tmp_path, recording(segment("0", "A"), stroke(5, 30), settings=settings))
    (label, ink), *_ = found
    assert label == "A"
    np.testing.assert_allclose(ink[0], [[0, 0], [10, 10]])  # 20 of half as large units
    assert ink[0].dtype == np.float32


def test_labels_are_unescaped_and_delineations_understood(tmp_path):
    ink = "".join(stroke(20 * k, 0) for k in range(6))
    segments = (
        segment("0,2", r"\"") + segment("3-4", "#") + segment("5:1", "'") + segment("5", r"\/")
    )
    found, outcomes = read(tmp_path, recording(segments, ink, "1d"))
    assert [(label, len(ink), len(ink[0])) for label, ink in found] == [
        ('"', 2, 2),
        ("#", 2, 2),
        ("'", 1, 1),  # from its second point on
        ("/", 1, 2),
    ]
    assert outcomes == {"kept": 4}


def test_includes_nest_and_letter_case_does_not_matter(tmp_path):
    files = recording(segment("1", "A"), stroke(0, 0) + ".INCLUDE ABC/Data/MORE.DAT\n")
    files["include/abc/data/more.dat"] = stroke(0, 0, height=33)
    found, _ = read(tmp_path, files)
    assert np.ptp(found[0][1][0][:, 1]) == 33


def test_the_numbering_is_the_one_that_meets_ink(tmp_path):
    withheld = ".PEN_DOWN\n0 0\n.PEN_UP\n"
    pen_up = ".PEN_UP\n1 1\n2 2\n"
    ink = stroke(0, 0, height=11) + pen_up + withheld + pen_up + stroke(0, 0, height=22)
    counting_up = recording(segment("0", "A") + segment("4", "B"), ink)
    found, _ = read(tmp_path / "up", counting_up)
    assert [(label, np.ptp(ink[0][:, 1])) for label, ink in found] == [("A", 11), ("B", 22)]
    counting_down = recording(segment("0", "A") + segment("2", "B"), ink)
    found, _ = read(tmp_path / "down", counting_down)
    assert [(label, np.ptp(ink[0][:, 1])) for label, ink in found] == [("A", 11), ("B", 22)]


def test_broken_segments_are_dropped_and_counted_by_reason(tmp_path):
    ink = stroke(0, 0) + ".PEN_DOWN\n0 0\n.PEN_UP\n" + ".PEN_DOWN\n1 x\n.PEN_UP\n"
    ink += ".PEN_DOWN\n1 2 3\n.PEN_UP\n" + ".PEN_DOWN\n.PEN_UP\n"
    segments = segment("0", "A") + segment("7", "B") + segment("0", "") + segment("0", "AB")
    segments += '.SEGMENT CHARACTER 0 ? "C\n' + segment("0;1", "D") + segment("0", "~")
    segments += segment("1", "E") + segment("2", "F") + segment("3", "G") + segment("4", "H")
    found, outcomes = read(tmp_path, recording(segments, ink))
    assert [label for label, _ in found] == ["A"]
    assert outcomes == {
        "kept": 1,
        "dropped: delineation outside the ink": 1,
        "dropped: label is empty": 1,
        "dropped: label of several characters": 1,
        "dropped: segment not understood (unbalanced quotes?)": 1,
        "dropped: delineation not understood": 1,
        "dropped: character outside the 78 classes": 1,
        "dropped: ink was withheld": 1,
        "dropped: points not understood": 2,
        "dropped: no ink": 1,
    }


def test_a_missing_include_names_both_files_and_the_way_out(tmp_path):
    files = recording(segment("0", "A"), stroke(0, 0) + ".INCLUDE abc/gone.doc\n")
    with pytest.raises(FileNotFoundError, match=r"include/abc/data/w.dat.*abc/gone.doc.*again"):
        read(tmp_path / "nested", files)
    files = {"data/1a/abc/w.dat": ".INCLUDE abc/data/w.dat\n", "include/abc/x.doc": ""}
    with pytest.raises(FileNotFoundError, match=r"data/1a/abc/w.dat.*abc/data/w.dat.*again"):
        read(tmp_path / "direct", files)


# --- rules for what is wrong in the data


def test_a_file_that_includes_itself_is_named(tmp_path):
    files = recording(segment("0", "A"), ".INCLUDE abc/data/w.dat\n")
    with pytest.raises(ValueError, match="include/abc/data/w.dat includes itself"):
        unipen_format.convert(write_tree(tmp_path, files))


@pytest.mark.parametrize(
    "delineation, ink, settings",
    [
        ("0-99999999999", stroke(0, 0), ""),
        ("0", ".PEN_DOWN\nnan 3\n4 5\n.PEN_UP\n", ""),
        ("0", stroke(0, 0), ".X_POINTS_PER_INCH 100\n.Y_POINTS_PER_INCH 0\n"),
        ("0", stroke(0, 0), ".X_POINTS_PER_INCH some\n"),
    ],
)
def test_what_cannot_be_understood_is_dropped_and_counted(delineation, ink, settings, tmp_path):
    tree = recording(segment(delineation, "A"), ink, settings=settings)
    found, outcomes = read(tmp_path, three_writers("B") | tree)
    assert "A" not in [label for label, _ in found]
    assert any("dropped" in outcome for outcome in outcomes)


def test_boxes_of_single_strokes_are_not_characters(tmp_path):
    box = ".START_BOX\n"
    ink = box + stroke(0, 0) + stroke(0, 9) + (box + stroke(0, 0)) * (unipen_format.LONGEST_RUN + 1)
    found, outcomes = read(tmp_path, recording(segment("0-1", "A") + segment("9", "B"), ink))
    assert [label for label, _ in found] == ["A"]
    assert outcomes["dropped: box holds one stroke, not a character"] == 1


def test_specks_are_not_letters_but_may_be_periods(tmp_path):
    ink = stroke(0, 0) * 3 + stroke(0, 0, 1, 1) * 2
    segments = "".join(segment(k, label) for k, label in enumerate("ABCk."))
    found, outcomes = read(tmp_path, recording(segments, ink))
    assert [label for label, _ in found] == ["A", "B", "C", "."]
    assert outcomes["dropped: ink is a speck"] == 1


def test_announced_texts_are_found_where_they_are_announced(tmp_path):
    def box(label, width):
        return f'.START_BOX\n.COMMENT .SEGMENT TEXT 0-1 ? "{label}"\n' + stroke(0, 0, width)

    ink = box("one", 30) + box("two", 31) + box("cut off here", 32) + box("six", 33)
    labels = ("two", "six", "cut off here", "never")
    segments = "".join(segment("0", label, "TEXT") for label in labels)  # all shifted
    found, outcomes = read(tmp_path, recording(segments, ink, "8"))
    assert [(label, np.ptp(ink[0][:, 0])) for label, ink in found] == [("two", 31), ("six", 33)]
    assert outcomes == {
        "repaired: ink found by the comment that announces it": 2,
        "dropped: ink ends before its label": 1,
        "dropped: text not found in the ink": 1,
    }


def test_several_lines_under_one_label_are_divided(tmp_path):
    def line(top):
        return "".join(stroke(20 * k, top) for k in range(4))

    ink = line(0) + line(100)
    characters = segment("0", "N") + segment("4", "Y") + segment("7", "k")
    files = recording(segment("0-7", "New York", "TEXT"), ink, "8")
    files["data/1b/abc/w.dat"] = ".INCLUDE abc/data/w.dat\n" + characters
    found, outcomes = read(tmp_path / "two", files)
    assert [(label, len(ink)) for label, ink in found[3:]] == [("New", 4), ("York", 4)]
    assert outcomes == {"kept": 3, "repaired: several lines divided": 1}
    # "of" may stand in either line: no single way to divide
    files["data/8/abc/w.dat"] = files["data/8/abc/w.dat"].replace("New York", "New of York")
    _, outcomes = read(tmp_path / "unclear", files)
    assert outcomes == {"kept": 3, "dropped: several lines under one label": 1}


def test_tokenized_labels_get_their_spacing_back(tmp_path):
    ink = "".join(stroke(20 * k, 0) for k in range(8))
    labels = (
        "by tea , then",
        "a comet 's ' tail ' .",
        "since 1 8 7 4 , when",
        "fox , XXX dog",
        "a dog",
    )
    segments = "".join(segment("0-7", label, "TEXT") for label in labels)
    found, outcomes = read(tmp_path, recording(segments, ink, "8"))
    assert [label for label, _ in found] == ["by tea, then", "a comet's 'tail'.", "a dog"]
    assert outcomes["dropped: label lost its spaces or has a word crossed out"] == 2


# --- splits


def test_every_class_of_three_writers_is_in_every_split_and_no_writer_in_two():
    rng = np.random.default_rng(0)
    writers = rng.integers(0, 30, 2000)
    classes = rng.choice(list("abcde"), 2000, p=[0.5, 0.3, 0.15, 0.04, 0.01])
    writers = np.append(writers, [3, 14, 15])
    classes = np.append(classes, ["z"] * 3)  # a class of three writers
    divided = splits.split_writers(classes.tolist(), writers, 30)
    assert set(divided) == {0, 1, 2} and len(divided) == 30
    for character in "abcdez":
        assert set(divided[writers[classes == character]]) == {0, 1, 2}
    shares = np.bincount(divided[writers]) / len(writers)
    np.testing.assert_allclose(shares, splits.SHARES, atol=0.05)
    np.testing.assert_array_equal(divided, splits.split_writers(classes.tolist(), writers, 30))


# --- places, cache, bad archives


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


def test_text_lines_leave_other_characters_out(places):
    raw, _ = places
    files = three_writers("ABCD")
    for writer in ("ann", "bob", "cy"):
        text = segment("0-3", "two words", "TEXT") + segment("0-3", "5% more", "TEXT")
        files[f"data/8/abc/{writer}.dat"] = f".INCLUDE abc/data/{writer}.dat\n" + text
    write_tree(raw, files)
    for split in SPLITS:
        lines = unipen.text_lines(split)
        assert lines.transcripts == ["two words"] and len(lines) == 1
        assert unipen.text_lines(split, characters=DEFAULT_CHARACTERS + "%").transcripts == [
            "two words",
            "5% more",
        ]


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


# --- the real data, where FSDL_HWR_DATA has it


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
