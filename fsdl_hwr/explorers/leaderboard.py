"""Which of many ideas helped: runs against the spread of a baseline that ran several times."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from fsdl_hwr import tracking
from fsdl_hwr.explorers.drawing import BLACK, BLUE, ORANGE, SKY, VERMILION, WIDTH, plain

# Student's t for a 95% interval, by the number of values that the deviation was computed from.
T_95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}
MARKS = {"better": ("o", BLUE), "worse": ("s", VERMILION), "within noise": ("D", ORANGE)}


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


def table(runs: Mapping[str, Mapping], baseline: Baseline) -> tracking.Table:
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
    return tracking.Table(rows, list(rows[0]))


def draw_leaderboard(runs: Mapping[str, Mapping], baseline: Baseline, title: str) -> Figure:
    """Draw each run's validation CER with its interval over the baseline's noise."""
    ordered = sorted(runs.items(), key=lambda item: -item[1]["validation_cer"])
    figure = Figure(figsize=(WIDTH, 1.3 + 0.3 * len(ordered)))
    axes = figure.subplots()
    if math.isfinite(baseline.noise):
        band = baseline.mean - baseline.noise, baseline.mean + baseline.noise
        axes.axvspan(*band, color=SKY, alpha=0.3, lw=0, label="where one more baseline may lie")
    axes.axvline(baseline.mean, color=BLACK, lw=1, label="mean of the baseline's seeds")
    for verdict, (marker, color) in MARKS.items():
        places = [
            k
            for k, (_, run) in enumerate(ordered)
            if baseline.verdict(run["validation_cer"]) == verdict
        ]
        if not places:
            continue
        chosen = [ordered[k][1] for k in places]
        cers = np.array([run["validation_cer"] for run in chosen])
        ends = np.array([run["validation_cer_interval"] for run in chosen])  # (runs, 2)
        errors = np.abs(ends.T - cers)
        axes.errorbar(
            cers, places, xerr=errors, fmt=marker, color=color, ms=6, lw=1.2, label=verdict
        )
    axes.set_yticks(range(len(ordered)), [name for name, _ in ordered], fontsize=9)
    axes.set_ylim(-0.6, len(ordered) - 0.4)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel("validation CER, with the interval that other lines would give")
    plain(axes, grid="x")
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.set_title(title, fontsize=12)
    return figure


def finding(verdicts: Sequence[str]) -> str:
    """Say in words how many of the ideas differ from the baseline by more than its noise."""
    counts = {name: verdicts.count(name) for name in MARKS}
    return (
        f"Of {len(verdicts)} ideas, {counts['better']} helped and {counts['worse']} hurt by more "
        f"than the noise; {counts['within noise']} cannot be told from luck"
    )
