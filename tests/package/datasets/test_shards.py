"""Shards of ink: the same whoever makes them, whole or absent, and read by a training's batches."""

import concurrent.futures
import dataclasses

import numpy as np
import pytest
import small

from fsdl_hwr import networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import shards
from fsdl_hwr.recognizers.line import LineBatches, Recognizer

RECIPE = shards.Recipe("numbers", lines=6, num_writers=3, characters="0123456789 ", seed=4)


class Here(concurrent.futures.Executor):
    """Makes shards at once, in this process; dies on one of them."""

    def __init__(self, dies_on=None):
        self.made = []
        self.dies_on = dies_on

    def submit(self, function, *arguments):
        future = concurrent.futures.Future()
        if arguments[-1] == self.dies_on:
            future.set_exception(MemoryError("killed"))
        else:
            self.made.append(arguments[-1])
            future.set_result(function(*arguments))
        return future


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("shards")
    shards.write_all(path, RECIPE, 3, Here())
    return path


def test_a_shard_is_the_same_whoever_makes_it_and_others_differ(folder, tmp_path):
    first = shards.write(tmp_path, RECIPE, 1)
    assert first.read_bytes() == shards.path_of(folder, 1).read_bytes()
    inks, texts = shards.read(first)
    assert len(inks) == len(texts) == 6 and set("".join(texts)) <= set(RECIPE.characters)
    assert all(stroke.shape[1] >= 2 for ink in inks for stroke in ink)
    assert shards.read(shards.path_of(folder, 2))[1] != texts
    other = shards.write(tmp_path, dataclasses.replace(RECIPE, seed=5), 1)
    assert shards.read(other)[1] != texts


def test_what_a_kill_left_out_is_made_and_nothing_else(tmp_path):
    with pytest.raises(MemoryError):
        shards.write_all(tmp_path, RECIPE, 4, Here(dies_on=1))
    (tmp_path / ".shard-00001-0123456789abcdef0123456789abcdef.npz").touch()  # half a shard
    executor = Here()
    paths = shards.write_all(tmp_path, RECIPE, 5, executor)
    assert executor.made == [1, 4]
    assert paths == [shards.path_of(tmp_path, k) for k in range(5)]
    assert all(path.is_file() for path in paths)


def test_a_folder_of_another_recipe_and_a_worker_of_another_version_are_refused(folder, tmp_path):
    executor = Here()
    with pytest.raises(ValueError, match="another recipe"):
        shards.write_all(folder, dataclasses.replace(RECIPE, lines=7), 9, executor)
    assert not executor.made
    with pytest.raises(ValueError, match="its caller 0.0"):
        shards.write(tmp_path, dataclasses.replace(RECIPE, version="0.0"), 0)
    with pytest.raises(ValueError, match="does not see the folder"):
        shards.write(tmp_path / "elsewhere", RECIPE, 0)
    with pytest.raises(ValueError, match="at least 1"):
        shards.Recipe(lines=0)
    with pytest.raises(FileNotFoundError, match="write_all"):
        shards.stream(tmp_path)


def test_a_damaged_shard_is_named(folder, tmp_path):
    content = shards.path_of(folder, 0).read_bytes()
    for k, damaged in enumerate([b"", content[:-100], content[:200] + b"?" + content[201:]]):
        path = tmp_path / f"shard-{k:05}.npz"
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=f"{path}.*damaged"):
            shards.stream(tmp_path)
        path.unlink()


def test_a_training_reads_them_as_batches(folder):
    alphabet = Alphabet(RECIPE.characters)
    network = networks.line_crnn((28, None), alphabet.num_classes, filters=(4, 4, 4), lstm_size=4)
    recognizer = Recognizer(network, alphabet, small.GEOMETRY)
    stream = shards.stream(folder, small.GEOMETRY, frame_width=recognizer.frame_width, seed=1)
    assert len(stream) == 18
    batches = LineBatches(recognizer, stream, 4, 0)
    batches.epoch = 0
    images, targets = batches[0]
    assert images.shape[:2] == (4, 28) and images.any(axis=(1, 2)).all() and len(targets) == 4
    batches.epoch = 1
    other, _ = batches[0]
    assert images.shape != other.shape or (images != other).any()
    written = {text for k in range(3) for text in shards.read(shards.path_of(folder, k))[1]}
    assert set(stream.batch(0, 0, 16).transcripts) <= written
    np.testing.assert_array_equal(stream.batch(2, 1, 3).images, stream.batch(2, 1, 3).images)
