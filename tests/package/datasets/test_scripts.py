"""Letters of any script: what lab 11's parameter `script` means."""

import cv2
import pytest

from fsdl_hwr.datasets import scripts, syriac


def test_embedded_scripts_have_their_classes_and_number():
    assert scripts.load("syriac", "test", num_writers=2, per_class=1).characters == syriac.LETTERS
    capitals = scripts.load("capitals", "train", num_writers=2, per_class=3)
    assert capitals.characters == "ABCDEFGHIJKLMNOPQRSTUVWXYZ" and len(capitals) == 2 * 26 * 3


def test_a_folder_of_syriac_images_is_read_by_code_point(tmp_path):
    glyphs = syriac.letters("train", num_scribes=3, letters_per_class=1).glyphs()
    for k in range(len(glyphs)):
        place = tmp_path / f"U+{ord(glyphs.characters[glyphs.labels[k]]):04X}"
        place.mkdir(exist_ok=True)
        cv2.imwrite(str(place / f"{k}.png"), glyphs.images[k])
    loaded = scripts.load(str(tmp_path), "train")
    assert loaded.characters == syriac.LETTERS
    assert (loaded.images[0] == glyphs.images[glyphs.labels == 0]).all((1, 2)).any()


def test_an_unknown_script_is_refused():
    with pytest.raises(FileNotFoundError, match="klingon"):
        scripts.load("klingon", "train")
