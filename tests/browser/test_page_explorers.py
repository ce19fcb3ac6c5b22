"""The explorers of pages: the box shifter, the map, and a page that was read."""

import pytest

from fsdl_hwr.explorers import box_explorer

MAKE = """
import numpy as np
from fsdl_hwr import page_ink
from fsdl_hwr.datasets import drawn_pages
from fsdl_hwr.explorers import box_explorer, map_explorer, page_explorer
from fsdl_hwr.layout import line_maps
from fsdl_hwr.recognizers import page as page_reader
from fsdl_hwr.recognizers.reader import Reading

maker = drawn_pages.training_maker("train", 2, layouts=["letter"], wear=0)
page = maker(np.random.default_rng(1))
"""
BOX = """
rows = box_explorer.rows_of_ink(page, page_ink.ink_mask(page.image), 3)
explorer = box_explorer.explore(rows)
"""
MAP = """
_, scale = line_maps.prepare(page.image)
maps = line_maps.training_pair(page)[1][..., :3] * 0.6
maps[: maps.shape[0] // 3] *= 0.5
explorer = map_explorer.explore(page.image, maps, scale, 0.2)
"""
READ = """
class Says:
    def readings(self, crops):
        return [Reading(f"line {k}", (0.9,) * 6) for k in range(len(crops))]

reading = page_reader.read_page(page.image, Says(), lambda image: list(page.lines))
explorer = page_explorer.explore(reading, ["line 0"] + ["another"] * (len(reading.crops) - 1))
"""


@pytest.fixture
def opened(lab):
    def function(code):
        notebook = lab.open([MAKE, code])
        notebook.run_all()
        return notebook

    return function


def test_a_box_is_shifted_and_both_scores_follow(opened):
    notebook = opened(BOX)
    root = notebook.explorer("Box shifter")
    status, shift = root.get_by_role("status"), root.get_by_role("slider", name="Shift down")
    ink = notebook.evaluate("box_explorer.shift_scores(rows, 0)[1]")  # of its own box, in place
    notebook.shows(status, f"found (1.00), by its ink found ({ink:.2f}).")
    shift.focus()
    for _ in range(5):
        notebook.page.keyboard.press("ArrowRight")
    notebook.wait_for("explorer.state['shift']", 5)
    iou, ink = notebook.evaluate("box_explorer.shift_scores(rows, 5)")
    notebook.shows(status, f"({iou:.2f}), by its ink")
    notebook.shows(status, f"({ink:.2f}).")
    notebook.screenshot("box", root)
    shift.press("End")
    notebook.shows(status, "missed (0.00), by its ink missed")
    assert box_explorer.MARGIN >= 1  # or the box would leave the picture
    notebook.check()


def test_a_threshold_changes_lines_and_crops(opened):
    notebook = opened(MAP)
    root = notebook.explorer("Map explorer")
    status = root.get_by_role("status")
    count = notebook.evaluate("explorer.data['count']")
    notebook.shows(status, f"{count} lines.")
    crops = root.get_by_role("group", name="Crops").get_by_role("button")
    notebook.wait_until("a crop per line", crops.count, lambda n: n == count)
    crops.nth(2).hover()
    notebook.wait_for("explorer.state['line']", 2)
    notebook.has(crops.nth(2), "aria-pressed", "true")
    notebook.screenshot("map", root)

    threshold = root.get_by_role("slider", name="Threshold")
    threshold.focus()
    for _ in range(4):
        notebook.page.keyboard.press("ArrowRight")  # to 0.4: above what the upper third has
    notebook.wait_for("round(explorer.state['threshold'], 2)", 0.4)
    notebook.wait_for(f"0 < explorer.data['count'] < {count}", True)
    fewer = notebook.evaluate("explorer.data['count']")
    notebook.shows(status, f"{fewer} lines.")
    notebook.wait_until("fewer crops", crops.count, lambda n: n == fewer)
    notebook.check()


def test_a_line_of_a_page_shows_its_crop_its_text_and_its_edits(opened):
    notebook = opened(READ)
    root = notebook.explorer("Page explorer")
    picture = root.get_by_role("slider", name="Line")
    picture.focus()
    notebook.page.keyboard.press("ArrowDown")
    notebook.wait_for("explorer.state['line']", 0)
    notebook.shows(root.get_by_role("status"), "Read: line 0")
    notebook.shows(root, "0 edits to what was written")
    notebook.page.keyboard.press("ArrowDown")
    notebook.wait_for("explorer.state['line']", 1)
    notebook.shows(root, "Line 2, confidence 90%")
    notebook.page.keyboard.press("End")
    last = notebook.evaluate("len(explorer.data['rows'])")
    notebook.has(picture, "aria-valuenow", str(last))
    box = notebook.evaluate("explorer.data['rows'][0]['outline']")
    size = picture.bounding_box()
    scale = size["height"] / notebook.evaluate("explorer.fixed['height']")
    x = sum(point[0] for point in box) / len(box) * scale
    y = sum(point[1] for point in box) / len(box) * scale
    picture.hover(position={"x": x, "y": y})
    notebook.wait_for("explorer.state['line']", 0)
    notebook.screenshot("page", root)
    notebook.check()
