"""The switchboard and the frame budget of lab 12, by mouse and by keyboard."""

BUDGET = """
from fsdl_hwr.explorers import budget_explorer
budget = budget_explorer.explore(["LEA", "ANNE", "MAXIMILIEN", "ANNABELLE"], 392, frames=4)
"""
FAULTS = """
import keras
from fsdl_hwr import networks
from fsdl_hwr.datasets import lines, name_forms, names, strokes
from fsdl_hwr.explorers import fault_explorer
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers.line import Recognizer

keras.utils.set_random_seed(0)
maker = name_forms.NameFormMaker(strokes.writers("test", 4))
sample = lines.make_lines(maker, names.made_names("test", 8), 0)
network = networks.line_crnn((40, None), 30, frame_width=4, filters=(4, 8, 8), lstm_size=8)
recognizer = Recognizer(network, names.ALPHABET, LineGeometry(names.HEIGHT, names.WIDTH))
board = fault_explorer.explore(recognizer, sample)
"""


def test_the_frame_budget(lab):
    notebook = lab.open([BUDGET])
    notebook.run_all()
    root = notebook.explorer("Frame budget")
    status, frames = root.get_by_role("status"), root.get_by_role("slider", name="Frames")
    notebook.shows(status, "4 frames of 98.0 px can write 1 of 4 names (25.0%)")
    notebook.shows(status, "ANNE")
    frames.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(status, "can write 2 of 4 names")
    notebook.wait_for("budget.state['frames']", 5)
    notebook.page.keyboard.press("End")
    notebook.shows(status, "can write 4 of 4 names (100.0%).")
    notebook.screenshot("budget", root)
    notebook.check()


def test_the_switchboard(lab):
    notebook = lab.open([FAULTS])
    notebook.run_all()
    root = notebook.explorer("Fault switchboard")
    status = root.get_by_role("status")
    notebook.shows(status, "0 of 9 faults are on")
    notebook.shows(status, "every stage equals Keras'")

    root.get_by_role("checkbox", name="1 reshape without a permute").click()
    notebook.answered(root)
    notebook.wait_for("board.state['faults']", [1])
    notebook.shows(status, "it departs from Keras at frames.")
    notebook.shows(root, "a frame is not a column")

    root.get_by_role("checkbox", name="6 frames compared with letters").focus()
    notebook.page.keyboard.press("Space")
    notebook.wait_for("board.state['faults']", [1, 6])
    notebook.shows(root, "a perfect output scores")
    notebook.screenshot("faults", root)
    root.get_by_role("checkbox", name="1 reshape without a permute").click()
    notebook.shows(status, "1 of 9 faults are on")
    notebook.shows(status, "every stage equals Keras'")
    notebook.check()
