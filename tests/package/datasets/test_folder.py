"""A folder of anyone's character images, on files made here."""

import csv
import shutil
import struct
import sys

import cv2
import numpy as np
import pytest

from fsdl_hwr import paper
from fsdl_hwr.datasets import folder
from fsdl_hwr.datasets.splits import SPLITS

SYRIAC = "ܐܒܓ"  # alaph, beth, gamal


def drawn(rng, kind, size=60):
    """A photograph of a letter: class `kind` is a fixed zigzag, dark on light, a little moved."""
    corners = np.random.default_rng(kind).uniform(0.2, 0.8, (5, 2))
    points = (corners + rng.normal(0, 0.03, corners.shape)) * size
    image = np.full((size, size + 8), 220, np.uint8)
    cv2.polylines(image, [points.astype(np.int32)], False, 40, 3, cv2.LINE_AA)
    return image


def write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


def write_classes(root, counts, rng, suffix=".png"):
    for kind, (name, count) in enumerate(counts.items()):
        for k in range(count):
            write(root / name / f"{k:03}{suffix}", drawn(rng, kind))
    return root


def write_list(root, rows, columns="file,label,writer,split", encoding="utf-8"):
    root.mkdir(exist_ok=True)
    with (root / "labels.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([columns.split(","), *rows])
    return root


def load_all(root):
    return {split: folder.load(root, split) for split in SPLITS}


def test_a_folder_a_class_in_any_script(tmp_path, rng):
    root = write_classes(tmp_path / "ܟܬܒܐ é", {"ܓ": 20, "U+0710": 3, "ܒ": 40}, rng)
    parts = load_all(root)
    for glyphs in parts.values():
        assert glyphs.characters == SYRIAC and glyphs.source == "folder ܟܬܒܐ é"
        assert glyphs.images.dtype == np.uint8 and glyphs.labels.dtype == np.int32
        assert glyphs.images.max() == 255 and np.median(glyphs.images) == 0
        assert set(glyphs.writers) == {-1} and glyphs.notes == ()
    assert parts["train"].counts().tolist() == [1, 32, 16]
    assert parts["validation"].counts().tolist() == [1, 4, 2]
    assert parts["test"].counts().tolist() == [1, 4, 2]
    images = np.concatenate([glyphs.images for glyphs in parts.values()])
    assert len(np.unique(images, axis=0)) == 63  # each image once
    one = cv2.imread(str(root / "ܓ" / "000.png"), cv2.IMREAD_GRAYSCALE)
    assert (images == paper.glyph_from_image(one)).all(axis=(1, 2)).any()


def test_splits_do_not_depend_on_the_place_and_hold_when_files_come(tmp_path, rng):
    first = write_classes(tmp_path / "first", {"a": 30}, rng)
    second = shutil.copytree(first, tmp_path / "second")
    before, after = folder.load(first, "test"), folder.load(second, "test")
    assert np.array_equal(before.images, after.images)
    write(second / "a" / "new.png", drawn(rng, 0))
    kept = [(after.images == image).all(axis=(1, 2)).any() for image in before.images]
    assert sum(kept) >= 2


def test_nothing_is_written_and_what_is_no_image_is_left_out(tmp_path, rng):
    root = write_classes(tmp_path, {"a": 4, "b": 4}, rng)
    write(root / "a" / "inner" / "more.png", drawn(rng, 0))
    for name in (".DS_Store", "a/.DS_Store", "a/Thumbs.db", "b/desktop.ini", "a/._000.png"):
        (root / name).write_bytes(b"x")
    write(root / ".ipynb_checkpoints" / "000.png", drawn(rng, 0))
    write(root / "a" / ".ipynb_checkpoints" / "000.png", drawn(rng, 0))
    (root / "b" / "photo.HEIC").write_bytes(b"x")
    (root / "c").mkdir()
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    parts = load_all(root)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    assert sum(map(len, parts.values())) == 9
    for glyphs in parts.values():
        assert glyphs.characters == "ab"
        assert glyphs.notes == (
            "1 files are no images that OpenCV reads: b/photo.HEIC.",
            "Folders without images, left out: c.",
        )


def test_split_folders_are_kept_and_missing_ones_divided(tmp_path, rng):
    for part, count in (("train", 20), ("val", 2), ("test", 3)):
        write_classes(tmp_path / "three" / part, {"a": count, "U+0041": count}, rng)
    assert [len(part) for part in load_all(tmp_path / "three").values()] == [40, 4, 6]
    write_classes(tmp_path / "two" / "train", {"a": 20, "b": 20}, rng)
    write_classes(tmp_path / "two" / "test", {"a": 3}, rng)
    parts = load_all(tmp_path / "two")
    assert [part.counts().tolist() for part in parts.values()] == [[18, 18], [2, 2], [3, 0]]
    assert parts["train"].notes == ("The test split has no b: too few images or writers.",)


def test_classes_too_small_for_three_splits_are_told(tmp_path, rng):
    glyphs = folder.load(write_classes(tmp_path, {"a": 10, "b": 1, "c": 2}, rng))
    assert glyphs.counts().tolist() == [8, 1, 1]
    assert glyphs.notes == (
        "The validation split has no b: too few images or writers.",
        "The test split has no b, c: too few images or writers.",
    )
    write_classes(tmp_path / "one", {"a": 2}, rng)
    with pytest.raises(ValueError, match="no images for test: 2 images.*at least three"):
        folder.load(tmp_path / "one", "test")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_list_divides_by_writer(tmp_path, rng, encoding):
    rows = []
    for k in range(60):
        write(tmp_path / "scans" / f"{k}.jpg", drawn(rng, k % 2))
        rows.append((f"scans/{k}.jpg", "?" if k % 2 else "U+0710", f"hand {k // 6}"))
    write_list(tmp_path, rows, "file,label,writer", encoding)
    parts = load_all(tmp_path)
    writers = [set(part.writers.tolist()) for part in parts.values()]
    assert set.union(*writers) == set(range(10)) and sum(map(len, writers)) == 10
    for part in parts.values():
        assert part.characters == "?ܐ" and min(part.counts()) >= 3
        assert part.writer_names == tuple(f"hand {k}" for k in range(10))
    assert len(parts["train"]) == 48


def test_a_list_says_which_split(tmp_path, rng):
    rows = []
    for k, split in enumerate(["train", "train", "val", "test"]):
        write(tmp_path / f"{k}.png", drawn(rng, 0))
        rows.append((f"{k}.png", "e\u0301", "ann" if k < 3 else "bob", split))
    (tmp_path / "labels").mkdir()  # a folder beside a list is no class
    parts = load_all(write_list(tmp_path, rows))
    assert [len(part) for part in parts.values()] == [2, 1, 1]
    assert parts["test"].characters == "é"  # normalized
    assert parts["test"].notes == ("Writers of more than one split: ann.",)
    (tmp_path / "labels.csv").rename(tmp_path / "other.csv")
    assert len(folder.load(tmp_path / "other.csv")) == 2


def test_glyphs_are_taken_as_they_are(tmp_path, rng):
    glyphs = rng.integers(1, 255, (3, 28, 28), np.uint8) * (rng.random((3, 28, 28)) < 0.2)
    for k, image in enumerate(glyphs.astype(np.uint8)):
        write(tmp_path / "a" / f"{k}.png", image)
    parts = load_all(tmp_path)
    read = np.concatenate([part.images for part in parts.values()])
    assert sorted(map(bytes, read)) == sorted(map(bytes, glyphs.astype(np.uint8)))
    assert parts["train"].notes == ("1 images were glyphs already and are as they were.",)


def test_formats_and_depths(tmp_path, rng):
    image = drawn(rng, 0)
    for suffix in (".png", ".bmp", ".tif", ".webp", ".PGM", ".jpeg"):
        write(tmp_path / f"a{suffix}", image)
    write(tmp_path / "deep.png", image.astype(np.uint16) * 257)
    write(tmp_path / "color.png", np.stack([image] * 3, -1))
    clear = np.zeros((*image.shape, 4), np.uint8)
    clear[:, :, 3] = 255 - image  # black ink on nothing
    write(tmp_path / "clear.png", clear)
    write(tmp_path / "clear16.png", clear.astype(np.uint16) * 257)
    expected = paper.glyph_from_image(image).astype(int)
    names = sorted(path.name for path in tmp_path.iterdir())
    rows = [(name, "a", "train") for name in names]
    for split in ("validation", "test"):
        write(tmp_path / f"{split}.png", image)
        rows.append((f"{split}.png", "a", split))
    write_list(tmp_path, rows, "file,label,split")
    for name, glyph in zip(names, folder.load(tmp_path).images, strict=True):
        assert np.abs(glyph - expected).mean() < 4, name


def test_photographs_are_turned_as_their_camera_says(tmp_path, rng):
    image = drawn(rng, 0)
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    exif = (
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # 6: turn right
    )
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").write_bytes(jpeg[:2] + segment + jpeg[2:])
    upright = paper.glyph_from_image(np.rot90(image, -1)).astype(int)
    assert np.abs(folder.load(tmp_path).images[0] - upright).mean() < 4


def test_files_that_cannot_be_read_are_named(tmp_path, rng):
    root = write_classes(tmp_path, {"a": 3}, rng)
    (root / "a" / "001.png").write_bytes(b"not an image")
    (root / "a" / "002.png").write_bytes(b"")
    messages = []
    for split in SPLITS:
        try:
            folder.load(root, split)
        except ValueError as error:
            messages.append(str(error))
    assert len(messages) == 2
    assert any("a/001.png" in m and "damaged" in m for m in messages)
    assert any("a/002.png" in m for m in messages)


def test_blank_paper_is_told(tmp_path, rng):
    write(tmp_path / "a" / "1.png", np.full((40, 40), 200, np.uint8))
    assert folder.load(tmp_path).notes[-1] == "1 images are blank paper: a/1.png."


@pytest.mark.parametrize(
    "name, points",
    [
        ("alaph", "U\\+0061 U\\+006C"),
        ("12", "U\\+0031 U\\+0032"),
        ("q\u0301", "U\\+0071 U\\+0301"),  # NFC has no single code point for it
        ("U+D800", "none"),
        ("U+110000", "none"),
    ],
)
def test_labels_that_are_not_one_character(tmp_path, rng, name, points):
    write(tmp_path / name / "1.png", drawn(rng, 0))
    with pytest.raises(ValueError, match=rf"{points}.*U\+0061.*labels.csv"):
        folder.load(tmp_path)


@pytest.mark.parametrize(
    "rows, columns, message",
    [
        ([("1.png", "a")], "name,label", "has the columns name, label: it needs file,label"),
        ([("1.png", "a", "x")], "file,label,writers", "no others"),
        ([("1.png;a",)], "file;label", "has the columns file;label.*commas"),
        ([("1.png", "")], "file,label", "line 2 has not one value for each"),
        ([("1.png",)], "file,label", "line 2 has not one value for each"),
        ([("1.png", "a", "b")], "file,label", "line 2 has not one value for each"),
        ([("1.png", "a"), ("1.png", "b")], "file,label", "line 3 lists 1.png again"),
        ([("1.png", "a", "dev")], "file,label,split", "split 'dev': write train, validation"),
        ([("1.png", "ab")], "file,label", "line 2 is labeled 'ab'"),
        ([("2.png", "a")], "file,label", "1 files that are not there: 2.png"),
        ([], "file,label", "holds no images"),
    ],
)
def test_lists_that_cannot_be_read(tmp_path, rng, rows, columns, message):
    write(tmp_path / "1.png", drawn(rng, 0))
    with pytest.raises(ValueError, match=message):
        folder.load(write_list(tmp_path, rows, columns))


def test_other_things_that_are_no_data_set(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder.*labels.csv"):
        folder.load(tmp_path / "none")
    with pytest.raises(ValueError, match="holds no images.*one character"):
        folder.load(tmp_path)
    with pytest.raises(ValueError, match="Unknown split 'dev'"):
        folder.load(tmp_path, "dev")
    (tmp_path / "labels.csv").write_bytes("file,label\n1.png,ä".encode("latin-1"))
    with pytest.raises(ValueError, match="labels.csv is not a CSV in UTF-8"):
        folder.load(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems may not tell case apart")
def test_one_letter_in_two_folders_of_other_bytes_is_one_class(tmp_path, rng):
    """On file systems that keep both: e with its accent as one code point, and as two."""
    for start, name in ((0, "\u00e9"), (3, "e\u0301")):
        for number in range(start, start + 3):
            write(tmp_path / name / f"{number}.png", drawn(rng, 0))
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system takes both names for one")
    parts = load_all(tmp_path)
    assert {glyphs.characters for glyphs in parts.values()} == {"\u00e9"}
    assert sum(map(len, parts.values())) == 6


def test_images_far_too_small_and_far_too_wide_are_read_or_called_blank(tmp_path, rng):
    wide = np.full((20, 10_000), 255, np.uint8)
    wide[8:12] = 0
    write(tmp_path / "dot.png", np.zeros((1, 1), np.uint8))
    write(tmp_path / "wide.png", wide)
    rows = [("dot.png", "a", "train"), ("wide.png", "a", "train")]
    for split in ("validation", "test"):
        write(tmp_path / f"{split}.png", drawn(rng, 0))
        rows.append((f"{split}.png", "a", split))
    write_list(tmp_path, rows, "file,label,split")
    loaded = folder.load(tmp_path)
    assert loaded.images.shape == (2, 28, 28)
    for image, name in zip(loaded.images, ("dot.png", "wide.png"), strict=True):
        assert image.any() or name in " ".join(loaded.notes)


def test_case_tells_classes_apart(tmp_path, rng):
    write_classes(tmp_path, {"a": 3, "A": 3, "U+0061": 3}, rng)
    glyphs = folder.load(tmp_path)
    assert glyphs.characters == "Aa" and glyphs.counts().tolist() == [1, 4]


def test_an_image_that_expands_is_refused_by_its_header(tmp_path, rng):
    write_classes(tmp_path, {"a": 3}, rng)
    path = next((tmp_path / "a").iterdir())
    data = bytearray(path.read_bytes())
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    for path in (tmp_path / "a").iterdir():
        path.write_bytes(data)
    with pytest.raises(ValueError, match="50,000 x 50,000 pixels"):
        folder.load(tmp_path)
