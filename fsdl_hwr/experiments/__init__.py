"""Runs of notebooks: one run, its record, tables and sweeps of many, and which of them helped."""

from fsdl_hwr.experiments.notebooks import RunError, is_finished, run_notebook, write_report
from fsdl_hwr.experiments.results import RESULTS, to_json, versions, write_results

__all__ = [
    "RESULTS",
    "RunError",
    "is_finished",
    "run_notebook",
    "to_json",
    "versions",
    "write_report",
    "write_results",
]
