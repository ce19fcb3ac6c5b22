"""Draw pictures of the embedded data: eight of its writers, and the page that lab 02 reads."""

from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import paper
from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.datasets.line_makers import PenLineMaker
from fsdl_hwr.figures import drawing
from fsdl_hwr.ink import LineGeometry

ASSETS = Path(__file__).parents[1] / "assets"
SEED = 5  # of the pictures alone


def save(figure, name: str) -> None:
    figure.savefig(ASSETS / name, dpi=110, bbox_inches="tight", facecolor="white")
    print(f"drew {ASSETS / name}")


def write_sample() -> None:
    """Write the page that lab 02 reads: a test writer's characters, as if photographed."""
    rng = np.random.default_rng(SEED)
    hand = line_makers.RuledHand(strokes.writers("test", 3)[2])
    row = PenLineMaker([hand], LineGeometry(96, 620))("H a n d 4 2 R g", rng)
    page = paper.on_paper(np.pad(row, 24), rng)
    cv2.imwrite(str(ASSETS / "handwriting_sample.png"), page)
    print(f"wrote {ASSETS / 'handwriting_sample.png'}")


def main() -> None:
    write_sample()
    rng = np.random.default_rng(SEED)
    pangram, geometry = "The quick brown fox jumps: 1, 2, 3", LineGeometry(56, 1904)
    hands = sources.pens("written", "test", 8)
    written = np.stack([PenLineMaker([hand], geometry)(pangram, rng) for hand in hands])
    widths = lines.ink_widths(written)
    pangrams = lines.Lines(written[:, :, : max(widths) + 8], ("",) * len(written), widths)
    title = "Eight writers of the embedded data set, one sentence"
    save(drawing.draw_lines(pangrams, title), "writers.png")


if __name__ == "__main__":
    main()
