"""Suspect labels, one at a time: image, label, reading, score; keep it, fix it, or drop it.

`suspects` computes the data, `figures.labels.draw_suspects` draws it, `explore` opens it, and
`decided` applies what the student decided.
"""

from collections.abc import Sequence

import numpy as np

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.explorers import widget

KEEP, FIX, DROP = "keep", "fix", "drop"


def suspects(
    lines: Lines, readings: Sequence[str], scores: np.ndarray, count: int = 20
) -> list[dict]:
    """Return the lines whose labels score highest, the most suspect first: JSON.

    Args:
        lines: with the labels in question as transcripts.
        readings: what a network reads, one per line.
        scores: (lines,), the higher, the more suspect.
        count: number of lines to return, at most.
    """
    order = np.argsort(-np.asarray(scores), kind="stable")[:count]
    return [
        {
            "index": int(k),
            "image": widget.png(lines.images[k, :, : int(lines.ink_widths[k]) + 4]),
            "size": [int(lines.ink_widths[k]) + 4, lines.images.shape[1]],
            "label": lines.transcripts[k],
            "reading": readings[k],
            "score": round(float(min(scores[k], 1e3)), 2),
        }
        for k in order
    ]


def explore(lines: Lines, readings: Sequence[str], scores: np.ndarray, count: int = 20):
    """Open the suspects in the browser.

    `.state["verdicts"]` maps the index of a line, as text, to [verdict, label].

    Args:
        lines, readings, scores, count: see `suspects`.
    """
    data = {"suspects": suspects(lines, readings, scores, count)}
    return widget.open_explorer("suspect_explorer", data, {"place": 0, "verdicts": {}})


def decided(lines: Lines, verdicts: dict[str, Sequence[str]]) -> Lines:
    """Return the lines with what was fixed fixed, and without what was dropped."""
    texts = list(lines.transcripts)
    for index, (verdict, label) in verdicts.items():
        if verdict == FIX:
            texts[int(index)] = label
    dropped = {int(index) for index, (verdict, _) in verdicts.items() if verdict == DROP}
    kept = [k for k in range(len(lines)) if k not in dropped]
    return Lines(lines.images[kept], tuple(texts[k] for k in kept), lines.ink_widths[kept])
