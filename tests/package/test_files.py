"""Files that are whole or absent."""

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
