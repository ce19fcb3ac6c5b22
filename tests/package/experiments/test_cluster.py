"""A sweep on other machines: what they must share, and a Dask cluster with killed workers."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from paths import ROOT
from tiny_lab import Later, living, make_lab, wait_for

from fsdl_hwr import experiments
from fsdl_hwr.experiments import cluster as clusters
from fsdl_hwr.experiments import sweeps, tracking

pytestmark = pytest.mark.notebook

CALLER = """
import json, signal, sys
import distributed
from fsdl_hwr.experiments import sweeps
signal.signal(signal.SIGINT, signal.default_int_handler)
address, told = sys.argv[1], json.loads(sys.argv[2])
with distributed.Client(address) as client:
    sweeps.sweep(**told, executor=client.get_executor())
"""


def test_a_worker_must_see_the_folder_and_have_the_same_kit_and_lab(tmp_path, monkeypatch):
    lab, folder = make_lab(tmp_path), tmp_path / "runs"
    with clusters.orders(lab, folder) as order:
        clusters.check(order)
        for other, message in (
            (dataclasses.replace(order, token=tmp_path / "nowhere/token"), "does not see the fol"),
            (dataclasses.replace(order, version="0.0"), "the sweep's caller 0.0"),
            (dataclasses.replace(order, code="other"), "has another"),
            (dataclasses.replace(order, lab=tmp_path / "no.ipynb"), "has another"),
        ):
            with pytest.raises(ValueError, match=message):
                clusters.check(other)
    assert not order.token.exists()
    with pytest.raises(InterruptedError):
        sweeps.run_on_worker(order, lab, {}, folder / "a", 0.0)
    monkeypatch.setattr(clusters, "check", lambda order: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # before any run is submitted
        sweeps.sweep(lab, [{"size": 1}], folder, executor=Later())
    assert [path.name for path in folder.iterdir()] == []


def test_ctrl_c_stops_the_runs_on_other_machines(tmp_path):
    """Their caller takes its token away, and nothing else."""
    lab, folder = make_lab(tmp_path), tmp_path / "runs"
    with clusters.orders(lab, folder) as order:
        job = order, lab, {"pause": 90.0}, folder / "a", 0.0
        future = Later().submit(sweeps.run_on_worker, *job)
        wait_for(lambda: living([folder / "a"]))
    with pytest.raises(experiments.RunError, match="stopped|KeyboardInterrupt"):
        future.result(60)
    assert not living([folder / "a"])


@pytest.fixture
def cluster(monkeypatch):
    """Two workers, each a process that is started anew when it dies."""
    distributed = pytest.importorskip("distributed", reason="needs the extra `cluster`")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    import dask

    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    # Dask gives up a run whose workers have died so often; ours die on purpose.
    settings = {"distributed.scheduler.allowed-failures": 20}
    with dask.config.set(settings), distributed.LocalCluster(**options) as cluster:
        yield cluster


def kill_a_worker(cluster, folder):
    """Kill the worker that has a run in hand, or the first."""
    import distributed

    wait_for(lambda: living(folder.glob("*")))
    with distributed.Client(cluster) as client:
        pids = client.run(os.getpid)
        busy = [address for address, keys in client.processing().items() if keys]
    os.kill(pids[(busy or list(pids))[0]], signal.SIGKILL)


def sweep_on(cluster, told):
    import distributed

    with distributed.Client(cluster) as client:
        return sweeps.sweep(**told, executor=client.get_executor())


def check(table):
    for row in table:
        assert row["state"] == "finished", row["error"]
        assert row["score"] == pytest.approx(row["size"] * 0.1)
        assert row["history"] == {"loss": [row["size"], row["size"] / 2]}
        events = tracking.read_events(row["folder"])
        assert [event["event"] for event in events].count("finish") == 1  # not twice to the end


def test_a_killed_worker_costs_no_run(tmp_path, cluster):
    folder = tmp_path / "runs"
    told = {"lab": make_lab(tmp_path), "runs": sweeps.grid(size=range(3)), "folder": folder}
    told["parameters"] = {"pause": 0.5}
    command = [sys.executable, "-c", CALLER, cluster.scheduler_address]
    caller = subprocess.Popen([*command, json.dumps(told, default=str)], stdout=subprocess.PIPE)
    kill_a_worker(cluster, folder)
    assert caller.wait(180) == 0
    assert b"3 of 3 finished" in caller.stdout.read()
    check(tracking.load_runs(folder))
    assert not list(folder.glob(".sweep-*"))


@pytest.mark.long
def test_the_array_script_of_the_guide_does_one_run_per_task(tmp_path):
    guide = (ROOT / "docs" / "many_machines.md").read_text("utf-8")
    (script,) = re.findall(r"```\n(#!/bin/bash\n.*?)```", guide, re.S)
    lab = make_lab(tmp_path)
    (tmp_path / "array.sh").write_text(script.replace("labs/experiments/one_run.ipynb", str(lab)))
    (tmp_path / "runs.txt").write_text("--set size=2 --set rate=1e-1\n--set size=3\n")
    bin_folder = os.path.dirname(sys.executable)
    common = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "SLURM_CPUS_PER_TASK": "1"}
    for task in ("1", "2", "2"):  # the last one was preempted, and is queued again
        environment = {**os.environ, **common, "SLURM_ARRAY_TASK_ID": task}
        subprocess.run(["bash", "array.sh"], cwd=tmp_path, env=environment, check=True)
    table = tracking.load_runs(tmp_path / "runs" / "array")
    assert [(row["run"], row["state"], row["score"]) for row in table] == [
        ("1", "finished", pytest.approx(0.2)),
        ("2", "finished", pytest.approx(0.3)),
    ]


@pytest.mark.long
def test_twelve_runs_outlive_two_kills_and_an_interrupted_caller(tmp_path, cluster):
    lab, runs, folder = make_lab(tmp_path), sweeps.grid(size=range(12)), tmp_path / "runs"
    told = {"lab": lab, "runs": runs, "folder": folder, "parameters": {"pause": 1.0}}
    command = [sys.executable, "-c", CALLER, cluster.scheduler_address]
    caller = subprocess.Popen([*command, json.dumps(told, default=str)])
    kill_a_worker(cluster, folder)
    time.sleep(4)
    kill_a_worker(cluster, folder)
    time.sleep(4)
    caller.send_signal(signal.SIGINT)
    assert caller.wait(120) != 0
    wait_for(lambda: not living(folder.glob("*")))
    before = {row["run"] for row in tracking.load_runs(folder) if row["state"] == "finished"}
    assert len(before) < 12
    table = sweep_on(cluster, told)
    check(table)
    local = sweeps.sweep(**{**told, "folder": tmp_path / "local"})
    shown = [[row[name] for name in table.columns if name != "threads"] for row in table]
    assert shown == [[row[name] for name in table.columns if name != "threads"] for row in local]
