"""What lab 07 claims of real pages: agreement, and what labeled lines do for the shipped reader.

`python benchmarks/labels.py agreement FOLDER`: both annotations of pages that `FOLDER` and
`FOLDER/second_annotator` hold as XML. `python benchmarks/labels.py curve FOLDER [57+58]`: CER on
lines of its pages (of those whose names end so) after training on 0, 10, 20 and 40 other lines of
them, and the keystrokes that the readings save. `python benchmarks/labels.py choose FOLDER`: lines
that the reader doubts against random ones, at equal keystrokes. `python benchmarks/labels.py
noise`: planted faults in UNIPEN. `python benchmarks/labels.py suspects OUT.png`: its labels that
are doubted most.
"""

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import metrics, weights
from fsdl_hwr.datasets import page_xml, sources, unipen
from fsdl_hwr.figures import drawing, labels
from fsdl_hwr.labeling import agreement, cost, label_noise, learning
from fsdl_hwr.serving import onnx


def show_agreement(folder: Path) -> None:
    for second in sorted((folder / "second_annotator").glob("*.xml")):
        first = page_xml.read_page(folder / second.name)
        other = page_xml.read_page(second, (folder / second.name).with_suffix(".jpg"))
        found = agreement.compare(first, other)
        print(f"{second.stem}: {len(first.lines)} and {len(other.lines)} lines, "
              f"F1 {found.score.f1:.3f}, CER {found.cer}")  # fmt: skip


def show_curve(
    folder: Path, ends: list[str], counts: list[int], passes: int, rate: float, seed: int
):
    from fsdl_hwr.recognizers.line import Recognizer

    shipped = Recognizer.load(weights.KERAS)
    test, rest = test_and_rest(folder, ends, shipped, seed)
    before = metrics.character_error_rate(test.transcripts, shipped.read(test))
    print(f" 0 lines: CER {before}, saves {cost.saving(shipped.read(test), test.transcripts):.0%}")
    for count in counts:
        pupil = Recognizer.load(weights.KERAS)
        own_lines, validation = rest[:count], rest[count : count + 6]
        with tempfile.TemporaryDirectory() as run:
            history = learning.train_on(
                pupil, own_lines, validation, run, passes=passes, learning_rate=rate, seed=seed
            )
        texts = pupil.read(test)
        after = metrics.character_error_rate(test.transcripts, texts)
        print(f"{count:2} lines: CER {after}, {after.value / before.value:.2f} of before, saves "
              f"{cost.saving(texts, test.transcripts):.0%}, "
              f"{sum(history['seconds']):.0f} s")  # fmt: skip


def show_choice(
    folder: Path, ends: list[str], passes: int, rate: float, seed: int, share: float = 0.25
) -> None:
    """Label what is doubted most, or what comes at random, for the same keystrokes; train; test.

    Args:
        folder, ends, passes, rate, seed: see `show_curve`.
        share: of the keystrokes that all lines to choose from would cost.
    """
    from fsdl_hwr.recognizers.line import Recognizer

    shipped = Recognizer.load(weights.KERAS)
    test, rest = test_and_rest(folder, ends, shipped, seed)
    validation, pool = rest[:6], rest[6:]
    before = metrics.character_error_rate(test.transcripts, shipped.read(test))
    readings = shipped.read_each(pool)
    typing = cost.keystrokes([reading.text for reading in readings], pool.transcripts)
    orders = {
        "doubted": cost.order_by_doubt(readings, pool),
        **{f"random {k}": np.random.default_rng(k).permutation(len(pool)) for k in range(2)},
    }
    print(f"before {before}; {share * typing.sum():.0f} keystrokes to spend")
    for name, order in orders.items():
        taken = cost.within_budget(list(order), typing, share * typing.sum())
        pupil = Recognizer.load(weights.KERAS)
        with tempfile.TemporaryDirectory() as run:
            learning.train_on(
                pupil, pool[taken], validation, run, passes=passes, learning_rate=rate, seed=seed
            )
        after = metrics.character_error_rate(test.transcripts, pupil.read(test))
        print(f"{name:<9} {len(taken):2} lines: CER {after}, {after.value / before.value:.2f}")


def test_and_rest(folder: Path, ends: list[str], reader, seed: int):
    """Divide the lines of some pages at random: a third to test."""
    pages = [page_xml.read_page(path) for path in sorted(folder.glob("*.xml"))]
    own = [page for page in pages if not ends or page.name.endswith(tuple(ends))]
    found = learning.line_set(own, reader)
    order = np.random.default_rng(seed).permutation(len(found.lines))
    print(f"{len(order)} lines of {len(own)} pages, {len(order) // 3} to test")
    return found.lines[order[: len(order) // 3]], found.lines[order[len(order) // 3 :]]


def show_noise(split: str, num: int, seed: int) -> None:
    reader = onnx.load(weights.ONNX)
    recorded = unipen.text_lines(split)
    chosen = np.random.default_rng(seed).permutation(len(recorded))[:num]
    texts = [recorded.transcripts[k] for k in chosen]
    clean = sources.lines_of([recorded.inks[k] for k in chosen], texts, reader.geometry)
    spoiled, kinds = label_noise.plant(texts, seed)
    lines = type(clean)(clean.images, tuple(spoiled), clean.ink_widths)
    scores = label_noise.noise_scores(reader, lines)
    for kind in label_noise.SHARES:
        wrong = kinds == kind
        rest = wrong | (kinds == "")
        print(f"{kind}: {wrong.sum()} of {len(kinds)}, "
              f"AUROC {label_noise.auroc(scores[rest], wrong[rest]):.3f}, among the top 5%: "
              f"{label_noise.found_among_top(scores[rest], wrong[rest], 0.05):.0%}")  # fmt: skip


def show_suspects(out: Path, num: int, seed: int) -> None:
    """Draw the UNIPEN labels that are doubted most: lines by their noise score, then characters."""
    reader = onnx.load(weights.ONNX)
    recorded = [unipen.text_lines(split) for split in ("validation", "test")]
    texts = [text for each in recorded for text in each.transcripts]
    lines = sources.lines_of(
        [ink for each in recorded for ink in each.inks], texts, reader.geometry
    )
    scores = label_noise.noise_scores(reader, lines)
    order = np.argsort(-scores, kind="stable")[:num]
    title = f"The {num} most suspect of {len(lines)} lines"
    readings = reader.read(lines[order])
    figure = labels.draw_suspects(lines[order], readings, scores[order], title)
    figure.savefig(out.with_stem(f"{out.stem}_lines"), dpi=80, bbox_inches="tight")
    print(f"lines, counted through validation and test: {order.tolist()}")
    print(f"their scores: {np.round(scores[order], 1).tolist()}")

    known, asked = (unipen.characters(split) for split in ("train", "test"))
    chosen = np.random.default_rng(seed).permutation(len(known.labels))[:12_000]
    small = [_features(each) for each in (known.images[chosen], asked.images)]
    classes = np.eye(len(known.characters), dtype=np.float32)[known.labels[chosen]]
    probabilities = np.concatenate([
        _votes(part, small[0], classes) for part in np.array_split(small[1], 20)
    ])  # fmt: skip
    doubted = label_noise.confident_learning(probabilities, asked.labels)
    own = probabilities[np.arange(len(asked.labels)), asked.labels]
    order = np.flatnonzero(doubted)[np.argsort(own[doubted], kind="stable")][: 3 * num]
    names = known.characters
    titles = [f"{names[asked.labels[k]]}, or {names[probabilities[k].argmax()]}" for k in order]
    figure = drawing.draw_glyphs(asked.images[order], titles, 12, "Label, and what it looks like")
    figure.savefig(out.with_stem(f"{out.stem}_characters"), dpi=80, bbox_inches="tight")
    print(f"{doubted.sum()} of {len(doubted)} characters are doubted: {order.tolist()}")


def _features(images: np.ndarray) -> np.ndarray:
    blurred = [cv2.resize(cv2.GaussianBlur(i, (0, 0), 1.2), (14, 14)) for i in images]
    return np.stack(blurred).reshape(len(images), -1).astype(np.float32) / 255


def _votes(asked: np.ndarray, known: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Let the nearest known glyphs vote, the near ones loudest: (n, classes)."""
    apart = (known**2).sum(axis=1) - 2 * asked @ known.T
    near = np.exp(-(apart - apart.min(axis=1, keepdims=True)))
    return near @ classes / near.sum(axis=1, keepdims=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("agreement", "curve", "choose", "noise", "suspects"))
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("letters", nargs="?", default="")
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 20, 40])
    parser.add_argument("--num", type=int, default=400)
    parser.add_argument("--passes", type=int, default=40)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    letters = arguments.letters.split("+") if arguments.letters else []
    training = arguments.passes, arguments.rate, arguments.seed
    if arguments.what == "agreement":
        show_agreement(arguments.folder)
    elif arguments.what == "curve":
        show_curve(arguments.folder, letters, arguments.counts, *training)
    elif arguments.what == "choose":
        show_choice(arguments.folder, letters, *training)
    elif arguments.what == "suspects":
        show_suspects(arguments.folder, 20, arguments.seed)
    else:
        show_noise("test", arguments.num, arguments.seed)
