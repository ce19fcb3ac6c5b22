"""A report is one file: its figures have their descriptions, and live widgets are left out."""

import nbformat
import pytest

from fsdl_hwr.experiments import reports

PIXEL = "iVBORw0KGgo="  # a picture's beginning: nothing here looks at more


@pytest.fixture
def notebook():
    """Return an executed notebook with a figure and a widget."""
    figure = nbformat.v4.new_output(
        "display_data", {"image/png": PIXEL}, metadata={"image/png": {"alt": 'a "dot"'}}
    )
    widget = nbformat.v4.new_output("display_data", {reports.WIDGET: {}, "text/plain": "Box()"})
    cells = [
        nbformat.v4.new_markdown_cell("# Tiny\n\n![a page](page.svg)"),
        nbformat.v4.new_code_cell("show()", outputs=[figure, widget]),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"widgets": {"state": {}}})


def test_widgets_are_dropped_and_figures_stay(notebook):
    lean = reports.without_widgets(notebook)
    assert "widgets" not in lean.metadata
    assert [list(output.data) for output in lean.cells[1].outputs] == [["image/png"]]


def test_the_page_holds_its_pictures_and_their_descriptions(notebook, tmp_path):
    (tmp_path / "page.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    nbformat.write(notebook, tmp_path / "tiny.ipynb")
    page = reports.html_report(tmp_path / "tiny.ipynb", images=tmp_path)
    assert f'src="data:image/png;base64,{PIXEL}"' in page
    assert "a &#34;dot&#34;" in page or "alt='a \"dot\"'" in page
    assert 'src="data:image/svg+xml;base64,' in page and 'src="page.svg"' not in page
