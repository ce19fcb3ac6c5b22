"""Parameters of a run: from a file and the command line, in the types that the notebook names."""

import nbformat
import numpy as np
import pytest

from fsdl_hwr.experiments import parameter_cells


def test_parameters_come_from_a_file_and_from_the_command_line(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("epochs: 2\ngreeting: hi\n")
    read = parameter_cells.read_parameters(file, ["epochs=5", "learning_rate=1e-3", "weights="])
    assert read == {"epochs": 5, "greeting": "hi", "learning_rate": 1e-3, "weights": ""}


@pytest.mark.parametrize("content", ["just text", "a: [1", "- a\n- b"])
def test_a_parameter_file_that_is_no_mapping_is_refused(tmp_path, content):
    (tmp_path / "p.yaml").write_text(content)
    with pytest.raises(ValueError, match="p.yaml"):
        parameter_cells.read_parameters(tmp_path / "p.yaml")


def test_a_name_that_is_there_twice_is_named(tmp_path):
    (tmp_path / "p.yaml").write_text("epochs: 2\nrate: 1\nepochs: 3\n")
    with pytest.raises(ValueError, match=r"p.yaml.*epochs is there twice"):
        parameter_cells.read_parameters(tmp_path / "p.yaml")


def test_a_setting_without_equals_is_refused():
    with pytest.raises(ValueError, match="name=value"):
        parameter_cells.read_parameters(None, ["epochs"])


LAB = """\
name: str = ""
recipe: dict = {}
filters: list[int] = []
rate: float = 0.1
run_folder: str = ""
"""


@pytest.fixture
def lab(tmp_path):
    cell = nbformat.v4.new_code_cell(LAB, metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    nbformat.write(notebook, tmp_path / "lab.ipynb")
    return tmp_path / "lab.ipynb"


@pytest.mark.parametrize(
    "text", ["no", "yes", "12:30", "0x10", "010", "1.10", "2024-01-01", "null"]
)
def test_a_text_stays_as_it_was_written(lab, tmp_path, text):
    (tmp_path / "p.yaml").write_text(f"name: {text}\nrecipe: {{inner: 1e-3, answer: no}}\n")
    read = parameter_cells.read_parameters(None, [f"name={text}"], lab)
    assert parameter_cells.check_parameters(lab, read) == {"name": text}
    read = parameter_cells.read_parameters(tmp_path / "p.yaml", (), lab)
    assert read["name"] == ("" if text == "null" else text)
    assert read["recipe"] == {"inner": 1e-3, "answer": "no"}


def test_dictionaries_and_lists_need_no_brackets_on_the_command_line(lab):
    told = ["recipe=network: line_cnn, augment: false, rate: 1e-3", "filters=16, 32"]
    read = parameter_cells.read_parameters(None, told, lab)
    recipe = {"network": "line_cnn", "augment": False, "rate": 1e-3}
    assert read == {"recipe": recipe, "filters": [16, 32]}
    told = ["recipe={network: line_cnn}", "filters=[16]"]
    read = parameter_cells.read_parameters(None, told, lab)
    assert read == {"recipe": {"network": "line_cnn"}, "filters": [16]}


@pytest.mark.parametrize("setting", ["filters=[1", "recipe={a", "recipe=a: b: c"])
def test_a_setting_that_is_no_yaml_is_named(lab, setting):
    with pytest.raises(ValueError, match="--set"):
        parameter_cells.read_parameters(None, [setting], lab)


@pytest.mark.parametrize("value", [{"filters": "text"}, {"recipe": [1]}, {"name": True}])
def test_a_value_of_another_type_is_named(lab, value):
    with pytest.raises(ValueError, match=f"parameter {next(iter(value))} takes"):
        parameter_cells.check_parameters(lab, value)


def test_numpy_s_numbers_tuples_and_paths_will_do(lab, tmp_path):
    told = {"rate": np.float32(0.5), "filters": (1, 2), "name": tmp_path}
    read = parameter_cells.check_parameters(lab, told)
    assert read == {"rate": 0.5, "filters": [1, 2], "name": str(tmp_path)}


def test_a_file_in_utf_16_is_read(tmp_path):
    (tmp_path / "p.yaml").write_text("name: Zoë\n", encoding="utf-16")  # as PowerShell writes
    assert parameter_cells.read_parameters(tmp_path / "p.yaml") == {"name": "Zoë"}


def test_a_notebook_that_cannot_be_read_or_has_no_parameters_is_named(lab, tmp_path):
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(ValueError, match="broken.ipynb is not a notebook"):
        parameter_cells.check_parameters(tmp_path / "broken.ipynb", {})
    notebook = nbformat.read(lab, as_version=4)
    notebook.cells[0].metadata.tags = []
    nbformat.write(notebook, tmp_path / "untagged.ipynb")
    with pytest.raises(ValueError, match="untagged.ipynb takes no parameters.*tag `parameters`"):
        parameter_cells.check_parameters(tmp_path / "untagged.ipynb", {"name": "a"})


@pytest.mark.parametrize("rate", ["nan", "inf", "1e999", float("nan"), 10**400])
def test_a_number_is_finite(lab, rate):
    with pytest.raises(ValueError, match="rate takes float"):
        parameter_cells.check_parameters(lab, {"rate": rate})
