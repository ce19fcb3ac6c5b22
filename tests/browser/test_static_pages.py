"""Explorers on a page that was saved, opened from disk: no kernel, no server, no network."""

import nbformat
import pytest

from fsdl_hwr.experiments import notebooks, reports

CELLS = [
    "from fsdl_hwr.explorers import beam_explorer, budget_explorer, collapse_explorer",
    "collapse_explorer.explore('hheel-lloo');",
    "beam_explorer.explore();",
    "budget_explorer.explore(['A' * length for length in range(1, 31)], 392);",
    "from matplotlib.figure import Figure\n"
    "from fsdl_hwr.figures import drawing\n"
    "figure = Figure(figsize=(drawing.WIDTH, 3))\n"
    "figure.subplots().plot([1, 2])\n"
    "drawing.show(figure, 'A line that rises')",
]
PHONE = {"width": 390, "height": 844}  # px


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Run a notebook with three explorers and a figure, and save it as one page."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("pages")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    NotebookClient(notebook, kernel_name=notebooks.KERNEL).execute()
    nbformat.write(notebook, folder / "page.ipynb")
    page = folder / "page.html"
    page.write_text(reports.html_report(folder / "page.ipynb", images=folder), encoding="utf-8")
    return page


@pytest.fixture
def page(saved, lab):
    """Open the saved page in a browser that reaches no network; collect its complaints."""
    context = lab.browser.new_context(offline=True)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(saved.as_uri())
    yield page
    context.close()


def test_players_go_on_by_mouse_and_keyboard(page):
    player = page.get_by_role("group", name="Collapse player")
    player.get_by_role("button", name="Merge repeats").click()
    player.get_by_text("merge into").first.wait_for()
    beam = page.get_by_role("group", name="Prefix beam search")
    beam.get_by_role("button", name="Step").focus()
    page.keyboard.press("Enter")
    beam.get_by_text("1 of 2 frames read").wait_for()
    assert page.complaints == []


def test_what_only_python_answers_is_said(page):
    beam = page.get_by_role("group", name="Prefix beam search")
    beam.get_by_role("slider", name="Beam width").focus()
    page.keyboard.press("ArrowRight")
    beam.get_by_text("Python would answer this").wait_for()
    assert beam.get_attribute("aria-busy") == "false"
    assert page.complaints == []


def test_a_phone_scrolls_wide_pictures_so_that_their_words_stay_readable(page):
    page.set_viewport_size(PHONE)
    budget = page.get_by_role("group", name="Frame budget")
    number = budget.get_by_role("img").get_by_text("30")
    assert number.bounding_box()["height"] >= 9
    figure = page.get_by_role("img", name="A line that rises")
    assert figure.bounding_box()["width"] > 1.5 * PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
