"""Check that notebooks hold nothing of a run: no outputs, counts, widget state or times.

`python tools/check_notebooks.py` checks every notebook of the project, or those that are named;
`--clean` takes out what does not belong.
"""

import argparse
import copy
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
OF_A_RUN = {"execution", "papermill", "ExecuteTime", "collapsed", "scrolled", "widgets"}


def without_run(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook without what running it left behind."""
    cleaned = copy.deepcopy(notebook)
    for part in [cleaned, *cleaned.cells]:
        for name in OF_A_RUN & set(part.metadata):
            del part.metadata[name]
    for cell in cleaned.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return cleaned


def main(arguments: list[str]) -> int:
    """Check or clean notebooks; return how many hold something of a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--clean", action="store_true", help="take out what does not belong")
    options = parser.parse_args(arguments)
    found = 0
    for path in options.notebooks or sorted((ROOT / "labs").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        cleaned = without_run(notebook)
        if cleaned == notebook:
            continue
        found += 1
        if options.clean:
            nbformat.write(cleaned, path)
            print(f"{path} is clean now")
        else:
            print(f"{path} holds outputs or traces of a run: {sys.argv[0]} --clean {path}")
    return 0 if options.clean else found


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
