"""The bench of damages of lab 11, by mouse and by keyboard, and on a page without a kernel."""

from functools import partial

import nbformat

from fsdl_hwr.experiments import notebooks, reports

BENCH = """
import numpy as np
from fsdl_hwr import binarization
from fsdl_hwr.explorers import damage_explorer
glyphs = np.zeros((2, 28, 28), np.uint8)
glyphs[0, 5:23, 12:16] = 255
glyphs[1, 12:16, 5:23] = 255
cleaners = {
    "Otsu": lambda photos: np.stack([binarization.otsu(p) for p in photos]),
    "Sauvola": lambda photos: np.stack([binarization.sauvola(p) for p in photos]),
}
read = lambda images: ["bar" if i.any(0).sum() < i.any(1).sum() else "dash" for i in images]
made = damage_explorer.make_bench(glyphs, ["bar", "dash"], cleaners, read)
bench = damage_explorer.explore(made)
"""


def test_the_bench_of_damages(lab):
    notebook = lab.open([BENCH])
    notebook.run_all()
    root = notebook.explorer("Bench of damages")
    status = root.get_by_role("status")
    notebook.shows(status, "bar with stain 0, blur 0, noise 0: Otsu 100%, read bar;")
    root.get_by_role("slider", name="Blur").focus()
    notebook.page.keyboard.press("End")
    notebook.shows(status, "bar with stain 0, blur 4, noise 0")
    root.get_by_role("slider", name="Noise").focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.wait_for("bench.state['levels']", [0, 4, 1])
    root.get_by_role("slider", name="Stain").click()
    notebook.shows(status, "bar with stain 2, blur 4, noise 1")
    place = partial(
        root.get_by_role("img", name="Photo").evaluate, "e => e.style.backgroundPositionX"
    )
    notebook.wait_until("the photo", place, lambda x: "-71" in x)  # (2 * 5 + 4) * 5 + 1

    root.get_by_role("combobox", name="Letter").select_option("dash")
    notebook.shows(status, "dash with stain 2, blur 4, noise 1")
    notebook.wait_for("bench.state['letter']", 1)
    notebook.screenshot("damages", root)
    notebook.check()


def test_a_saved_page_has_the_bench_too(lab, tmp_path):
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(BENCH)])
    NotebookClient(notebook, kernel_name=notebooks.KERNEL).execute()
    nbformat.write(notebook, tmp_path / "page.ipynb")
    saved = tmp_path / "page.html"
    report = reports.html_report(tmp_path / "page.ipynb", images=tmp_path)
    saved.write_text(report, encoding="utf-8")
    context = lab.browser.new_context(offline=True)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(saved.as_uri())
    root = page.get_by_role("group", name="Bench of damages")
    root.get_by_role("slider", name="Noise").focus()
    page.keyboard.press("End")
    root.get_by_text("bar with stain 0, blur 0, noise 4").wait_for()
    assert complaints == []
    context.close()
