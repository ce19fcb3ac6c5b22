"""EMNIST, on files made here in the official format, and on a real sample where there is one."""

import gzip
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from fsdl_hwr.alphabet import EMNIST_CHARACTERS
from fsdl_hwr.datasets import downloads, emnist
from fsdl_hwr.datasets.splits import SPLITS

FOUND = downloads.find("emnist")
REAL_SAMPLE = FOUND and (FOUND / "emnist-balanced-mapping.txt").is_file()
MAPPINGS = {
    "byclass": "".join(f"{k} {ord(c)}\n" for k, c in enumerate(EMNIST_CHARACTERS)),
    "letters": "".join(f"{k + 1} {65 + k} {97 + k}\n" for k in range(26)),
    "digits": "".join(f"{k} {48 + k}\r\n" for k in range(10)),
}


def idx(array):
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes())


def official_files(name, counts, first_label=0):
    """Files of as many images per class as `counts` says; an image's pixels tell its place."""
    files = {f"emnist-{name}-mapping.txt": MAPPINGS[name].encode()}
    for part in ("train", "test"):
        labels = np.repeat(np.arange(len(counts)), counts) + first_label
        labels = np.random.default_rng(5).permutation(labels)
        images = np.zeros((len(labels), 28, 28), np.uint8)
        images[:, 3, 20] = labels  # stored transposed: upright, it is row 20, column 3
        images[:, 0, 0], images[:, 0, 1] = np.divmod(np.arange(len(labels)), 256)
        files[f"emnist-{name}-{part}-images-idx3-ubyte.gz"] = idx(images)
        files[f"emnist-{name}-{part}-labels-idx1-ubyte.gz"] = idx(labels)
    return files


def place_of(glyphs):
    return set((glyphs.images[:, 0, 0].astype(int) * 256 + glyphs.images[:, 1, 0]).tolist())


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Give a function that writes files to the user's data folder."""
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))

    def write(files, folder="emnist"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (tmp_path / folder / name).write_bytes(content)

    return write


UNEVEN = [1 + k for k in range(62)]  # class k has k + 1 images


def test_images_are_upright_and_labeled_by_the_mapping(store):
    store(official_files("byclass", [2] * 62))
    glyphs = emnist.load("byclass", "test")
    assert glyphs.characters == EMNIST_CHARACTERS and glyphs.source == "emnist-byclass"
    assert np.array_equal(glyphs.images[:, 20, 3], glyphs.labels)
    assert set(glyphs.writers.tolist()) == {-1}
    assert glyphs.images.flags.c_contiguous and glyphs.images.flags.writeable


def test_letters_count_from_one_and_merge_case(store):
    store(official_files("letters", [2] * 26, first_label=1))
    glyphs = emnist.load("letters", "test")
    assert glyphs.characters == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert np.array_equal(glyphs.images[:, 20, 3], glyphs.labels + 1)
    assert "small letters" in glyphs.notes[0]


def test_train_and_validation_divide_the_training_file(store):
    store(official_files("byclass", [40 + k for k in range(62)]))
    train, validation = emnist.load(split="train"), emnist.load(split="validation", seed=9)
    assert not place_of(train) & place_of(validation)
    assert len(train) + len(validation) == sum(40 + k for k in range(62))
    share = validation.counts() / (validation.counts() + train.counts())
    assert np.abs(share - 0.1).max() < 0.025
    assert place_of(emnist.load(split="train", seed=4)) == place_of(train)


def test_rare_classes_occur_in_both_parts(store):
    store(official_files("digits", [2, 3, 50, 2, 2, 2, 2, 2, 2, 2]))
    for split in SPLITS:
        assert emnist.load("digits", split).counts().min() >= 1


def test_balanced_keeps_at_most_the_mean(store):
    store(official_files("byclass", UNEVEN))
    counts = emnist.load(split="test", balanced=True).counts()
    assert counts.tolist() == np.minimum(UNEVEN, 32).tolist()  # mean 31.5: ranks below it


def test_a_subset_is_stratified_and_seeded(store):
    store(official_files("byclass", UNEVEN))
    glyphs = emnist.load(split="test", subset=300)
    assert len(glyphs) == 300 and glyphs.counts().min() >= 1
    assert np.abs(glyphs.counts() - 300 * np.array(UNEVEN) / sum(UNEVEN)).max() <= 1.5
    assert place_of(glyphs) == place_of(emnist.load(split="test", subset=300))
    assert place_of(glyphs) != place_of(emnist.load(split="test", subset=300, seed=1))
    with pytest.raises(ValueError, match="has 1953 images"):
        emnist.load(split="test", subset=2000)


@pytest.mark.parametrize("inside", ["gzip/", ""])
def test_the_official_archive_is_read_as_it_is(store, tmp_path, inside):
    files = official_files("digits", [3] * 10)
    store({})
    with zipfile.ZipFile(tmp_path / "emnist/gzip.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(inside + name, content)
    zipped = emnist.load("digits", "test")
    store(files, "emnist/gzip")  # unpacked, it gives the same
    assert np.array_equal(emnist.load("digits", "test").images, zipped.images)
    with pytest.raises(ValueError, match="gzip.zip lacks emnist-letters-mapping.txt"):
        emnist.load("letters")


def test_a_download_that_fails_names_the_way_out(store, monkeypatch):
    monkeypatch.setattr(emnist, "URLS", ("http://127.0.0.1:9/gzip.zip",) * 2)
    monkeypatch.setattr(downloads, "RETRIES", 0)
    with pytest.raises(downloads.DownloadError, match="emnist/gzip.zip in .*'strokes'"):
        emnist.load()


IMAGES, LABELS = (
    "emnist-digits-test-images-idx3-ubyte.gz",
    "emnist-digits-test-labels-idx1-ubyte.gz",
)
MAPPING = "emnist-digits-mapping.txt"


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        (IMAGES, lambda content: content[:40], "damaged or cut off"),
        (IMAGES, lambda content: b"<html>", "damaged or cut off"),
        (IMAGES, lambda content: gzip.compress(gzip.decompress(content)[:-1]), "promises"),
        (IMAGES, lambda content: gzip.compress(b"\0" * 20), "magic number"),
        (IMAGES, lambda content: gzip.compress(b"\0"), "magic number"),
        (IMAGES, lambda content: idx(np.zeros((30, 28, 27))), "do not belong together"),
        (LABELS, lambda content: idx(np.zeros(29)), "do not belong together"),
        (LABELS, lambda content: idx(np.zeros((30, 28, 28))), "magic number"),
        (LABELS, lambda content: idx(np.full(30, 10)), "does not name"),
        (MAPPING, lambda content: b"0\n1\n", "is not a mapping"),
        (MAPPING, lambda content: b"", "does not name"),
        (MAPPING, lambda content: "0 é".encode(), "is not a mapping"),
        (LABELS, None, "is missing"),
        (IMAGES, None, "is missing"),
        (MAPPING, None, "is missing"),
    ],
)
def test_spoiled_files_are_named_with_the_way_out(store, tmp_path, name, spoil, message):
    files = official_files("digits", [3] * 10)
    content = files.pop(name)
    store(files | ({name: spoil(content)} if spoil else {}))
    with pytest.raises(ValueError, match=f"{message}.*FSDL_HWR_DATA") as failure:
        emnist.load("digits", "test")
    assert name in str(failure.value)


def test_wrong_requests_are_named():
    with pytest.raises(ValueError, match="'by_class': choose one of byclass"):
        emnist.load("by_class")
    with pytest.raises(ValueError, match="Unknown split 'dev'"):
        emnist.load("byclass", "dev")


@pytest.mark.skipif(not REAL_SAMPLE, reason="needs emnist/emnist-balanced-*, FSDL_HWR_DATA")
def test_the_real_sample():
    parts = {split: emnist.load("balanced", split) for split in SPLITS}
    assert len(parts["train"]) > 5 * len(parts["validation"])
    for glyphs in parts.values():
        assert glyphs.characters == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
        assert glyphs.counts().min() >= 1
        # upright, an F has its stem to the left under its arm, and a 7 its bar at the top
        f = glyphs.images[glyphs.labels == glyphs.characters.index("F")].mean(axis=0)
        seven = glyphs.images[glyphs.labels == glyphs.characters.index("7")].mean(axis=0)
        assert f[18:, :14].sum() > 2 * f[18:, 14:].sum()
        assert seven[:14].sum() > 1.3 * seven[14:].sum()


@pytest.mark.parametrize(
    "shape, message", [((2, 28, 28), "holds more bytes"), ((1 << 21, 28, 28), "more than EMNIST")]
)
def test_a_file_that_expands_is_not_unpacked(shape, message):
    header = struct.pack(">4I", 0x0803, *shape)
    bomb = gzip.compress(header + bytes(100_000_000))
    tracemalloc.start()
    with pytest.raises(ValueError, match=message):
        emnist._read_idx("bomb.gz", bomb, dimensions=3)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
