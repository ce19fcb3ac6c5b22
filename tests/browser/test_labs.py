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


def test_00_reads_a_mouse_and_keeps_what_it_wrote(run_small):
    notebook = run_small("00_read_my_name")
    canvas = notebook.explorer("Drawing canvas: one line")
    paper = canvas.get_by_role("img", name="Paper with 0 strokes").bounding_box()
    mouse = notebook.page.mouse

    def place(x, y):
        return (paper["x"] + x * paper["width"], paper["y"] + y * paper["height"])

    for (x, y), end in (
        ((0.10, 0.3), (0.10, 0.7)),
        ((0.16, 0.3), (0.16, 0.7)),
        ((0.10, 0.5), (0.16, 0.5)),  # H
    ):
        mouse.move(*place(x, y))
        mouse.down()
        mouse.move(*place(*end), steps=8)
        mouse.up()
    canvas.get_by_role("img", name="Paper with 3 strokes").wait_for()
    notebook.answered(canvas)
    notebook.wait_for("len(explorer.state['strokes'])", 3)
    notebook.wait_for("bool(explorer.data['answers'][0][0])", True)
    canvas.get_by_role("textbox", name="Label").fill("H")
    canvas.get_by_role("button", name="Save as sample").click()
    notebook.wait_for("[s.label for s in canvas_ink.load_samples(sample_folder, 'line')]", ["H"])
    notebook.check()


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
