"""The explorers of labels: where annotators part, and labels that a network doubts."""

MAKE = """
import sys
sys.path.insert(0, {tests!r})
from dataclasses import replace
import numpy as np
from page_examples import bars
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.explorers import disagreement_explorer, suspect_explorer
from fsdl_hwr.labeling import agreement
from fsdl_hwr.layout import crops

page = bars(height=320, rows=(60, 140, 220))
lines = [replace(line, polygon=crops.outline(line)) for line in page.lines]
first = replace(page, lines=tuple(lines))
second = replace(page, lines=(replace(lines[0], transcript="lime 1"), lines[1]))
parted = disagreement_explorer.explore(first, second, agreement.compare(first, second))
images = np.zeros((3, 20, 100), np.uint8)
images[:, 5:15, 10:80:9] = 255
labeled = Lines(images, ("one", "two", "three"), np.full(3, 80, np.int32))
doubts = suspect_explorer.explore(labeled, ["ome", "two", "tree"], np.array([3.0, 0.1, 2.0]))
"""


def test_disagreements_are_walked_and_suspects_decided_by_keyboard(lab):
    from paths import TESTS

    notebook = lab.open([MAKE.format(tests=str(TESTS))])
    notebook.run_all()
    root = notebook.explorer("Disagreements")
    notebook.shows(root.get_by_role("status"), "1 of 2: other letters.")
    notebook.shows(root, "lime 1")
    root.get_by_role("slider", name="Disagreement").focus()
    notebook.page.keyboard.press("ArrowDown")
    notebook.wait_for("parted.state['place']", 1)
    notebook.shows(root, "no such line")
    notebook.screenshot("disagreements", root)

    root = notebook.explorer("Suspect labels")
    status, label = root.get_by_role("status"), root.get_by_role("textbox", name="Label")
    notebook.shows(status, "Suspect 1 of 3, score 3: open.")
    label.focus()
    notebook.page.keyboard.press("Alt+r")
    notebook.wait_until("the reading", label.input_value, lambda value: value == "ome")
    notebook.page.keyboard.press("Enter")
    notebook.wait_for("doubts.state['verdicts']", {"0": ["fix", "ome"]})
    notebook.shows(status, "Suspect 2 of 3")
    notebook.page.keyboard.press("Alt+d")
    notebook.wait_for("doubts.state['verdicts'].get('2', [''])[0]", "drop")
    notebook.shows(status, "Suspect 3 of 3")
    notebook.page.keyboard.press("Enter")
    notebook.wait_for("suspect_explorer.decided(labeled, doubts.state['verdicts']).transcripts",
                      ["ome", "two"])  # fmt: skip
    notebook.screenshot("suspects", root)
    notebook.check()
