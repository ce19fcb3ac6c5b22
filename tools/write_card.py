"""Write the card of the recognizer that ships, from what was measured and a template.

fsdl_hwr/weights/README.md comes from results.json there and tools/pretrained_card.md.

python tools/write_card.py
"""

import json
from pathlib import Path

from fsdl_hwr import weights
from fsdl_hwr.datasets.handwriting import NEVER_SEEN

CARD = Path(__file__).with_name("pretrained_card.md")


def main() -> None:
    """Fill the card in, and write it."""
    results = json.loads((weights.FOLDER / "results.json").read_text())
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
    curve = [
        f"| {row['core_min']:.0f} | {row['lines']:,} | {row['val_lines_clean']:.1%} |"
        for row in log
        if "val_lines_clean" in row
    ]
    text = CARD.read_text().format(
        rows="\n".join(rows),
        curve="\n".join(curve),
        lines=log[-1]["lines"],
        minutes=log[-1]["core_min"],
        never_seen=", ".join(f"`{name}`" for name in NEVER_SEEN),
        **decoding,
    )
    (weights.FOLDER / "README.md").write_text(text)


if __name__ == "__main__":
    main()
