"""The window explorer, by mouse and by keyboard."""

import math

import pytest

from fsdl_hwr.explorers import window_explorer
from fsdl_hwr.networks import receptive_field

MAKE = """
import numpy as np
from fsdl_hwr.datasets import line_makers, sources
from fsdl_hwr.explorers import window_explorer
from fsdl_hwr.networks import receptive_field

maker = line_makers.PenLineMaker(sources.pens("written", "train", 1))
transcript = "the letter ends here"
image = maker(transcript, np.random.default_rng(0))
asked = []

def classify(images):
    asked.append(len(images))
    shares = np.stack([images[:, :, c].mean((1, 2)) for c in (slice(0, 14), slice(14, 28))], 1) + 1
    return shares / shares.sum(1, keepdims=True)
"""
OPEN = """
field = receptive_field.Field(width=79, step=8, start=-32, everywhere=False)
explorer = window_explorer.explore(image, transcript, 28, 14, classify, "lr", field)
"""


@pytest.fixture(scope="module")
def opened(_lab):
    """One kernel for all tests of this module: to import Keras takes longer than they do."""
    return _lab.open([MAKE, OPEN])


@pytest.fixture
def notebook(opened):
    opened.run_all()  # a new explorer in the same place
    return opened


def sentence(notebook, width, stride):
    """Say what Python says of these windows."""
    return notebook.evaluate(f"window_explorer.look(image, transcript, {width}, {stride}).sentence")


def test_by_mouse(notebook):
    root = notebook.explorer("Window explorer")
    status, line = root.get_by_role("status"), root.get_by_role("slider", name="Window")
    notebook.shows(status, sentence(notebook, 28, 14))
    count = notebook.evaluate("len(window_explorer.look(image, '', 28, 14).starts)")
    notebook.has(line, "aria-valuemax", str(count))
    notebook.wait_for("len(asked)", 1)

    # The third window: hovering shows it, a click keeps it.
    box = line.bounding_box()
    third = {"x": (2 * 14 + 14) * 1.7, "y": box["height"] / 3}
    line.hover(position=third)
    root.get_by_text(f"window 3 of {count}: px 28 to 56").wait_for()
    notebook.wait_for("explorer.state['window']", 0)
    line.click(position=third)
    notebook.wait_for("explorer.state['window']", 2)
    character, share = notebook.evaluate("explorer.data['answers'][2][0]")
    answers = root.get_by_role("list", name="What the classifier says").get_by_role("listitem")
    notebook.shows(answers.nth(0), f"{character}{math.floor(100 * share + 0.5)}%")
    frame = window_explorer.frame_at(receptive_field.Field(79, 8, -32, False), 2 * 14 + 14)
    seen = f"sees px {max(0, 8 * frame - 32)} to {8 * frame - 32 + 79}."
    notebook.shows(root, f"Frame {frame + 1}, centered nearest to this window, {seen}")

    # The stride is dragged to its end: Python is asked for the new windows.
    stride = root.get_by_role("slider", name="Stride")
    box = stride.bounding_box()
    notebook.page.mouse.move(box["x"] + 3, box["y"] + box["height"] / 2)
    notebook.page.mouse.down()
    notebook.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2, steps=5)
    notebook.page.mouse.up()
    notebook.wait_for("explorer.data['stride'] == explorer.state['stride'] > 40", True)
    wide = int(root.get_by_role("slider", name="Stride").input_value())
    notebook.wait_for("explorer.data['stride']", wide)
    notebook.wait_for("asked[-1] == len(explorer.data['answers']) < asked[0]", True)
    overlap = root.get_by_role("slider", name="Overlap")
    notebook.wait_until("the overlap", overlap.input_value, lambda value: value == str(28 - wide))
    assert "too few" in notebook.shows(status, sentence(notebook, 28, wide))
    root.get_by_text("\u2717 too few").wait_for()
    notebook.screenshot("windows-too-few", root)
    notebook.check()


def test_by_keyboard(notebook):
    root = notebook.explorer("Window explorer")
    press = notebook.page.keyboard.press
    line = root.get_by_role("slider", name="Window")
    root.get_by_role("slider", name="Width").focus()
    for _ in range(4):
        press("ArrowLeft")
    notebook.wait_for("explorer.data['width']", 24)
    notebook.wait_for("explorer.state['stride']", 14)
    press("Tab")
    press("ArrowRight")
    press("Tab")  # overlap: with windows of 24 px, 13 px shared are a stride of 11
    for _ in range(4):
        press("ArrowUp")
    notebook.wait_for("explorer.data['stride']", 11)
    stride = root.get_by_role("slider", name="Stride")
    notebook.wait_until("a stride of 11", stride.input_value, lambda value: value == "11")

    line.focus()
    press("ArrowRight")
    press("ArrowRight")
    notebook.wait_for("explorer.state['window']", 2)
    press("End")
    last = notebook.evaluate("len(window_explorer.look(image, '', 24, 11).starts)")
    notebook.wait_for("explorer.state['window']", last - 1)
    said = notebook.evaluate("explorer.data['answers'][-1][0][0]")
    notebook.has(line, "aria-valuetext", f"window {last} of {last}, read as {said}")
    notebook.shows(root.get_by_role("status"), sentence(notebook, 24, 11))
    press("Home")
    press("PageUp")
    notebook.wait_for("explorer.state['window']", 10)
    notebook.screenshot("windows", root)
    notebook.check()


def test_fewer_windows_keep_a_window_chosen(notebook):
    root = notebook.explorer("Window explorer")
    root.get_by_role("slider", name="Window").press("End")
    root.get_by_role("slider", name="Stride").press("End")
    stride = window_explorer.STRIDES[1]
    notebook.wait_for("explorer.data['stride']", stride)
    last = notebook.evaluate(f"len(window_explorer.look(image, '', 28, {stride}).starts)") - 1
    notebook.wait_for("explorer.state['window']", last)
    notebook.check()
