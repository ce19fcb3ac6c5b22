"""The harness itself: a cell runs, the kernel answers, an error is not missed."""

import pytest


def test_a_cell_runs_in_a_real_page_and_the_kernel_answers(lab):
    notebook = lab.open(["x = 6 * 7", "print('seen', x)"])
    notebook.run_all()
    assert notebook.evaluate("[x, 'a']") == [42, "a"]
    notebook.page.get_by_text("seen 42").wait_for()
    notebook.check()


def test_errors_in_cells_and_in_the_console_are_noticed(lab):
    notebook = lab.open(["1 / 0"])
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run_all()
    notebook.page.evaluate("console.error('an explorer broke')")
    assert any("an explorer broke" in error for error in notebook.errors)
    with pytest.raises(AssertionError, match="no_such_name"):
        notebook.evaluate("no_such_name")
