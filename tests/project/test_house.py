"""What holds the project together: imports, dependencies, commands."""

import ast
import graphlib
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib

import pytest
from paths import ROOT, TESTS

from fsdl_hwr.figures import package_map

PACKAGE = ROOT / "fsdl_hwr"
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
)
HEAVY = {"tensorflow", "keras", "jax", "torch", "matplotlib", "cv2", "faker", "nltk", "papermill"}
HEAVY |= {"numpy", "nbconvert", "pooch"}
IN_PYTORCH = "fsdl_hwr.porting.torch_crnn"  # the subject of lab 12; nothing imports it
# Modules without a test module of their name, and the one that tests them.
TESTED_ELSEWHERE = {
    "__main__": "package/serving/test_command.py",
    "datasets.letter_curves": "package/datasets/test_strokes.py",  # as writers write them
    "datasets.letter_forms": "package/datasets/test_strokes.py",  # data, and no code
    "datasets.unipen_recordings": "package/datasets/test_unipen_format.py",
    "datasets.unipen_repairs": "package/datasets/test_unipen_format.py",  # as the reader calls it
    "experiments.__main__": "package/experiments/test_notebooks.py",
    "experiments.papermill_child": "package/experiments/test_notebooks.py",
    "explorers.drift_explorer": "package/serving/test_monitoring.py",
    "labeling.simulated": "package/labeling/test_agreement.py",
    "serving.unreliable": "package/datasets/test_parallel_downloads.py",
    "networks.autoencoders": "package/recognizers/test_reconstruction.py",
    "networks.letter_unet": "package/recognizers/test_reconstruction.py",
    "gate.__main__": "package/gate/test_matrix.py",
    "gate.worker": "package/gate/test_matrix.py",
    **{
        f"gate.suite.{kind}": "package/gate/test_suite.py"  # tests themselves
        for kind in ("data", "memory", "properties", "reading", "training", "units")
    },
    "porting.weights": "package/porting/test_torch_crnn.py",
    "serving.counters": "package/serving/test_app.py",
    "serving.load": "package/serving/test_serve_command.py",
    "serving.readers": "package/serving/test_app.py",
    "recognizers.progress": "package/recognizers/test_training.py",
    **{
        f"networks.{name}": "package/networks/test_networks.py"  # side by side, by one set of rules
        for name in ("mlp", "lenet", "character_cnn", "character_lstm")
        + ("line_cnn", "line_crnn", "line_lstm_ctc", "layers")
    },
    **{  # as they are trained
        f"networks.{name}": "package/recognizers/test_pen.py"
        for name in ("pen_lstm", "causal_pen_lstm", "pen_line_lstm")
    },
    "checks.lab_11b": "labs/test_exercises.py",
    **{f"checks.lab_{k:02}": "labs/test_exercises.py" for k in range(1, 13)},  # with solutions
}


# Modules whose name a value, a network or Keras has taken: their functions are imported by name.
TAKEN = {"alphabet", "backend", "lines", "pages", "reader", "reading_order", "splits"}
TAKEN |= {"layers", "lenet", "line_crnn"}


def pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def required(*extras):
    """List what the package asks for, with some of its extras."""
    project = pyproject()["project"]
    return project["dependencies"] + sum(map(project["optional-dependencies"].get, extras), [])


def name_of(requirement):
    return re.match(r"[\w-]+", requirement).group().lower().replace("_", "-")


def imported_by(module):
    """Name what a module of the package imports, at its top and inside its functions."""
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def within(name, module):
    return name == module or name.startswith(module + ".")


def loaded_by(statement):
    """Say which heavy packages are loaded in a fresh process that runs one statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return HEAVY & set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import fsdl_hwr") == set()


def test_importing_experiments_loads_nothing_heavy():
    assert loaded_by("import fsdl_hwr.experiments") == set()


def test_data_is_made_without_keras():
    modules = [m for m in MODULES if within(m, "fsdl_hwr.datasets")]
    loaded = loaded_by("import fsdl_hwr.alphabet, fsdl_hwr.metrics, " + ", ".join(modules))
    assert not {"keras", "tensorflow", "jax", "torch", "matplotlib"} & loaded


def test_every_module_imports():
    has_torch = importlib.util.find_spec("torch") is not None
    for module in MODULES:
        if has_torch or module != IN_PYTORCH:
            importlib.import_module(module)


@pytest.mark.parametrize("module", sorted(set(MODULES) - {IN_PYTORCH}))
def test_no_module_needs_one_backend(module):
    """A backend's own package is imported within a function, once Keras has said that it is on."""
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(path.read_text())
    on_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in on_top for alias in node.names}
    names |= {node.module for node in on_top if isinstance(node, ast.ImportFrom)}
    assert not [n for n in names for b in ("tensorflow", "jax", "torch") if within(n, b)]
    if {"tensorflow", "jax", "torch"} & imported_by(module):
        assert "keras.backend.backend()" in path.read_text()


def test_functions_are_called_through_their_module():
    for path in PACKAGE.rglob("*.py"):
        if path.name == "__init__.py":  # these gather what a folder offers
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("fsdl_hwr"):
                names = [alias.name for alias in node.names if alias.name[0].islower()]
                functions = [name for name in names if f"{node.module}.{name}" not in MODULES]
                by_name = node.module.split(".")[-1] in TAKEN
                assert by_name or not functions, (path.relative_to(ROOT), functions)


@pytest.fixture(scope="module")
def modules():
    return package_map.read_modules(PACKAGE)


@pytest.fixture(scope="module")
def graph(modules):
    """The parts of the package, and for each what it imports."""
    return package_map.part_imports(modules)


def test_every_part_is_listed_and_imports_none_but_those_before_it(graph):
    assert set(graph) == set(package_map.PARTS)
    place = {part: k for k, part in enumerate(package_map.PARTS)}
    arrows = [(part, other) for part in graph for other in graph[part]]
    assert not [(part, other) for part, other in arrows if place[part] < place[other]]
    package_map.layers(graph)  # raises on a circle


def test_modules_of_a_part_import_each_other_in_no_circle(modules):
    folders = {module.part for module in modules}  # their `__init__` may gather what they offer
    imports = {module.name: module.imports - folders for module in modules}
    list(graphlib.TopologicalSorter(imports).static_order())  # raises on a circle


def test_data_networks_and_ctc_are_joined_by_the_recognizers_alone(graph):
    for part in package_map.APART:
        assert not graph[part] & {*package_map.APART, "recognizers"}


def test_nothing_below_knows_the_leaves(graph):
    for part in set(graph) - set(package_map.LEAVES):
        assert not graph[part] & set(package_map.LEAVES)


def test_the_papers_name_every_leaf():
    for paper in ("CONTRIBUTING.md", "docs/design.md"):
        (line,) = [line for line in (ROOT / paper).read_text().splitlines() if "`gate`" in line]
        assert set(re.findall(r"`(\w+)`", line)) >= set(package_map.LEAVES) - {"__main__"}


def test_every_module_has_a_test_module_of_its_name(modules):
    for module in modules:
        *folders, name = module.name.split(".")
        test = TESTS.joinpath("package", *folders, f"test_{name}.py")
        if not (PACKAGE / module.name.replace(".", "/")).is_dir() and not test.is_file():
            assert module.name in TESTED_ELSEWHERE, f"{test.relative_to(ROOT)} is missing"
    for where in TESTED_ELSEWHERE.values():
        assert (TESTS / where).is_file(), where


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text()
    for requirement in [r for r in required("train", "labs") if "fsdl_hwr[" not in r]:
        lines = [line for line in text.splitlines() if f'"{requirement}"' in line]
        assert lines and all(re.search(r"#\s*\w+", line) for line in lines), f"why {requirement}?"


def test_every_extra_is_described():
    table = (ROOT / "docs" / "using.md").read_text()
    for extra in pyproject()["project"]["optional-dependencies"]:
        assert f"| `{extra}` |" in table


def test_no_upper_bound_replaces_what_a_notebook_service_ships():
    for requirement in required("train"):
        assert not re.search(r"[<~]|==", requirement), requirement


def test_requirements_pin_every_direct_dependency():
    direct = required(*pyproject()["project"]["optional-dependencies"])
    lines = (ROOT / "requirements" / "all.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    for line in pins:
        assert re.match(r"[\w.\[\]-]+==[\w.]+", line), f"not a pin: {line}"
        assert "://" not in line and not line.startswith("-"), f"another index: {line}"
    assert {name_of(r) for r in direct} - {"fsdl-hwr"} <= {name_of(line) for line in pins}


def test_what_is_installed_is_pinned_with_checksums():
    pins, locked = (
        {line.split(" \\")[0] for line in text.splitlines() if re.match(r"[\w.-]+==", line)}
        for text in (
            (ROOT / "requirements" / name).read_text() for name in ("all.txt", "locked.txt")
        )
    )
    assert pins == locked
    entries = re.split(r"\n(?=[\w.-]+==)", (ROOT / "requirements" / "locked.txt").read_text())[1:]
    assert len(entries) == len(pins)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry) for entry in entries)
    assert "--require-hashes -r requirements/locked.txt" in (ROOT / "Makefile").read_text()


def test_binder_gets_every_dependency():
    import yaml

    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    assert any(entry.startswith("python=") for entry in conda)
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    names = {name_of(r) for r in conda + pip}
    wanted = {name_of(r) for r in required("train", "labs")} - {"fsdl-hwr"}
    assert wanted <= names
    assert "set -euo pipefail" in (ROOT / "postBuild").read_text()


def test_commands_of_the_readme_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    assert {"help", "run", "test", "lab", "lint", "benchmark", "clean"} <= targets
    named = re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), flags=re.M)
    assert {"run", "test"} <= set(named)
    assert set(named) <= targets


def test_files_that_the_makefile_runs_exist():
    text = (ROOT / "Makefile").read_text()
    for script in re.findall(r"/python ([\w/]+\.py)", text):
        assert (ROOT / script).is_file(), script


def test_actions_of_the_workflow_are_pinned_by_commit():
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = workflow.read_text()
        actions = re.findall(r"uses: (.+)", text)
        assert actions and "permissions:" in text
        for action in actions:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action), action


def test_the_version_is_one_in_all_papers():
    import yaml

    import fsdl_hwr

    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == fsdl_hwr.__version__
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.M)[1]
    assert newest == fsdl_hwr.__version__
