import copy
import re
import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest
import xml_schemas
from defusedxml import ElementTree
from page_examples import bars

from fsdl_hwr.datasets import page_xml, pages
from fsdl_hwr.datasets.pages import PRINT, Page, TextLine

ALTO = """<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Tags>
<OtherTag ID="LT1" LABEL="DefaultLine:Handwritten"/><OtherTag ID="LT2" LABEL="DefaultLine:Print"/>
</Tags><Layout><Page WIDTH="800" HEIGHT="360"><PrintSpace><TextBlock>{lines}</TextBlock>
</PrintSpace></Page></Layout></alto>"""
POLYGON = '<Shape><Polygon POINTS="{}"/></Shape>'
OUTLINE = POLYGON.format("80 70 720 70 720 140 80 140")
BOX = 'HPOS="80" VPOS="70" WIDTH="640" HEIGHT="70"'


def line(attributes="", inside=OUTLINE, text="some words"):
    return f'<TextLine ID="l1" {attributes}>{inside}<String CONTENT="{text}"/></TextLine>'


@pytest.fixture
def read(tmp_path):
    """Write an ALTO file beside a half-size image, and read it."""

    def function(lines, page=None):
        cv2.imwrite(str(tmp_path / "page.png"), bars().image)
        text = lines if lines.startswith("<?xml") else ALTO.format(lines=lines)
        (tmp_path / "page.xml").write_text(text)
        return page_xml.read_page(tmp_path / "page.xml")

    return function


def test_coordinates_become_px_of_the_smaller_image_and_ink_has_an_owner(read):
    page = read(line('TAGREFS="LT1" BASELINE="80 120 720 120"'))
    assert page.image.shape == (180, 400)
    np.testing.assert_allclose(page.lines[0].baseline, [[40, 60], [360, 60]])
    assert page.lines[0].transcript == "some words" and page.body.tolist() == [True]
    assert (page.owners[45:60, 40:360] == 1).all() and page.owners[100:].max() == 0
    assert page.lines[0].x_height == pytest.approx(16, abs=6)


def test_both_formats_of_points_are_read(read):
    commas = line('BASELINE="80,120 720,120"', POLYGON.format("80,70 720,70 720,140 80,140"))
    spaces = line('BASELINE="80 120 720 120"')
    for text in (commas, spaces):
        page = read(text)
        np.testing.assert_allclose(page.lines[0].baseline, [[40, 60], [360, 60]])


def test_a_baseline_of_one_number_and_none_at_all(read):
    row = read(line('BASELINE="120"')).lines[0]
    np.testing.assert_allclose(row.baseline, [[40, 60], [360, 60]])
    without = read(line()).lines[0]
    assert 50 < without.baseline[0, 1] < 70
    box = read(line(BOX, inside="")).lines[0]
    np.testing.assert_allclose(box.baseline[:, 0], [40, 360])


def test_a_line_that_says_nothing_of_its_place_is_left_out(read):
    assert read(line(inside="") + line()).lines[0].transcript == "some words"
    assert len(read(line(inside="") + line()).lines) == 1


def test_polygons_outside_the_page_and_crossing_themselves_do_no_harm(read):
    wild = POLYGON.format("-900 -900 5000 70 80 140 720 9999")
    page = read(line('BASELINE="-40 120 4000 120"', wild))
    assert page.owners.shape == (180, 400) and len(page.lines) == 1


def test_kinds_come_from_the_tags(read):
    page = read(line('TAGREFS="LT2"'))
    assert page.lines[0].kind == PRINT and page.body.tolist() == [False]


def test_words_of_several_strings_are_joined(read):
    inside = OUTLINE + '<String CONTENT="two"/><SP/>'
    assert read(line(inside=inside, text="words")).lines[0].transcript == "two words"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (line('BASELINE="80 120 720"'), "l1 has points"),
        (line('BASELINE="a b c d"'), "pairs of numbers"),
        ("<?xml version='1.0'?><alto><unclosed></alto>", "well-formed"),
        ("<?xml version='1.0'?><html/>", "neither ALTO nor PAGE"),
        ("<?xml version='1.0'?><alto/>", "no <Page>"),
        (
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
            "<alto>&b;</alto>",
            "entities or a DTD",
        ),
        (ALTO.format(lines="").replace('WIDTH="800"', 'WIDTH="0"'), "not a page's size"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(read, lines, message):
    with pytest.raises(ValueError, match=message) as error:
        read(lines)
    assert "page.xml" in str(error.value)


def test_a_missing_image_is_named(tmp_path):
    (tmp_path / "page.xml").write_text(ALTO.format(lines=line()))
    with pytest.raises(FileNotFoundError, match="image of .*page.xml"):
        page_xml.read_page(tmp_path / "page.xml")
    with pytest.raises(FileNotFoundError, match="no XML file"):
        page_xml.read_pages(tmp_path / "nowhere")


def test_an_image_name_cannot_lead_out_of_the_folder(tmp_path):
    (tmp_path / "inside").mkdir()
    cv2.imwrite(str(tmp_path / "secret.png"), bars().image)
    source = "<sourceImageInformation><fileName>../secret.png</fileName></sourceImageInformation>"
    text = ALTO.format(lines=line()).replace("<Tags>", f"<Description>{source}</Description><Tags>")
    (tmp_path / "inside" / "page.xml").write_text(text)
    with pytest.raises(FileNotFoundError):
        page_xml.read_page(tmp_path / "inside" / "page.xml")


@pytest.mark.parametrize("write", [page_xml.write_alto, page_xml.write_page_xml])
def test_what_is_written_is_read_again_within_a_pixel(tmp_path, write):
    drawn = bars()
    lines = tuple(
        TextLine(
            line.baseline, line.x_height, f'a < b & "c" {k}', line.kind,
            pages.core_band(TextLine(line.baseline, 2 * line.x_height)),
        )
        for k, line in enumerate(drawn.lines)
    )  # fmt: skip
    page = Page(drawn.image, lines, drawn.owners, "page")
    cv2.imwrite(str(tmp_path / "page.png"), page.image)
    write(tmp_path / "page.xml", page, "page.png")
    again = page_xml.read_page(tmp_path / "page.xml")
    assert again.transcript == page.transcript
    assert [line.kind for line in again.lines] == [line.kind for line in page.lines]
    for line, was in zip(again.lines, page.lines, strict=True):
        assert np.abs(line.baseline - was.baseline).max() <= 1
        assert np.abs(line.polygon - was.polygon).max() <= 1
    points = re.findall(r'points="([^"]*)"', (tmp_path / "page.xml").read_text())
    assert all(re.fullmatch(r"(\d+,\d+ )+\d+,\d+", text) for text in points)


@pytest.mark.parametrize("write", [page_xml.write_alto, page_xml.write_page_xml])
def test_what_is_written_keeps_the_schema_of_its_format(tmp_path, write):
    drawn = bars()
    first, second = drawn.lines
    outside = replace(first, baseline=first.baseline + [500, -90], transcript="", kind=PRINT)
    write(tmp_path / "page.xml", replace(drawn, lines=(first, outside, second)), 'a "page" & b.png')
    root = ElementTree.parse(tmp_path / "page.xml").getroot()
    assert xml_schemas.faults(root) == []
    write(tmp_path / "empty.xml", replace(drawn, lines=()), "page.png")
    assert xml_schemas.faults(ElementTree.parse(tmp_path / "empty.xml").getroot()) == []

    for spoil, message in (
        (lambda lines: lines[0].attrib.update(other="1"), "TextLine has other"),
        (lambda lines: lines[0].remove(lines[0][0]) or lines[0].clear(), "TextLine"),
        (lambda lines: lines[1].insert(0, lines[1][-1]), "TextLine has the children"),
        (lambda lines: lines[1].attrib.update(lines[2].attrib), "is there twice"),
        (lambda lines: lines[0].iter().__next__().set("TAGREFS", "nobody"), "nobody"),
        (lambda lines: lines[0][0].append(lines[1]), "has the children"),
    ):
        spoiled = copy.deepcopy(root)
        spoil([e for e in spoiled.iter() if e.tag.endswith("TextLine")])
        assert message in str(xml_schemas.faults(spoiled))


def test_pages_of_one_letter_stay_together():
    names = ["Letter57", "Letter58", "i091", "i092", "i093"]
    assert page_xml.letters_of(names) == [0, 1, 2, 3, 4]
    assert page_xml.letters_of(names, "57+58 i091+i092") == [0, 0, 2, 2, 4]
    with pytest.raises(ValueError, match="not of one"):
        page_xml.letters_of(names, "57+9")


def test_an_image_that_expands_is_refused_by_its_header(tmp_path):
    huge = bytearray(cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes())
    huge[16:24] = struct.pack(">II", 50_000, 50_000)
    huge_path = tmp_path / "huge.png"
    huge_path.write_bytes(huge)
    with pytest.raises(ValueError, match="50,000 x 50,000 pixels"):
        page_xml._read_image(tmp_path / "page.xml", None, {"imageFilename": "a"}, huge_path)


@pytest.mark.parametrize("write", [page_xml.write_alto, page_xml.write_page_xml])
@pytest.mark.parametrize("text", ["a\0b", "a\x0bb", "a\ud800b"])
def test_a_text_that_xml_cannot_hold_is_refused_before_anything_is_written(tmp_path, write, text):
    page = bars()
    lines = (replace(page.lines[0], transcript=text),)
    with pytest.raises(ValueError, match=f"U\\+{ord(text[1]):04X}"):
        write(tmp_path / "page.xml", replace(page, lines=lines), "page.png")
    assert not list(tmp_path.iterdir())
