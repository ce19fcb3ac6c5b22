"""What every lab calls: set-up without red lines, parameters, the run folder, expectations."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fsdl_hwr import experiments
from fsdl_hwr.experiments import results
from fsdl_hwr.metrics import Rate

LAB = "03_line_recognizer"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of which only the outline is there; the test runs in its root."""
    for path in ("labs/experiments", "copy/experiments"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "one_run.ipynb").write_text("{}")
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_set_up_prints_versions_and_backend_and_nothing_red():
    code = "from fsdl_hwr import experiments; experiments.set_up(); import keras"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert "Python 3." in line and "Keras 3." in line and line.endswith(("CPU", "GPU"))


def test_a_set_up_that_fails_shows_why():
    code = "from fsdl_hwr import experiments; experiments.set_up()"
    environment = {"KERAS_BACKEND": "none_such", "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode != 0
    assert "none_such" in done.stderr


def test_parameters_are_the_annotated_names_with_their_values_of_now():
    notebook: dict = {}
    exec('epochs: int = 1\nrate: float = 0.1\nrun_folder: str = ""\nresume: bool = False', notebook)
    exec("epochs = 3\nfound = 5", notebook)  # as papermill's own cell does
    assert experiments.parameters(notebook) == {"epochs": 3, "rate": 0.1}


@pytest.mark.parametrize("place", [".", "labs", "copy", "labs/experiments"])
def test_runs_go_to_the_project_wherever_the_notebook_runs(project, monkeypatch, place):
    monkeypatch.chdir(project / place)
    folder = experiments.run_folder(LAB)
    assert folder.resolve() == project / "runs" / LAB
    assert folder.is_dir() and not folder.is_absolute()


def test_a_run_folder_that_is_named_is_taken_as_it_is(project):
    assert experiments.run_folder(LAB, "elsewhere/one") == Path("elsewhere/one")
    assert (project / "elsewhere/one").is_dir()


def test_outside_the_project_runs_stay_where_the_notebook_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert experiments.run_folder(LAB).resolve() == tmp_path / "runs" / LAB


def test_a_clone_by_the_set_up_cell_of_colab_is_the_project(project, tmp_path, monkeypatch):
    content = tmp_path / "content"
    content.mkdir()
    monkeypatch.chdir(content)
    (content / "kit").symlink_to(project)
    assert experiments.find_file("experiments/one_run.ipynb").is_file()


@pytest.mark.parametrize(("place", "found"), [("copy", "copy"), ("labs", "labs"), (".", "labs")])
def test_a_file_of_the_labs_is_taken_from_beside_the_notebook_first(
    project, monkeypatch, place, found
):
    monkeypatch.chdir(project / place)
    file = experiments.find_file("experiments/one_run.ipynb")
    assert file.resolve() == project / found / "experiments/one_run.ipynb"


def test_a_file_that_is_nowhere_is_named_with_the_places(project):
    with pytest.raises(FileNotFoundError, match=r"none\.ipynb is in none of .*labs"):
        experiments.find_file("none.ipynb")


@pytest.fixture
def expected(monkeypatch):
    expected: dict = {}
    monkeypatch.setattr(results, "_expected", expected)
    return expected


def test_an_expectation_says_whether_the_value_is_in_its_range(expected, capsys):
    experiments.expect("test CER", Rate(5, 100, 0.04, 0.06), 0.04, 0.06)
    experiments.expect("updates", 300, 48, 200)
    experiments.expect("accuracy", 0.75, 0.7, 0.8, ".0%")
    assert capsys.readouterr().out.splitlines() == [
        "test CER: 5.0% (4.0% to 6.0%)   expected 4.0% to 6.0%: yes",
        "updates: 300   expected 48 to 200: NO (it holds for the defaults)",
        "accuracy: 75%   expected 70% to 80%: yes",
    ]
    assert [results.is_as_expected(each) for each in expected.values()] == [True, False, True]


def test_expectations_stand_in_the_results(expected, tmp_path):
    experiments.expect("loss", 0.25, 0, 0.5)
    path = experiments.write_results(tmp_path, "lab", {}, {})
    assert json.loads(path.read_text())["expected"] == {
        "loss": {"value": 0.25, "low": 0, "high": 0.5}
    }


def test_a_value_that_is_no_number_is_not_as_expected(expected, capsys):
    experiments.expect("loss", float("nan"), 0, 1)
    assert "NO" in capsys.readouterr().out


def test_an_empty_range_is_refused(expected):
    with pytest.raises(ValueError, match="from 2 to 1 is empty"):
        experiments.expect("loss", 1.5, 2, 1)


def test_settings_are_completed_and_a_misspelled_one_is_named():
    assert experiments.complete({"rate": 2}, rate=1, filters=[8]) == {"rate": 2, "filters": [8]}
    with pytest.raises(ValueError, match=r"no setting ratee: choose from \['rate'\]"):
        experiments.complete({"ratee": 2}, rate=1)
