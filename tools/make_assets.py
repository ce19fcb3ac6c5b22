"""Draw the README's pictures from the package and from the recognizer that `make run` trained."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import ctc, paper
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import line_makers, lines, sources, strokes
from fsdl_hwr.datasets.line_makers import PenLineMaker
from fsdl_hwr.figures import drawing
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers.line import Recognizer

ASSETS = Path(__file__).parents[1] / "assets"
RECOGNIZER = ASSETS.parent / "runs" / "03_line_recognizer" / "recognizer.keras"
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
    recognizer = Recognizer.load(RECOGNIZER)
    rng = np.random.default_rng(SEED)
    pangram, geometry = "The quick brown fox jumps: 1, 2, 3", LineGeometry(56, 1904)
    hands = sources.pens("written", "test", 8)
    written = np.stack([PenLineMaker([hand], geometry)(pangram, rng) for hand in hands])
    widths = lines.ink_widths(written)
    pangrams = lines.Lines(written[:, :, : max(widths) + 8], ("",) * len(written), widths)
    title = "Eight writers of the embedded data set, one sentence"
    save(drawing.draw_lines(pangrams, title), "writers.png")

    texts = sources.sentences("faker", "test", alphabet=Alphabet(), num=200).texts
    glyphs = sources.load_glyphs("strokes", "test", num_writers=40)
    test = lines.make_lines(line_makers.GlyphLineMaker(glyphs), texts, seed=SEED)
    read = recognizer.read(test)
    shown = [i for i, t in enumerate(texts) if 20 <= len(t) <= 30][:7]
    cut = dataclasses.replace(
        test[shown], images=test.images[shown][:, :, : max(test.ink_widths[shown]) + 4]
    )
    title = "Lines of writers it never saw, as it reads them"
    figure = drawing.draw_lines(cut, title, [read[i] for i in shown])
    save(figure, "reading.png")

    # A line that it reads right, so that the alignment is the one it read by.
    right = [i for i, t in enumerate(texts) if read[i] == t and 12 <= len(t) <= 20]
    one = test[[right[0]]]
    num_frames = recognizer.frames(one.ink_widths)[0]
    log_probs = ctc.log_softmax(recognizer.logits(one)[0, :num_frames])  # (frames, classes)
    label = recognizer.alphabet.encode(one.transcripts[0])
    title = "Where it read each character: spikes between blanks"
    figure = drawing.draw_alignment(
        one.images[0], log_probs, label, recognizer.alphabet, recognizer.frame_width, title
    )
    save(figure, "alignment.png")


if __name__ == "__main__":
    main()
