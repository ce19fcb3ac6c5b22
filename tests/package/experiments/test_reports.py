"""A report is one file: figures keep their descriptions, and explorers work without a kernel."""

import re

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


def test_unknown_widgets_are_dropped_and_figures_stay(notebook):
    lean = reports.with_static_explorers(notebook)
    assert "widgets" not in lean.metadata
    assert [list(output.data) for output in lean.cells[1].outputs] == [["image/png"]]


def test_an_explorer_becomes_html_with_its_data(notebook):
    state = {
        "_anywidget_id": "fsdl_hwr.explorers.box_explorer",
        "_esm": "function render() {}\nexport default { render };",
        "_css": ".fsdl-explorer {}",
        "data": {"text": "</script>"},
        "state": {},
        "asked": 0,
        "answered": 0,
        "problem": "",
    }
    notebook.cells[1].outputs[1].data = {reports.WIDGET: {"model_id": "abc"}}
    notebook.metadata["widgets"] = {reports.WIDGET_STATES: {"state": {"abc": {"state": state}}}}
    page = reports.with_static_explorers(notebook)
    html = page.cells[1].outputs[1].data["text/html"]
    assert 'id="explorer-abc"' in html and "export default" not in html
    assert html.count("</script>") == 1


def test_the_page_holds_its_pictures_and_their_descriptions(notebook, tmp_path):
    (tmp_path / "page.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    nbformat.write(notebook, tmp_path / "tiny.ipynb")
    page = reports.html_report(tmp_path / "tiny.ipynb", images=tmp_path)
    assert f'src="data:image/png;base64,{PIXEL}"' in page
    assert "a &#34;dot&#34;" in page or "alt='a \"dot\"'" in page
    assert 'src="data:image/svg+xml;base64,' in page and 'src="page.svg"' not in page


def test_a_page_fetches_nothing(notebook, tmp_path):
    badge = "[![Open in Colab](https://example.org/badge.svg)](https://example.org)"
    notebook.cells[0].source = f"Of $p(y)$\n\n{badge}"
    nbformat.write(notebook, tmp_path / "tiny.ipynb")
    page = reports.html_report(tmp_path / "tiny.ipynb", images=tmp_path)
    assert not re.findall(r"""(?:src|import\()\s*=?\s*["']https?:""", page)
    assert not re.findall(r"""<link\b[^>]*https?:""", page)
    assert '<a href="https://example.org">Open in Colab</a>' in page


def test_formulas_are_mathml_and_other_dollars_stay():
    text = r"$p(y)$ and $$\sum_t x_t$$ cost $5, or \$6, not `$a$`; the $1 and $P recognizers"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    (cell,) = reports.with_formulas(notebook).cells
    assert cell.source.count("<math") == 2 and 'display="block"' in cell.source
    assert cell.source.endswith(r"cost $5, or \$6, not `$a$`; the $1 and $P recognizers")


def test_a_formula_reaches_the_page_whole(notebook, tmp_path):
    notebook.cells[0].source = r"Of $x_1$:" + "\n\n" + r"$$\frac{a}{b}$$"
    nbformat.write(notebook, tmp_path / "tiny.ipynb")
    page = reports.html_report(tmp_path / "tiny.ipynb", images=tmp_path)
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in page
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in page
