"""Reads and writes the two formats in which annotated pages travel: ALTO 4 and PAGE 2019 XML.

Transkribus, eScriptorium and kraken write them. Points stand as "x1,y1 x2,y2" or as "x1 y1 x2 y2";
images are often scaled down from the size that the XML counts in.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from defusedxml import DefusedXmlException
from defusedxml import ElementTree as safe_xml

from fsdl_hwr import files, image_files, page_ink, paper
from fsdl_hwr.datasets import pages
from fsdl_hwr.datasets.pages import HANDWRITTEN, NO_POLYGON, Page, TextLine

ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
IMAGES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BODY_SHARE = 0.45  # of a polygon's height above the baseline that the x-height is, if ink is scarce


def read_pages(folder: str | os.PathLike) -> list[Page]:
    """Read every `*.xml` of a folder, by name. `FileNotFoundError` if there is none."""
    paths = sorted(Path(folder).glob("*.xml"))
    if not paths:
        raise FileNotFoundError(
            f"There is no XML file in {folder}: give a folder of page images with ALTO or PAGE "
            "XML beside them, as Transkribus and eScriptorium export them."
        )
    return [read_page(path) for path in paths]


def read_page(path: str | os.PathLike, image_path: str | os.PathLike | None = None) -> Page:
    """Read one ALTO 4 or PAGE 2019 file with the image beside it.

    image_path: the image, if it is neither named in the file nor named like it. Coordinates become
    px of the image. A line without baseline and polygon is left out. Raises `ValueError` that names
    a broken file, `FileNotFoundError` if the image is missing.
    """
    path = Path(path)
    root = _parse(path)
    is_alto = _name(root) == "alto"
    if not is_alto and _name(root) != "PcGts":
        raise ValueError(f"{path} is neither ALTO nor PAGE XML: its root is <{_name(root)}>.")
    element = next((e for e in root.iter() if _name(e) == "Page"), None)
    if element is None:
        raise ValueError(f"{path} has no <Page>.")
    image = _read_image(path, root, element, image_path)
    sizes = ("WIDTH", "HEIGHT") if is_alto else ("imageWidth", "imageHeight")
    scale = [
        _scale(path, element, name, px) for name, px in zip(sizes, image.shape[::-1], strict=True)
    ]
    lines = _alto_lines(root, element) if is_alto else _page_lines(element)
    try:
        annotated = [_text_line(path, scale, **line) for line in lines]
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error
    return from_annotations(image, [line for line in annotated if line is not None], path.stem)


def letters_of(names: Sequence[str], together: str = "") -> list[int]:
    """Return the letter that each page belongs to, so that splits can keep letters whole.

    Pages of one letter share a hand: a split by page would test on hands that were trained on.

    Args:
        names: of the pages, each different.
        together: pages of one letter joined by +, letters separated by spaces, each page by the end
            of its name: "57+58 091+092". Each other page is one letter.

    Raises `ValueError` for an end that fits no page, or several.
    """
    letters = list(range(len(names)))
    for letter in together.split():
        places = []
        for end in letter.split("+"):
            fitting = [k for k, name in enumerate(names) if name.endswith(end)]
            if len(fitting) != 1:
                raise ValueError(f"{end!r} is the end of {len(fitting)} pages' names, not of one.")
            places += fitting
        for place in places:
            letters[place] = letters[places[0]]
    return letters


def from_annotations(image: np.ndarray, lines: Sequence[TextLine], name: str = "") -> Page:
    """Make a page of an image and annotated lines: find whose ink a pixel is, and x-heights.

    A line without a polygon owns what lies from half an x-height below it to two above.
    """
    polygons = [line.polygon if len(line.polygon) > 2 else around(line) for line in lines]
    owners = pages.fill_owners(polygons, image.shape)
    return Page(image, tuple(_with_x_heights(image, lines, owners)), owners, name)


def write_alto(path: str | os.PathLike, page: Page, image_name: str) -> Path:
    """Write a page's lines as ALTO 4.4, atomically. image_name: of the image's file."""
    height, width = page.image.shape
    root = ElementTree.Element("alto", xmlns=ALTO)
    description = ElementTree.SubElement(root, "Description")
    ElementTree.SubElement(description, "MeasurementUnit").text = "pixel"
    source = ElementTree.SubElement(description, "sourceImageInformation")
    ElementTree.SubElement(source, "fileName").text = image_name
    tags = ElementTree.SubElement(root, "Tags")
    kinds = list(dict.fromkeys(line.kind for line in page.lines))
    for k, kind in enumerate(kinds):
        ElementTree.SubElement(tags, "OtherTag", ID=f"t{k}", LABEL=kind)
    layout = ElementTree.SubElement(root, "Layout")
    size = {"WIDTH": str(width), "HEIGHT": str(height)}
    sheet = ElementTree.SubElement(layout, "Page", {"ID": "page", "PHYSICAL_IMG_NR": "1"} | size)
    space = ElementTree.SubElement(sheet, "PrintSpace", {"HPOS": "0", "VPOS": "0"} | size)
    block = ElementTree.SubElement(
        space, "TextBlock", {"ID": "block", "HPOS": "0", "VPOS": "0"} | size
    )
    for k, line in enumerate(page.lines):
        polygon = _outline(line, width, height)
        left, top = polygon.min(axis=0)
        right, bottom = polygon.max(axis=0)
        box = dict(HPOS=left, VPOS=top, WIDTH=right - left, HEIGHT=bottom - top)
        box = {name: str(value) for name, value in box.items()}
        entry = ElementTree.SubElement(
            block, "TextLine", ID=f"line{k}", TAGREFS=f"t{kinds.index(line.kind)}",
            BASELINE=_points_text(_on_page(line.baseline, width, height)), **box,
        )  # fmt: skip
        shape = ElementTree.SubElement(entry, "Shape")
        ElementTree.SubElement(shape, "Polygon", POINTS=_points_text(polygon))
        ElementTree.SubElement(entry, "String", CONTENT=line.transcript, **box)
    return _write(path, root)


def write_page_xml(path: str | os.PathLike, page: Page, image_name: str) -> Path:
    """Write a page's lines as PAGE 2019-07-15, atomically. image_name: of the image's file."""
    height, width = page.image.shape
    root = ElementTree.Element("PcGts", xmlns=PAGE)
    metadata = ElementTree.SubElement(root, "Metadata")
    ElementTree.SubElement(metadata, "Creator").text = "fsdl_hwr"
    for name in ("Created", "LastChange"):  # the schema asks for them; equal pages, equal files
        ElementTree.SubElement(metadata, name).text = "1970-01-01T00:00:00"
    sheet = ElementTree.SubElement(
        root, "Page", imageFilename=image_name, imageWidth=str(width), imageHeight=str(height)
    )
    region = ElementTree.SubElement(sheet, "TextRegion", id="region")
    corners = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]])
    ElementTree.SubElement(region, "Coords", points=_points_text(corners))
    for k, line in enumerate(page.lines):
        entry = ElementTree.SubElement(
            region, "TextLine", id=f"line{k}", custom=f"structure {{type:{line.kind};}}"
        )
        polygon = _outline(line, width, height)
        ElementTree.SubElement(entry, "Coords", points=_points_text(polygon))
        baseline = _on_page(line.baseline, width, height)
        ElementTree.SubElement(entry, "Baseline", points=_points_text(baseline))
        text = ElementTree.SubElement(entry, "TextEquiv", index="0")
        ElementTree.SubElement(text, "Unicode").text = line.transcript
    return _write(path, root)


def _parse(path: Path) -> ElementTree.Element:
    try:
        return safe_xml.parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException as error:
        raise ValueError(
            f"{path} declares entities or a DTD ({error}), which can blow up a reader: no page "
            "needs them."
        ) from error
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not well-formed XML ({error}): export it again.") from error


def _read_image(path, root, element, image_path) -> np.ndarray:
    """Read the image of an XML file: uint8 (height, width)."""
    named = element.get("imageFilename") or next(
        (e.text for e in root.iter() if _name(e) == "fileName" and e.text), ""
    )
    choices = [path.with_suffix(suffix) for suffix in IMAGES]
    if named:  # by its last part alone: a file must not point out of its folder
        choices.insert(0, path.parent / re.split(r"[\\/]", named.strip())[-1])
    if image_path is not None:
        choices = [Path(image_path)]
    found = next((choice for choice in choices if choice.is_file()), None)
    if found is None:
        raise FileNotFoundError(f"The image of {path} is missing: {choices[0].name} beside it.")
    data = image_files.read_file(found, str(found))
    image_files.check_size(data, str(found))
    buffer = np.frombuffer(data, np.uint8)
    image = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE) if data else None
    if image is None:
        raise ValueError(f"{found} is not an image that OpenCV can read.")
    return paper.gray(image, str(found))


def _scale(path: Path, element, name: str, pixels: int) -> float:
    """Return px of the image per unit of the XML, along one side."""
    try:
        size = float(element.get(name, pixels))
    except ValueError:
        size = 0
    if not 0 < size < 1e6:
        raise ValueError(f"{path}: {name}={element.get(name)!r} is not a page's size in px.")
    return pixels / size


def _alto_lines(root, element):
    """Yield a dictionary per ALTO TextLine."""
    labels = {e.get("ID"): e.get("LABEL", "") for e in root.iter() if _name(e) == "OtherTag"}
    for entry in _all(element, "TextLine"):
        tags = [labels[tag] for tag in entry.get("TAGREFS", "").split() if tag in labels]
        polygon = next(iter(_all(entry, "Polygon")), None)
        box = [entry.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
        yield {
            "name": entry.get("ID", "a line"),
            "baseline": entry.get("BASELINE", ""),
            "polygon": "" if polygon is None else polygon.get("POINTS", ""),
            "box": None if None in box else [float(value) for value in box],
            "transcript": " ".join(e.get("CONTENT", "") for e in _all(entry, "String")),
            "kind": tags[0] if tags else "",
        }


def _page_lines(element):
    """Yield a dictionary per PAGE TextLine."""
    for entry in _all(element, "TextLine"):
        parts = {_name(part): part.get("points", "") for part in entry}
        texts = [part for part in entry if _name(part) == "TextEquiv"]
        texts.sort(key=lambda part: int(part.get("index", 0)))  # the lowest index is the text
        unicodes = [e.text or "" for part in texts[:1] for e in _all(part, "Unicode")]
        kind = re.search(r"type:([^;}]*)", entry.get("custom", ""))
        yield {
            "name": entry.get("id", "a line"),
            "baseline": parts.get("Baseline", ""),
            "polygon": parts.get("Coords", ""),
            "box": None,
            "transcript": " ".join(unicodes),
            "kind": kind.group(1) if kind else "",
        }


def _text_line(path, scale, name, baseline, polygon, box, transcript, kind) -> TextLine | None:
    """Make a line of what an XML file says of it, or None if it says too little."""
    outline = _points(polygon, name) * scale if polygon else NO_POLYGON
    numbers = baseline.replace(",", " ").split()
    if len(numbers) == 1 and (box or len(outline)):  # before ALTO 4.2: the row alone
        row = float(numbers[0]) * scale[1]
        sides = outline[:, 0] if len(outline) else np.array([box[0], box[0] + box[2]]) * scale[0]
        points = np.array([[sides.min(), row], [sides.max(), row]])
    elif len(numbers) > 1:
        points = _points(baseline, name) * scale
    elif len(outline) or box:  # none: along the lower part of the outline
        corners = outline if len(outline) else np.array(
            [box[:2], [box[0] + box[2], box[1] + box[3]]]
        ) * scale  # fmt: skip
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        row = bottom - 0.3 * (bottom - top)
        points = np.array([[left, row], [right, row]])
    else:
        return None
    if np.ptp(points, axis=0).max() < 1:
        return None
    kind = kind.split(":")[-1].lower() if "interlinear" not in kind.lower() else pages.INTERLINEAR
    return TextLine(
        points.astype(np.float32), 0.0, transcript, kind or HANDWRITTEN, outline.astype(np.float32)
    )


def _points(text: str, name: str) -> np.ndarray:
    """Read "x1,y1 x2,y2" or "x1 y1 x2 y2": float64 (points, 2)."""
    try:
        numbers = np.array([float(word) for word in text.replace(",", " ").split()])
    except ValueError:
        numbers = np.array([np.nan])
    if len(numbers) % 2 or not np.isfinite(numbers).all():
        raise ValueError(f"{name} has points that are not pairs of numbers: {text[:40]!r}.")
    return numbers.reshape(-1, 2)


def around(line: TextLine) -> np.ndarray:
    """Return a polygon for a line that has none."""
    height = line.x_height or 0.02 * line.length
    thick = TextLine(line.baseline, 2.5 * height)
    return pages.core_band(thick) + np.array([0, 0.5 * height], np.float32)


def _with_x_heights(image, lines: Sequence[TextLine], owners: np.ndarray) -> list[TextLine]:
    """Measure how high most of a line's ink rises above its baseline, for lines that lack it.

    A line alone is a poor witness: it is held near the median of the page.
    """
    missing = [k for k, line in enumerate(lines) if not line.x_height > 0]
    if not missing:
        return list(lines)
    rows, columns = np.nonzero(page_ink.ink_mask(image) & (owners > 0))
    owner = owners[rows, columns]
    measured = {
        k: _x_height(lines[k], rows[owner == k + 1], columns[owner == k + 1]) for k in missing
    }
    typical = float(np.median(list(measured.values())))
    heights = {k: float(np.clip(h, 0.7 * typical, 1.4 * typical)) for k, h in measured.items()}
    return [replace(line, x_height=heights.get(k, line.x_height)) for k, line in enumerate(lines)]


def _x_height(line: TextLine, rows: np.ndarray, columns: np.ndarray) -> float:
    """Measure the height in px, above the baseline, at which a line's ink thins out."""
    order = np.argsort(line.baseline[:, 0])
    base = np.interp(columns, line.baseline[order, 0], line.baseline[order, 1])
    outline = line.polygon if len(line.polygon) else around(line)
    reach = float(np.median(line.baseline[:, 1]) - np.percentile(outline[:, 1], 15))
    reach = max(2.0, reach)  # px up to where ascenders end, for a line that is about level
    if len(rows) > 50:
        counts, _ = np.histogram(base - rows, np.arange(0, max(4, 1.2 * reach)))
        counts = np.convolve(counts, np.ones(3) / 3, "same")
        peak = int(counts[: max(2, len(counts) * 2 // 3)].argmax())
        thin = np.flatnonzero(counts[peak:] < 0.5 * counts[peak])
        if len(thin):
            return float(np.clip(peak + thin[0], 0.25 * reach, 0.7 * reach))
    return BODY_SHARE * reach


def _outline(line: TextLine, width: int, height: int) -> np.ndarray:
    """Return a line's polygon as whole px on the page: int (points, 2)."""
    return _on_page(line.polygon if len(line.polygon) > 2 else around(line), width, height)


def _on_page(points: np.ndarray, width: int, height: int) -> np.ndarray:
    """Round points to px of the page, as both schemas ask."""
    return np.clip(np.rint(points), 0, [width - 1, height - 1]).astype(int)


def _points_text(points: np.ndarray) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _write(path: str | os.PathLike, root: ElementTree.Element) -> Path:
    for element in root.iter():
        for value in (element.text or "", *element.attrib.values()):
            if wrong := NOT_IN_XML.search(value):
                raise ValueError(
                    f"{value!r} has the character U+{ord(wrong[0]):04X}, which XML cannot hold: "
                    "take it out of the line's text."
                )
    ElementTree.indent(root)
    path = Path(path)
    with files.write_atomically(path) as temporary:
        ElementTree.ElementTree(root).write(temporary, encoding="utf-8", xml_declaration=True)
    return path


def _name(element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _all(element, name: str):
    return [e for e in element.iter() if _name(e) == name]
