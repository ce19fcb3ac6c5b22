"""Where files live, how they get here, and how archives are opened without trusting them.

A user's own data is looked for in the folder that the environment variable `FSDL_HWR_DATA` names,
and never written to. Downloads and conversions go to `FSDL_HWR_CACHE`, else to the platform's
cache folder.
"""

import contextlib
import functools
import lzma
import os
import stat
import tarfile
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PureWindowsPath

import pooch
from tqdm.auto import tqdm

from fsdl_hwr import files

ARCHIVES = (".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar", ".zip")
RETRIES = 2  # after the first attempt, for each address
BLOCK = 1 << 16  # bytes
MOST = 1.5  # times the expected size, after which a download is stopped
SECONDS, SLOWEST = 30.0, 1000  # of silence, or with fewer bytes per second, that end a download
MAX_MEMBER = 1 << 30  # bytes of one file in an archive; the largest that is needed has 0.2 GB
SMALL, MAX_RATIO = (
    1 << 24,
    200,
)  # a member beyond both so many bytes and times its archive is a bomb
DAMAGE = (tarfile.ReadError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError)


class DownloadError(OSError):
    """No address had the file; the message says why, and what to try next."""


def data_folder() -> Path | None:
    """The user's own data: the folder that `FSDL_HWR_DATA` names, or None.

    Raises `FileNotFoundError` if the variable names a folder that does not exist.
    """
    name = os.environ.get("FSDL_HWR_DATA")
    if not name:
        return None
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(
            f"FSDL_HWR_DATA names {folder}, which is not a folder: correct it, or unset it."
        )
    return folder


def cache_folder() -> Path:
    """Return the folder for downloads and conversions, made if it is missing.

    Raises `PermissionError` that names the folder if nothing can be written to it.
    """
    folder = cache_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".writable-{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"The cache folder {folder} cannot be written to ({error.strerror}): set the "
            "environment variable FSDL_HWR_CACHE to a folder of yours that can."
        ) from error
    return folder


def find(relative_path: str) -> Path | None:
    """Look for a file or folder in the data folder, then in the cache; None if it is absent."""
    folders = [folder for folder in (data_folder(), cache_path()) if folder]
    paths = (folder / relative_path for folder in folders)
    return next((path for path in paths if path.exists()), None)


def download(
    urls: Sequence[str],
    checksum: str | Sequence[str] | None,
    filename: str,
    *,
    description: str,
    license: str,
    size: int,
    otherwise: str,
) -> Path:
    """Return the path of a file, downloaded into the cache unless it is there already.

    A user's own copy under the data folder is returned as it is. The file is whole or absent.
    Raises `DownloadError` (every address failed; says what to try) and `PermissionError`.

    Args:
        urls: addresses of the same file, the official one first, mirrors after it.
        checksum: its SHA-256 in hexadecimal, or 'md5:...'; one per address if mirrors packed the
            data anew; None if the publisher names none.
        filename: its place in the cache, and in the data folder if a user placed a copy there.
        description: what the file is, for messages.
        license: of the data, for messages.
        size: bytes, about.
        otherwise: what a reader can do without the file, as a sentence.
    """
    own = data_folder()
    if own and (own / filename).is_file():
        return own / filename
    folder = cache_folder()
    path = folder / filename
    checksums = (
        [checksum] * len(urls) if checksum is None or isinstance(checksum, str) else checksum
    )
    if path.is_file() and any(pooch.hashes.hash_matches(path, known) for known in set(checksums)):
        return path
    print(f"{description}: {size / 1e6:,.1f} MB into {path}. License: {license}")
    failures = []
    for url, known in zip(urls, checksums, strict=True):
        print(f"Downloading from {url}")
        try:
            _fetch(url, known, filename, folder, size)
            return path
        except (OSError, ValueError) as error:  # requests' own errors are OSErrors
            failures.append(f"{url}: {_reason(error)}")
            print(f"That failed: {_reason(error)}")
    by_hand = data_folder() or "a folder that the environment variable FSDL_HWR_DATA names"
    raise DownloadError(
        f"{description} could not be downloaded.\n"
        + "".join(f"  {failure}\n" for failure in failures)
        + "What to try next: run this again later; or get the file by hand and place it as "
        f"{filename} in {by_hand}; or do without: {otherwise}"
    )


def read_archive(
    path: str | Path, wanted: Callable[[str], bool] = lambda name: True
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each wanted file in a tar (any compression) or zip archive.

    Nothing is written to disk, and links are not followed. The check of a compressed archive lies
    at its end: what was yielded can be trusted once the iteration has ended without an error. A
    tar without compression has no check. Raises `ValueError` that names the member which points
    outside the archive's folder (or is a device, or far larger than the archive or `MAX_MEMBER`),
    wanted or not, or the archive if it is damaged or encrypted.
    """
    path = Path(path)
    read = _read_zip if zipfile.is_zipfile(path) else _read_tar
    try:
        yield from read(path, wanted)
    except RuntimeError as error:  # a password, or a compression that Python does not know
        raise ValueError(
            f"{path} cannot be opened ({error}): pack its files anew, without a password."
        ) from error
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the file system: gzip's and bz2's own errors have no number
        raise ValueError(
            f"{path} is damaged or no archive ({error}): delete it, then get it again."
        ) from error


def cache_path() -> Path:
    """Return the folder of downloads: `FSDL_HWR_CACHE`, or the user's cache."""
    return Path(os.environ.get("FSDL_HWR_CACHE") or pooch.os_cache("fsdl_hwr")).expanduser()


def _fetch(url: str, checksum: str | None, filename: str, folder: Path, size: int) -> None:
    _remove_leftovers((folder / filename).parent)
    pooch.get_logger().setLevel("WARNING")  # this module says what happens in its own words
    pooch.create(
        folder,
        base_url="",
        registry={filename: checksum},
        urls={filename: url},
        retry_if_failed=RETRIES,
    ).fetch(filename, downloader=functools.partial(_download_data, size=size))


def _remove_leftovers(folder: Path) -> None:
    """Remove half files of downloads that were killed: pooch's temporary names, long unchanged."""
    for path in folder.glob("tmp????????"):
        with contextlib.suppress(OSError):
            if path.is_file() and time.time() - path.stat().st_mtime > files.LEFT_AFTER:
                path.unlink()


def _download_data(url: str, output_file: str, pup: pooch.Pooch, size: int) -> None:
    """Download as pooch does, then refuse what is not the data, before it gets its name.

    A portal or a moved host answers with a web page. A file without a checksum must have content,
    and an archive among them is read to its end, where its own check lies.
    """
    _stream(url, output_file, size)
    with open(output_file, "rb") as file:
        beginning = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<!doctype html", b"<html")):
        raise DownloadError("the host answered with a web page (HTML) instead of the data.")
    ((filename, checksum),) = pup.registry.items()
    if checksum is None and not beginning:
        raise DownloadError("the host's answer is empty.")
    if checksum is None and filename.endswith(ARCHIVES):
        try:
            for _ in read_archive(output_file, lambda name: False):
                pass
        except ValueError as error:
            reason = error.__cause__ or error
            raise DownloadError(f"what the host sent is no whole archive ({reason}).") from error


def _stream(url: str, path: str, size: int) -> None:
    """Write what a host sends to a file, as it comes; not more than expected, and not for ever."""
    import requests  # pooch's
    import urllib3

    most = int(MOST * size) + BLOCK
    # Nothing is unpacked on the way: the checksum is of the file, and what expands stays small.
    options: dict = {"stream": True, "timeout": SECONDS, "headers": {"Accept-Encoding": "identity"}}
    with requests.get(url, **options) as response, open(path, "wb") as file:
        response.raise_for_status()
        announced = int(response.headers.get("Content-Length") or 0)
        received, counted, since = announced if announced > most else 0, 0, time.monotonic()
        with tqdm(total=announced or size, unit="B", unit_scale=True) as bar:
            while received <= most:
                try:
                    block = response.raw.read1(BLOCK, decode_content=False)
                except urllib3.exceptions.HTTPError as error:
                    raise requests.ConnectionError(error) from error  # pooch tries those again
                if not block:
                    break
                file.write(block)
                bar.update(len(block))
                received += len(block)
                if time.monotonic() - since > SECONDS:
                    if received - counted < SLOWEST * SECONDS:
                        raise DownloadError(f"the host sends less than {SLOWEST:,} bytes a second.")
                    counted, since = received, time.monotonic()
    if received > most:
        raise DownloadError(f"the host sends more than {most:,} bytes; about {size:,} are right.")
    if received < announced:
        raise requests.ConnectionError(f"IncompleteRead: {received:,} of {announced:,} bytes")


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "does not match the known hash" in text:
        return f"wrong checksum, so it is not the file we know. {text}"
    if "IncompleteRead" in text:
        return f"cut off half-way ({text})"
    if "Max retries exceeded" in text:
        return f"no connection to the host ({text})"
    return text


def _refuse(archive: Path, name: str, why: str) -> ValueError:
    return ValueError(
        f"{archive} has a member {name!r} that {why}: do not trust this archive; "
        "delete it, and get it again from its official address."
    )


def _check_name(archive: Path, name: str) -> None:
    location = PureWindowsPath(name)  # knows both kinds of slash, and drives
    if location.anchor or ".." in location.parts:
        raise _refuse(archive, name, "points outside the archive's folder")


def _check_size(archive: Path, name: str, size: int) -> None:
    if size > min(MAX_MEMBER, max(SMALL, MAX_RATIO * archive.stat().st_size)):
        raise _refuse(archive, name, f"would have {size / 1e9:.1f} GB")


def _read_tar(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            _check_name(path, member.name)
            try:
                tarfile.data_filter(member, "archive")  # links that leave it, devices, pipes
            except tarfile.FilterError as error:
                raise _refuse(path, member.name, f"is unsafe ({error})") from error
            _check_size(path, member.name, member.size)
            if member.isfile() and wanted(member.name) and (data := archive.extractfile(member)):
                yield member.name, data.read()
        # Gzip's and bz2's checks lie at the end of the stream, after the archive's last block; and
        # a damaged header reads as that last block, but is not followed by zeros.
        while rest := archive.fileobj.read(1 << 20):
            if rest.strip(b"\0"):
                raise tarfile.ReadError("the header of a member is not understood")


def _read_zip(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            _check_name(path, member.filename)
            if stat.S_ISLNK(member.external_attr >> 16):
                raise _refuse(path, member.filename, "is a link")
            _check_size(path, member.filename, member.file_size)
            if not member.is_dir() and wanted(member.filename):
                yield member.filename, archive.read(member)
