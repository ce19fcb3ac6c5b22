"""The kill matrix in the page: a cell shows what a defect changes, and what a test says of it."""

from fsdl_hwr.explorers import widget
from fsdl_hwr.gate.matrix import Matrix


def page_data(found: Matrix) -> dict:
    """Return what the page draws."""
    return {
        "defects": [
            {
                "name": defect.name,
                "origin": defect.origin,
                "module": defect.module,
                "diff": defect.diff(),
                "lesson": defect.lesson,
                "own": found.tests.index(defect.test) if defect.test in found.tests else -1,
            }
            for defect in found.defects
        ],
        "tests": [test.removeprefix("test_").replace("_", " ") for test in found.tests],
        "findings": [list(row) for row in found.findings],
    }


def explore(found: Matrix):
    """Open the matrix in the page; `.state` of what it returns holds the chosen cell.

    The state's `defect` and `test` are places in the matrix's defects and tests.
    """
    first = page_data(found)
    own = first["defects"][0]["own"] if first["defects"] else 0
    return widget.open_explorer("kill_explorer", first, {"defect": 0, "test": max(0, own)})
