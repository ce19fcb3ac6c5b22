from pathlib import Path

import numpy as np
import pytest

import fsdl_hwr
from fsdl_hwr.figures import package_map
from fsdl_hwr.figures.package_map import Module

SOURCES = {
    "__init__.py": "from kit import top",
    "low.py": "import numpy\n\n# nothing of ours\n",
    "data/__init__.py": "",
    "data/files.py": "from kit import low\nfrom kit.data import text\n",
    "data/text.py": "def late():\n    import kit.low\n",
    "top.py": "from kit.data.text import late\nimport kit.low as low\n",
}


@pytest.fixture(scope="module")
def own():
    """The modules of the kit itself."""
    return package_map.read_modules(Path(fsdl_hwr.__file__).parent)


@pytest.fixture(scope="module")
def figure(own):
    return package_map.draw_package_map(own, "A title", marked={"ink"})


@pytest.fixture
def kit(tmp_path):
    for name, source in SOURCES.items():
        path = tmp_path / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return tmp_path / "kit"


def graph_of(**imports):
    return {part: set(others) for part, others in imports.items()}


def test_modules_are_read_with_their_lines_and_imports(kit):
    modules = {module.name: module for module in package_map.read_modules(kit)}
    assert set(modules) == {"low", "data", "data.files", "data.text", "top"}
    assert modules["low"] == Module("low", num_lines=2, imports=frozenset())
    assert modules["data.files"].imports == {"low", "data", "data.text"}
    assert modules["data.text"].imports == {"low"}  # inside a function too
    assert modules["top"].imports == {"low", "data.text"}
    assert modules["data.files"].part == "data"


def test_a_label_leaves_out_what_the_folder_says():
    names = ["explorers.box_explorer", "gate.suite.memory", "ctc"]
    labels = [package_map.Module(name, 1, frozenset()).label for name in names]
    assert labels == ["box", "suite.memory", "ctc"]


def test_parts_join_the_imports_of_their_modules(kit):
    graph = package_map.part_imports(package_map.read_modules(kit))
    assert graph == {"low": set(), "data": {"low"}, "top": {"data", "low"}}


def test_layers_put_every_part_above_what_it_imports_and_leaves_on_top():
    graph = graph_of(a="", b="a", c="b", leaf="a", other=["leaf"])
    assert package_map.layers(graph, ["leaf"]) == [["a"], ["b"], ["c"], ["leaf"], ["other"]]


def test_a_circle_has_no_layers():
    with pytest.raises(ValueError, match="import each other.*->"):
        package_map.layers(graph_of(a="b", b="a"))


def test_what_a_chain_says_is_left_out_and_nothing_else():
    graph = graph_of(a="", b="a", c="ab", d="ac")
    assert package_map.without_shortcuts(graph) == graph_of(a="", b="a", c="b", d="c")


def test_no_source_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="no Python source"):
        package_map.read_modules(tmp_path)


def test_the_map_of_this_package_has_a_box_a_module_and_a_line_an_import(own, figure):
    graph = package_map.part_imports(own)
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    folders = {module.part for module in own if module.name != module.part}
    for module in own:
        if module.name not in folders:
            assert module.label in texts
    num_lines = sum(map(len, package_map.without_shortcuts(graph).values()))
    assert len(axes.lines) == num_lines  # one arrowhead each
    assert axes.get_title("left") == "A title"
    level = {part: k for k, layer in enumerate(package_map.layers(graph)) for part in layer}
    assert all(level[part] > level[other] for part in graph for other in graph[part])


def test_no_text_of_the_map_leaves_it_or_covers_another(figure):
    figure.canvas.draw()
    boxes = np.array([text.get_window_extent().extents for text in figure.axes[0].texts])
    low, high = boxes[:, :2], boxes[:, 2:]  # (texts, 2) each: x, y
    assert low[:, 0].min() >= 0 and high[:, 0].max() <= figure.bbox.width
    overlap = (low[:, None] <= high[None]).all(axis=-1)  # (texts, texts)
    assert (overlap & overlap.T).sum() == len(boxes)  # each with itself alone
