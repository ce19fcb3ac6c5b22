"""What the explorers do under a mouse and a keyboard, in a real JupyterLab (`jupyter_page`).

A test takes the fixture `lab` and opens a notebook made of a few cells:

    def test_a_click(lab):
        code = "from fsdl_hwr.explorers import collapse_explorer; e = collapse_explorer.explore()"
        notebook = lab.open([code])
        notebook.run_all()
        explorer = notebook.explorer("Collapse player")   # a Playwright locator, by its label
        explorer.get_by_role("button", name="Step").click()
        notebook.wait_for("e.state['step']", 1)           # until the kernel has it
        notebook.shows(explorer, "merge into 4")          # until the page has it
        notebook.screenshot("collapse")                   # two themes, in runs/screenshots/
        notebook.check()                                  # no error in a cell or in the console

`lab.open(path)` opens a copy of a notebook file. Notebooks are closed at the end of each test.
"""

import jupyter_page
import pytest


@pytest.fixture
def lab(_lab):
    """JupyterLab for one test: the notebooks that it opens are closed, with their kernels."""
    first = len(_lab.notebooks)
    yield _lab
    for notebook in _lab.notebooks[first:]:
        notebook.close()


# Not for the whole session: while Playwright is on, an event loop runs in this thread, and tests
# outside this folder may want their own.
@pytest.fixture(scope="package")
def _lab(tmp_path_factory):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    if jupyter_page.browser() is None:
        pytest.skip(f"no browser: none of {', '.join(jupyter_page.BROWSERS)} is on the path")
    with jupyter_page.lab(tmp_path_factory.mktemp("jupyter")) as started:
        yield started
