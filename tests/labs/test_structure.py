"""The rules that every lab keeps, checked without running it."""

import ast
import re
import warnings
from urllib.parse import unquote

import nbformat
import papermill
import pytest
from paths import LABS

from fsdl_hwr.experiments import parameter_cells

SECTIONS = [
    "What you will learn",
    "Before you start",
    "Time and hardware",
    "Recap",
    "Quiz",
    "Exercises",
    "Further reading",
]
MIN_ALTERNATIVE = 15  # characters: a description, not a word

every_lab = pytest.mark.parametrize("lab", sorted(LABS.glob("*.ipynb")), ids=lambda path: path.stem)
every_parameter_file = pytest.mark.parametrize(
    "file", sorted(LABS.glob("params/*.yaml")), ids=lambda path: path.stem
)


def read(lab):
    return nbformat.read(lab, as_version=nbformat.NO_CONVERT)


def code_cells(lab):
    return [cell for cell in read(lab).cells if cell.cell_type == "code"]


def prose(lab):
    """Join the markdown cells, without code in fences and backticks."""
    cells = [cell.source for cell in read(lab).cells if cell.cell_type == "markdown"]
    text = re.sub(r"^```.*?^```", "", "\n\n".join(cells), flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def python(cell):
    """Blank the lines that only IPython understands."""
    return "\n".join(
        "" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.splitlines()
    )


def calls(tree, name):
    """List the calls of `name(...)` and `something.name(...)`."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and name == getattr(node.func, "attr", getattr(node.func, "id", None))
    ]


def parameters_cell(lab):
    tagged = [c for c in read(lab).cells if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1, f"{len(tagged)} cells are tagged `parameters`"
    assert tagged[0].cell_type == "code"
    return tagged[0]


@every_lab
def test_the_notebook_is_valid_and_runs_on_python3(lab):
    notebook = read(lab)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as missing cell ids
        nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.kernelspec.language == "python"  # papermill's inspector asks for it


@every_lab
def test_nothing_of_a_run_is_stored(lab):
    notebook = read(lab)
    assert "widgets" not in notebook.metadata
    assert "papermill" not in notebook.metadata
    for cell in notebook.cells:
        assert not {"execution", "papermill", "ExecuteTime"} & set(cell.metadata)
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@every_lab
def test_one_title_and_every_section(lab):
    titles = re.findall(r"^# .+", prose(lab), flags=re.M)
    assert len(titles) == 1, titles
    assert read(lab).cells[0].cell_type == "markdown"
    assert read(lab).cells[0].source.startswith(titles[0])
    headings = re.findall(r"^## (.+)", prose(lab), flags=re.M)
    places = [headings.index(section) for section in SECTIONS]  # ValueError: it is missing
    assert places == sorted(places), headings


@every_lab
def test_papermill_understands_every_parameter(lab):
    cell = parameters_cell(lab)
    known = papermill.inspect_notebook(lab)
    statements = ast.parse(cell.source).body
    assert all(isinstance(s, ast.AnnAssign) and s.value for s in statements), "annotate each"
    assert list(known) == [s.target.id for s in statements]
    assert "run_folder" in known
    for statement in statements:
        found = known[statement.target.id]
        assert found["inferred_type_name"] == ast.unparse(statement.annotation)
        assert ast.literal_eval(found["default"]) == ast.literal_eval(statement.value)
        assert found["help"].strip(), f"{found['name']} has no comment"
    for line in cell.source.splitlines():
        assert line.count("=") <= 1, f"papermill's inspector skips a line with two '=': {line}"


@every_lab
def test_code_compiles(lab):
    for cell in code_cells(lab):
        compile(python(cell), lab.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@every_lab
def test_prose_stands_before_every_code_cell(lab):
    cells = read(lab).cells
    for before, cell in zip(cells, cells[1:], strict=False):
        if "parameters" not in before.metadata.get("tags", []):  # its setup may follow at once
            assert {before.cell_type, cell.cell_type} != {"code"}, cell.source


@every_lab
def test_every_picture_has_a_description(lab):
    text = prose(lab)
    alternatives = re.findall(r"!\[([^\]]*)\]", text)
    for tag in re.findall(r"<img\b[^>]*>", text):
        alternatives.append("".join(re.findall(r'\balt="([^"]*)"', tag)))
    assert all(a.strip() for a in alternatives), alternatives


@every_lab
def test_every_figure_is_shown_with_a_description(lab):
    drawn = 0
    for cell in code_cells(lab):
        tree = ast.parse(python(cell))
        shown = calls(tree, "show")
        for call in shown:
            assert len(call.args) == 2, f"show(figure, description): {ast.unparse(call)}"
            parts = ast.walk(call.args[1])
            words = [n.value for n in parts if isinstance(n, ast.Constant) and n.value]
            length = sum(len(w) for w in words if isinstance(w, str))
            assert length >= MIN_ALTERNATIVE, ast.unparse(call)
        figures = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "attr", "").startswith(("draw_", "subplots"))
        ]
        assert len(figures) == len(shown), f"a figure is not shown by drawing.show:\n{cell.source}"
        drawn += len(figures)
    assert drawn, "a lab shows what it talks about"


@every_lab
def test_an_explorer_stands_under_its_static_figure(lab):
    """Where no widget can be shown, in a report say, the figure in the same or last cell is."""
    before = []
    for cell in code_cells(lab):
        tree = ast.parse(python(cell))
        for call in calls(tree, "explore"):
            shown = before + [s for s in calls(tree, "show") if s.lineno < call.lineno]
            assert shown, cell.source
        before = calls(tree, "show")


@every_lab
def test_relative_links_resolve(lab):
    text = prose(lab)
    links = re.findall(r"\]\(([^)\s]+)[^)]*\)", text)
    links += re.findall(r'\b(?:src|href)="([^"]+)"', text)
    for link in links:
        if not re.match(r"[a-z]+:|#", link):
            assert (lab.parent / unquote(link.split("#")[0])).exists(), link


@every_lab
def test_the_last_cell_writes_the_results(lab):
    call = calls(ast.parse(python(code_cells(lab)[-1])), "write_results")
    assert len(call) == 1
    assert call[0].args[1].value == lab.stem


@every_lab
def test_a_lab_states_the_ranges_that_it_promises_once(lab):
    expected = [c for cell in code_cells(lab) for c in calls(ast.parse(python(cell)), "expect")]
    assert expected
    names = [c.args[0].value for c in expected if isinstance(c.args[0], ast.Constant)]
    assert len(names) == len(set(names)), names


@every_parameter_file
def test_a_parameter_file_names_parameters_of_its_lab(file):
    labs = list(LABS.glob(f"{file.stem.split('_')[0]}_*.ipynb"))
    assert len(labs) == 1, f"{file.name} belongs to no lab"
    parameters = parameter_cells.read_parameters(file)
    assert parameters
    parameter_cells.check_parameters(labs[0], parameters)


@pytest.mark.parametrize(
    "notebook",
    [*sorted(LABS.glob("*.ipynb")), *sorted(LABS.glob("exercises/*.ipynb"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_every_notebook_installs_the_kit_in_colab_in_the_same_way(notebook):
    first = next(c.source for c in code_cells(notebook) if "google.colab" in c.source)
    assert "!git clone --quiet --depth 1 https://github.com/" in first
    assert re.search(r"!pip install --quiet [\w ]+ './kit\[train\]'", first)
