import re

import numpy as np
import pytest

from fsdl_hwr.gate import defects, suite


@pytest.mark.parametrize("defect", defects.load(), ids=lambda defect: defect.name)
def test_a_defect_changes_one_place_and_still_compiles(defect):
    compile(defect.source(), defect.module, "exec")
    changed = [line for line in defect.diff().splitlines() if re.match(r"[+-]", line)]
    assert changed and defect.lesson and defect.says


def test_names_are_unique_and_every_test_has_a_defect_of_its_own_or_is_broad():
    names = [defect.name for defect in defects.load()]
    assert len(set(names)) == len(names) >= 20
    tests = suite.tests(("units", "properties", "data", "reading", "memory"))
    tests |= {"test_the_loss_is_minus_the_log_likelihood": None}
    own = {defect.test for defect in defects.load()}
    assert own <= set(tests)
    broad = {"test_a_linear_layer_memorizes_four_lines",
             "test_the_shipped_recognizer_reads_plain_lines"}  # fmt: skip
    assert set(tests) - own == broad


def test_a_copy_has_the_defect_and_the_checkout_does_not(tmp_path):
    defect = defects.named("padding is trained")
    copy = defects.copy_package(tmp_path, [defect]) / "fsdl_hwr"
    assert defect.after in (copy / "ctc.py").read_text()
    assert defect.after not in (defects.PACKAGE / "ctc.py").read_text()
    assert (copy / "gate" / "defects.toml").is_file()


def test_a_module_is_loaded_beside_the_sound_one():
    from fsdl_hwr import ctc

    faulty = defects.named("blanks dropped before merging").loaded()
    assert faulty.collapse([1, 0, 1]).tolist() == [1]
    assert np.array_equal(ctc.collapse([1, 0, 1]), [1, 1])


def test_what_does_not_stand_there_once_is_refused():
    stale = defects.Defect("stale", "", "ctc.py", "no such text", "", "", "", "")
    with pytest.raises(ValueError, match="stands 0 times in ctc.py"):
        stale.source()
    with pytest.raises(ValueError, match="no defect 'none'"):
        defects.named("none")
