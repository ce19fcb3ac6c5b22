"""What is refused before a picture is decoded, and with which status."""

import cv2
import numpy as np
import pytest

from fsdl_hwr.serving import hostile, uploads
from fsdl_hwr.serving.uploads import Refused


def encoded(suffix, image=None):
    image = np.full((40, 200), 230, np.uint8) if image is None else image
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_pictures_come_back_gray(suffix):
    assert uploads.decode(encoded(suffix)).shape == (40, 200)


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (b"", 400, "empty"),
        (b"<html>no picture</html>", 415, "no PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(30), 415, "no PNG"),
        (encoded(".tiff"), 415, "no PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "no PNG"),
        (hostile.bomb(20_000), 422, "pixels"),
        (hostile.png_of(0, 0), 422, "damaged"),
        (hostile.png_of(64, 64, hostile.chunk(b"acTL", bytes(8))), 422, "animated"),
        (encoded(".jpg")[:60], 422, "damaged"),
        (encoded(".png")[:40], 422, "damaged"),
        (encoded(".jpg")[:-40], 422, "cut off"),
        (b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(9), 422, "animated"),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(data, status, says):
    with pytest.raises(Refused, match=says) as caught:
        uploads.decode(data)
    assert caught.value.status == status


def test_a_transparent_picture_shows_white_paper():
    image = np.zeros((40, 200, 4), np.uint8)
    image[15:25, 50:150, 3] = 255  # black ink, nothing around it
    gray = uploads.decode(encoded(".png", image))
    assert gray[0, 0] == 255 and gray[20, 100] == 0


def test_a_large_picture_is_reduced():
    assert uploads.decode(encoded(".png", np.full((100, 4800), 230, np.uint8))).shape == (50, 2400)


def test_every_bad_body_is_refused_with_a_client_s_status():
    for name, body in hostile.requests(60):
        with pytest.raises(Refused) as caught:
            uploads.decode(body)
        assert 400 <= caught.value.status < 500, name


def test_what_a_telephone_turned_is_turned_back():
    image = np.full((60, 200), 230, np.uint8)
    image[:20, :60] = 20  # the top left corner
    gray = uploads.decode(hostile.turned_by_exif(image))
    assert gray[10, 20] < 60 and gray[50, 180] > 200
    ink = np.zeros((40, 200), np.uint8)
    ink[10:20] = 255
    assert uploads.decode(hostile.transparent(ink))[15, 5] == 0
