"""The repository's address stands in one place, and one command rewrites every badge."""

import re
import runpy
import shutil

import pytest
from paths import ROOT

LINK = re.compile(r"(?:github\.com|/github|/gh)/([\w-]+/fsdl_hwr)\b")


def test_every_link_names_the_one_repository():
    script = runpy.run_path(str(ROOT / "tools" / "set_repository.py"))
    papers = [ROOT / name for name in script["PAPERS"]]
    for path in [*papers, *(ROOT / "labs").rglob("*.ipynb")]:
        found = set(LINK.findall(path.read_text("utf-8")))
        assert found <= {script["repository"]()}, path
    for lab in (ROOT / "labs").glob("*.ipynb"):  # two badges, and the set-up cell
        assert script["mentions"](lab.read_text("utf-8"), script["repository"]()) >= 3, lab


@pytest.fixture
def fork(tmp_path):
    for folder in ("labs", "tools"):
        (tmp_path / folder).mkdir()
    for name in ("pyproject.toml", "tools/set_repository.py", "labs/03_line_recognizer.ipynb"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_fork_is_named_everywhere_by_one_command(fork):
    script = runpy.run_path(str(fork / "tools" / "set_repository.py"))
    old = script["repository"]()
    lab = fork / "labs" / "03_line_recognizer.ipynb"
    count = script["mentions"](lab.read_text("utf-8"), old)
    assert script["main"]("someone/reading-lab") == 2
    assert script["repository"]() == "someone/reading-lab"
    text = lab.read_text("utf-8")
    assert old not in text and script["mentions"](text, "someone/reading-lab") == count
    assert script["main"](old) == 2  # and back again
    assert lab.read_text("utf-8") == (ROOT / "labs" / "03_line_recognizer.ipynb").read_text("utf-8")


def test_what_is_no_repository_is_refused(fork):
    script = runpy.run_path(str(fork / "tools" / "set_repository.py"))
    with pytest.raises(ValueError, match="owner/name"):
        script["main"]("https://github.com/someone/reading-lab")
