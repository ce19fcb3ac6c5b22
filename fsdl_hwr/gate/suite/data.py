"""Data can fail as well: what splits share, what they lack, and what a subset leaves out."""

import gzip
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from fsdl_hwr import paper
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import emnist, sources, splits, strokes
from fsdl_hwr.experiments import tracking

COUNTS = (12, 40, 80, 200)  # images of the classes 0 to 3 in a file of EMNIST's format


def _idx(array: np.ndarray) -> bytes:
    """Write an array as EMNIST's files hold it."""
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), compresslevel=1)


@contextmanager
def _tiny_emnist() -> Iterator[Callable]:
    """Write digits in EMNIST's format into a folder of their own; gives `emnist.load`.

    Class k is an upright bar at the left, 4 + k px wide.
    """
    labels = np.repeat(np.arange(len(COUNTS)), COUNTS)
    images = np.zeros((len(labels), 28, 28), np.uint8)
    for k, image in zip(labels, images, strict=True):
        image[: 4 + k] = 255  # transposed, as the official files are
    before = os.environ.get("FSDL_HWR_DATA")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "emnist")
        place.mkdir()
        mapping = "".join(f"{k} {48 + k}\n" for k in range(len(COUNTS)))
        (place / "emnist-digits-mapping.txt").write_text(mapping)
        (place / "emnist-digits-train-images-idx3-ubyte.gz").write_bytes(_idx(images))
        (place / "emnist-digits-train-labels-idx1-ubyte.gz").write_bytes(_idx(labels))
        os.environ["FSDL_HWR_DATA"] = folder
        try:
            yield lambda **options: emnist.load("digits", "train", **options)
        finally:
            os.environ.pop("FSDL_HWR_DATA")
            if before is not None:
                os.environ["FSDL_HWR_DATA"] = before


def test_glyphs_stand_upright():
    """Read a bar at the left edge: it must not lie at the top."""
    with _tiny_emnist() as load:
        first = load(subset=4).images[0]
    assert first[:, 0].min() == 255 and first[0].min() == 0, (
        "a bar at the left edge is read as one at the top: glyphs are mirrored and turned"
    )


def test_a_subset_holds_every_class():
    """Take a quarter of a file whose images are sorted by class."""
    with _tiny_emnist() as load:
        counts = load(subset=sum(COUNTS) // 4).counts()
    assert counts.all(), f"{(counts == 0).sum()} of {len(counts)} classes are missing in a quarter"


def test_balancing_keeps_what_is_rare():
    """Balance a file: classes below the mean must stay whole."""
    with _tiny_emnist() as load:
        whole, balanced = load().counts(), load(balanced=True).counts()
    rare = whole <= whole.mean()
    lost = int((whole - balanced)[rare].sum())
    assert lost == 0, f"{lost} of {whole[rare].sum()} images of the rare classes was lost"
    assert balanced.max() < whole.max(), "balancing leaves the frequent class as it was"


def test_no_writer_is_in_two_splits():
    """Compare the writers of all pairs of splits."""
    hands = {split: {w.seed for w in strokes.writers(split, 20)} for split in splits.SPLITS}
    for one, other in [("train", "validation"), ("train", "test"), ("validation", "test")]:
        shared = len(hands[one] & hands[other])
        assert shared == 0, f"{shared} of 20 writers are in {one} and in {other}"


def _texts(split: str) -> tuple[str, ...]:
    return sources.sentences("faker", split, alphabet=Alphabet(), num=600, max_length=24).texts


def test_no_sentence_is_in_two_splits():
    """Compare the sentences of training and test."""
    shared = len({*_texts("train")} & {*_texts("test")})
    assert shared == 0, f"{shared} of 600 sentences are in train and in test"


def test_every_class_occurs_in_the_texts():
    """Count the characters of the training texts."""
    alphabet = Alphabet()
    missing = set(alphabet.characters) - set("".join(_texts("train")))
    assert not missing, f"{len(missing)} characters never occur: {''.join(sorted(missing))}"


def test_a_rare_class_is_in_every_split():
    """Divide twelve writers, of whom three have written a rare character."""
    rng = np.random.default_rng(0)
    for trial in range(20):
        rare = rng.choice(12, 3, replace=False)
        writers = np.concatenate([np.repeat(np.arange(12), 30), rare])
        classes = ["a"] * 360 + ["z"] * 3
        given = splits.split_writers(classes, writers, 12)
        missing = [name for k, name in enumerate(splits.SPLITS) if k not in given[rare]]
        assert not missing, f"division {trial}: the rare class is missing from {missing[0]}"


def test_held_out_lines_are_as_they_were_written():
    """Measure the pen of held-out lines: training's changes vary it, and it alone, by half."""
    size = {"height": 56, "width": 700}
    held_out = sources.held_out_lines("numbers", "validation", 24, Alphabet(), 0, **size)
    pens = [paper.stroke_width(image > 127) for image in held_out.images]
    spread = float(np.std(pens) / np.mean(pens))
    assert spread < 0.12, f"the pen's width varies by {spread:.0%}: validation is augmented"


def test_a_run_that_is_started_twice_is_one_run():
    """Record an epoch, start again as after a kill, and record the next."""
    with tempfile.TemporaryDirectory() as folder:
        for epoch in range(2):
            tracking.start(folder, {"seed": 0}).log(epoch, {"val_cer": 1.0 - epoch / 2})
        epochs = [e["epoch"] for e in tracking.read_events(folder) if e["event"] == "epoch"]
    assert epochs == [0, 1], f"a run started twice has recorded the epochs {epochs}, not [0, 1]"
