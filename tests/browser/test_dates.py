"""The date dial of lab 11, by mouse and by keyboard."""

DIAL = """
import numpy as np
from fsdl_hwr.explorers import date_explorer
images = np.zeros((2, 4, 28, 28), np.uint8)
images[..., 6:22, 13:16] = 255
votes = np.array([[500.0, 600.0, 700.0, 800.0], [900.0, 900.0, 900.0, 900.0]])
made = date_explorer.Dial(images, votes, np.array([640, 1000]), {1: 200.0, 4: 80.0})
dial = date_explorer.explore(made)
"""


def test_the_date_dial(lab):
    notebook = lab.open([DIAL])
    notebook.run_all()
    root = notebook.explorer("Date dial")
    status = root.get_by_role("status")
    notebook.shows(status, "4 letters: about 650, 570 to 730 in nine of ten cases.")

    root.get_by_role("button", name="Letter 4, votes for 800").click()
    notebook.wait_for("dial.state['on']", [0, 1, 2])
    notebook.shows(status, "3 letters: about 600, 480 to 720")
    root.get_by_role("slider", name="Letters").focus()
    notebook.page.keyboard.press("Home")
    notebook.shows(status, "No letter, no date.")
    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(status, "1 letter: about 500, 300 to 700")

    root.get_by_role("button", name="Show the true year").click()
    notebook.shows(status, "written in 640, inside.")
    notebook.screenshot("dates", root)
    root.get_by_role("slider", name="Hand").focus()
    notebook.page.keyboard.press("End")
    notebook.wait_for("dial.state['hand']", 1)
    notebook.shows(status, "1 letter: about 900, 700 to 1100 in nine of ten cases.")
    notebook.check()
