"""The annotator: a page corrected by keyboard alone, the kernel killed in between."""

import functools
import json
import os
import signal

import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets import page_json

MAKE = """
import sys
sys.path.insert(0, {tests!r})
from page_examples import bars
from fsdl_hwr.explorers import page_explorer
from fsdl_hwr.labeling.desk import Desk, Entry

page = bars(height=760, rows=range(60, 60 + 36 * {count}, 36))
entries = [
    Entry(k, line, line.transcript, (0.9,) * 4 + (0.3,) * (len(line.transcript) - 4))
    for k, line in enumerate(page.lines)
]
desk = Desk(page.image, entries, journal={journal!r}, annotator="me", guideline="1")
explorer = page_explorer.explore(desk)
"""

REGISTER = """
import numpy as np
from fsdl_hwr.datasets.pages import TextLine
from fsdl_hwr.explorers import page_explorer
from fsdl_hwr.labeling.desk import Desk, Entry

image = np.full((40 * 30 + 40, 20 * 70 + 40), 230, np.uint8)
entries = []
for k in range({count}):
    x, y = 20 + 70 * (k % 20), 40 + 30 * (k // 20)
    for bar in range(x, x + 50, 10):
        image[y - 10 : y, bar : bar + 4] = 30
    line = TextLine(np.array([[x, y], [x + 50, y]], np.float32), 10.0, f"word {{k}}")
    entries.append(Entry(k, line, line.transcript))
desk = Desk(image, entries, journal={journal!r})
explorer = page_explorer.explore(desk)
"""


@pytest.fixture
def opened(lab, tmp_path):
    def function(count=18, make=MAKE):
        from paths import TESTS

        journal = tmp_path / "page.jsonl"
        notebook = lab.open([make.format(tests=str(TESTS), count=count, journal=str(journal))])
        notebook.run_all()
        return notebook, journal

    return function


def kill_the_kernel(notebook):
    """End the kernel untold, as a lack of memory does, and run the notebook in the next one."""
    pid = notebook.evaluate("__import__('os').getpid()")
    os.kill(pid, signal.SIGKILL)
    notebook.page.get_by_role("button", name="Ok", exact=True).click()  # Jupyter starts another
    notebook.page.wait_for_function(
        "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    assert notebook.evaluate("__import__('os').getpid()") != pid
    notebook.run_all()


def test_a_page_of_18_lines_is_corrected_by_keyboard_though_the_kernel_dies(opened, tmp_path):
    notebook, journal = opened()
    root = notebook.explorer("Annotator")
    status, text = root.get_by_role("status"), root.get_by_role("textbox", name="Text")
    keyboard = notebook.page.keyboard
    wanted = [f"line {k} of my page" for k in range(1, 19)]
    text.focus()
    for line in wanted[:9]:
        keyboard.press("Control+A")
        keyboard.type(line)
        keyboard.press("Enter")
    notebook.shows(status, "9 accepted; all saved.")
    keyboard.press("Control+A")
    keyboard.type("half of a li")  # not accepted: the draft goes to the journal by itself
    notebook.wait_for("list(desk.entries.values())[9].line.transcript", "half of a li")
    records = len(journal.read_text().splitlines())

    kill_the_kernel(notebook)
    root = notebook.explorer("Annotator")
    status, text = root.get_by_role("status"), root.get_by_role("textbox", name="Text")
    assert len(journal.read_text().splitlines()) == records
    notebook.shows(status, "9 accepted; all saved.")
    notebook.wait_until("the draft", text.input_value, lambda value: value == "half of a li")
    text.focus()
    for line in wanted[9:]:
        keyboard.press("Control+A")
        keyboard.type(line)
        keyboard.press("Enter")
    notebook.shows(status, "18 accepted; all saved.")
    notebook.screenshot("annotator", root)

    exported = tmp_path / "page.json"
    path = json.dumps(str(exported))
    notebook.evaluate(
        f"str(__import__('fsdl_hwr.datasets.page_json', fromlist=['x'])"
        f".write({path}, desk.page(), 'page.png'))"
    )
    __import__("cv2").imwrite(str(tmp_path / "page.png"), bars(760, rows=range(60, 708, 36)).image)
    page = page_json.read(exported)
    assert [line.transcript for line in page.lines] == wanted
    drawn = bars(760, rows=range(60, 708, 36)).lines
    assert all(np.abs(a.baseline - b.baseline).max() <= 1
               for a, b in zip(page.lines, drawn, strict=True))  # fmt: skip
    spent = notebook.evaluate("[e.keystrokes for e in desk.entries.values()]")
    assert min(spent) >= len(wanted[0])
    notebook.check()


def test_lines_are_split_merged_deleted_drawn_typed_and_taken_back(opened):
    notebook, _ = opened(count=4)
    root = notebook.explorer("Annotator")
    status, text = root.get_by_role("status"), root.get_by_role("textbox", name="Text")
    keyboard = notebook.page.keyboard
    picture = root.get_by_role("slider", name="Line")

    def texts(*lines):
        notebook.wait_for("[e.line.transcript for e in desk.entries.values()]", list(lines))
        count = str(len(lines))  # the page hears of it later than the kernel knows it
        most = functools.partial(picture.get_attribute, "aria-valuemax")
        notebook.wait_until(f"{count} lines on the page", most, lambda value: value == count)

    text.focus()
    keyboard.press("Home")
    for _ in range(4):
        keyboard.press("ArrowRight")
    keyboard.press("Alt+s")
    texts("line", "1", "line 2", "line 3", "line 4")
    notebook.wait_until("the first part", text.input_value, lambda value: value == "line")
    keyboard.press("Alt+m")
    texts("line 1", "line 2", "line 3", "line 4")
    keyboard.press("Home")
    keyboard.press("Alt+s")
    notebook.shows(status, "Put the cursor between two characters")
    keyboard.press("Tab")
    notebook.wait_until("the next line", text.input_value, lambda value: value == "line 2")
    keyboard.press("Alt+2")
    notebook.wait_for("list(desk.entries.values())[1].line.kind", "print")
    keyboard.press("Alt+d")
    texts("line 1", "line 3", "line 4")
    keyboard.press("Control+z")
    texts("line 1", "line 2", "line 3", "line 4")

    picture.focus()
    keyboard.press(".")  # the first point of the baseline
    firsts = "[e.line.baseline[0].tolist() for e in desk.entries.values()]"
    before = notebook.evaluate(firsts)
    keyboard.press("Shift+ArrowDown")
    notebook.wait_until(
        "a point moved by 10 px",
        lambda: notebook.evaluate(firsts),
        lambda now: any(abs(now[k][1] - before[k][1] - 10) < 1.5 for k in range(len(before))),
    )
    keyboard.press("n")
    box = picture.bounding_box()
    for share in (0.3, 0.7):
        notebook.page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
    notebook.wait_for("len(desk.entries)", 5)
    notebook.shows(status, "of 5")
    keyboard.press("Alt+3")
    notebook.wait_for("[e.line.kind for e in desk.entries.values()].count('signature')", 1)
    notebook.check()


def test_an_answer_to_a_draft_does_not_overwrite_what_was_typed_since(opened):
    notebook, _ = opened(count=2)
    root = notebook.explorer("Annotator")
    text = root.get_by_role("textbox", name="Text")
    text.focus()
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.type("one two three four five six seven ", delay=60)  # drafts in between
    notebook.wait_for("desk.entries[0].line.transcript", "one two three four five six seven")
    notebook.answered(root)
    assert text.input_value() == "one two three four five six seven "
    notebook.page.keyboard.type("slowly ", delay=500)
    notebook.wait_for("desk.entries[0].line.transcript", "one two three four five six seven slowly")
    notebook.answered(root)
    assert text.input_value() == "one two three four five six seven slowly "
    notebook.check()


def test_a_page_that_opens_again_has_every_line_and_goes_on(opened):
    take = """
step = {{"n": 1, "do": "accept", "line": 0, "text": "first"}}
explorer.state = {{"steps": [step], "line": 1, "whole": False}}
explorer.asked += 1  # the page's last news tells of one line only
display(explorer)
"""
    notebook, _ = opened(count=3, make=MAKE + take)
    root = notebook.page.get_by_role("group", name="Annotator").last
    status, text = root.get_by_role("status"), root.get_by_role("textbox", name="Text")
    notebook.shows(status, "Line 2 of 3; 1 accepted; all saved.")
    notebook.wait_until("the text", text.input_value, lambda value: value == "line 2")
    text.focus()
    notebook.page.keyboard.press("Enter")
    notebook.wait_for("[e.accepted for e in desk.entries.values()]", [True, True, False])
    notebook.check()


def test_800_lines_stay_fluid(opened):
    """Enter is answered in the page at once, whatever Python does meanwhile."""
    notebook, _ = opened(800, REGISTER)
    root = notebook.explorer("Annotator")
    text = root.get_by_role("textbox", name="Text")
    assert root.locator("*").count() < 200  # no element per line
    text.focus()
    took = notebook.page.evaluate(
        """async () => {
             const input = document.activeElement;
             const began = performance.now();
             for (let k = 0; k < 20; k += 1) {
               input.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
             }
             return (performance.now() - began) / 20;
           }"""
    )
    assert took < 100  # milliseconds for each line, drawing included
    notebook.wait_for("sum(e.accepted for e in desk.entries.values())", 20)
    notebook.check()
