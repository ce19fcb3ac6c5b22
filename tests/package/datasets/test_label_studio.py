"""Label Studio's JSON: its schema, results joined by id, and what others export wrongly."""

import copy
import json
import math

import cv2
import jsonschema
import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets import label_studio

SHAPE = (200, 400)  # height, width
POINTS = {"type": "array", "minItems": 3, "items": {
    "type": "array", "minItems": 2, "maxItems": 2,
    "items": {"type": "number", "minimum": 0, "maximum": 100}}}  # fmt: skip
VALUES = {
    "polygonlabels": {"required": ["points", "closed", "polygonlabels"], "properties": {
        "points": POINTS, "polygonlabels": {"type": "array", "items": {"type": "string"}}}},
    "textarea": {"required": ["points", "text"], "properties": {
        "points": POINTS, "text": {"type": "array", "items": {"type": "string"}}}},
    "vectorlabels": {"required": ["vertices", "closed", "vectorlabels"], "properties": {
        "vertices": {"type": "array", "minItems": 2, "items": {
            "type": "object", "required": ["x", "y", "id", "isBezier"],
            "properties": {name: {"type": "number", "minimum": 0, "maximum": 100}
                           for name in ("x", "y")}}}}},
}  # fmt: skip
RESULT = {
    "type": "object",
    "required": ["id", "from_name", "to_name", "type", "original_width", "original_height",
                 "image_rotation", "value"],
    "properties": {"original_width": {"type": "integer", "minimum": 1},
                   "type": {"enum": list(VALUES)}},
    "allOf": [{"if": {"properties": {"type": {"const": kind}}},
               "then": {"properties": {"value": value}}} for kind, value in VALUES.items()],
}  # fmt: skip
TASKS = {"type": "array", "items": {
    "type": "object", "required": ["id", "data", "annotations", "predictions"],
    "properties": {
        "data": {"required": ["image"]},
        "annotations": {"type": "array", "items": {
            "required": ["id", "completed_by", "was_cancelled", "result"],
            "properties": {"result": {"type": "array", "items": RESULT}}}}}}}  # fmt: skip


def item(kind, value, name="r1"):
    made = {"from_name": "x", "to_name": "image", "type": kind, "original_width": 400,
            "original_height": 200, "image_rotation": 0, "value": value}  # fmt: skip
    return made if name is None else {"id": name, **made}


BOX = [[10, 10], [60, 10], [60, 30], [10, 30]]
OUTLINE = item("polygonlabels", {"points": BOX, "closed": True, "polygonlabels": ["Print"]})
TEXT = item("textarea", {"points": BOX, "text": ["Dear Sir"]})


def test_what_is_written_keeps_the_schema(tmp_path):
    path = label_studio.write(tmp_path / "tasks.json", [bars(), bars()], ["a.png", "b.png"])
    tasks = json.loads(path.read_text())
    jsonschema.validate(tasks, TASKS)
    spoiled = copy.deepcopy(tasks)
    spoiled[0]["annotations"][0]["result"][0]["value"]["points"][0][0] = 101
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoiled, TASKS)


def test_results_that_share_an_id_are_one_line():
    baseline = item("vectorlabels", {"closed": False, "vectorlabels": ["Baseline"], "vertices": [
        {"id": "a", "x": 10, "y": 25}, {"id": "b", "x": 60, "y": 26}]})  # fmt: skip
    (line,) = label_studio.to_lines([OUTLINE, TEXT, baseline], SHAPE)
    assert (line.transcript, line.kind) == ("Dear Sir", "print")
    assert line.baseline.tolist() == [[40, 50], [240, 52]]
    assert line.polygon.tolist() == [[40, 20], [240, 20], [240, 60], [40, 60]]


def test_results_with_one_id_each_or_none_stand_alone():
    other = {**TEXT, "id": "r2"}
    first, second = label_studio.to_lines([OUTLINE, other], SHAPE)
    assert (first.transcript, second.transcript) == ("", "Dear Sir")
    nameless = [
        item("polygonlabels", OUTLINE["value"], None),
        item("textarea", TEXT["value"], None),
    ]
    assert len(label_studio.to_lines(nameless, SHAPE)) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [([], ""), (["one", "two"], "one two"), ("plain", "plain"), (["a\nb"], "a b")],
)
def test_a_text_may_be_missing_or_several(text, says):
    value = {"points": BOX, "text": text}
    assert label_studio.to_lines([item("textarea", value)], SHAPE)[0].transcript == says


@pytest.mark.parametrize(
    "points",
    [
        [[10, 10], [140, 10], [60, 30]],
        [[10, 10], [float("nan"), 10], [60, 30]],
        [[10, 10], [60, 10]],
        [[10, 10, 3], [60, 10, 3], [60, 30, 3]],
        [],
    ],
)
def test_points_that_are_none_are_refused_with_the_regions_name(points):
    with pytest.raises(ValueError, match="region r1"):
        label_studio.to_lines([item("textarea", {"points": points, "text": ["a"]})], SHAPE)


@pytest.mark.parametrize("points", [BOX[::-1], [BOX[0], BOX[2], BOX[1], BOX[3]]])
def test_outlines_may_run_either_way_and_cross_themselves(points):
    (line,) = label_studio.to_lines([item("textarea", {"points": points, "text": ["a"]})], SHAPE)
    assert len(line.polygon) == 4 and len(line.baseline) == 2


def test_a_rectangle_turns_about_its_upper_left_corner_in_px():
    value = {"x": 50, "y": 50, "width": 20, "height": 10, "rotation": 90, "text": ["a"]}
    (line,) = label_studio.to_lines([item("textarea", value)], SHAPE)
    # 80 x 20 px at (200, 100): it hangs down, to the left of its corner.
    assert np.allclose(line.polygon, [[200, 100], [200, 180], [180, 180], [180, 100]], atol=1e-3)
    level = label_studio.rectangle({"x": 1, "y": 2, "width": 3, "height": 4}, SHAPE)
    assert np.allclose(level, [(1, 2), (4, 2), (4, 6), (1, 6)])
    assert math.isclose(level[0][0], 1)


def write(folder, tasks):
    path = folder / "tasks.json"
    path.write_text(json.dumps(tasks))
    cv2.imwrite(str(folder / "a b.png"), np.full(SHAPE, 255, np.uint8))
    return path


def task(*annotations):
    return {"id": 7, "data": {"image": "/data/upload/1/a%20b.png?d=1"},
            "annotations": list(annotations)}  # fmt: skip


def annotation(number, text, **more):
    value = {"points": BOX, "text": [text]}
    return {"id": number, "was_cancelled": False, "result": [item("textarea", value)], **more}


def test_of_several_annotations_the_truth_or_else_the_newest_is_taken(tmp_path):
    one, two = annotation(1, "one", completed_by=1), annotation(2, "two", completed_by=2)
    path = write(tmp_path, [task(one, two)])
    assert label_studio.read(path)[0].transcript == "two"
    assert label_studio.read(path, annotator=1)[0].transcript == "one"
    path = write(tmp_path, [task({**one, "ground_truth": True}, two)])
    assert label_studio.read(path)[0].transcript == "one"
    path = write(tmp_path, [task(one, {**two, "was_cancelled": True})])
    assert label_studio.read(path)[0].transcript == "one"


def test_tasks_without_an_annotation_are_counted(tmp_path):
    path = write(tmp_path, [task(), task(annotation(1, "one"))])
    with pytest.warns(UserWarning, match="1 of 2 tasks"):
        assert len(label_studio.read(path)) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([{"id": 1, "image": "a.png", "transcription": "x", "label": []}], "JSON_MIN"),
        ("text", "no list of tasks"),
        ([3], "no list of tasks"),
        ([task({"id": 1, "result": [item("textarea", {"points": [[1, 2]], "text": []})]})],
         "task 7: region r1"),
        ([{**task(annotation(1, "x")), "data": {"first": "a.png", "second": "b.png"}}],
         "task 7 names no image: its data has first, second"),
        ([{**task(), "annotations": None}], "task 7"),
        ([task({"id": 1, "result": [5]})], "task 7"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_named(tmp_path, content, says):
    with pytest.raises(ValueError, match=says):
        label_studio.read(write(tmp_path, content))


def test_a_photograph_that_its_camera_turned_is_noticed(tmp_path):
    """Label Studio shows it turned: 200 x 400 px; its labels do not fit the file's 400 x 200."""
    turned = annotation(1, "one")
    for result in turned["result"]:
        result["original_width"], result["original_height"] = 200, 400
    with pytest.raises(ValueError, match="EXIF"):
        label_studio.read(write(tmp_path, [task(turned)]))
    from PIL import Image

    path = write(tmp_path, [task(turned)])
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: show it turned by 90 degrees
    Image.new("L", (400, 200), 255).save(tmp_path / "a b.jpg", exif=exif)
    page = label_studio.read(path, lambda address: tmp_path / "a b.jpg")[0]
    assert page.image.shape == (400, 200)
    assert page.lines[0].polygon[1].tolist() == [120, 40]  # 60% of 200, 10% of 400


def test_a_template_may_name_its_image_otherwise(tmp_path):
    of_ocr = task(annotation(1, "one"))
    of_ocr["data"] = {"ocr": of_ocr["data"]["image"], "page": 3}
    assert label_studio.read(write(tmp_path, [of_ocr]))[0].transcript == "one"
