"""Where two annotators of a page part: walk through lines and letters on which they disagree.

`disagreements` computes the data, `figures.labels.draw_disagreements` draws it, `explore` opens it.
"""

import cv2
import numpy as np

from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.explorers import widget
from fsdl_hwr.labeling.agreement import Agreement

SHOWN_HEIGHT = 760  # px of the page in the browser
LETTERS, OTHERWISE, ALONE = "other letters", "cut otherwise", "only one has it"


def disagreements(first: Page, second: Page, found: Agreement) -> list[dict]:
    """Return a dictionary per disagreement, from the page's top down: kind, texts, outlines."""
    items = [
        _item(LETTERS, first.lines[i], second.lines[j])
        for i, j in found.pairs
        if first.lines[i].transcript != second.lines[j].transcript
    ]
    for kind, ones, others in (
        (OTHERWISE, found.split_first, found.split_second),
        (ALONE, found.only_first, found.only_second),
    ):
        items += [_item(kind, first.lines[k], None) for k in ones]
        items += [_item(kind, None, second.lines[k]) for k in others]
    return sorted(items, key=lambda item: min(y for _, y in item["outline"]))


def explore(first: Page, second: Page, found: Agreement):
    """Open the disagreements in the browser; `.state["place"]` is the one that is shown."""
    image = first.image
    factor = min(1.0, SHOWN_HEIGHT / image.shape[0])
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    data = {"items": disagreements(first, second, found)}
    fixed = {"image": widget.png(255 - small), "size": [image.shape[1], image.shape[0]]}
    return widget.open_explorer("disagreement_explorer", data, {"place": 0}, fixed=fixed)


def _item(kind: str, one, other) -> dict:
    return {
        "kind": kind,
        "first": one.transcript if one else None,
        "second": other.transcript if other else None,
        "outline": np.rint((one or other).polygon).astype(int).tolist(),
    }
