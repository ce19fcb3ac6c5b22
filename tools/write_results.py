"""Write docs/results.md: what the labs measured, beside what they promise. `make results`.

It reads the results.json that a run of every lab with its defaults leaves in runs/ (`make test`),
the shipped recognizer's figures, and docs/recorded/*.json: what runs measured that take longer, by
the command that is named there. Nothing in the page is written by hand.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
APART = ("04b_many_machines",)  # make test does not run it
PAGE = ROOT / "docs" / "results.md"
RECORDED = ROOT / "docs" / "recorded"
SHIPPED = ROOT / "fsdl_hwr" / "weights" / "results.json"
INTRODUCTION = """\
# Results

What the labs measure with their defaults, beside the range that each promises in its text; then \
the recognizer that ships, and runs that take longer, on drawn and on real data. Error rates are \
of characters (CER) unless a row says otherwise; in parentheses the 95% interval. Written by \
`make results` from the records of runs: your own are in `runs/<lab>/results.json`.
"""


def main() -> None:
    """Write the page from the labs' runs; name the labs that have none."""
    labs = sorted(path.stem for path in (ROOT / "labs").glob("*.ipynb") if path.stem not in APART)
    runs = {lab: ROOT / "runs" / lab / "results.json" for lab in labs}
    if missing := [lab for lab, path in runs.items() if not path.is_file()]:
        sys.exit(f"No run of {', '.join(missing)} with the defaults: make test, or make run LAB=….")
    records = {lab: json.loads(path.read_text("utf-8")) for lab, path in runs.items()}
    shipped = json.loads(SHIPPED.read_text("utf-8"))
    recorded = [json.loads(path.read_text("utf-8")) for path in sorted(RECORDED.glob("*.json"))]
    PAGE.write_text(page(records, shipped, recorded), "utf-8")
    print(PAGE.relative_to(ROOT))


def page(records: Mapping, shipped: Mapping, recorded: Iterable[Mapping]) -> str:
    """Return the page: one section per lab, one for the recognizer that ships, one for the rest."""
    versions = next(iter(records.values()))["versions"]
    parts = [INTRODUCTION, f"Versions: {', '.join(f'{k} {v}' for k, v in versions.items())}.\n"]
    parts.append("## The labs, by default\n")
    for lab, record in records.items():
        if record["expected"]:
            rows = [
                (name, number(e["value"]), f"{number(e['low'])} to {number(e['high'])}")
                for name, e in record["expected"].items()
            ]
            parts.append(f"### {lab}\n\n{table(('what', 'measured', 'promised'), rows)}")
    rows = [
        (name, row["items"], interval(*row["greedy"]), interval(*row["ngram"]))
        for name, row in shipped.items()
        if "ngram" in row
    ]
    head = ("lines", "number", "greedy", "with the n-gram")
    parts.append(f"## The recognizer that ships\n\n{table(head, rows)}")
    parts.append("By `python tools/measure_pretrained.py`; see its card for what the sets are.\n")
    parts.append("## Longer runs\n")
    for run in recorded:
        rows = [
            (row["what"], interval(*(row[k] for k in ("value", "low", "high") if k in row)))
            for row in run["rows"]
        ]
        parts.append(f"### {run['title']}\n\n{table(('what', 'measured'), rows)}")
        parts.append(f"`{run['command']}`, on {run['machine']}.\n")
    return "\n".join(parts)


def table(head: Iterable[str], rows: Iterable[Iterable]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def number(value: float) -> str:
    """Write a number with the digits that matter: counts as they are, the rest with three."""
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def interval(value: float, low: float | None = None, high: float | None = None) -> str:
    """Write a share as a percentage with its interval; a number without one as it is."""
    if low is None or high is None:
        return number(value)
    return f"{value:.1%} ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    main()
