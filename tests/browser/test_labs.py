"""The labs themselves, opened and run in a real JupyterLab: every explorer stands and answers."""

import nbformat
import pytest
import small_runs
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from paths import LABS


@pytest.fixture
def run_small(lab, tmp_path):
    """Open a lab with small parameters, as papermill would run it, and run all of its cells."""

    def run(name):
        folder = tmp_path / name
        parameters = {**small_runs.PARAMETERS[name], "run_folder": str(folder)}
        full = load_notebook_node(str(LABS / f"{name}.ipynb"))
        small = parameterize_notebook(full, parameters)
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(small, path)
        notebook = lab.open(path)
        notebook.run_all()
        assert (folder / "results.json").is_file()
        return notebook

    return run


@pytest.mark.long  # test_canvas.py operates the same canvas, labs/test_02.py runs the same lab
def test_02_ends_with_a_canvas_that_reads(run_small):
    notebook = run_small("02_single_character")
    canvas = notebook.explorer("Drawing canvas: one character")
    canvas.get_by_label("Sample").select_option(index=1)
    canvas.get_by_role("button", name="Write this sample").click()
    notebook.wait_for("len(explorer.data['answers'])", 5)
    notebook.check()


def test_03_shows_its_five_explorers_and_all_answer(run_small):
    notebook = run_small("03_line_recognizer")
    window = notebook.explorer("Window explorer").get_by_role("slider", name="Window")
    window.press("Home")
    window.press("ArrowRight")
    notebook.wait_for("windows.state['window']", 1)
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
