"""Which of many ideas helped: runs against the spread of a baseline that ran several times."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr.experiments import sweeps, tables

# Student's t for a 95% interval, by the number of values that the deviation was computed from.
T_95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}
VERDICTS = ("better", "worse", "within noise")


@dataclass(frozen=True)
class Baseline:
    """CERs of one setting under several seeds, and the range in which one more run would lie."""

    cers: tuple[float, ...]

    @classmethod
    def of(cls, runs: Mapping[str, Mapping]) -> "Baseline":
        """Read the validation CERs from the rows of runs, such as `run_seeds` returns."""
        return cls(tuple(run["validation_cer"] for run in runs.values()))

    @property
    def mean(self) -> float:
        """The mean CER over the seeds."""
        return float(np.mean(self.cers))

    @property
    def noise(self) -> float:
        """Half-width of the 95% prediction interval for one more run, in CER (Student).

        Infinite with a single run, whose spread is unknown.
        """
        count = len(self.cers)
        if count < 2:
            return math.inf
        return T_95[min(count, 10)] * float(np.std(self.cers, ddof=1)) * math.sqrt(1 + 1 / count)

    def verdict(self, cer: float) -> str:
        """Return 'better', 'worse' or 'within noise' for one run's CER."""
        if abs(cer - self.mean) <= self.noise:
            return "within noise"
        return "better" if cer < self.mean else "worse"


def run_ideas(
    lab: str | os.PathLike,
    ideas: Mapping[str, Mapping],
    folder: str | os.PathLike,
    common: Mapping,
    *,
    processes: int = 2,
    may_fail: bool = False,
) -> dict[str, dict]:
    """Run a lab once per idea, and return the rows of the runs by the idea's name.

    Runs that are finished are not repeated. Raises `RuntimeError` if a run failed.

    Args:
        lab: the notebook of one run.
        ideas: by name, the parameters that an idea sets.
        folder: gets a folder per run.
        common: parameters of all runs; an idea's own win.
        processes: how many run at once.
        may_fail: leaves out the runs that failed, as long as one did not.
    """
    show = ["val_cer", "lines_seen"]
    rows = sweeps.sweep(lab, ideas.values(), folder, common, processes=processes, show=show)
    done = {name: row for name, row in zip(ideas, rows, strict=True) if row["state"] == "finished"}
    failed = [name for name in ideas if name not in done]
    if failed and not (may_fail and done):
        raise RuntimeError(f"Failed: {failed}. See output.txt in the folders of {folder}.")
    return done


def run_seeds(
    lab: str | os.PathLike,
    settings: Mapping,
    seeds: Sequence[int],
    folder: str | os.PathLike,
    common: Mapping,
    *,
    processes: int = 2,
) -> dict[str, dict]:
    """Run a baseline with several seeds, all on equally many lines; rows as of `run_ideas`.

    If `minutes` is set, the first run measures how many lines fit into that time, and the others
    see as many, so that runs differ in the seed alone.

    Args:
        lab: the notebook of one run.
        settings: parameters of the baseline.
        seeds: one run each.
        folder: gets a folder per run.
        common: parameters of all runs; the baseline's own win.
        processes: how many run at once.
    """
    runs = {f"baseline, seed {seed}": {**settings, "seed": seed} for seed in seeds}
    if not common.get("minutes"):
        return run_ideas(lab, runs, folder, common, processes=processes)
    first = next(iter(runs))
    done = run_ideas(lab, {first: runs.pop(first)}, folder, common)
    lines = done[first]["lines_seen"] // common["epochs"]
    equal = {**common, "minutes": 0.0, "lines_per_epoch": lines}
    return done | run_ideas(lab, runs, folder, equal, processes=processes)


def table(runs: Mapping[str, Mapping], baseline: Baseline) -> tables.Table:
    """List runs from the best on validation to the worst, each with its verdict.

    runs: by name, rows of `tracking.load_runs` or of a sweep, finished ones.
    """
    rows = []
    for name, run in sorted(runs.items(), key=lambda item: item[1]["validation_cer"]):
        low, high = run["validation_cer_interval"]
        rows.append(
            {
                "idea": name,
                "validation CER": f"{run['validation_cer']:.1%}",
                "95% interval": f"{low:.1%} to {high:.1%}",
                "against the baseline": f"{100 * (run['validation_cer'] - baseline.mean):+.1f}",
                "verdict": baseline.verdict(run["validation_cer"]),
                "lines seen": f"{run['lines_seen']:,}",
            }
        )
    return tables.Table(rows, list(rows[0]))


def finding(verdicts: Sequence[str]) -> str:
    """Return in words how many of the ideas differ from the baseline by more than its noise."""
    counts = {name: verdicts.count(name) for name in VERDICTS}
    return (
        f"Of {len(verdicts)} ideas, {counts['better']} helped and {counts['worse']} hurt by more "
        f"than the noise; {counts['within noise']} cannot be told from luck"
    )
