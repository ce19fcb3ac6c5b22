"""Weights & Biases: online for those who are logged in, else offline, and linked after a kill."""

import os
import urllib.error
from pathlib import Path

import pytest
from recorded import CONFIG, Few, Reader, row_of, train

from fsdl_hwr.experiments import tracking, wandb_runs


def test_online_is_for_those_who_are_logged_in_and_reach_the_server(
    no_network, monkeypatch, tmp_path
):
    assert "logged in" in wandb_runs._why_offline()
    monkeypatch.setenv("WANDB_API_KEY", "not a key")
    assert "does not answer" in wandb_runs._why_offline()
    monkeypatch.delenv("WANDB_API_KEY")
    Path(os.environ["NETRC"]).write_text("machine api.wandb.ai login user password secret\n")
    assert "does not answer" in wandb_runs._why_offline()

    def answer(url, timeout):
        raise urllib.error.HTTPError(url, 404, "not found", {}, None)

    monkeypatch.setattr(wandb_runs.urllib.request, "urlopen", answer)
    assert wandb_runs._why_offline() == ""
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.my-company.org")
    assert "logged in" in wandb_runs._why_offline()


def test_offline_wandb_logs_the_same_and_a_resumed_run_is_linked(tmp_path, capfd):
    import wandb

    run = tracking.start(tmp_path / "run", CONFIG, wandb_mode="online")  # nobody is logged in
    assert "nobody is logged in, so this run is logged offline" in capfd.readouterr().out
    train(run.callbacks(Reader(), Few()), epochs=1)
    summary = dict(wandb.run.summary)
    assert summary["epoch/epoch"] == 0
    assert summary["epoch/learning_rate"] == pytest.approx(0.25)
    assert summary["epoch/loss"] == pytest.approx(row_of(tmp_path)["loss"])
    assert summary["epoch/peak_memory_mb"] > 0
    assert summary["lines"]["nrows"] == 2
    # A kill: nothing says that the run is over.
    resumed = tracking.start(tmp_path / "run", CONFIG, wandb_mode="offline")
    assert wandb.run.group == run.id
    assert wandb.run.config["resumed_from"] == run.id
    assert wandb.run.id == f"{run.id}-2"
    resumed.log(1, {"loss": 1})
    resumed.finish({"test_cer": 0.25})
    assert wandb.run is None
    assert len(list((tmp_path / "run/wandb").glob("offline-run-*/*.wandb"))) == 2
    row = row_of(tmp_path)
    assert (row["id"], row["epoch"], row["sessions"]) == (run.id, 2, 2)
    assert "wandb:" not in capfd.readouterr().err


@pytest.fixture
def no_network(monkeypatch):
    def refuse(url, timeout):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(wandb_runs.urllib.request, "urlopen", refuse)
