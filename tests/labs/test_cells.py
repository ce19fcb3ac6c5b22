"""Cells are short: one idea each, with lines that fit beside JupyterLab's file browser."""

import ast

import nbformat
import numpy as np
import pytest
from paths import LABS

MEDIAN, NINTH_DECILE, LONGEST = 8, 12, 15  # lines of a cell
WIDEST = 88  # columns
MAX_PARAMETERS = 14

NOTEBOOKS = sorted(str(path.relative_to(LABS)) for path in LABS.rglob("*.ipynb"))
every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)
every_lab = pytest.mark.parametrize("name", [name for name in NOTEBOOKS if "/" not in name])


def code_cells(name):
    notebook = nbformat.read(LABS / name, as_version=nbformat.NO_CONVERT)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_parameters(cell):
    return "parameters" in cell.metadata.get("tags", [])


def is_exempt(cell):
    """Parameters, answers, and set-up cells: there, imports outnumber the other statements."""
    if is_parameters(cell) or cell.metadata.get("nbgrader", {}).get("solution"):
        return True
    lines = [line for line in cell.source.splitlines() if not line.lstrip().startswith(("!", "%"))]
    statements = ast.parse("\n".join(lines)).body
    imports = sum(isinstance(s, ast.Import | ast.ImportFrom) for s in statements)
    return imports > len(statements) / 2


def lengths(name):
    return [len(cell.source.splitlines()) for cell in code_cells(name) if not is_exempt(cell)]


@every_notebook
def test_no_cell_is_long(name):
    long = [
        cell.source
        for cell in code_cells(name)
        if not is_exempt(cell) and len(cell.source.splitlines()) > LONGEST
    ]
    assert not long


@every_lab
def test_most_cells_are_short(name):
    assert np.median(lengths(name)) <= MEDIAN
    assert np.quantile(lengths(name), 0.9) <= NINTH_DECILE


@every_notebook
def test_no_line_is_wide(name):
    lines = [line for cell in code_cells(name) for line in cell.source.splitlines()]
    assert not [line for line in lines if len(line) > WIDEST]


@every_lab
def test_a_lab_has_few_parameters(name):
    (cell,) = [cell for cell in code_cells(name) if is_parameters(cell)]
    assert len(ast.parse(cell.source).body) <= MAX_PARAMETERS
