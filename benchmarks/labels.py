"""What lab 07 claims of real pages: agreement, and what labeled lines do for the shipped reader.

`python benchmarks/labels.py agreement FOLDER`: both annotations of pages that `FOLDER` and
`FOLDER/second_annotator` hold as XML. `python benchmarks/labels.py curve FOLDER [57+58]`: CER on
lines of its pages (of those whose names end so) after training on 0, 10, 20 and 40 other lines of
them, and the keystrokes that the readings save. `python benchmarks/labels.py noise`: planted faults
in UNIPEN.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from fsdl_hwr import metrics, weights
from fsdl_hwr.datasets import page_xml, sources, unipen
from fsdl_hwr.labeling import agreement, cost, label_noise, learning
from fsdl_hwr.serving import onnx


def show_agreement(folder: Path) -> None:
    for second in sorted((folder / "second_annotator").glob("*.xml")):
        first = page_xml.read_page(folder / second.name)
        other = page_xml.read_page(second, (folder / second.name).with_suffix(".jpg"))
        found = agreement.compare(first, other)
        print(f"{second.stem}: {len(first.lines)} and {len(other.lines)} lines, "
              f"F1 {found.score.f1:.3f}, CER {found.cer}")  # fmt: skip


def show_curve(folder: Path, ends: list[str], counts: list[int], seed: int) -> None:
    from fsdl_hwr.recognizers.line import Recognizer

    shipped = Recognizer.load(weights.KERAS)
    pages = [page_xml.read_page(path) for path in sorted(folder.glob("*.xml"))]
    own = [page for page in pages if not ends or page.name.endswith(tuple(ends))]
    found = learning.line_set(own, shipped)
    order = np.random.default_rng(seed).permutation(len(found.lines))
    test, rest = found.lines[order[: len(order) // 3]], found.lines[order[len(order) // 3 :]]
    print(f"{len(found.lines)} lines of {len(own)} pages, {len(test)} to test")
    before = metrics.character_error_rate(test.transcripts, shipped.read(test))
    print(f" 0 lines: CER {before}, saves {cost.saving(shipped.read(test), test.transcripts):.0%}")
    for count in counts:
        pupil = Recognizer.load(weights.KERAS)
        own_lines, validation = rest[:count], rest[count : count + 6]
        with tempfile.TemporaryDirectory() as run:
            history = learning.train_on(pupil, own_lines, validation, run, seed=seed)
        texts = pupil.read(test)
        after = metrics.character_error_rate(test.transcripts, texts)
        print(f"{count:2} lines: CER {after}, {after.value / before.value:.2f} of before, saves "
              f"{cost.saving(texts, test.transcripts):.0%}, "
              f"{sum(history['seconds']):.0f} s")  # fmt: skip


def show_noise(split: str, num: int, seed: int) -> None:
    reader = onnx.load(weights.ONNX)
    recorded = unipen.text_lines(split)
    chosen = np.random.default_rng(seed).permutation(len(recorded))[:num]
    texts = [recorded.transcripts[k] for k in chosen]
    clean = sources.draw_all([recorded.inks[k] for k in chosen], texts, reader.geometry)
    spoiled, kinds = label_noise.plant(texts, seed)
    lines = type(clean)(clean.images, tuple(spoiled), clean.ink_widths)
    scores = label_noise.noise_scores(reader, lines)
    for kind in label_noise.SHARES:
        wrong = kinds == kind
        rest = wrong | (kinds == "")
        print(f"{kind}: {wrong.sum()} of {len(kinds)}, "
              f"AUROC {label_noise.auroc(scores[rest], wrong[rest]):.3f}, among the top 5%: "
              f"{label_noise.found_among_top(scores[rest], wrong[rest], 0.05):.0%}")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("agreement", "curve", "noise"))
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("letters", nargs="?", default="")
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 20, 40])
    parser.add_argument("--num", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.what == "agreement":
        show_agreement(arguments.folder)
    elif arguments.what == "curve":
        show_curve(
            arguments.folder,
            arguments.letters.split("+") if arguments.letters else [],
            arguments.counts,
            arguments.seed,
        )
    else:
        show_noise("test", arguments.num, arguments.seed)
