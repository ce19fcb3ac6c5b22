"""Make the students' notebooks: `python tools/make_exercises.py` writes exercises/ from solutions/.

What stands between nbgrader's markers becomes a place to write, as nbgrader's own ClearSolutions
does it. Checks are locked, and tagged so that "Run All" goes on after one that finds something.
"""

import copy
from pathlib import Path

import nbformat

LABS = Path(__file__).parents[1] / "labs"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
PLACE = ("# YOUR CODE HERE", "raise NotImplementedError()")


def without_solution(source: str) -> str:
    """Put a place to write where a cell's solution stands."""
    kept, inside = [], False
    for line in source.splitlines():
        if line.strip() == BEGIN:
            inside = True
            indent = line.removesuffix(BEGIN)
            kept += [indent + text for text in PLACE]
        elif line.strip() == END:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def student_copy(solution: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give the notebook that a student works in."""
    notebook = copy.deepcopy(solution)
    for cell in notebook.cells:
        role = cell.metadata.get("nbgrader", {})
        if role.get("solution"):
            cell.source = without_solution(cell.source)
        if role.get("grade"):
            cell.metadata.tags = ["raises-exception"]  # Jupyter: go on to the next cell
            cell.metadata |= {"editable": False, "deletable": False}
    return notebook


if __name__ == "__main__":
    for path in sorted(LABS.glob("solutions/*.ipynb")):
        notebook = student_copy(nbformat.read(path, as_version=nbformat.NO_CONVERT))
        nbformat.write(notebook, LABS / "exercises" / path.name)
        print(f"labs/exercises/{path.name}")
