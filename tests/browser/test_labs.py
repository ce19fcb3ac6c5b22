"""The labs themselves, opened and run in a real JupyterLab: every explorer stands and answers."""

from pathlib import Path

import nbformat
import pytest
import test_02
import test_03
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook


@pytest.fixture
def run_small(lab, tmp_path):
    """Open a lab with small parameters, as papermill would run it, and run all of its cells."""

    def run(module):
        folder = tmp_path / module.LAB.stem
        parameters = {**module.SMALL, "run_folder": str(folder)}
        small = parameterize_notebook(load_notebook_node(str(module.LAB)), parameters)
        path = Path(tmp_path / module.LAB.name)
        nbformat.write(small, path)
        notebook = lab.open(path)
        notebook.run_all()
        assert (folder / "results.json").is_file()
        return notebook

    return run


@pytest.mark.long  # test_canvas.py operates the same canvas, test_02.py runs the same lab
def test_02_ends_with_a_canvas_that_reads(run_small):
    notebook = run_small(test_02)
    canvas = notebook.explorer("Drawing canvas: one character")
    canvas.get_by_label("Sample").select_option(index=1)
    canvas.get_by_role("button", name="Write this sample").click()
    notebook.wait_for("len(explorer.data['answers'])", 5)
    notebook.check()


def test_03_shows_its_five_explorers_and_all_answer(run_small):
    notebook = run_small(test_03)
    window = notebook.explorer("Window explorer").get_by_role("slider", name="Window")
    window.press("Home")
    window.press("ArrowRight")
    notebook.wait_for("window_explorer.state['window']", 1)
    player = notebook.explorer("Collapse player")
    player.get_by_role("button", name="Merge repeats").click()
    notebook.wait_for("player.state['step']", 1)
    notebook.explorer("Prefix beam search").get_by_role("button", name="Step").click()
    notebook.wait_for("stepper.state['frame']", 1)
    text = notebook.explorer("CTC explorer").get_by_role("textbox", name="Transcript")
    text.fill("hand")
    notebook.wait_for("ctc_view.data['text']", "hand")
    canvas = notebook.explorer("Drawing canvas: one line")
    canvas.get_by_label("Sample").select_option(index=1)
    canvas.get_by_role("button", name="Write this sample").click()
    notebook.wait_for(
        "len(canvas_explorer.ink(explorer)) > 0 and explorer.answered == explorer.asked", True
    )
    notebook.check()
