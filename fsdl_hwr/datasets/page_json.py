"""The kit's own format of an annotated page: what ALTO and PAGE say, as short JSON."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from fsdl_hwr import files, image_files
from fsdl_hwr.datasets import page_xml
from fsdl_hwr.datasets.pages import HANDWRITTEN, Page, TextLine

FORMAT = "fsdl_hwr page 1"
MAX_SIDE = 1_000_000  # px


def write(path: str | os.PathLike, page: Page, image_name: str, **record) -> Path:
    """Write a page's lines, atomically. image_name: of the image's file; record: what else to keep.

    Points are px of the image, to a tenth.
    """
    height, width = page.image.shape
    content = {
        "format": FORMAT, "image": image_name, "width": width, "height": height, **record,
        "lines": [line_to_dict(line) for line in page.lines],
    }  # fmt: skip
    path = Path(path)
    with files.write_atomically(path) as temporary:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8")
    return path


def read(path: str | os.PathLike, image_path: str | os.PathLike | None = None) -> Page:
    """Read what `write` wrote, with the image beside it (or at `image_path`).

    Coordinates become px of the image as it is. Raises `ValueError` that names a broken file,
    `FileNotFoundError` if the image is missing.
    """
    path = Path(path)
    try:
        content = files.parse_json(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"its format is {content['format']!r}")
        lines = [line_from_dict(record) for record in content["lines"]]
        name, width = str(content["image"]), float(content["width"])
        height = float(content["height"])
        if not (1 <= width < MAX_SIDE and 1 <= height < MAX_SIDE):
            raise ValueError(f"its image has {width:g} x {height:g} px")
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError(f"{path} is no page of the kit's own format ({error!r:.200}).") from error
    image = image_files.load(Path(image_path) if image_path else path.parent / Path(name).name)
    scale = np.array([[image.shape[1] / width, 0, 0], [0, image.shape[0] / height, 0]])
    if not np.allclose(scale, [[1, 0, 0], [0, 1, 0]]):
        lines = [line.moved(scale) for line in lines]
    return page_xml.from_annotations(image, lines, path.stem)


def line_to_dict(line: TextLine) -> dict:
    """Return a line as JSON."""
    return {
        "transcript": line.transcript,
        "kind": line.kind,
        "baseline": _rounded(line.baseline),
        "polygon": _rounded(line.polygon),
        "x_height": round(float(line.x_height), 1),
    }


def line_from_dict(record: Mapping) -> TextLine:
    """Return the line that `line_to_dict` wrote. `ValueError` for points that are no points."""
    baseline, polygon = (
        np.asarray(record[name], np.float32).reshape(-1, 2) for name in ("baseline", "polygon")
    )
    x_height = float(record["x_height"])
    far = max(np.abs(points).max(initial=0) for points in (baseline, polygon, x_height))
    if len(baseline) < 2 or not far < MAX_SIDE:
        raise ValueError("a line needs a baseline of two points or more, all of them px of a page")
    line = TextLine(baseline, x_height, str(record["transcript"]))
    return replace(line, kind=str(record.get("kind") or HANDWRITTEN), polygon=polygon)


def _rounded(points: np.ndarray) -> list[list[float]]:
    return np.round(np.asarray(points, np.float64), 1).tolist()
