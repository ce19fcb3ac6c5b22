"""Downloads against a host on this machine that fails in every way a host can."""

import contextlib
import gzip
import hashlib
import http.server
import io
import lzma
import os
import tarfile
import threading
import time
import zipfile

import numpy as np
import pooch
import pytest

from fsdl_hwr.datasets import downloads

DATA = bytes(range(256)) * 40
SHA256 = hashlib.sha256(DATA).hexdigest()
MD5 = "md5:" + hashlib.md5(DATA).hexdigest()


class Host(http.server.BaseHTTPRequestHandler):
    requests = []

    def do_GET(self):
        Host.requests.append(self.path)
        if self.path == "/missing":
            return self.send_error(404)
        if self.path in ("/endless", "/drip"):
            return self.drip(1 << 14 if self.path == "/endless" else 1)
        body = {
            "/html": b"\n<!DOCTYPE html><html><body>Sign in to the network</body></html>",
            "/wrong": DATA[::-1],
            "/empty": b"",
            "/swollen": bytes(1 << 20),
            "/packed": gzip.compress(bytes(1 << 24)),
        }.get(self.path, DATA)
        recovers = self.path == "/flaky" and Host.requests.count("/flaky") > 1
        cut = self.path in ("/cut", "/flaky") and not recovers
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def drip(self, size):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):  # until the other side has enough
            for _ in range(1000):
                self.wfile.write(bytes(size))
                threading.Event().wait(0.02)  # time.sleep is none here

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def host():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FSDL_HWR_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(pooch.core.time, "sleep", lambda seconds: None)
    Host.requests.clear()


def fetch(*urls, checksum=SHA256, filename="letters/data.bin"):
    return downloads.download(
        urls,
        checksum,
        filename,
        description="Letters",
        license="CC BY 4.0",
        size=len(DATA),
        otherwise="the glyph source 'strokes' needs no download.",
    )


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("checksum", [SHA256, MD5, None])
def test_download_says_what_it_fetches_and_fetches_it_once(host, tmp_path, capsys, checksum):
    path = fetch(host + "/good", checksum=checksum)
    assert path == tmp_path / "cache/letters/data.bin" and path.read_bytes() == DATA
    said = capsys.readouterr().out
    assert "Letters" in said and "CC BY 4.0" in said and host in said and "0.0 MB" in said
    assert fetch(host + "/good", checksum=checksum) == path
    assert Host.requests == ["/good"]
    assert downloads.find("letters/data.bin") == path


def test_mirrors_are_tried_in_order(host):
    urls = [host + part for part in ("/missing", "/html", "/wrong", "/cut", "/good", "/unused")]
    assert fetch(*urls).read_bytes() == DATA
    assert list(dict.fromkeys(Host.requests)) == ["/missing", "/html", "/wrong", "/cut", "/good"]


def test_a_mirror_may_have_packed_the_data_anew(host):
    other = hashlib.sha256(DATA[::-1]).hexdigest()
    path = fetch(host + "/missing", host + "/wrong", checksum=[SHA256, other])
    assert path.read_bytes() == DATA[::-1]
    Host.requests.clear()
    assert fetch(host + "/missing", host + "/wrong", checksum=[SHA256, other]) == path
    assert Host.requests == []


def test_a_connection_that_breaks_once_is_retried(host):
    assert fetch(host + "/flaky").read_bytes() == DATA
    assert Host.requests == ["/flaky", "/flaky"]


@pytest.mark.parametrize(
    ("part", "reason"),
    [("/html", "web page"), ("/wrong", "checksum"), ("/cut", "cut off"), ("/missing", "404")],
)
def test_failure_names_the_reason_and_the_way_out(host, tmp_path, part, reason):
    with pytest.raises(downloads.DownloadError) as failure:
        fetch(host + part)
    message = str(failure.value)
    for piece in ("Letters", host + part, reason, "FSDL_HWR_DATA", "letters/data.bin", "strokes"):
        assert piece in message
    assert files_in(tmp_path / "cache") == []


def test_no_host_at_all():
    with pytest.raises(downloads.DownloadError, match="no connection(?s:.*)strokes"):
        fetch("http://127.0.0.1:9/data.bin")


def test_web_page_is_noticed_without_a_checksum(host, tmp_path):
    with pytest.raises(downloads.DownloadError, match="HTML"):
        fetch(host + "/html", checksum=None)
    assert files_in(tmp_path / "cache") == []


def test_a_damaged_cached_file_is_fetched_again(host):
    path = fetch(host + "/good")
    path.write_bytes(b"damaged")
    assert fetch(host + "/good").read_bytes() == DATA


def test_own_copy_is_found_first_and_left_alone(host, tmp_path, monkeypatch):
    own = tmp_path / "mine/letters/data.bin"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"another edition")
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path / "mine"))
    assert fetch(host + "/good") == own == downloads.find("letters/data.bin")
    assert Host.requests == [] and own.read_bytes() == b"another edition"


def test_missing_data_folder_is_named(monkeypatch):
    monkeypatch.setenv("FSDL_HWR_DATA", "/no/such/folder")
    with pytest.raises(FileNotFoundError, match="FSDL_HWR_DATA names /no/such/folder"):
        downloads.find("anything")


def test_unwritable_cache_folder_is_named_before_any_request(host, tmp_path, monkeypatch):
    (tmp_path / "file").touch()  # no folder can be made under a file, not even by root
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "file/cache"))
    with pytest.raises(PermissionError, match="file/cache cannot be written .*FSDL_HWR_CACHE"):
        fetch(host + "/good")
    assert Host.requests == []
    assert downloads.find("letters/data.bin") is None  # to look needs no writing


def make_tar(path, *members):
    with tarfile.open(path, "w:xz") as archive:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            member.size = len(DATA) if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(DATA))
    return path


def test_archives_are_read_without_extraction(tmp_path):
    tar = make_tar(
        tmp_path / "a.tar.xz",
        ("data", tarfile.DIRTYPE, ""),
        ("data/a..b", tarfile.REGTYPE, ""),
        ("data/link", tarfile.SYMTYPE, "a..b"),  # stays inside: harmless, and not followed
        ("data/c", tarfile.REGTYPE, ""),
    )
    assert dict(downloads.read_archive(tar)) == {"data/a..b": DATA, "data/c": DATA}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.mkdir("data") if hasattr(archive, "mkdir") else None
        archive.writestr("data/a", DATA)
        archive.writestr("data/b", DATA)
    read = downloads.read_archive(tmp_path / "a.zip", wanted=lambda name: name.endswith("b"))
    assert dict(read) == {"data/b": DATA}


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [
        ("../evil", tarfile.REGTYPE, ""),
        ("/evil", tarfile.REGTYPE, ""),
        ("data/../../evil", tarfile.REGTYPE, ""),
        ("C:\\evil", tarfile.REGTYPE, ""),
        ("evil-link", tarfile.SYMTYPE, "../../etc/passwd"),
        ("evil-link", tarfile.SYMTYPE, "/etc/passwd"),
        ("evil-hard-link", tarfile.LNKTYPE, "../etc/passwd"),
        ("evil-device", tarfile.CHRTYPE, ""),
        ("evil-pipe", tarfile.FIFOTYPE, ""),
    ],
)
def test_unsafe_tar_member_is_named(tmp_path, name, kind, target):
    path = make_tar(tmp_path / "a.tar.xz", (name, kind, target))
    with pytest.raises(ValueError, match="evil.*do not trust"):
        list(downloads.read_archive(path, wanted=lambda name: False))


@pytest.mark.parametrize("name", ["../evil", "/evil", "a\\..\\..\\evil", "D:/evil", "evil-link"])
def test_unsafe_zip_member_is_named(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        member = zipfile.ZipInfo(name)
        if name == "evil-link":
            member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(ValueError, match="evil.*do not trust"):
        list(downloads.read_archive(tmp_path / "a.zip"))


def test_damaged_archives_are_named(tmp_path):
    whole = make_tar(tmp_path / "whole.tar.xz", ("a", tarfile.REGTYPE, "")).read_bytes()
    (tmp_path / "cut.tar.xz").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "wrong.zip", "w") as archive:
        archive.writestr("a", DATA)
    wrong = bytearray((tmp_path / "wrong.zip").read_bytes())
    wrong[100] ^= 255
    (tmp_path / "wrong.zip").write_bytes(wrong)
    (tmp_path / "page.zip").write_bytes(b"<html>")
    for name in ("cut.tar.xz", "wrong.zip", "page.zip"):
        with pytest.raises(ValueError, match=f"{name} is damaged"):
            list(downloads.read_archive(tmp_path / name))


@pytest.mark.parametrize("suffix", ["tgz", "tar.bz2", "tar.xz"])
def test_an_archive_with_one_flipped_bit_is_never_read_as_if_right(tmp_path, suffix):
    rng = np.random.default_rng(0)
    files = {f"data/{k}": rng.integers(0, 9, 3000).astype(np.uint8).tobytes() for k in range(4)}
    path = tmp_path / f"a.{suffix}"
    with tarfile.open(path, f"w:{suffix[-3:].strip('.').replace('tgz', 'gz')}") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    whole = path.read_bytes()
    assert dict(downloads.read_archive(path)) == files
    refused = 0
    for bit in rng.integers(8 * len(whole), size=100):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            assert dict(downloads.read_archive(path)) == files  # gzip's header has unused bits
        except ValueError as error:
            assert "a." + suffix in str(error)
            refused += 1
    assert refused >= 95


def test_a_damaged_header_in_a_plain_tar_is_noticed(tmp_path):
    members = (("a", tarfile.REGTYPE, ""), ("b", tarfile.REGTYPE, ""))
    packed = make_tar(tmp_path / "a.tar.xz", *members).read_bytes()
    path = tmp_path / "a.tar"
    damaged = bytearray(lzma.decompress(packed))
    second = 512 + -(-len(DATA) // 512) * 512  # a header, then content in whole blocks
    damaged[second] ^= 1  # in the member's name, so that its header's sum is wrong
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="a.tar is damaged"):
        list(downloads.read_archive(path))


def test_encrypted_and_swollen_members_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", DATA)
    encrypted = bytearray(path.read_bytes())
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(encrypted)
    with pytest.raises(ValueError, match="locked.zip cannot be opened.*password"):
        list(downloads.read_archive(tmp_path / "locked.zip"))
    monkeypatch.setattr(downloads, "MAX_MEMBER", len(DATA) - 1)
    with pytest.raises(ValueError, match="would have"):
        list(downloads.read_archive(path))
    with pytest.raises(ValueError, match="would have"):
        list(downloads.read_archive(make_tar(tmp_path / "a.tgz", ("a", tarfile.REGTYPE, ""))))


@pytest.mark.parametrize("path", ["/empty", "/wrong"])
def test_an_archive_without_a_checksum_is_opened_before_it_gets_its_name(host, tmp_path, path):
    with pytest.raises(downloads.DownloadError, match="empty|no whole archive"):
        fetch(host + path, checksum=None, filename="letters/data.tgz")
    assert files_in(tmp_path / "cache") == []


@pytest.mark.parametrize("path", ["/swollen", "/endless"])
def test_a_host_that_sends_too_much_is_stopped(host, tmp_path, path):
    with pytest.raises(downloads.DownloadError, match="more than 80,896 bytes; about 10,240"):
        fetch(host + path)
    assert files_in(tmp_path / "cache") == []


def test_what_a_host_packs_on_the_way_is_not_unpacked(host, tmp_path):
    with pytest.raises(downloads.DownloadError, match="checksum"):
        fetch(host + "/packed")
    assert files_in(tmp_path / "cache") == []


def test_a_host_that_drips_is_left(host, monkeypatch):
    monkeypatch.setattr(downloads, "SECONDS", 0.3)
    with pytest.raises(downloads.DownloadError, match="less than 1,000 bytes a second"):
        fetch(host + "/drip")


def test_half_files_of_killed_downloads_are_removed(host, tmp_path):
    folder = tmp_path / "cache/letters"
    folder.mkdir(parents=True)
    for name, hours in (("tmpabcd1234", 2), ("tmpefgh5678", 0), ("mine.bin", 2)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - 3600 * hours - 9,) * 2)
    fetch(host + "/good")
    assert {path.name for path in folder.iterdir()} == {"data.bin", "tmpefgh5678", "mine.bin"}


@pytest.mark.parametrize("kind", ["bz2", "gz", "zip"])
def test_a_small_archive_that_expands_is_refused(tmp_path, kind):
    path, zeros = tmp_path / f"a.{kind}", bytes(20_000_000)
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb", zeros)
    else:
        with tarfile.open(path, f"w:{kind}") as archive:
            member = tarfile.TarInfo("bomb")
            member.size = len(zeros)
            archive.addfile(member, io.BytesIO(zeros))
    with pytest.raises(ValueError, match="'bomb' that would have 0.0 GB"):
        list(downloads.read_archive(path))
