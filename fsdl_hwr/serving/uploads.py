"""What a service checks before it decodes a picture that a stranger sent.

The order is the point: what the first bytes say costs nothing, decoding costs memory and time, and
a picture of 50 kB may unfold to 400 million pixels.
"""

import cv2
import numpy as np

from fsdl_hwr import image_files

MAX_BYTES = 10_000_000
MAX_PIXELS = 16_000_000  # a telephone's camera has 12
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"  # decoders fill up with gray what is missing
LONGEST = 2400  # px to which a picture is reduced: what comes after costs time by the pixel


class Refused(Exception):
    """A request that is not answered: `status` is HTTP's, the text says what to change."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status


def decode(data: bytes, longest: int = LONGEST) -> np.ndarray:
    """Decode an uploaded picture: uint8 (height, width) gray, at most `longest` px wide or high.

    Raises `Refused`: 400 for an empty body, 415 for what is neither PNG, JPEG nor WebP, 422 for
    what is one of them and is animated, too large or damaged. What the client calls it is ignored.
    """
    check(data)
    try:
        image = image_files.load(data, "The picture")
    except ValueError as error:
        raise Refused(422, str(error)) from error
    scale = longest / max(image.shape)
    if scale >= 1:
        return image
    height, width = (max(1, round(n * scale)) for n in image.shape)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def check(data: bytes) -> None:
    """Raise `Refused` for what the header alone rules out; nothing is decoded."""
    if not data:
        raise Refused(400, "The body is empty: send the bytes of a picture.")
    kind = kind_of(data)
    if not kind:
        raise Refused(415, "The body is no PNG, JPEG or WebP, whatever its name or type says.")
    if is_animated(data, kind):
        raise Refused(422, "The picture is animated: send one frame.")
    if kind == "JPEG" and data.rfind(JPEG_END) < data.rfind(JPEG_SCAN):
        raise Refused(422, "The picture is cut off: its end is missing. Send it again.")
    size = image_files.size_of(data)
    if size is None or 0 in size:
        raise Refused(422, "The picture's header is damaged.")
    width, height = size
    if width * height > MAX_PIXELS:
        raise Refused(
            422,
            f"The picture has {width:,} x {height:,} pixels, more than {MAX_PIXELS:,} in all: "
            "scale it down.",
        )


def kind_of(data: bytes) -> str:
    """Return PNG, JPEG or WebP by the first bytes, '' for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    return "WebP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def is_animated(data: bytes, kind: str) -> bool:
    """Say whether a PNG or WebP announces more than one frame in its header."""
    if kind == "PNG":  # the chunk acTL stands before the first pixels
        return b"acTL" in data[: max(0, data.find(b"IDAT"))]
    return kind == "WebP" and data[12:16] == b"VP8X" and bool(data[20:21] and data[20] & 2)
