"""Downloads at once, from a server that stalls, cuts, lies and refuses: all right at the end."""

import hashlib

import pytest

from fsdl_hwr.datasets import parallel_downloads
from fsdl_hwr.datasets.downloads import DownloadError
from fsdl_hwr.datasets.parallel_downloads import Remote
from fsdl_hwr.serving import unreliable


@pytest.fixture
def files(rng):
    return {f"file_{k}.bin": rng.bytes(200_000 + k) for k in range(8)}


def remotes(address, files, **paths):
    return [
        Remote((f"{address}/{name}",), hashlib.sha256(data).hexdigest(), paths.get(name, name),
               len(data))
        for name, data in files.items()
    ]  # fmt: skip


def test_eight_downloads_at_once_are_right_whatever_the_server_does(files, tmp_path):
    with unreliable.serve(files) as (address, done):
        paths = parallel_downloads.fetch(remotes(address, files), tmp_path, patience=0.5)
    assert [path.read_bytes() for path in paths] == list(files.values())
    assert {fault for fault in unreliable.FAULTS if done[fault]} == set(unreliable.FAULTS)
    assert done["resumed"] >= 2  # after a stall and a cut, half of it was there
    assert not list(tmp_path.glob("*.part"))


def test_what_is_there_is_not_fetched_again_and_what_was_cut_goes_on(files, tmp_path):
    name, data = next(iter(files.items()))
    (tmp_path / name).write_bytes(data)
    (tmp_path / "file_1.bin.part").write_bytes(files["file_1.bin"][:150_000])
    with unreliable.serve(files, faults=()) as (address, done):
        parallel_downloads.fetch(remotes(address, files), tmp_path)
    assert done == {"sent": 6, "resumed": 1}
    assert (tmp_path / "file_1.bin").read_bytes() == files["file_1.bin"]


def test_half_a_file_of_another_version_is_thrown_away(files, tmp_path):
    (tmp_path / "file_0.bin.part").write_bytes(b"x" * 300_000)  # more than there is
    (tmp_path / "file_1.bin.part").write_bytes(b"x" * 1000)
    with unreliable.serve(files, faults=()) as (address, _):
        paths = parallel_downloads.fetch(remotes(address, files), tmp_path)
    assert [path.read_bytes() for path in paths] == list(files.values())


def test_a_file_that_nobody_has_is_named_and_the_others_are_there(files, tmp_path, monkeypatch):
    monkeypatch.setattr(parallel_downloads, "ATTEMPTS", 2)
    with unreliable.serve(files, faults=()) as (address, _):
        wanted = remotes(address, files)
        wanted.append(Remote((f"{address}/none.bin",), "0" * 64, "none.bin"))
        wanted.append(Remote((f"{address}/file_0.bin",), "0" * 64, "other.bin"))
        with pytest.raises(DownloadError, match="2 of 10 files") as caught:
            parallel_downloads.fetch(wanted, tmp_path)
    assert "none.bin: 2 attempts, the last: 404" in str(caught.value)
    assert "other.bin: 2 attempts" in str(caught.value) and "wrong checksum" in str(caught.value)
    assert sum(path.suffix == ".bin" for path in tmp_path.iterdir()) == 8
    assert not (tmp_path / "other.bin").exists()


def test_a_mirror_helps(files, tmp_path):
    with unreliable.serve(files, faults=()) as (address, _):
        one = remotes(address, files)[0]
        mirrored = Remote((f"{address}/gone.bin", *one.urls), one.sha256, "sub/one.bin", one.bytes)
        (path,) = parallel_downloads.fetch([mirrored], tmp_path)
    assert path == tmp_path / "sub" / "one.bin" and path.read_bytes() == files["file_0.bin"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x"])
def test_a_list_that_points_out_of_the_folder_is_refused(tmp_path, path):
    with pytest.raises(ValueError, match="points out of the folder"):
        parallel_downloads.fetch([Remote(("http://127.0.0.1:9/x",), "0" * 64, path)], tmp_path)
