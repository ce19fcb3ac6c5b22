"""The site is checked before it is shown: no link leads nowhere, nothing comes from elsewhere."""

from pathlib import Path

import build_site
import nbformat
import pytest
from paths import ROOT

from fsdl_hwr.experiments import reports


@pytest.fixture
def site(tmp_path):
    """Three files whose links all lead somewhere."""
    (tmp_path / "labs").mkdir()
    (tmp_path / "style.css").write_text("")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css?v=1"><h1 id="top">All</h1>'
        '<a href="labs/one.html#a%20b">one</a> <a href="https://example.org">elsewhere</a>'
    )
    (tmp_path / "labs" / "one.html").write_text(
        '<h2 id="a b">One</h2><a href="../index.html#top">up</a><a href="#">here</a>'
        '<img src="data:image/png;base64,AAAA" alt="">'
    )
    return tmp_path


def test_a_whole_site_has_no_broken_links(site):
    assert build_site.broken_links(site) == []


@pytest.mark.parametrize(
    "added, problem",
    [
        ('<a href="two.html">', "leads to two.html, which is not there"),
        ('<a href="../index.html#bottom">', "leads to ../index.html#bottom, which has no such"),
        ('<img src="../picture.png">', "leads to ../picture.png, which is not there"),
        ('<img src="https://example.org/a.png">', "would fetch https://example.org/a.png"),
        ('<script src="//example.org/a.js"></script>', "would fetch //example.org/a.js"),
        ('<link rel="stylesheet" href="http://example.org/a.css">', "would fetch http://example"),
    ],
)
def test_a_broken_link_and_a_foreign_file_are_named(site, added, problem):
    page = site / "labs" / "one.html"
    page.write_text(page.read_text() + added)
    (found,) = build_site.broken_links(site)
    assert found.startswith("labs/one.html") and problem in found


def test_links_lead_to_pages_or_to_the_repository():
    page = ROOT / "labs" / "a.ipynb"
    targets = {Path("docs/teaching.md")}
    text = (
        "[![Open](https://example.org/badge.svg)](https://example.org/lab) [x](../fsdl_hwr/ctc.py)"
    )
    text += " [g](../docs/teaching.md#a) [f](../fsdl_hwr) [p](../assets/writers.png) [h](#here)"
    linked = build_site.linked(text, page, targets)
    address = f"https://github.com/{build_site.REPOSITORY}"
    assert linked == (
        f"[Open](https://example.org/lab) [x]({address}/blob/main/fsdl_hwr/ctc.py)"
        f" [g](../docs/teaching.md#a) [f]({address}/tree/main/fsdl_hwr)"
        " [p](../assets/writers.png) [h](#here)"
    )
    with pytest.raises(FileNotFoundError, match="labs/a.ipynb links to ../missing.py"):
        build_site.linked("[x](../missing.py)", page, targets)


def test_figures_keep_their_descriptions_and_other_widgets_go():
    figure = nbformat.v4.new_output(
        "display_data", {"image/png": "AA\nAA"}, metadata={"image/png": {"alt": 'A "line"'}}
    )
    widget = nbformat.v4.new_output("display_data", {reports.WIDGET: {}, "text/plain": "Box()"})
    noise = nbformat.v4.new_output("stream", name="stderr", text="cudart")
    cell = nbformat.v4.new_code_cell("show()", outputs=[figure, widget, noise])
    injected = nbformat.v4.new_code_cell("run_folder = ''")
    injected.metadata["tags"] = ["injected-parameters"]
    page = build_site.for_a_page(nbformat.v4.new_notebook(cells=[injected, cell]))
    (output,) = page.cells[0].outputs
    html = '<img src="data:image/png;base64,AAAA" alt="A &quot;line&quot;">'
    assert len(page.cells) == 1 and output.data == {"text/html": html}
