"""The kit's own page format: what was written is read back, broken files are named."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets import label_studio, manifest, page_json, page_xml
from fsdl_hwr.layout import crops


@pytest.fixture
def page():
    page = bars(height=260, rows=(60, 120, 180))
    texts = ('Dear "Sir" & <Madam>', "Grüße, ſ", "")
    lines = [replace(line, transcript=text, polygon=crops.outline(line))
             for line, text in zip(page.lines, texts, strict=True)]  # fmt: skip
    lines[1] = replace(lines[1], kind="print")
    return replace(page, lines=tuple(lines))


@pytest.fixture
def written(page, tmp_path):
    cv2.imwrite(str(tmp_path / "page.png"), page.image)
    return tmp_path


def formats(folder, page, image="page.png"):
    """Write a page in every format, and read each back."""
    page_json.write(folder / "own.json", page, image, annotator="me")
    page_xml.write_alto(folder / "alto.xml", page, image)
    page_xml.write_page_xml(folder / "page.xml", page, image)
    label_studio.write(folder / "ls.json", [page], [f"/data/upload/{image}"])
    return {
        "own": page_json.read(folder / "own.json"),
        "alto": page_xml.read_page(folder / "alto.xml"),
        "page": page_xml.read_page(folder / "page.xml"),
        "label studio": label_studio.read(folder / "ls.json")[0],
    }


def test_one_page_in_four_formats_comes_back_within_a_px(page, written):
    for name, back in formats(written, page).items():
        assert [line.transcript for line in back.lines] == [x.transcript for x in page.lines], name
        assert [line.kind for line in back.lines] == [line.kind for line in page.lines], name
        for one, other in zip(page.lines, back.lines, strict=True):
            assert np.abs(one.baseline - other.baseline).max() <= 1, name
            assert np.abs(one.polygon - other.polygon).max() <= 1, name


def test_formats_pass_lines_on_without_a_loss(page, written):
    """Label Studio -> PAGE -> ours -> ALTO: still within 1 px, as rounding does not add up."""
    label_studio.write(written / "a.json", [page], ["page.png"])
    first = label_studio.read(written / "a.json")[0]
    page_xml.write_page_xml(written / "b.xml", first, "page.png")
    page_json.write(written / "c.json", page_xml.read_page(written / "b.xml"), "page.png")
    page_xml.write_alto(written / "d.xml", page_json.read(written / "c.json"), "page.png")
    last = page_xml.read_page(written / "d.xml")
    for one, other in zip(page.lines, last.lines, strict=True):
        assert np.abs(one.baseline - other.baseline).max() <= 1
        assert one.transcript == other.transcript


def test_points_follow_an_image_that_was_scaled(page, written):
    page_json.write(written / "own.json", page, "page.png")
    half = cv2.resize(page.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(written / "page.png"), half)
    back = page_json.read(written / "own.json")
    assert np.abs(back.lines[0].baseline - page.lines[0].baseline / 2).max() < 0.1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.update(format="other 1"),
        lambda c: c["lines"][0].update(baseline=[[1, 2]]),
        lambda c: c["lines"][0].update(baseline=[[1, 2], [None, 4]]),
        lambda c: c["lines"][0].pop("transcript"),
        lambda c: c.pop("width"),
        lambda c: c.update(lines=7),
    ],
)
def test_a_broken_file_is_named(page, written, spoil):
    path = page_json.write(written / "own.json", page, "page.png")
    content = json.loads(path.read_text())
    spoil(content)
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"own\.json is no page"):
        page_json.read(path)


def test_a_file_that_points_elsewhere_finds_its_image_beside_it_or_not_at_all(page, written):
    path = page_json.write(written / "own.json", page, "../../etc/page.png")
    assert len(page_json.read(path).lines) == 3
    (written / "page.png").unlink()
    with pytest.raises(FileNotFoundError):
        page_json.read(path)


def test_page_xml_with_floats_and_negative_points_is_read(page, written):
    path = page_xml.write_page_xml(written / "page.xml", page, "page.png")
    text = path.read_text()
    baseline = 'points="' + text.split("<Baseline points=")[1].split('"')[1] + '"'
    path.write_text(text.replace(baseline, 'points="-3.5,60.2 360.25,59.75"'))
    assert page_xml.read_page(path).lines[0].baseline.tolist() == [[-3.5, 60.20000076293945],
                                                                  [360.25, 59.75]]  # fmt: skip
    again = page_xml.write_page_xml(written / "again.xml", page_xml.read_page(path), "page.png")
    assert "-" not in again.read_text().split("<Baseline")[1].split("/>")[0]


@pytest.mark.parametrize("width", [0, -5, 1e300, float("nan")])
def test_a_page_without_a_size_is_named(written, page, width):
    path = page_json.write(written / "page.json", page, "page.png")
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "width": width}))
    with pytest.raises(ValueError, match="page.json is no page"):
        page_json.read(path)


@pytest.mark.parametrize("read", [page_json.read, label_studio.read, manifest.read])
def test_json_that_nests_without_end_is_named(tmp_path, read):
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="deep.json is no"):
        read(tmp_path / "deep.json")


@pytest.mark.parametrize("change", [{"x_height": 1e30}, {"polygon": [[0, 1e30], [5, 5], [9, 0]]}])
def test_a_line_beyond_any_page_is_refused(written, page, change):
    path = page_json.write(written / "page.json", page, "page.png")
    content = json.loads(path.read_text())
    content["lines"][1].update(change)
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="all of them px of a page"):
        page_json.read(path)
