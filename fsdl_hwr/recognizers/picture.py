"""Reading whole pictures: a photograph or scan of a line, a paragraph or a page."""

from dataclasses import dataclass

import cv2
import numpy as np

from fsdl_hwr import image_files, ink, paper, rows
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.recognizers.reader import LineReader, Reading

LONGEST = 2400  # px to which a picture is reduced: rows of a page are then some 60 px high
UNSURE = 0.6  # confidence below which a page is read upside down as well
SURER = 0.1  # by how much that must be surer, to be believed
REST = 0.35  # of the fullest row's ink: a row that the picture's edge cuts has less
TRACE = 0.04  # of the fullest row's ink: less is a shadow or a stain

Corner = tuple[float, float]


@dataclass(frozen=True)
class PictureLine:
    """One line of a picture: its reading, and its box in the picture's px.

    corners: (x, y) of the box from the top left on, clockwise; the box leans as the line does.
    image: uint8 (height, width), what the network saw.
    """

    reading: Reading
    corners: tuple[Corner, ...]
    image: np.ndarray

    @property
    def text(self) -> str:
        """What the line says."""
        return self.reading.text


@dataclass(frozen=True)
class Picture:
    """What a picture says: its lines from the top, and how it was turned to be read.

    degrees: by which its lines fell to the right. upside_down: whether it stood on its head.
    """

    lines: tuple[PictureLine, ...]
    degrees: float = 0.0
    upside_down: bool = False

    @property
    def text(self) -> str:
        """All lines, each ended by a newline but the last."""
        return "\n".join(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        """The mean over all characters: the share of them that should be right; 1 if empty."""
        confidences = [c for line in self.lines for c in line.reading.confidences]
        return float(np.mean(confidences)) if confidences else 1.0


def read_picture(reader: LineReader, source, name: str = "") -> Picture:
    """Read a picture from anywhere, of one row of writing or many: see `image_files.load`.

    Its rows are found by their profile, which knows no columns. A page that is hard to read is
    tried upside down. Raises what `image_files.load` raises; blank paper has no lines.
    """
    image = image_files.load(source, name)
    scale = min(1.0, LONGEST / max(image.shape))
    if scale < 1:
        height, width = (max(1, round(n * scale)) for n in image.shape)
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    written = rows.clean(paper.extract_ink(image))
    page = _read(reader, written, scale)
    if page.lines and page.confidence < UNSURE:
        turned = _read(reader, np.ascontiguousarray(written[::-1, ::-1]), scale, upside_down=True)
        if turned.confidence > page.confidence + SURER:
            return turned
    return page


def _read(reader: LineReader, written: np.ndarray, scale: float, upside_down=False) -> Picture:
    upright, degrees = rows.upright(written)
    found = _whole_rows(rows.find(upright))
    images = np.zeros((len(found), reader.geometry.height, reader.geometry.width), np.uint8)
    for image, row in zip(images, found, strict=True):
        fitted, _ = paper.fit_line(row.ink, reader.geometry)
        image[:, : fitted.shape[1]] = fitted
    widths = np.array([ink.ink_width(image) for image in images], np.int32)
    readings = reader.read_each(Lines(images, ("",) * len(found), widths))
    lines = []
    for row, reading, image, width in zip(found, readings, images, widths, strict=True):
        if mark := rows.lone_mark(row.ink):
            reading = Reading(mark, (UNSURE,))
        if reading.text:
            turned = _corners(row, written.shape, upright.shape, degrees, upside_down)
            corners = tuple((x / scale, y / scale) for x, y in turned)
            lines.append(PictureLine(reading, corners, image[:, :width]))
    return Picture(tuple(lines), degrees, upside_down)


def _whole_rows(found: list[rows.Row]) -> list[rows.Row]:
    """Leave out what the picture's edge cuts off a neighboring row, and traces of nothing."""
    amounts = [int((row.ink >= paper.STROKE_LEVEL).sum()) for row in found]
    most = max(amounts, default=0)
    kept = []
    for k, (row, amount) in enumerate(zip(found, amounts, strict=True)):
        at_edge = k in (0, len(found) - 1)
        if amount > (REST if at_edge and _is_cut(row, k == 0) else TRACE) * most:
            kept.append(row)
    return kept


def _is_cut(row: rows.Row, at_top: bool) -> bool:
    strokes = row.ink >= paper.STROKE_LEVEL
    edge = strokes[:2] if at_top else strokes[-2:]
    return bool(edge.any())


def _corners(
    row: rows.Row,
    shape: tuple[int, int],
    upright_shape: tuple[int, int],
    degrees: float,
    upside_down: bool,
) -> list[Corner]:
    """Return the box of a row's ink in the page as it was before it was turned."""
    strokes = row.ink >= paper.STROKE_LEVEL
    ys, xs = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    left, top, right, bottom = xs[0], ys[0], xs[-1] + 1, ys[-1] + 1
    box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
    middle = np.array(upright_shape[::-1]) / 2  # (x, y)
    angle = np.radians(degrees if abs(degrees) >= rows.SMALLEST_TURN else 0.0)
    cos, sin = np.cos(angle), np.sin(angle)
    back = (box - middle) @ np.array([[cos, sin], [-sin, cos]])  # (corners, 2)
    height, width = shape
    back += np.array([width, height]) / 2
    if upside_down:
        back = np.array([width, height]) - back
    return [(float(x), float(y)) for x, y in back]
