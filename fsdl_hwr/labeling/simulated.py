"""A second annotator with habits of their own, for labs that have no second person at hand."""

from dataclasses import replace

import numpy as np

from fsdl_hwr.datasets.pages import HANDWRITTEN, NO_POLYGON, Page, TextLine, resampled
from fsdl_hwr.labeling.label_noise import LOOK_ALIKE, PLANTERS
from fsdl_hwr.layout import crops


def second_annotation(page: Page, seed: int = 0, *, typos: float = 0.3, split: float = 0.2) -> Page:
    """Return a page as somebody else might have labeled it.

    They leave print and notes out, take a gap within a line for the end of it now and then, draw
    baselines by eye, and misread look-alikes.

    Args:
        page: with its lines.
        seed: of the habits.
        typos: share of lines with letters taken for others.
        split: share of lines that become two.
    """
    rng = np.random.default_rng((seed, 8))
    lines: list[TextLine] = []
    for line in page.lines:
        if line.kind != HANDWRITTEN:
            continue
        pieces = (
            halves(line) if rng.random() < split and len(line.transcript.split()) > 3 else [line]
        )
        for piece in pieces:
            text = piece.transcript
            if rng.random() < typos:
                text = PLANTERS[LOOK_ALIKE]([text], 0, rng)
            by_eye = piece.baseline + rng.normal(0, 0.1 * line.x_height, 2)
            piece = replace(piece, transcript=text, baseline=by_eye.astype(np.float32))
            lines.append(replace(piece, polygon=crops.outline(piece)))
    return Page(page.image, tuple(lines), page.owners, page.name)


def halves(line: TextLine) -> list[TextLine]:
    """Cut a line in two between words, each with its share of the baseline."""
    words = line.transcript.split()
    texts = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    share = (len(texts[0]) + 0.5) / len(line.transcript)
    points = resampled(line.baseline, max(2.0, line.x_height / 2))
    cut = int(np.clip(round(share * len(points)), 2, len(points) - 2))
    parts = points[:cut], points[cut:]
    return [
        replace(line, baseline=part, transcript=text, polygon=NO_POLYGON)
        for part, text in zip(parts, texts, strict=True)
    ]
