"""The collapse player, by mouse and by keyboard."""

import pytest

from fsdl_hwr import ctc
from fsdl_hwr.explorers import collapse_explorer

CELLS = [
    "from fsdl_hwr.explorers import collapse_explorer",
    "player = collapse_explorer.explore('aa-ab')",
]


@pytest.fixture
def notebook(lab):
    notebook = lab.open(CELLS)
    notebook.run_all()
    return notebook


def test_by_mouse(notebook):
    player = notebook.explorer("Collapse player")
    status = player.get_by_role("status")
    frames = player.get_by_role("spinbutton")
    notebook.wait_until("five frames", frames.count, lambda count: count == 5)
    notebook.shows(status, "5 frames")

    player.get_by_role("button", name="Merge repeats").click()
    notebook.shows(status, "merge into 4")
    notebook.wait_for("player.state['step']", 1)
    player.get_by_role("button", name="Drop blanks").click()
    count = ctc.count_paths("aab", 5)
    notebook.shows(status, f"\u201caab\u201d. {count} paths")

    frames.nth(2).click()  # the blank becomes an a, and the two letters one
    notebook.wait_for("player.state['path']", "aaaab")
    notebook.shows(status, f"\u201cab\u201d. {ctc.count_paths('ab', 5)} paths")

    player.get_by_role("button", name="Another path").click()
    notebook.wait_for("player.state['path'] != 'aaaab'", True)
    path = notebook.evaluate("player.state['path']")
    assert collapse_explorer.collapse(path).text == "ab"
    assert len(path) == 5

    player.get_by_role("button", name="Frames").click()
    notebook.wait_for("player.state['step']", 0)
    player.get_by_role("button", name="Play").click()
    notebook.wait_for("player.state['step']", 2)
    player.get_by_role("textbox").fill("hheel-lloo")
    notebook.shows(status, f"hello\u201d. {ctc.count_paths('hello', 10):,} paths")
    notebook.page.wait_for_timeout(600)  # the rows come to rest
    notebook.screenshot("collapse", player)
    notebook.check()


def test_by_keyboard(notebook):
    player = notebook.explorer("Collapse player")
    frames, press = player.get_by_role("spinbutton"), notebook.page.keyboard.press
    player.get_by_role("button", name="Drop blanks").focus()
    press("Enter")
    notebook.wait_for("player.state['step']", 2)
    press("Tab")  # one stop for all frames
    notebook.focused(frames.nth(0))
    press("ArrowRight")
    press("ArrowUp")
    notebook.wait_for("player.state['path']", "ab-ab")
    press("Delete")
    press("End")
    press("x")
    notebook.wait_for("player.state['path']", "a--ax")
    notebook.shows(player.get_by_role("status"), "\u201caax\u201d")
    notebook.has(frames.nth(4), "aria-valuetext", "x")
    notebook.focused(frames.nth(4))
    notebook.screenshot("collapse-focus", player)
    notebook.check()


def test_python_can_move_it_too(notebook):
    player = notebook.explorer("Collapse player")
    notebook.evaluate("setattr(player, 'state', {'path': '-----', 'step': 2})")
    player.get_by_text("1 path of 5 frames writes it").wait_for()
    player.get_by_role("textbox").fill("")
    notebook.wait_for("player.state['path']", "")
    notebook.gone(player.get_by_role("spinbutton"))
    notebook.check()
