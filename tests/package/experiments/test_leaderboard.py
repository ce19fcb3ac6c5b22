import math

import numpy as np
import pytest

from fsdl_hwr.experiments import leaderboard


def run(cer, lines_seen=100):
    interval = [cer - 0.02, cer + 0.02]
    return {"validation_cer": cer, "validation_cer_interval": interval, "lines_seen": lines_seen}


def test_the_noise_holds_one_more_run_in_95_of_100_cases():
    rng = np.random.default_rng(0)
    for count in (3, 5):
        held = []
        for _ in range(4000):
            *seeds, one_more = rng.normal(0.2, 0.01, count + 1)
            held.append(leaderboard.Baseline(tuple(seeds)).verdict(one_more) == "within noise")
        assert np.mean(held) == pytest.approx(0.95, abs=0.012)


def test_verdicts():
    baseline = leaderboard.Baseline((0.20, 0.21, 0.22))
    assert baseline.mean == pytest.approx(0.21)
    assert baseline.verdict(0.10) == "better"
    assert baseline.verdict(0.19) == "within noise"
    assert baseline.verdict(0.30) == "worse"


def test_of_the_noise_of_one_run_nothing_is_known():
    baseline = leaderboard.Baseline((0.2,))
    assert baseline.noise == math.inf
    assert baseline.verdict(0.01) == "within noise"


def test_the_table_begins_with_the_best():
    runs = {"a": run(0.3), "b": run(0.1), "c": run(0.2)}
    table = leaderboard.table(runs, leaderboard.Baseline((0.20, 0.21, 0.22)))
    assert [row["idea"] for row in table] == ["b", "c", "a"]
    assert [row["verdict"] for row in table] == ["better", "within noise", "worse"]
    assert table[0]["against the baseline"] == "-11.0"
