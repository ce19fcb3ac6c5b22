"""The board ranks a class's runs: the best on top, by the lab's own metric or by another."""

import json

import pytest

from fsdl_hwr import __main__
from fsdl_hwr.experiments import board


@pytest.fixture
def runs(tmp_path):
    """Three runs of two labs."""
    made = {
        "ada": ("03_lines", {"epochs": 2}, {"test_cer": 0.2, "test_cer_interval": [0.1, 0.3]}),
        "bob": ("03_lines", {"epochs": 5}, {"test_cer": 0.1, "seconds": 9}),
        "cyd": ("02_characters", {}, {"texts": ["a"], "accuracy": 0.8}),
    }
    for name, (lab, parameters, metrics) in made.items():
        (tmp_path / name).mkdir()
        record = {"lab": lab, "parameters": parameters, "metrics": metrics}
        (tmp_path / name / "results.json").write_text(json.dumps(record))
    return tmp_path


def test_error_rates_rise_and_accuracies_fall(runs):
    lines = [run for run in board.read_runs([runs]) if run["lab"] == "03_lines"]
    ranked = board.rank(lines)
    assert [row["test_cer"] for row in ranked] == [0.1, 0.2]
    assert [row["epochs"] for row in ranked] == [5, 2]  # what differs is beside it
    assert ranked[1]["95% interval"] == "0.1 to 0.3"
    rising = [{"lab": "x", "run": r, "parameters": {}, "metrics": {"accuracy": a}}
              for r, a in (("a", 0.5), ("b", 0.7))]  # fmt: skip
    assert [row["run"] for row in board.rank(rising)] == ["b", "a"]


def test_the_command_prints_one_table_per_lab(runs, capsys):
    assert __main__.main(["board", str(runs)]) == 0
    printed = capsys.readouterr().out
    assert printed.index("02_characters") < printed.index("03_lines")
    assert printed.index("bob") < printed.index("ada")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--by", "speed"], "02_characters has speed: accuracy"),
        (["--by", "speed"], "03_lines has speed: test_cer, seconds"),
        (["--lab", "07"], "No run of lab 07: there are 02_characters, 03_lines"),
    ],
)
def test_what_cannot_be_ranked_is_said(runs, capsys, arguments, said):
    assert __main__.main(["board", str(runs), *arguments]) == 1
    assert said in capsys.readouterr().err


def test_no_runs_are_named(runs, capsys):
    assert __main__.main(["board", str(runs / "empty")]) == 1
    assert "run a lab first" in capsys.readouterr().err


def test_a_broken_file_does_not_cost_the_others_their_board(runs, capsys):
    (runs / "ada" / "results.json").write_text("{")
    assert __main__.main(["board", str(runs), "--by", "seconds"]) == 0
    printed = capsys.readouterr()
    assert "bob" in printed.out and "ada" not in printed.out
    assert "ada" in printed.err and "left out" in printed.err
    assert "No run of 02_characters has seconds: accuracy" in printed.err


def test_a_time_is_no_quality_and_dictionaries_have_metrics():
    def run(name, cer, seconds):
        metrics = {"notebook_seconds": seconds, "test_cer": {"baseline": cer}, "power": 1 - cer}
        return {"run": name, "lab": "05", "parameters": {}, "metrics": board._flat(metrics)}

    runs = [run("slow", 0.02, 900), run("fast", 0.6, 300)]
    assert [row["run"] for row in board.rank(runs)] == ["slow", "fast"]
    assert "test_cer.baseline" in board.rank(runs)[0]
    by_power = board.rank(runs, "power")  # in which there is "wer"
    assert [row["run"] for row in by_power] == ["slow", "fast"]
    assert [row["run"] for row in board.rank(runs, "notebook_seconds")] == ["fast", "slow"]
