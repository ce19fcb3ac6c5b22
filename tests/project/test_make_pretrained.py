"""The training of the recognizer that ships: what its makers of lines leave for it."""

import make_pretrained
import numpy as np

from fsdl_hwr import files


def test_a_file_that_is_being_written_is_not_taken(tmp_path):
    with files.write_atomically(tmp_path / "100-0.npz") as partial:
        np.savez(partial, texts=["ab"])
        assert partial.is_file() and make_pretrained.finished(tmp_path) == []
    assert [path.name for path in make_pretrained.finished(tmp_path)] == ["100-0.npz"]
