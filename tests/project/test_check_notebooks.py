"""Notebooks are committed without anything of a run."""

import check_notebooks
import nbformat
import pytest


@pytest.fixture
def notebook():
    cell = nbformat.v4.new_code_cell("1 + 1", metadata={"tags": ["parameters"]})
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Title"), cell],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


def add_output(notebook):
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]


def add_count(notebook):
    notebook.cells[1].execution_count = 3


def add_widgets(notebook):
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def add_times(notebook):
    notebook.cells[1].metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("leave", [add_output, add_count, add_widgets, add_times])
def test_what_a_run_leaves_is_found_and_taken_out(notebook, leave, tmp_path, capsys):
    path = tmp_path / "lab.ipynb"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    assert check_notebooks.main([str(path)]) == 0
    leave(notebook)
    nbformat.write(notebook, path)
    assert check_notebooks.main([str(path)]) == 1
    assert f"{path} holds" in capsys.readouterr().out
    assert check_notebooks.main(["--clean", str(path)]) == 0
    assert path.read_bytes() == before


def test_the_projects_notebooks_are_clean():
    assert check_notebooks.main([]) == 0
