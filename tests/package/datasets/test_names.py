"""Kaggle's names, read from copies made here, and from the user's own."""

import cv2
import numpy as np
import pytest

from fsdl_hwr.datasets import names
from fsdl_hwr.datasets.splits import SPLITS


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return a function that stores rows, and an image for each, as Kaggle's archive holds them."""
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "names" / "validation_v2" / "validation"
    folder.mkdir(parents=True)

    def store(rows, encoding="utf-8", header="FILENAME,IDENTITY"):
        for k, (name, _) in enumerate(rows):
            image = np.full((36, 388), 255, np.uint8)
            image[10:20, 20 : 30 + 8 * k] = 0
            if name and "/" not in name:
                cv2.imwrite(str(folder / name), image)
        text = "\n".join([header, *(f"{name},{label}" for name, label in rows)]) + "\n"
        path = tmp_path / "names" / "written_name_validation_v2.csv"
        path.write_bytes(text.encode(encoding))
        return folder

    return store


def test_names_are_ink_on_nothing_at_their_place(copy):
    copy([("a.jpg", "LEA"), ("b.jpg", "JEAN-ROCH")])
    found = names.load("validation")
    assert found.lines.transcripts == ("LEA", "JEAN-ROCH") and not found.dropped
    assert found.lines.images.shape == (2, names.HEIGHT, names.WIDTH)
    assert found.lines.images.dtype == np.uint8
    image = found.lines.images[0]
    assert image[15, 25] > 200 and image[2, 25] < 30  # ink is bright, two rows lower than in 36 px
    assert 28 <= found.lines.ink_widths[0] <= 33


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_tables_of_every_encoding_are_read(copy, encoding):
    copy([("a.jpg", "JÉRÉMY"), ("b.jpg", "éloïse"), ("c.jpg", "D'ARC")], encoding)
    assert names.load("validation").lines.transcripts == ("JEREMY", "ELOISE", "D'ARC")


def test_a_printers_apostrophe_is_one():
    assert names.clean(" d’arc ") == ("D'ARC", "")


def test_rows_without_a_name_are_counted_by_reason(copy):
    folder = copy(
        [
            ("a.jpg", "LEA"),
            ("b.jpg", "UNREADABLE"),
            ("c.jpg", "EMPTY"),
            ("d.jpg", ""),
            ("e.jpg", "NULL"),
            ("f.jpg", "LEA3"),
            ("a.jpg", "LEO"),
            ("g.jpg", "NOE"),
            ("h.jpg", "ZOE"),
            ("../secret.jpg", "EVE"),
            ("", "EVA"),
        ]
    )
    (folder / "g.jpg").unlink()
    (folder / "h.jpg").write_bytes(b"")
    found = names.load("validation")
    assert found.lines.transcripts == ("LEA",)
    assert found.dropped == {
        "unreadable": 1,
        "empty": 3,
        "has other characters": 1,
        "listed twice": 1,
        "image missing": 3,
        "image damaged": 1,
    }


def test_images_of_any_kind_and_size_are_read(copy):
    folder = copy([(f"{k}.png", "LEA") for k in range(5)])
    cv2.imwrite(str(folder / "0.png"), np.full((36, 1), 255, np.uint8))  # 1 px wide
    cv2.imwrite(str(folder / "1.png"), np.full((36, 300, 4), 255, np.uint8))
    cv2.imwrite(str(folder / "2.png"), np.full((36, 300), 65535, np.uint16))
    wide = np.full((50, 2000), 255, np.uint8)
    wide[20:30, 1990:1999] = 0
    cv2.imwrite(str(folder / "3.png"), wide)
    cv2.imwrite(str(folder / "4.png"), np.zeros((36, 300), np.uint8))  # light on dark, and blank
    found = names.load("validation")
    assert len(found) == 5 and not found.dropped
    assert found.lines.ink_widths[3] > names.WIDTH - 5  # made smaller, not cropped
    assert (found.lines.ink_widths[[0, 1, 2, 4]] == 0).all()


def test_a_draw_of_rows_is_the_same_again(copy):
    copy([(f"{k}.jpg", "ABCDEFGHIJ"[k]) for k in range(10)])
    first, again, other = (names.load("validation", limit=4, seed=s) for s in (0, 0, 1))
    assert first.lines.transcripts == again.lines.transcripts != other.lines.transcripts
    assert len(first) == 4


def test_other_tables_and_no_names_are_refused(copy):
    copy([("a.jpg", "LEA")], header="file,text")
    with pytest.raises(ValueError, match="FILENAME and IDENTITY"):
        names.load("validation")
    copy([("a.jpg", "EMPTY")])
    with pytest.raises(ValueError, match="none is left.*empty"):
        names.load("validation")
    with pytest.raises(FileNotFoundError, match="written_name_train_v2.csv.*name_forms"):
        names.load("train")


def test_made_names_are_capitals_and_no_split_shares_one():
    made = {split: names.made_names(split, 400) for split in SPLITS}
    assert made["train"] == names.made_names("train", 400)
    for split in SPLITS:
        assert len(set(made[split])) == 400
        assert set("".join(made[split])) <= set(names.CHARACTERS)
        assert all(2 <= len(name) <= 18 for name in made[split])
    assert not set(made["train"]) & set(made["validation"]) | set(made["train"]) & set(made["test"])


def test_the_users_own_copy(real_data):
    if not (real_data / "names" / "written_name_validation_v2.csv").is_file():
        pytest.skip("needs names/written_name_validation_v2.csv in FSDL_HWR_DATA")
    found = names.load("validation", limit=200)
    assert len(found) > 190
    assert set("".join(found.lines.transcripts)) <= set(names.CHARACTERS)
    assert (found.lines.ink_widths > 30).mean() > 0.95
