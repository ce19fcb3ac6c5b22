"""A folder of recognizers, its links, and two recognizers side by side."""

import shutil

import pytest

from fsdl_hwr import weights
from fsdl_hwr.serving import rollout
from fsdl_hwr.serving.rollout import Trial


@pytest.fixture
def folder(tmp_path):
    for name in ("old.onnx", "new.onnx"):
        shutil.copy(weights.ONNX, tmp_path / name)
    return tmp_path


def test_a_switch_moves_one_link_and_back(folder):
    with pytest.raises(ValueError, match="no recognizer before"):
        rollout.roll_back(folder)
    link = rollout.switch(folder, "old.onnx")
    assert link.resolve().name == "old.onnx"
    assert rollout.switch(folder, "new.onnx").resolve().name == "new.onnx"
    assert rollout.roll_back(folder).resolve().name == "old.onnx"
    assert rollout.roll_back(folder).resolve().name == "new.onnx"
    assert sorted(p.name for p in folder.iterdir()) == [
        "current.onnx", "new.onnx", "old.onnx", "previous.onnx",
    ]  # fmt: skip


def test_a_damaged_recognizer_never_gets_the_link(folder):
    rollout.switch(folder, "old.onnx")
    (folder / "bad.onnx").write_bytes(b"not a network")
    with pytest.raises(ValueError, match="damaged"):
        rollout.switch(folder, "bad.onnx")
    assert (folder / rollout.CURRENT).resolve().name == "old.onnx"


def test_a_share_of_the_requests_is_in_a_trial():
    names = [f"{k * 2654435761 % 2**32:08x}0000" for k in range(4000)]
    share = sum(Trial(0.25).takes(name) for name in names) / len(names)
    assert 0.22 < share < 0.28
    assert not any(Trial(0.0).takes(name) for name in names)


def test_a_shadow_answers_nobody_and_a_canary_is_taken_back():
    shadow, canary = Trial(1.0), Trial(1.0, canary=True, allowed=0.2)
    assert shadow.compare("noon", "moon") == "noon"
    assert shadow.disagreement == 1
    assert canary.compare("noon", "moon") == "moon"
    for k in range(rollout.LEAST):
        canary.compare("a", "b" if k % 2 else "a")
    assert canary.stopped and not canary.takes("0" * 32)
    assert canary.compare("noon", "moon") == "noon"
    fine = Trial(1.0, canary=True, allowed=0.2)
    for k in range(100):
        fine.compare("a", "b" if k % 10 == 0 else "a")
    assert not fine.stopped and fine.disagreement == pytest.approx(0.1)
