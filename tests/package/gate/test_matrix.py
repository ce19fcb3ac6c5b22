"""The kill matrix: small here, whole in `make test-long`; and what it says of a bad gate."""

import json

import numpy as np
import pytest

from fsdl_hwr.gate import __main__ as command
from fsdl_hwr.gate import defects, matrix


def named(*names):
    return [defects.named(name) for name in names]


def made(killed):
    """A matrix of defects and tests from a table of 0 and 1."""
    rows = tuple(tuple("wrong" if cell else "" for cell in row) for row in killed)
    planted = tuple(
        defects.Defect(f"d{k}", "", "", "", "", f"t{k}", "wrong", "") for k in range(len(rows))
    )
    tests = tuple(f"t{k}" for k in range(len(rows[0])))
    return matrix.Matrix(planted, tests, rows, dict.fromkeys(tests, ""), 1.0)


def test_survivors_idle_tests_and_wrong_names_are_told():
    found = made([[1, 1, 0], [0, 0, 0]])
    assert found.survivors == ["d1"] and found.idle == ["t2"] and found.unnamed == ["d1"]
    assert found.smallest_suite() == ["t0"]
    text = command.as_text(found)
    assert "d1 survives" in text and "t2 catches nothing" in text and "1 of 2 defects" in text


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("blanks dropped before merging", "test_a_blank_parts_double_letters"),
        ("frames for repeats forgotten", "test_labels_that_do_not_fit_are_refused"),
    ],
)
def test_a_planted_defect_is_killed_by_its_test(name, test):
    found = matrix.run(named(name), kinds=["units"], processes=1)
    assert not any(found.sound.values())
    assert found.unnamed == [] and found.survivors == []
    assert found.killed[0, found.tests.index(test)]


def test_a_package_that_cannot_be_imported_and_one_that_hangs_fail_everything(monkeypatch):
    afters = {
        "broken": "import nothing_of_this_name\n",
        "endless": "import time\ntime.sleep(999)\n",
    }
    broken, endless = (
        defects.Defect(name, "", "ctc.py", "import math\n", after, "", "", "")
        for name, after in afters.items()
    )
    monkeypatch.setattr(matrix, "PATIENCE", 20)
    found = matrix.run([broken, endless], kinds=["units"], processes=1)
    assert np.all(found.killed) and not any(found.sound.values())
    assert "nothing_of_this_name" in found.findings[0][0]
    assert "did not end" in found.findings[1][0]


@pytest.mark.long
def test_every_defect_is_killed_and_named_and_no_test_is_idle(tmp_path, capsys):
    assert command.main(["--json", str(tmp_path / "matrix.json")]) == 0, capsys.readouterr().out
    table = json.loads((tmp_path / "matrix.json").read_text())
    assert len(table) == len(defects.load())
