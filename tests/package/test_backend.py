"""Without a backend, what needs Keras says what to install."""

import importlib
import json
import os
import subprocess
import sys
import warnings

import keras
import pytest

from fsdl_hwr import backend, networks

BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == {backend!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""


def run(code, backend):
    environment = {"KERAS_BACKEND": backend, "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    code = BLOCK.format(backend=backend) + code
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )


@pytest.mark.parametrize(
    "module", ["fsdl_hwr.networks", "fsdl_hwr.recognizers.line", "fsdl_hwr.recognizers.classifier"]
)
def test_a_missing_backend_is_named_with_what_to_install(module):
    done = run(f"import {module}", "tensorflow")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "tensorflow, which is not installed" in last
    assert "pip install '.[tensorflow]'" in last and "KERAS_BACKEND" in last


EVERY_MODULE = """
import importlib, pkgutil, fsdl_hwr
for module in pkgutil.walk_packages(fsdl_hwr.__path__, "fsdl_hwr."):
    try:
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        print(module.name, error)
"""


def test_every_module_that_needs_keras_says_what_to_install():
    done = run(EVERY_MODULE, "keras")
    assert done.returncode == 0, done.stderr
    refusals = [line for line in done.stdout.splitlines() if "torch_crnn" not in line]
    assert len(refusals) > 20
    assert not [line for line in refusals if "pip install" not in line]


def test_reading_data_needs_no_backend():
    done = run("import fsdl_hwr.datasets.strokes, fsdl_hwr.ctc, fsdl_hwr.metrics", "tensorflow")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("asked", [("set_image_data_format", "channels_first"),
                                   ("set_floatx", "float16")])  # fmt: skip
def test_each_of_keras_defaults_is_set_back(asked):
    name, value = asked
    getattr(keras.config, name)(value)
    with pytest.warns(UserWarning, match="keras.json"):
        importlib.reload(backend)
    assert (keras.config.image_data_format(), keras.config.floatx()) == ("channels_last", "float32")


def test_a_user_s_keras_json_builds_no_other_networks(tmp_path):
    asked = {"image_data_format": "channels_first", "floatx": "float16"}
    (tmp_path / "keras.json").write_text(json.dumps(asked))
    code = "from fsdl_hwr.networks import lenet; import keras; n = lenet(); "
    code += "print(keras.config.image_data_format(), n.count_params(), n.weights[0].dtype)"
    environment = {**os.environ, "KERAS_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    count = networks.lenet().count_params()
    assert done.stdout.split() == ["channels_last", str(count), "float32"], done.stderr
    assert "keras.json" in done.stderr


def test_an_export_shows_no_warnings_of_keras_own_code_and_all_others():
    class Network:
        def export(self, path, format, verbose):
            warnings.warn("In the future `np.object` will be another", FutureWarning, stacklevel=1)
            warnings.warn(f"{path} as {format}", UserWarning, stacklevel=1)

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        backend.export_onnx(Network(), "network.onnx")
    assert [str(warning.message) for warning in shown] == ["network.onnx as onnx"]
