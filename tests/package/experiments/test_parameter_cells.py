"""Parameters of a run: from a file and the command line, in the types that the notebook names."""

import pytest

from fsdl_hwr.experiments import parameter_cells


def test_parameters_come_from_a_file_and_from_the_command_line(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("epochs: 2\ngreeting: hi\n")
    read = parameter_cells.read_parameters(file, ["epochs=5", "learning_rate=1e-3", "weights="])
    assert read == {"epochs": 5, "greeting": "hi", "learning_rate": "1e-3", "weights": ""}


@pytest.mark.parametrize("content", ["just text", "a: [1", "- a\n- b"])
def test_a_parameter_file_that_is_no_mapping_is_refused(tmp_path, content):
    (tmp_path / "p.yaml").write_text(content)
    with pytest.raises(ValueError, match="p.yaml"):
        parameter_cells.read_parameters(tmp_path / "p.yaml")


def test_a_setting_without_equals_is_refused():
    with pytest.raises(ValueError, match="name=value"):
        parameter_cells.read_parameters(None, ["epochs"])
