"""Bodies that a service must refuse: what strangers, broken clients and attackers send."""

import struct
import zlib
from collections.abc import Iterator

import cv2
import numpy as np

_PNG = b"\x89PNG\r\n\x1a\n"


def requests(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield so many bad bodies with the name of their kind: each kind in turn, cut at random."""
    rng = np.random.default_rng(seed)
    kinds = bad_bodies()
    names = list(kinds)
    for k in range(count):
        name = names[k % len(names)]
        body = kinds[name]
        if name.startswith("cut"):  # at any place
            body = body[: int(rng.integers(12, len(body) - 12))]
        elif name == "noise":
            body = rng.bytes(int(rng.integers(1, 4000)))
        yield name, body


def bad_bodies() -> dict[str, bytes]:
    """Return one body of each kind, by its name; `requests` cuts those that are to be cut."""
    page = np.full((60, 400), 230, np.uint8)
    cv2.putText(page, "ink", (20, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 30, 3)
    png, jpeg, webp = (cv2.imencode(s, page)[1].tobytes() for s in (".png", ".jpg", ".webp"))
    return {
        "empty": b"",
        "HTML": b"<!doctype html><html><body>not a picture</body></html>",
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "JSON": b'{"image": "' + b"A" * 1_000_000 + b'"}',
        "nested JSON": b"[" * 100_000,
        "TIFF": cv2.imencode(".tiff", page)[1].tobytes(),
        "GIF": b"GIF89a" + struct.pack("<HH", 40, 40) + bytes(40),
        "PSD": b"8BPS\0\1" + bytes(40),
        "FITS": b"SIMPLE  =                    T" + bytes(80),
        "noise": b"noise",
        "bomb": bomb(20_000),
        "bomb of one row": bomb(100_000, 200),
        "no size": png_of(0, 0),
        "animated PNG": png_of(60, 60, chunk(b"acTL", bytes(8))),
        "animated WebP": b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(9),
        "cut PNG": png,
        "cut JPEG": jpeg,
        "cut WebP": webp,
        "wrong checksum": png[:60] + b"\xff\xff\xff\xff" + png[64:],
        "only a header": _PNG,
    }


def bomb(side: int, height: int = 0) -> bytes:
    """Return a PNG of few bytes and `side` times `height` pixels of one bit; a square if 0."""
    height = height or side
    return png_of(side, height)


def png_of(width: int, height: int, extra: bytes = b"") -> bytes:
    """Return a PNG of black pixels, one bit each; `extra` chunks stand before the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = bytes(1 + -(-width // 8))  # the filter, and eight pixels a byte
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return _PNG + header + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def transparent(image: np.ndarray) -> bytes:
    """Return ink, uint8 255 on 0, as a PNG whose paper is transparent: black on nothing."""
    pixels = np.zeros((*image.shape, 4), np.uint8)
    pixels[..., 3] = image
    return cv2.imencode(".png", pixels)[1].tobytes()


def turned_by_exif(image: np.ndarray) -> bytes:
    """Return a JPEG that stands on its head, and says so: EXIF's orientation 3."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, 3, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    segment = b"Exif\0\0" + tiff
    jpeg = cv2.imencode(".jpg", image[::-1, ::-1])[1].tobytes()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]
