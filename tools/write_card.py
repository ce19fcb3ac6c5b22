"""Write the card of the recognizer that ships, from what was measured and a template.

fsdl_hwr/weights/README.md comes from results.json there and tools/pretrained_card.md.

python tools/write_card.py
"""

import json
from pathlib import Path

from fsdl_hwr import weights
from fsdl_hwr.datasets.handwriting import NEVER_SEEN

CARD = Path(__file__).with_name("pretrained_card.md")
RELIABLE = ("UNIPEN validation lines", "lines of contributors never seen")


def share(row: dict, name: str) -> str:
    """Write a share as a percentage, a dash if it was not measured."""
    return f"{row[name]:.1%}" if name in row else "–"


def main() -> None:
    """Fill the card in, and write it."""
    results = json.loads(weights.RESULTS.read_text())
    log = json.loads((weights.FOLDER / "training.json").read_text())
    decoding = json.loads(weights.DECODING.read_text())

    def rate(row: dict, name: str) -> str:
        if name not in row:
            return "–"
        value, low, high = (100 * n for n in row[name])
        return f"{value:.1f}% ({low:.1f} to {high:.1f})"

    rows = [
        f"| {name} | {row['items']} | {rate(row, 'greedy')} | {rate(row, 'ngram')} |"
        for name, row in results.items()
    ]
    every = max(1, len(log) // 24)
    shown = [row for row in log if row["epoch"] % every == 0 or row is log[-1]]
    curve = [
        f"| {row['core_minutes']:.0f} | {row['lines']:,} | {share(row, 'validation_cer_1')} "
        f"| {share(row, 'validation_cer')} |"
        for row in shown
        if "validation_cer" in row or "validation_cer_1" in row
    ]
    sure = {name: results[name]["reliability"] for name in RELIABLE}
    text = CARD.read_text().format(
        rows="\n".join(rows),
        curve="\n".join(curve),
        lines=log[-1]["lines"],
        minutes=log[-1]["core_minutes"],
        **{f"sure_{k}": sure[name]["confidence"] for k, name in enumerate(RELIABLE)},
        **{f"right_{k}": sure[name]["right"] for k, name in enumerate(RELIABLE)},
        never_seen=", ".join(f"`{name}`" for name in NEVER_SEEN),
        **decoding,
    )
    (weights.FOLDER / "README.md").write_text(text)


if __name__ == "__main__":
    main()
