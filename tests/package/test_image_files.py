"""Pictures from outside: every kind that a camera, a scanner or a drawing program writes."""

import io
import os
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from fsdl_hwr import image_files, paper


@pytest.fixture
def drawing():
    """Dark ink on light paper, higher on its left: uint8 (40, 60)."""
    image = np.full((40, 60), 230, np.uint8)
    cv2.line(image, (8, 4), (50, 30), 20, 3)
    return image


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def close(image, expected, most=12):
    return image.shape == expected.shape and np.abs(image.astype(int) - expected).mean() < most


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_every_format_says_its_size_and_is_decoded(kind, drawing):
    data = encoded(Image.fromarray(drawing), kind)
    assert image_files.size_of(data) == (60, 40)
    assert close(image_files.load(data), drawing)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_gives_the_same_picture_as_file_and_as_object(mode, drawing):
    picture = Image.fromarray(drawing)
    if mode == "I;16":
        picture = Image.fromarray(drawing.astype(np.uint16) * 257)
    elif mode == "1":
        drawing = np.where(drawing > 127, 255, 0).astype(np.uint8)
        picture = picture.convert("1", dither=Image.Dither.NONE)
    else:
        picture = picture.convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert close(image_files.load(encoded(picture, kind)), drawing)
    assert close(image_files.load(picture), drawing)


def test_what_is_transparent_shows_white_paper():
    clear = np.zeros((20, 30, 4), np.uint8)
    clear[5:15, 10, 3] = 255  # black ink on nothing
    for source in (clear, Image.fromarray(clear), encoded(Image.fromarray(clear))):
        gray = image_files.load(source)
        assert gray[0, 0] == 255 and gray[10, 10] == 0


def test_pictures_are_turned_as_the_camera_says(drawing):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    data = encoded(Image.fromarray(np.rot90(drawing).copy()), "JPEG", exif=exif, quality=95)
    assert close(image_files.load(data), drawing)
    assert close(image_files.load(Image.open(io.BytesIO(data))), drawing)


def test_channels_are_red_green_blue():
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    for source in (red, Image.fromarray(red), encoded(Image.fromarray(red))):
        assert image_files.load(source)[0, 0] == 76  # 0.299 of 255; blue would be 29


def test_deep_and_shallow_arrays(drawing):
    assert close(image_files.load(drawing.astype(np.uint16) << 8), drawing)
    shallow = drawing.astype(np.uint16)  # 8 bits in 16: shifted, they would all be black
    assert close(image_files.load(shallow), drawing)
    assert close(image_files.load(Image.fromarray(drawing.astype(np.int32))), drawing)
    assert set(np.unique(image_files.load(drawing > 127))) == {0, 255}
    with pytest.raises(TypeError, match="float32"):  # PIL would make it black
        image_files.load(Image.fromarray((drawing / 255).astype(np.float32)))
    with pytest.raises(TypeError, match="float64"):
        image_files.load(drawing / 255)
    with pytest.raises(ValueError, match="is None: is the path"):
        image_files.load(None)


def test_paths_name_themselves_in_errors(tmp_path):
    for name, data, message in (
        ("none.png", None, "does not exist"),
        ("empty.png", b"", "is empty"),
        ("notes.txt", b"Dear all,\n" * 30, "not a picture of a known kind"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a picture of a known kind"),
        ("phone.heic", b"\0\0\0\x18ftypheic" + bytes(40), "export it as JPEG"),
    ):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises((ValueError, FileNotFoundError), match=f"{name}.*{message}") as error:
            image_files.load(path)
        assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="is a folder"):
        image_files.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipes_and_huge_files_are_refused_before_they_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with open(tmp_path / "huge.png", "wb") as file:
        file.truncate(40_000_000_000)  # of holes
    for name, message in (("pipe.png", "is no file"), ("huge.png", "40,000,000,000 bytes")):
        with pytest.raises(ValueError, match=message):
            image_files.load(tmp_path / name)


def test_damaged_files_are_told_from_others(drawing):
    data = bytearray(encoded(Image.fromarray(drawing)))
    data[40:] = bytes(20)
    with pytest.raises(ValueError, match="is damaged"):
        image_files.load(bytes(data), "scan.png")


def test_a_bomb_is_refused_by_its_header():
    def chunk(kind, body):
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")
    with pytest.raises(ValueError, match="20,000 x 20,000 pixels, more than 50,000,000"):
        image_files.load(bomb, "bomb.png")
    assert paper.MAX_PIXELS == 50_000_000


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_other_kinds_are_turned_as_jpeg_is(kind, drawing):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(np.rot90(drawing).copy())
    data = encoded(turned, kind, exif=exif)
    assert close(image_files.load(data), drawing)
    assert close(image_files.load(data), image_files.load(Image.open(io.BytesIO(data))))


def test_a_deep_picture_that_is_turned_stays_deep(drawing):
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(np.rot90(drawing).astype(np.uint16) * 257)
    assert close(image_files.load(encoded(deep, "PNG", exif=exif)), drawing)


def test_scanners_with_12_bits_are_not_dark(drawing):
    twelve = drawing.astype(np.uint16) * 16
    assert close(image_files.load(encoded(Image.fromarray(twelve))), drawing)


def test_further_pages_of_a_tiff_are_not_left_out_silently(drawing):
    page = Image.fromarray(drawing)
    two = encoded(page, "TIFF", save_all=True, append_images=[page])
    with pytest.warns(UserWarning, match="several pages: the first is read"):
        assert close(image_files.load(two), drawing)
