import base64
import json
import re

import cv2
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from paths import ROOT

from fsdl_hwr.explorers import widget


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with an explorer `small` beside the shared files."""
    for name in ("explorers.js", "explorers.css"):
        (tmp_path / name).write_text((widget.FOLDER / name).read_text())
    (tmp_path / "small.js").write_text("export default { render() {} };")
    monkeypatch.setattr(widget, "FOLDER", tmp_path)
    return tmp_path


def compute(state):
    if state["k"] < 0:
        raise ValueError("k must not be negative: choose another.")
    return {"twice": 2 * state["k"]}


def test_the_page_gets_the_shared_files_first(folder):
    explorer = widget.open_explorer("small", {}, {})
    assert explorer._esm.startswith("// What every explorer shares")
    assert explorer._esm.endswith("export default { render() {} };")
    assert ".fsdl-explorer" in explorer._css
    (folder / "small.css").write_text(".fsdl-small {}")
    assert widget.source("small", "css").endswith(".fsdl-small {}")


def declared(script):
    """List the names that a script declares at its top level."""
    pattern = r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)"
    return re.findall(pattern, script, re.M)


@pytest.mark.parametrize("path", sorted(widget.FOLDER.glob("*_explorer.js")), ids=lambda p: p.stem)
def test_no_explorer_declares_a_name_twice(path):
    """The shared file and an explorer's own are one module: one name twice, and none of it runs."""
    names = declared(widget.source(path.stem, "js"))
    assert len(names) > 10 and len(names) == len(set(names))


def test_python_answers_only_when_it_is_asked(folder):
    explorer = widget.open_explorer("small", compute({"k": 1}), {"k": 1}, compute)
    explorer.state = {"k": 2}
    assert explorer.data == {"twice": 2}
    explorer.asked += 1
    assert (explorer.data, explorer.answered, explorer.problem) == ({"twice": 4}, 1, "")


def test_a_question_without_an_answer_says_why(folder):
    explorer = widget.open_explorer("small", compute({"k": 1}), {"k": 1}, compute)
    explorer.state = {"k": -1}
    explorer.asked += 1
    assert explorer.problem == "k must not be negative: choose another."
    assert (explorer.data, explorer.answered) == ({"twice": 2}, 1)
    explorer.state = {"k": 3}
    explorer.asked += 1
    assert (explorer.problem, explorer.data) == ("", {"twice": 6})


def test_a_page_without_widgets_shows_no_leftover(folder):
    explorer = widget.open_explorer("small", {}, {})
    formats, _ = InteractiveShell().display_formatter.format(explorer)  # as a notebook would
    assert formats["text/plain"] == ""
    assert "application/vnd.jupyter.widget-view+json" in formats


def test_an_image_arrives_as_ink_on_white_paper():
    image = np.zeros((3, 4), np.uint8)
    image[1, 2] = 255
    kind, encoded = widget.png(image).split(",")
    assert kind == "data:image/png;base64"
    data = np.frombuffer(base64.b64decode(encoded), np.uint8)
    assert np.array_equal(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), 255 - image)


def test_the_linter_of_javascript_knows_every_shared_helper():
    shared = (widget.FOLDER / "explorers.js").read_text(encoding="utf-8")
    config = json.loads((ROOT / "biome.json").read_text(encoding="utf-8"))
    helpers = set(re.findall(r"^function (\w+)", shared, re.MULTILINE)) - {"fill"}
    assert helpers <= set(config["javascript"]["globals"])


def test_any_other_error_is_said_in_the_page_too(folder, tmp_path):
    def save(state):
        (tmp_path / "file").touch()
        (tmp_path / "file/samples").mkdir()

    explorer = widget.open_explorer("small", {}, {}, save)
    explorer.asked += 1
    assert "file/samples: Not a directory" in explorer.problem and explorer.answered == 1
    explorer = widget.open_explorer("small", {}, {}, lambda state: state["missing"])
    with pytest.raises(KeyError):
        explorer.asked += 1
    assert "KeyError" in explorer.problem and explorer.answered == 1
