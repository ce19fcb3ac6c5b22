import concurrent.futures
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil  # comes with ipykernel
import pytest

from fsdl_hwr import experiments
from fsdl_hwr.experiments import __main__, notebooks, sweeps

pytestmark = pytest.mark.notebook

PARAMETERS = """\
epochs: int = 1  # passes
learning_rate: float = 0.1  # step size
greeting: str = "hello"  # printed
run_folder: str = ""  # where the run goes
"""
RESULTS = """\
from fsdl_hwr import experiments
from fsdl_hwr.experiments import __main__, notebooks, parameter_cells
experiments.write_results(run_folder, "tiny", {"epochs": epochs}, {"test_cer": epochs / 10})
"""
PICTURE = """\
import sys
import cv2
import numpy as np
from IPython.display import Image
print("kernel", sys.executable)
Image(cv2.imencode(".png", np.zeros((2, 2), np.uint8))[1].tobytes(), alt="a \\"dot\\"")
"""


def make_lab(folder: Path, *cells: str) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    tagged = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    image = nbformat.v4.new_markdown_cell("# Tiny\n\n![a page](page.svg)")
    notebook.cells = [image, tagged, *map(nbformat.v4.new_code_cell, cells)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    nbformat.write(notebook, folder / "tiny.ipynb")
    return folder / "tiny.ipynb"


@pytest.fixture(scope="module")
def good_run(tmp_path_factory):
    """One run from the command line, with another kernel of the same name installed."""
    folder = tmp_path_factory.mktemp("good")
    lab = make_lab(folder / "labs", PICTURE, "print('epoch', epochs, learning_rate)", RESULTS)
    kernel = folder / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": ["/no/such/python"], "display_name": "other", "language": "python"})
    )
    (folder / "tiny.yaml").write_text("epochs: 2\nlearning_rate: 1e-3\n")
    command = [sys.executable, "-m", "fsdl_hwr.experiments", "labs/tiny.ipynb"]
    command += ["--parameters", "tiny.yaml", "--set", "epochs=3"]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "JUPYTER_PATH": str(folder / "jupyter")},
    )
    return lab, folder / "runs" / "tiny", done


def test_a_run_leaves_notebook_report_and_results(good_run):
    _, folder, done = good_run
    assert done.returncode == 0, done.stderr
    assert {p.name for p in folder.iterdir()} == {"tiny.ipynb", "tiny.html", "results.json"}
    results = json.loads((folder / "results.json").read_text())
    assert results["lab"] == "tiny"
    assert results["metrics"] == {"test_cer": 0.3}
    executed = nbformat.read(folder / "tiny.ipynb", as_version=4)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")


def test_a_run_shows_what_cells_print_and_ends_with_the_files(good_run):
    _, _, done = good_run
    assert "epoch 3 0.001" in done.stdout.splitlines()
    end = done.stdout.splitlines()[-5:]
    assert [Path(line).name for line in end[:3]] == ["tiny.ipynb", "tiny.html", "results.json"]
    assert end[3].split() == ["test_cer", "0.3"]
    assert "Executing" in done.stderr  # the progress bar


def test_the_notebook_runs_in_the_interpreter_of_the_command(good_run):
    _, _, done = good_run
    assert f"kernel {sys.executable}" in done.stdout


def test_the_report_holds_its_pictures(good_run):
    _, folder, _ = good_run
    report = (folder / "tiny.html").read_text()
    assert 'src="data:image/png;base64,' in report  # the figure that code made
    assert 'src="data:image/svg+xml;base64,' in report  # the picture beside the lab
    assert 'src="page.svg"' not in report
    assert "alt='a \"dot\"'" in report


def test_a_failed_cell_is_named_and_the_partial_notebook_kept(tmp_path, capfd):
    lab = make_lab(tmp_path, "print('before')", "1 / 0", RESULTS)
    run = tmp_path / "run"
    run.mkdir()
    (run / "results.json").write_text("{}")  # of an older run
    with pytest.raises(experiments.RunError, match=r"1 / 0(.|\n)*ZeroDivisionError") as caught:
        experiments.run_notebook(lab, folder=run)
    assert [p.name for p in run.iterdir()] == ["tiny.partial.ipynb"]
    assert str(run / "tiny.partial.ipynb") in str(caught.value)
    assert "before" in capfd.readouterr().out


def test_papermill_s_own_error_is_told(tmp_path):
    lab = make_lab(tmp_path, "pass")
    code = "raise OSError(28, 'No space left on device')"
    (tmp_path / "sitecustomize.py").write_text(f"""
import sys
if "fsdl_hwr.experiments.papermill_child" in sys.orig_argv:
    from papermill import iorw
    def write(*_, **__): {code}
    iorw.LocalHandler.write = write
""")
    with pytest.raises(experiments.RunError, match="No space left on device"):
        experiments.run_notebook(
            lab, folder=tmp_path / "run", environment={"PYTHONPATH": str(tmp_path)}
        )


def test_a_kernel_that_hangs_in_its_start_ends_with_its_run(tmp_path):
    lab = make_lab(tmp_path, "pass")
    (tmp_path / "sitecustomize.py").write_text(f"""
import os, sys, time
if "ipykernel_launcher" in sys.orig_argv:
    open({str(tmp_path / "kernel")!r}, "w").write(str(os.getpid()))
    time.sleep(300)
""")
    command = [sys.executable, "-m", "fsdl_hwr.experiments", str(lab), "--folder", tmp_path / "run"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    kernel = tmp_path / "kernel"
    while not (kernel.is_file() and kernel.read_text()):
        time.sleep(0.1)
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 130
    with contextlib.suppress(psutil.NoSuchProcess):  # it may wait to be buried
        assert psutil.Process(int(kernel.read_text())).status() == psutil.STATUS_ZOMBIE


def test_a_lab_without_results_is_an_error(tmp_path):
    lab = make_lab(tmp_path, "pass")
    with pytest.raises(experiments.RunError, match="write_results"):
        experiments.run_notebook(lab, folder=tmp_path / "run")
    assert (tmp_path / "run" / "tiny.html").is_file()


def test_two_runs_in_one_folder_at_once_each_leave_a_whole_one(tmp_path):
    """The second begins when the first's report is written, not while it is."""
    lab, run = make_lab(tmp_path, RESULTS), tmp_path / "run"
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        both = [threads.submit(experiments.run_notebook, lab, {"epochs": k}, run) for k in (1, 2)]
        assert [future.result() for future in both] == [run, run]
    assert {p.name for p in run.iterdir()} == {"tiny.ipynb", "tiny.html", "results.json"}


def test_an_interrupted_run_leaves_no_file_that_looks_whole(tmp_path):
    lab = make_lab(tmp_path, "import time\nprint('sleeping')\ntime.sleep(60)", RESULTS)
    command = [sys.executable, "-m", "fsdl_hwr.experiments", str(lab), "--folder", tmp_path / "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "sleeping\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 130
    assert "Interrupted" in errors
    assert {p.name for p in (tmp_path / "run").iterdir()} <= {"tiny.partial.ipynb"}


@pytest.fixture
def nothing_runs(monkeypatch):
    def refuse(*_):
        raise AssertionError("something slow was started")

    monkeypatch.setattr(notebooks, "_execute", refuse)


@pytest.mark.usefixtures("nothing_runs")
class TestBeforeAnythingRuns:
    def test_an_unknown_parameter_is_refused_and_the_known_listed(self, tmp_path):
        lab = make_lab(tmp_path)
        with pytest.raises(ValueError, match="no parameter epoch.") as caught:
            experiments.run_notebook(lab, {"epoch": 2}, tmp_path / "run")
        for name in ("epochs: int = 1", "learning_rate", "greeting", "run_folder"):
            assert name in str(caught.value)
        assert not (tmp_path / "run").exists()

    def test_a_wrong_type_is_refused(self, tmp_path):
        lab = make_lab(tmp_path)
        for name, value in [("epochs", "two"), ("epochs", 1.5), ("learning_rate", True)]:
            with pytest.raises(ValueError, match=f"{name} takes"):
                experiments.run_notebook(lab, {name: value}, tmp_path / "run")

    @pytest.mark.parametrize("minutes", [-1, float("nan"), float("inf")])
    def test_a_time_limit_that_is_none_is_refused(self, tmp_path, minutes):
        lab = make_lab(tmp_path)
        for run in (
            lambda: experiments.run_notebook(lab, folder=tmp_path / "run", minutes=minutes),
            lambda: sweeps.sweep(lab, [{}], tmp_path / "run", minutes=minutes),
        ):
            with pytest.raises(ValueError, match="minutes"):
                run()

    def test_a_missing_lab_is_named(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="nowhere.ipynb"):
            experiments.run_notebook(tmp_path / "nowhere.ipynb")

    def test_the_lab_itself_is_never_overwritten(self, tmp_path):
        lab = make_lab(tmp_path)
        before = lab.read_bytes()
        with pytest.raises(ValueError, match="another folder"):
            experiments.run_notebook(lab, folder=tmp_path)
        assert lab.read_bytes() == before

    def test_the_folder_is_given_once_and_may_begin_at_home(self, tmp_path, monkeypatch):
        lab = make_lab(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert notebooks._folder(lab, "", "~/mine") == tmp_path / "mine"
        assert notebooks._folder(lab, "~/mine", "") == tmp_path / "mine"
        with pytest.raises(ValueError, match="twice"):
            experiments.run_notebook(lab, {"run_folder": "a"}, "b")

    def test_the_command_ends_with_the_message_alone(self, tmp_path, capsys):
        lab = make_lab(tmp_path)
        assert __main__.main([str(lab), "--set", "epoch=2"]) == 1
        assert "no parameter epoch" in capsys.readouterr().err
