"""CI in a box: its clone, its steps, and a box that turns red for the right reason."""

import ci_box
import pytest
from paths import ROOT

WORKFLOW = """
jobs:
  small:
    steps:
      - uses: actions/checkout@0
      - run: "true"
      - run: |
          echo first
          false
          echo second
  quick:
    steps:
      - run: .venv/bin/python -c "{code}"
"""
READ = (
    "from fsdl_hwr.gate import suite; said = suite.run(('units',)); print(said); "
    "exit(any(said.values()))"
)


def test_the_workflow_has_the_jobs_that_the_box_runs():
    for job in ("lint", "gate", "test"):
        commands = [step["run"] for step in ci_box.steps_of(ROOT / ci_box.WORKFLOW, job)
                    if "run" in step]  # fmt: skip
        assert len(commands) == 1, f"{job} ran {commands}"
    with pytest.raises(ValueError, match="no job 'deploy': choose of lint, gate, test"):
        ci_box.steps_of(ROOT / ci_box.WORKFLOW, "deploy")


def test_a_step_that_fails_ends_its_job_in_red(tmp_path, capsys):
    workflow = tmp_path / ci_box.WORKFLOW
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW)
    assert ci_box.run_job("small", tmp_path) == 1
    printed = capsys.readouterr().out
    assert "checkout (here: by hand): green" in printed and "true: green" in printed
    assert "first" in printed and "red" in printed and "\nsecond" not in printed.split("red")[-1]


def test_a_clone_is_green_and_with_a_defect_red_for_its_reason(tmp_path, capsys):
    if not (ROOT / ".git").exists():
        pytest.skip("an archive without its history cannot be cloned")
    folder = ci_box.clone(tmp_path / "kit")
    (folder / ci_box.WORKFLOW).write_text(WORKFLOW.replace("{code}", READ))
    assert ci_box.run_job("quick", folder) == 0
    ci_box.plant(folder, "one frame too few is fine")
    assert ci_box.run_job("quick", folder) == 1
    assert "was accepted with 2 frames" in capsys.readouterr().out


@pytest.mark.long
def test_the_whole_gate_turns_red_by_the_test_that_names_the_defect(capsys):
    """`make gate` in a clean clone, whole: the defect's test speaks, and its status goes on."""
    if not (ROOT / ".git").exists():
        pytest.skip("an archive without its history cannot be cloned")
    assert ci_box.main(["gate"]) == 0
    printed = capsys.readouterr().out
    assert "make gate: green" in printed
    assert ci_box.main(["gate", "--defect", "wrong polarity"]) != 0
    printed = capsys.readouterr().out
    assert "make gate: red" in printed and "fails: " in printed
