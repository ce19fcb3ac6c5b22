"""What a cluster costs: a sweep of runs of 30 s by two processes, then by two workers of Dask.

python benchmarks/cluster.py [SECONDS]. The runs sleep, so that two cores are no limit; in the
second sweep of the cluster, a worker is killed. Prints the wall time of each.
"""

import argparse
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import nbformat

from fsdl_hwr import files
from fsdl_hwr.experiments import notebooks, sweeps

RUNS = 4
PARAMETERS = """\
number: int = 0  # tells runs apart
seconds: float = 30.0  # to sleep
run_folder: str = ""  # where the run goes
"""
CODE = """\
import time
from fsdl_hwr import experiments
time.sleep(seconds)
experiments.write_results(run_folder, "sleep", {"number": number}, {"score": number})
"""


def sleeping_lab(folder: Path) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    tagged = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    notebook.cells = [tagged, nbformat.v4.new_code_cell(CODE)]
    nbformat.write(notebook, folder / "sleep.ipynb")
    return folder / "sleep.ipynb"


def timed(**told) -> float:
    began = time.perf_counter()
    table = sweeps.sweep(**told)
    assert all(row["state"] == "finished" for row in table), table
    return time.perf_counter() - began


def kill_a_worker(client, folder: Path) -> None:
    """Kill the first worker that has begun a run."""
    while not any(files.is_held(run, notebooks.LOCK) for run in folder.glob("*")):
        time.sleep(0.2)
    time.sleep(1)
    (address, pid), *_ = client.run(os.getpid).items()
    print(f"kill -9 of the worker {address}", flush=True)
    os.kill(pid, signal.SIGKILL)


def main(seconds: float) -> None:
    import distributed

    runs = sweeps.grid(number=range(RUNS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = {"lab": sleeping_lab(folder), "runs": runs, "parameters": {"seconds": seconds}}
        local = timed(**told, folder=folder / "local")
        options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
        with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
            executor = client.get_executor()
            remote = timed(**told, folder=folder / "cluster", executor=executor)
            arguments = client, folder / "killed"
            threading.Thread(target=kill_a_worker, args=arguments, daemon=True).start()
            killed = timed(**told, folder=folder / "killed", executor=executor)
    print(f"{RUNS} runs of {seconds:g} s, two at a time")
    print(f"  two processes              {local:6.1f} s")
    print(f"  two workers                {remote:6.1f} s ({remote / local - 1:+.1%})")
    print(f"  two workers, one killed    {killed:6.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=30.0)
    main(parser.parse_args().seconds)
