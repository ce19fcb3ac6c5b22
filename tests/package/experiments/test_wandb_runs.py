"""Weights & Biases: online for those who are logged in, else offline, and linked after a kill."""

import http.server
import os
import re
import threading
import urllib.error
from pathlib import Path

import pytest
from recorded import CONFIG, Few, Reader, row_of, train

from fsdl_hwr.experiments import tracking, wandb_runs


class Server(http.server.BaseHTTPRequestHandler):
    status, body = 200, b""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(Server.status)
        self.send_header("Content-Length", str(len(Server.body)))
        self.end_headers()
        self.wfile.write(Server.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server that answers as a test tells it, for somebody who is logged in."""
    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    monkeypatch.setenv("WANDB_BASE_URL", f"http://127.0.0.1:{host.server_port}")
    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield Server
    host.shutdown()
    host.server_close()


def test_online_is_for_those_who_are_logged_in_and_reach_the_server(monkeypatch):
    def refuse(url, timeout):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(wandb_runs.urllib.request, "urlopen", refuse)
    assert "logged in" in wandb_runs._why_offline()
    monkeypatch.setenv("WANDB_API_KEY", "not a key")
    assert "does not answer" in wandb_runs._why_offline()
    monkeypatch.delenv("WANDB_API_KEY")
    Path(os.environ["NETRC"]).write_text("machine api.wandb.ai login user password secret\n")
    assert "does not answer" in wandb_runs._why_offline()
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.my-company.org")
    assert "logged in" in wandb_runs._why_offline()


@pytest.mark.parametrize(
    "status, body, reason",
    [
        (200, b'{"data": {"viewer": {"id": "x"}}}', ""),
        (200, b'{"data": {"viewer": null}}', "does not know the key"),
        (200, b"<html>Sign in to the network</html>", "something else"),
        (200, b"[]", "something else"),
        (401, b"", "refuses \\(401"),
        (503, b"", "refuses \\(503"),
    ],
)
def test_a_server_that_refuses_is_told_at_once(server, status, body, reason):
    server.status, server.body = status, body
    assert re.search(reason, wandb_runs._why_offline()) if reason else not wandb_runs._why_offline()


@pytest.mark.parametrize("fails", [("online",), ("online", "offline")])
def test_a_run_outlives_the_failure_of_its_log(tmp_path, monkeypatch, capfd, fails):
    import wandb

    init = wandb.init

    def fail(mode, **options):
        if mode in fails:
            raise wandb.errors.CommError("the server hung up\nand more")
        return init(mode=mode, **options)

    monkeypatch.setattr(wandb_runs, "_why_offline", lambda: "")
    monkeypatch.setattr(wandb, "init", fail)
    run = tracking.start(tmp_path / "run", CONFIG, wandb_mode="online")
    run.log(0, {"loss": 1})
    run.finish()
    said = capfd.readouterr().out
    assert "W&B failed (the server hung up)." in said
    assert ("own record alone" in said) == (run.wandb is None) == (len(fails) == 2)
    assert row_of(tmp_path)["epoch"] == 1
    assert os.environ["WANDB_ERROR_REPORTING"] == "false"


def test_a_missing_wandb_is_said_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(wandb_runs.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install wandb, or set wandb_mode"):
        tracking.start(tmp_path / "run", CONFIG, wandb_mode="offline")
    assert not (tmp_path / "run").exists()


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
