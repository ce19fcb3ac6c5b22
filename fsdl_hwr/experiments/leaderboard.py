"""Which of many ideas helped: runs against the spread of a baseline that ran several times."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr.experiments import tables

# Student's t for a 95% interval, by the number of values that the deviation was computed from.
T_95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}
VERDICTS = ("better", "worse", "within noise")


@dataclass(frozen=True)
class Baseline:
    """CERs of one setting under several seeds, and where one more such run would come to lie."""

    cers: tuple[float, ...]

    @property
    def mean(self) -> float:
        return float(np.mean(self.cers))

    @property
    def noise(self) -> float:
        """Half the width of the interval that holds one more run in 95 of 100 cases; in CER.

        Infinite for one run alone: of its noise nothing is known. (Student's prediction interval.)
        """
        count = len(self.cers)
        if count < 2:
            return math.inf
        return T_95[min(count, 10)] * float(np.std(self.cers, ddof=1)) * math.sqrt(1 + 1 / count)

    def verdict(self, cer: float) -> str:
        """Say 'better', 'worse', or 'within noise' of one run's CER."""
        if abs(cer - self.mean) <= self.noise:
            return "within noise"
        return "better" if cer < self.mean else "worse"


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
    """Say in words how many of the ideas differ from the baseline by more than its noise."""
    counts = {name: verdicts.count(name) for name in VERDICTS}
    return (
        f"Of {len(verdicts)} ideas, {counts['better']} helped and {counts['worse']} hurt by more "
        f"than the noise; {counts['within noise']} cannot be told from luck"
    )
