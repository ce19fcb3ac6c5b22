"""The drawing canvas: strokes of a mouse, a finger or a pen, read by a network as they are drawn.

An ink from the canvas is the package's ink: float32 strokes (points, 3) of x, y and seconds since
the first point, in canvas units. A canvas is `SIZES[kind]` units wide and high, whatever its size
on the screen. `kind` is "character" or "line".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import ctc
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import normalize
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets import canvas_ink, lines
from fsdl_hwr.datasets.canvas_ink import Sample
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.ink import Ink
from fsdl_hwr.recognizers import classifier
from fsdl_hwr.recognizers.reader import LineReader

NUM_ANSWERS = 5


@dataclass(frozen=True)
class Reader:
    """A network behind the canvas.

    kind: "character" or "line". characters: those that it can write. image: turns an ink into what
    the network gets. answers: turns that image into (text, probability) pairs, the best first.
    """

    kind: str
    characters: str
    image: Callable[[Ink], np.ndarray]
    answers: Callable[[np.ndarray], list[tuple[str, float]]]


@dataclass(frozen=True)
class Reading:
    """One ink as a network saw and read it: image uint8 (height, width), answers best first."""

    image: np.ndarray
    answers: list[tuple[str, float]]


def character_reader(network: keras.Model, characters: str) -> Reader:
    """Read single characters with a classifier, class k for `characters[k]`: its best five.

    Raises `ValueError` if the network has another number of classes.
    """
    classifier.check(network, characters)

    def answers(image):
        logits = np.asarray(network.predict_on_batch(image[None]), np.float64)[0]  # (classes,)
        probabilities = np.exp(logits - np.logaddexp.reduce(logits))
        best = np.argsort(-probabilities)[:NUM_ANSWERS]
        return [(characters[k], float(probabilities[k])) for k in best]

    return Reader("character", characters, canvas_ink.character_image, answers)


def line_reader(recognizer: LineReader) -> Reader:
    """Read lines with a recognizer: the greedy text, and the probability of its best path.

    Ink is laid out in the recognizer's geometry, `canvas_ink.GEOMETRY` if it was trained for it.
    """

    def image(ink):
        return canvas_ink.line_image(ink, recognizer.geometry)

    def answers(image):
        one = lines.Lines(image[None], ("",), lines.ink_widths(image[None]))
        num_frames = recognizer.frames(one.ink_widths)[0]
        log_probs = ctc.log_softmax(recognizer.logits(one)[0, :num_frames])  # (frames, classes)
        text = recognizer.alphabet.decode(ctc.greedy_decode(log_probs[None])[0])
        return [(text, float(np.exp(log_probs.max(-1).sum())))]

    return Reader("line", recognizer.alphabet.characters, image, answers)


def draw_reading(ink: Ink, kind: str, reading: Reading, title: str) -> Figure:
    """Draw an ink in the order of its strokes, the image that the network gets, and its answers.

    Args:
        ink: from a canvas, in its units.
        kind: of canvas: "character" or "line".
        reading: of this ink.
        title: of the figure.
    """
    figure = Figure(figsize=(drawing.WIDTH, 3.2 if kind == "character" else 3.6))
    if kind == "character":
        page, image, answers = figure.subplots(1, 3, width_ratios=[1, 1, 1.6])
    else:
        page, image = figure.subplots(2, 1, height_ratios=[3.2, 1])
    width, height = canvas_ink.SIZES[kind]
    colors = [drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.ORANGE]
    for k, stroke in enumerate(ink):
        color = colors[k % len(colors)]
        page.plot(stroke[:, 0], stroke[:, 1], color=color, linewidth=2)
        page.plot(*stroke[0, :2], "o", color=color, markersize=4)  # where the pen came down
    seconds = ink[-1][-1, 2] if ink else 0.0
    page.set(xlim=(0, width), ylim=(height, 0), aspect="equal", xticks=[], yticks=[])
    strokes = "1 stroke" if len(ink) == 1 else f"{len(ink)} strokes"
    page.set_title(f"drawn: {strokes}, {seconds:.1f} s", fontsize=10)
    image.imshow(reading.image, cmap="gray_r", vmin=0, vmax=255)
    image.set(xticks=[], yticks=[])
    size = f"{reading.image.shape[1]} × {reading.image.shape[0]} px"
    image.set_title(f"what the network gets: {size}", fontsize=10)
    if kind == "character":
        places = np.arange(len(reading.answers))
        shares = [100 * probability for _, probability in reading.answers]
        answers.barh(places, shares, color=[drawing.BLUE] + [drawing.SKY] * (len(places) - 1))
        names = [text for text, _ in reading.answers]
        answers.set_yticks(places, names, fontsize=14, parse_math=False)
        answers.set(xlim=(0, 100), xlabel="probability, %")
        answers.invert_yaxis()
        drawing.plain(answers, grid="")
    else:
        text = reading.answers[0][0] if reading.answers else ""
        image.set_xlabel(f"read: {text}", fontsize=13, parse_math=False)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def explore(reader: Reader, samples: Sequence[Sample], folder: str | Path):
    """Open the canvas: `reader` reads what is drawn after every stroke.

    samples: what can be loaded instead of drawing. folder: where the labelled samples go that the
    student saves. Returns the widget, or None without anywidget; `ink(explorer)` is what is drawn.
    """
    width, height = canvas_ink.SIZES[reader.kind]
    state = {"strokes": [], "label": "", "sample": 0, "loads": 0, "saves": 0}
    fixed = {
        "kind": reader.kind,
        "width": width,
        "height": height,
        "samples": [sample.label for sample in samples],
    }
    done = {"saves": 0, "message": "", "strokes": []}

    def compute(state: Mapping) -> dict:
        drawn_ink = canvas_ink.to_ink(state["strokes"])
        if state["strokes"] != done["strokes"]:  # others than those that were saved
            done.update(message="", strokes=state["strokes"])
        if state["saves"] != done["saves"]:
            done.update(saves=state["saves"], message="")
            label = normalize(state["label"])
            check_label(label, reader)
            path = canvas_ink.save_sample(folder, Sample(reader.kind, label, drawn_ink))
            done["message"] = f"Saved {label!r} as {path}."
        reading = read(reader, drawn_ink)
        # Of a line image, the paper beyond the ink is left out: more room to enlarge the rest.
        shown = reading.image[:, : max(pen_ink.ink_width(reading.image) + 8, 280)]
        return {
            **fixed,
            "image": widget.png(shown),
            "imageSize": shown.shape[::-1],
            "answers": reading.answers,
            "message": done["message"],
            "loads": state["loads"],
            "strokes": canvas_ink.to_lists(samples[state["sample"]].ink) if samples else [],
        }

    return widget.open_explorer("canvas_explorer", compute(state), state, compute)


def ink(explorer) -> Ink:
    """Return what is drawn on an open canvas, as the package's ink."""
    return canvas_ink.to_ink(explorer.state["strokes"])


def read(reader: Reader, ink: Ink) -> Reading:
    """Read an ink; one without points has no answers."""
    image = reader.image(ink)
    return Reading(image, reader.answers(image) if ink else [])


def check_label(label: str, reader: Reader) -> None:
    """Raise `ValueError` for a label that the network behind the canvas could never write."""
    unknown = sorted(set(label) - set(reader.characters))
    if unknown:
        raise ValueError(f"The network has no class for {' '.join(unknown)}: choose another label.")
    if reader.kind == "character" and len(label) > 1:
        raise ValueError(f"This canvas takes one character; the label {label!r} has {len(label)}.")
