"""Reads and writes annotated pages as Label Studio's full JSON, its format for import and export.

Points are percent of the image's width and height. A line is two or three results that share an id:
its outline ("polygonlabels"), its text ("textarea") and its baseline ("vectorlabels", the one type
that is an open line). Rectangles of the OCR template are read too.
"""

import json
import math
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from fsdl_hwr import files, image_files
from fsdl_hwr.datasets import page_xml
from fsdl_hwr.datasets.pages import HANDWRITTEN, NO_POLYGON, Page, TextLine

CONFIG = """<View>
  <Image name="image" value="$image" zoom="true"/>
  <PolygonLabels name="label" toName="image">
    <Label value="handwritten"/><Label value="print"/>
    <Label value="signature"/><Label value="ignore"/>
  </PolygonLabels>
  <VectorLabels name="baseline" toName="image" closable="false"><Label value="Baseline"/></VectorLabels>
  <TextArea name="transcription" toName="image" editable="true" perRegion="true" maxSubmissions="1"/>
</View>
"""  # noqa: E501 (as Label Studio shows it)
BASELINE_ROW = 0.7  # of an outline's height, if nobody drew a baseline
SLACK = 0.5  # percent beyond the image that is taken for rounding, and clipped


def write(
    path: str | os.PathLike,
    pages: Sequence[Page],
    image_names: Sequence[str],
    *,
    annotator: int = 1,
    seconds: float = 0.0,
) -> Path:
    """Write pages as one file of tasks, atomically.

    Args:
        path: of the JSON file.
        pages: with their lines.
        image_names: the address of each page's image, as the labeling project knows it.
        annotator: number of the user who made the labels.
        seconds: that a page took, on average.
    """
    tasks = [
        to_task(page, name, number, annotator=annotator, seconds=seconds)
        for number, (page, name) in enumerate(zip(pages, image_names, strict=True), start=1)
    ]
    path = Path(path)
    with files.write_atomically(path) as temporary:
        content = json.dumps(tasks, ensure_ascii=False, allow_nan=False, indent=1)
        temporary.write_text(content + "\n", encoding="utf-8")
    return path


def to_task(
    page: Page, image_name: str, number: int = 1, *, annotator: int = 1, seconds: float = 0.0
) -> dict:
    """Return one page as a task: see `write`.

    Args:
        page: with its lines.
        image_name: what the task names the image.
        number: of the task, from 1.
        annotator: a number for who annotated it.
        seconds: how long that took.
    """
    results = [item for k, line in enumerate(page.lines) for item in _results(line, k, page)]
    annotation = {
        "id": number, "completed_by": annotator, "was_cancelled": False, "ground_truth": False,
        "lead_time": seconds, "result_count": len(page.lines), "result": results,
    }  # fmt: skip
    return {"id": number, "data": {"image": image_name}, "annotations": [annotation],
            "predictions": []}  # fmt: skip


def _results(line: TextLine, k: int, page: Page) -> list[dict]:
    height, width = page.image.shape
    percent = np.array([100 / width, 100 / height])

    def item(name: str, kind: str, **value) -> dict:
        return {
            "id": f"line{k}", "from_name": name, "to_name": "image", "type": kind,
            "original_width": width, "original_height": height, "image_rotation": 0,
            "value": value,
        }  # fmt: skip

    outline = line.polygon if len(line.polygon) > 2 else page_xml.around(line)
    points = np.clip(outline * percent, 0, 100).round(3).tolist()
    baseline = np.clip(line.baseline * percent, 0, 100).round(3).tolist()
    vertices = [
        {"id": f"line{k}p{j}", "x": x, "y": y, "isBezier": False,
         "prevPointId": f"line{k}p{j - 1}" if j else None}
        for j, (x, y) in enumerate(baseline)
    ]  # fmt: skip
    return [
        item("label", "polygonlabels", points=points, closed=True, polygonlabels=[line.kind]),
        item("transcription", "textarea", points=points, closed=True, text=[line.transcript]),
        item("baseline", "vectorlabels", vertices=vertices, closed=False,
             vectorlabels=["Baseline"]),
    ]  # fmt: skip


def read(
    path: str | os.PathLike,
    find_image: Callable[[str], str | os.PathLike] | None = None,
    annotator: int | None = None,
) -> list[Page]:
    """Read the tasks of a file as pages, each with its image.

    A task's annotation is the ground truth if one is marked, else the newest that was not
    cancelled. A task without any is left out, with a warning that counts them. Raises `ValueError`
    that names the file, the task and the region, and `FileNotFoundError` for a missing image.

    Args:
        path: of the JSON file; the full JSON, not JSON_MIN.
        find_image: from a task's address of the image to its file; by default the file of that
            name beside `path`.
        annotator: takes only what this user made (`completed_by`).
    """
    path = Path(path)
    try:
        tasks = files.parse_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is no JSON ({error}).") from error
    tasks = [tasks] if isinstance(tasks, dict) else tasks
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise ValueError(f"{path} is no list of tasks.")
    pages, empty = [], 0
    for task in tasks:
        try:
            annotation = _annotation(task, path, annotator)
        except (AttributeError, TypeError) as error:
            raise ValueError(f"{path}, task {task.get('id')}: {error}") from error
        if annotation is None:
            empty += 1
            continue
        address = _address(task, path)
        name = unquote(address).replace("\\", "/").rsplit("/", 1)[-1].split("?")[0]
        image = image_files.load(Path(find_image(address) if find_image else path.parent / name))
        try:
            lines = to_lines(annotation.get("result", []), image.shape)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            problem = f"it lacks {error}" if isinstance(error, KeyError) else error
            raise ValueError(f"{path}, task {task.get('id')}: {problem}") from error
        pages.append(page_xml.from_annotations(image, lines, Path(name).stem))
    if empty:
        warnings.warn(f"{path}: {empty} of {len(tasks)} tasks have no annotation.", stacklevel=2)
    return pages


def _address(task: Mapping, path: Path) -> str:
    """Find where a task's image lies; a template may call it "ocr" or anything else."""
    texts = {name: value for name, value in task["data"].items() if isinstance(value, str)}
    if "image" not in texts and len(texts) != 1:
        known = ", ".join(task["data"]) or "nothing"
        raise ValueError(f"{path}, task {task.get('id')} names no image: its data has {known}.")
    return texts.get("image") or next(iter(texts.values()))


def _annotation(task: Mapping, path: Path, annotator: int | None) -> Mapping | None:
    if "annotations" not in task or not isinstance(task.get("data"), dict):
        raise ValueError(
            f"{path} looks like JSON_MIN, which does not say which text belongs to which region: "
            "export the full JSON."
        )
    kept = [a for a in task["annotations"] if not a.get("was_cancelled")]
    if annotator is not None:
        kept = [a for a in kept if a.get("completed_by") == annotator]
    return max(kept, key=lambda a: (bool(a.get("ground_truth")), a.get("id") or 0), default=None)


def to_lines(results: Sequence[Mapping], shape: tuple[int, int]) -> list[TextLine]:
    """Join results of one annotation by their id, as lines in px of an image of `shape`.

    A text that stands alone is a line by the outline that it repeats; what has neither outline nor
    baseline, a relation say, is left out.
    """
    regions: dict[str, list[Mapping]] = {}
    for place, result in enumerate(results):
        regions.setdefault(str(result.get("id", f"result {place}")), []).append(result)
    lines = [_line(name, region, shape) for name, region in regions.items()]
    return [line for line in lines if line is not None]


def _line(name: str, region: list[Mapping], shape: tuple[int, int]) -> TextLine | None:
    polygon, baseline = NO_POLYGON, NO_POLYGON
    text: list[str] = []
    kind = HANDWRITTEN
    for result in region:
        _check_size(name, result, shape)
        value = result.get("value", {})
        if "vertices" in value:
            baseline = _in_px(name, [(v["x"], v["y"]) for v in value["vertices"]], shape, 2)
        elif "points" in value and not len(polygon):
            polygon = _in_px(name, value["points"], shape, 3)
        elif "width" in value and not len(polygon):
            polygon = _in_px(name, rectangle(value, shape), shape, 3)
        if result.get("type") == "textarea":
            strings = value.get("text", [])
            text += [strings] if isinstance(strings, str) else strings
        for labels in ("polygonlabels", "rectanglelabels", "labels"):
            kind = next(iter(value.get(labels, [])), kind)
    if not len(polygon) and not len(baseline):
        return None
    if not len(baseline):
        (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
        row = top + BASELINE_ROW * (bottom - top)
        baseline = np.array([[left, row], [right, row]], np.float32)
    transcript = " ".join(" ".join(text).splitlines())  # several strings: several submissions
    return TextLine(baseline, 0.0, transcript, kind.lower(), polygon)


def rectangle(value: Mapping, shape: tuple[int, int]) -> list[tuple[float, float]]:
    """Return a rectangle's corners in percent: it turns about its upper left corner, in px."""
    height, width = shape
    x, y = value["x"] * width / 100, value["y"] * height / 100
    across, down = value["width"] * width / 100, value["height"] * height / 100
    angle = math.radians(value.get("rotation", 0))
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [(0, 0), (across, 0), (across, down), (0, down)]
    turned = [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in corners]
    return [(100 * a / width, 100 * b / height) for a, b in turned]


def _check_size(name: str, result: Mapping, shape: tuple[int, int]) -> None:
    """Refuse a region that was drawn on an image of another shape: turned by its camera, say."""
    width, height = result.get("original_width"), result.get("original_height")
    if width and height and abs(width * shape[0] / (height * shape[1]) - 1) > 0.02:
        raise ValueError(
            f"region {name} was drawn on an image of {width} x {height} px, and this one has "
            f"{shape[1]} x {shape[0]}: it was turned or cropped since (look at its EXIF)."
        )


def _in_px(name: str, points, shape: tuple[int, int], least: int) -> np.ndarray:
    array = np.asarray(points, np.float64)
    if array.ndim != 2 or array.shape[1] != 2 or len(array) < least:
        raise ValueError(f"region {name} needs {least} points or more, each an x and a y.")
    if not np.isfinite(array).all() or array.min() < -SLACK or array.max() > 100 + SLACK:
        raise ValueError(f"region {name} has points that are not percent, 0 to 100.")
    return (np.clip(array, 0, 100) * np.array(shape[::-1]) / 100).astype(np.float32)
