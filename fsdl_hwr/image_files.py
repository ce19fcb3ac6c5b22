"""Pictures from outside, whatever they are: files, bytes, PIL images and arrays, all to gray.

OpenCV decodes. What it does silently is said here: a picture is turned as its camera says (EXIF),
what is transparent shows white paper, 16 bits become 8, and the channels of an array are RGB.
"""

import os
import stat
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import paper

MAX_BYTES = 500_000_000  # of a file: 50 million pixels of four channels of 16 bits take less
FORMATS = "PNG, JPEG, TIFF, WebP, BMP or GIF"


def load(source, name: str = "") -> np.ndarray:
    """Load one picture as gray: uint8 (height, width).

    source: a path, the bytes of a file, a PIL image, or an array as `paper.gray` takes it (gray,
    RGB or RGBA; 16 bits and bools too). name: what errors call it; a path is its own name.
    Raises `FileNotFoundError`, or `ValueError` for what is empty, no picture, damaged or larger
    than 50 million pixels, which its header says before it is decoded.
    """
    if isinstance(source, str | os.PathLike):
        name = name or str(source)
        source = read_file(source, name)
    name = name or "The image"
    if isinstance(source, bytes | bytearray | memoryview):
        return _decode(bytes(source), name)
    if hasattr(source, "getexif"):  # PIL's, which is not imported: it need not be installed
        source = _from_pil(source)
    if source is not None:
        source = _to_8_bits(np.asarray(source))
    return paper.gray(source, name)  # which says what None is


def size_of(data: bytes) -> tuple[int, int] | None:
    """Read (width, height) in px from a file's header; None if it is no picture that is known."""
    for reader in (_png, _gif, _bmp, _webp, _jpeg, _tiff):
        try:
            if (size := reader(data)) is not None:
                return size
        except (struct.error, IndexError):  # the header is cut off
            return None
    return None


def check_size(data: bytes, name: str) -> None:
    """Raise `ValueError` if a file's header promises too many pixels, before it is decoded."""
    width, height = size_of(data) or (0, 0)
    if width * height > paper.MAX_PIXELS:
        raise ValueError(
            f"{name} has {width:,} x {height:,} pixels, more than {paper.MAX_PIXELS:,} in all: "
            "cut the writing out of its page, or scale it down."
        )


def read_file(path: str | os.PathLike, name: str) -> bytes:
    """Read the bytes of a picture's file; errors as of `load`. A pipe or a device is no file."""
    path = Path(path).expanduser()
    if path.is_dir():
        raise ValueError(f"{name} is a folder: name the pictures in it.")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{name} is no file, but a pipe or a device.")
        if status.st_size > MAX_BYTES:
            raise ValueError(f"{name} has {status.st_size:,} bytes, more than any picture here.")
        return path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{name} does not exist.") from None
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}.") from error


def _decode(data: bytes, name: str) -> np.ndarray:
    if not data:
        raise ValueError(f"{name} is empty.")
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        raise ValueError(f"{name} is HEIC, as iPhones write it: export it as JPEG.")
    if size_of(data) is None:
        raise ValueError(f"{name} is not a picture of a known kind ({FORMATS}), or is damaged.")
    check_size(data, name)
    buffer = np.frombuffer(data, np.uint8)
    # Only a colored mode turns a picture as EXIF says; only the unchanged one keeps opacity.
    flags = cv2.IMREAD_COLOR_RGB if data[:2] == b"\xff\xd8" else cv2.IMREAD_UNCHANGED
    try:
        image = cv2.imdecode(buffer, flags)
        is_opaque = image is not None and (image.ndim == 2 or image.shape[2] == 3)
        if is_opaque and (b"eXIf" in data or b"EXIF" in data[12:]):  # of PNG, of WebP
            image = cv2.imdecode(buffer, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR)
    except cv2.error:
        image = None
    if image is None:
        raise ValueError(f"{name} is damaged: it begins like a picture and cannot be decoded.")
    if image.ndim == 3 and flags == cv2.IMREAD_UNCHANGED:
        codes = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
        image = cv2.cvtColor(image, codes[image.shape[2]])
    if _has_second_page(data):
        warnings.warn(f"{name} has several pages: the first is read.", stacklevel=4)
    return paper.gray(_to_8_bits(image), name)


def _has_second_page(data: bytes) -> bool:
    """Return whether a TIFF has a second directory; what is cut off has none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return False
    try:
        (first,) = struct.unpack_from(f"{order}I", data, 4)
        (entries,) = struct.unpack_from(f"{order}H", data, first)
        return struct.unpack_from(f"{order}I", data, first + 2 + 12 * entries) != (0,)
    except struct.error:
        return False


def _from_pil(image) -> np.ndarray:
    """Turn a PIL image as its EXIF says, and give it one, three or four channels."""
    from PIL import ImageOps  # there is a PIL image, so there is PIL

    image = ImageOps.exif_transpose(image)
    if image.mode == "F":  # which PIL would cut off above 1 or round to 0
        return np.asarray(image)
    if image.mode.startswith("I"):  # 16 bits, or 32 that hold 16
        return np.asarray(image).astype(np.uint16)
    has_opacity = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return np.asarray(image.convert("RGBA" if has_opacity else "RGB"))


def _to_8_bits(image: np.ndarray) -> np.ndarray:
    if image.dtype == np.uint16:
        bits = int(image.max()).bit_length() if image.size else 0  # scanners store 12 in 16, too
        return (image >> max(0, bits - 8)).astype(np.uint8)
    return image.astype(np.uint8) * 255 if image.dtype == bool else image


def _png(data: bytes) -> tuple[int, int] | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"GIF8":
        return None
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _bmp(data: bytes) -> tuple[int, int] | None:
    if data[:2] != b"BM":
        return None
    width, height = struct.unpack("<ii", data[18:26])
    return width, abs(height)  # a negative one is stored from the top


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        sizes = [int.from_bytes(data[k : k + 3], "little") + 1 for k in (24, 27)]
    elif kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        sizes = [(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1]
    else:
        sizes = [side & 0x3FFF for side in struct.unpack("<HH", data[26:30])]
    return sizes[0], sizes[1]


def _jpeg(data: bytes) -> tuple[int, int] | None:
    if data[:2] != b"\xff\xd8":
        return None
    for marker, place in _jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a start of frame
            height, width = struct.unpack(">HH", data[place + 3 : place + 7])
            return width, height
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield every segment's marker, and the place of its length."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            return
        marker = data[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        yield marker, place + 2
        place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]


def _tiff(data: bytes) -> tuple[int, int] | None:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return None
    (directory,) = struct.unpack(order + "I", data[4:8])
    (count,) = struct.unpack(order + "H", data[directory : directory + 2])
    sizes = {}
    for k in range(min(count, 200)):
        entry = data[directory + 2 + 12 * k :][:12]
        tag, kind = struct.unpack(order + "HH", entry[:4])
        if tag in (256, 257):  # width, height
            sizes[tag] = struct.unpack(order + ("H" if kind == 3 else "I"),
                                       entry[8 : 10 if kind == 3 else 12])[0]  # fmt: skip
    return (sizes[256], sizes[257]) if len(sizes) == 2 else None
