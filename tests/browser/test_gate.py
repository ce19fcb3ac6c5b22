"""The kill matrix and the power curve of lab 08, by mouse and by keyboard."""

KILLS = """
from fsdl_hwr.explorers import kill_explorer
from fsdl_hwr.gate import defects, matrix
names = ["padding is trained", "one frame too few is fine"]
found = matrix.run([defects.named(name) for name in names], kinds=["units"], processes=1)
kills = kill_explorer.explore(found)
"""
POWER = """
from fsdl_hwr.explorers import power_explorer
power = power_explorer.explore()
"""


def test_the_kill_matrix(lab):
    notebook = lab.open([KILLS])
    notebook.run_all()
    root = notebook.explorer("Kill matrix")
    status = root.get_by_role("status")
    notebook.shows(status, "With “padding is trained” 1 of 8 tests fail")
    notebook.shows(root, "padding would be trained")
    notebook.shows(root, "packed[:, 0], packed[:, 1] = frames, max_length")

    name = "labels that do not fit are refused kills one frame too few is fine"
    root.get_by_role("button", name=name).click()
    notebook.shows(status, "With “one frame too few is fine” 1 of 8 tests fail")
    notebook.shows(root, "was accepted with 2 frames")
    notebook.wait_for("kills.state", {"defect": 1, "test": 4})

    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(root, "this test notices nothing")
    notebook.wait_for("kills.state", {"defect": 1, "test": 5})
    notebook.page.keyboard.press("ArrowUp")
    notebook.shows(root, "padding would be trained")
    notebook.screenshot("kills", root)
    notebook.check()


def test_the_power_curve(lab):
    notebook = lab.open([POWER])
    notebook.run_all()
    root = notebook.explorer("Power of the gate")
    status = root.get_by_role("status")
    notebook.shows(status, "With 300 lines, 15 by each of 20 writers")
    notebook.shows(status, "a candidate with 10% more errors is called worse in")
    root.get_by_role("slider", name="More errors").focus()
    notebook.page.keyboard.press("Home")
    notebook.shows(status, "two equal recognizers are told apart in")
    notebook.wait_for("power.state['effect']", 0)
    root.get_by_role("slider", name="Writers").focus()
    notebook.page.keyboard.press("End")
    notebook.shows(status, "With 1200 lines, 15 by each of 80 writers")
    notebook.wait_for("power.state['writers']", 80)
    notebook.answered(root)
    notebook.screenshot("power", root)
    notebook.check()
