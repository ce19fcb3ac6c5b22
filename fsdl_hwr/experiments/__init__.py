"""Runs of notebooks: one run, its record, tables and sweeps of many, and which of them helped."""

from fsdl_hwr.experiments.labs import complete, find_file, parameters, run_folder, set_up
from fsdl_hwr.experiments.notebooks import RunError, is_finished, run_notebook, write_report
from fsdl_hwr.experiments.parameter_cells import check_parameters
from fsdl_hwr.experiments.results import (
    RESULTS,
    expect,
    to_json,
    versions,
    write_json,
    write_results,
)

__all__ = [
    "RESULTS",
    "RunError",
    "check_parameters",
    "complete",
    "expect",
    "find_file",
    "is_finished",
    "parameters",
    "run_folder",
    "run_notebook",
    "set_up",
    "to_json",
    "versions",
    "write_json",
    "write_report",
    "write_results",
]
