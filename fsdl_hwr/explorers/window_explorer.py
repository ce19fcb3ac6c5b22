"""A line seen through windows: where they stand, what a classifier says, how many frames there are.

`look` computes it for one line, one window width and one stride, `draw_look` draws it, and
`explore` opens it in the page. `receptive_field` says the same of a network: what a frame sees.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import ctc, ink
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.networks.receptive_field import Field

CLASSIFIER_SIZE = 28  # px, of the images that a character classifier takes
NUM_ANSWERS = 3
PAPER_SHOWN = 8  # px of paper after the last window
WIDTHS, STRIDES = (6, 56), (4, 56)  # px, what the sliders offer


@dataclass(frozen=True)
class Look:
    """A line image through windows. Windows that begin after the ink are left out.

    image: uint8 (height, width), ink 255 on 0, cut after the last window. answers: per window the
    likeliest characters with their probabilities, best first; empty without a classifier.
    """

    image: np.ndarray
    transcript: str
    width: int  # px, of a window
    stride: int  # px
    starts: np.ndarray  # (windows,) px: one frame per window
    frames_needed: int
    answers: list[list[tuple[str, float]]]
    field: Field | None

    @property
    def overlap(self) -> int:
        """Return the px that neighboring windows share; negative if paper is left out."""
        return self.width - self.stride

    @property
    def feasible(self) -> bool:
        """Return whether CTC can write the transcript with one frame per window."""
        return len(self.starts) >= self.frames_needed

    @property
    def sentence(self) -> str:
        """Return in words whether the frames are enough."""
        length = len(self.transcript)
        spare = len(self.starts) - self.frames_needed
        verdict = (
            f"enough, with {spare} to spare."
            if spare >= 0
            else f"{-spare} too few, so CTC cannot write this transcript."
        )
        return (
            f"{len(self.starts)} frames available, {self.frames_needed} needed ({length} for "
            f"characters, {self.frames_needed - length} between equal neighbors): {verdict}"
        )


def look(
    image: np.ndarray,
    transcript: str,
    width: int,
    stride: int,
    classify: Callable[[np.ndarray], np.ndarray] | None = None,
    characters: str = "",
    field: Field | None = None,
) -> Look:
    """Put windows of `width` px every `stride` px on a line image and return what they see.

    Raises `ValueError` for a window that does not fit the image, for a stride below 1 px and for
    paper without ink.

    Args:
        image: uint8 (height, width), ink 255 on 0.
        transcript: of the line; it decides how many frames are needed.
        width: of a window, in px.
        stride: px from window to window.
        classify: takes uint8 (n, 28, 28), returns probabilities (n, classes); windows are brought
            to that size. Without it, windows get no answers.
        characters: class k of `classify` stands for `characters[k]`.
        field: a network's receptive field, to be drawn.
    """
    height, image_width = image.shape
    if not 1 <= width <= image_width or stride < 1:
        raise ValueError(
            f"Windows of {width} px every {stride} px do not fit on a line of {image_width} px: "
            f"choose a width from 1 to {image_width} and a stride of 1 or more."
        )
    ink_width = ink.ink_width(image)
    if ink_width == 0:
        raise ValueError("There is no ink on this line: choose another image.")
    starts = np.arange(0, min(ink_width, image_width - width + 1), stride)  # (windows,)
    answers = []
    if classify is not None:
        crops = [_to_square(image[:, start : start + width]) for start in starts]
        probabilities = np.asarray(classify(np.stack(crops)))  # (windows, classes)
        best = np.argsort(-probabilities, axis=1)[:, :NUM_ANSWERS]
        answers = [
            [(characters[k], float(row[k])) for k in classes]
            for row, classes in zip(probabilities, best, strict=True)
        ]
    end = min(image_width, max(int(starts[-1]) + width, ink_width) + PAPER_SHOWN)
    needed = ctc.frames_needed(list(transcript))
    return Look(image[:, :end], transcript, width, stride, starts, needed, answers, field)


def _to_square(window: np.ndarray) -> np.ndarray:
    """Bring a window to a classifier's size: paper beside narrow ones, wide ones are squeezed."""
    height, width = window.shape
    if width < height:
        before = (height - width) // 2
        window = np.pad(window, ((0, 0), (before, height - width - before)))
    size = (CLASSIFIER_SIZE, CLASSIFIER_SIZE)
    if window.shape == size:
        return window
    return cv2.resize(window, size, interpolation=cv2.INTER_AREA)


def draw_windows(
    image: np.ndarray, window_width: int, window_stride: int, answers: list[str], title: str
) -> Figure:
    """Draw the windows over a line image, and what was read in each above it.

    Args:
        image: uint8 (height, width), ink 255 on 0.
        window_width: px.
        window_stride: px from window to window.
        answers: one per window, from the left.
        title: of the figure.
    """
    figure = Figure(figsize=(drawing.WIDTH, 1.3))
    axes = figure.subplots()
    starts = window_stride * np.arange(len(answers))
    axes.imshow(image[:, : starts[-1] + window_width], cmap="gray_r", vmin=0, vmax=255)
    _draw_brackets(axes, starts, window_width, window_stride, answers, len(image))
    axes.axis("off")
    axes.set_title(title, fontsize=12, loc="left", pad=18)
    return figure


def draw_look(seen: Look, chosen: int = 0) -> Figure:
    """Draw a line with its windows, one of them enlarged with its answers, and count the frames."""
    figure = Figure(figsize=(drawing.WIDTH, 3.4))
    upper, lower = figure.subfigures(2, 1, squeeze=False)[:, 0]
    _draw_line(upper.add_axes((0.01, 0, 0.98, 0.85)), seen, chosen)
    window, answers, frames = lower.subplots(1, 3, width_ratios=[1, 1.6, 3])

    start = seen.starts[chosen]
    window.imshow(seen.image[:, start : start + seen.width], cmap="gray_r", vmin=0, vmax=255)
    window.set(xticks=[], yticks=[], xlabel=f"window {chosen + 1} of {len(seen.starts)}")
    window.spines[:].set(color=drawing.ORANGE, linewidth=3)
    found = seen.answers[chosen] if seen.answers else []
    places = np.arange(len(found))
    answers.barh(places, [probability for _, probability in found], color=drawing.ORANGE)
    answers.set_yticks(places, [_visible(character) for character, _ in found])
    answers.set(xlim=(0, 1), xlabel="the classifier's softmax")
    answers.set_visible(bool(found))
    counts = [seen.frames_needed, len(seen.starts)]
    bars = frames.barh([0, 1], counts, color=[drawing.BLUE, drawing.SKY], hatch=["", "//"])
    frames.bar_label(bars, padding=3)
    frames.set_yticks([0, 1], ["needed", "available"])
    frames.set(xlim=(0, 1.15 * max(counts)), xlabel="frames")
    frames.set_title("enough" if seen.feasible else "too few", fontsize=10)
    for axes in (answers, frames):
        axes.invert_yaxis()
        drawing.plain(axes, grid="")
    lower.subplots_adjust(bottom=0.3, top=0.85, wspace=0.45, left=0.05, right=0.98)
    figure.suptitle(seen.sentence, fontsize=11)
    return figure


def _draw_line(axes, seen: Look, chosen: int) -> None:
    """Draw the line under what was read, over its windows and the receptive field."""
    height, end = seen.image.shape
    axes.imshow(seen.image, cmap="gray_r", vmin=0, vmax=255, extent=(0, end, height, 0))
    names = [_visible(answer[0][0]) for answer in seen.answers] or [""] * len(seen.starts)
    _draw_brackets(axes, seen.starts, seen.width, seen.stride, names, height)
    start = seen.starts[chosen]
    axes.axvspan(start, start + seen.width, color=drawing.ORANGE, alpha=0.3, linewidth=0)
    bottom = height + 4 * max(2, -(-seen.width // seen.stride)) + 3
    if seen.field:
        frame = frame_at(seen.field, start + seen.width / 2)
        left = seen.field.start + frame * seen.field.step
        axes.barh(bottom + 5, seen.field.width, 6, left, color=drawing.GREEN)
        axes.text(left + seen.field.width + 4, bottom + 5, describe(seen.field),
                  va="center", fontsize=8)  # fmt: skip
        bottom += 9
    axes.set(xlim=(0, end), ylim=(bottom, -12))
    axes.axis("off")


def frame_at(field: Field, column: float) -> int:
    """Return the frame whose receptive field is centered nearest to a column."""
    return max(0, round((column - field.start - field.width / 2) / field.step))


def describe(field: Field) -> str:
    """Return in words what one frame of the network sees."""
    text = f"one frame of the network sees {field.width} px, every {field.step} px"
    return text + (", and by its LSTM the whole line" if field.everywhere else "")


def _draw_brackets(axes, starts, width: int, stride: int, names: list[str], height: int) -> None:
    """Put a bracket under every window, overlapping ones in lanes, and a name above it."""
    lanes = max(2, -(-width // stride))
    for k, (left, name) in enumerate(zip(starts, names, strict=True)):
        color = drawing.BLUE if k % 2 else drawing.VERMILION
        right, foot = left + width - 1, height + 3 + 4 * (k % lanes)
        axes.plot([left, left, right, right], [foot - 2, foot, foot, foot - 2],
                  color=color, linewidth=1.5, clip_on=False)  # fmt: skip
        middle = left + width / 2
        axes.text(middle, -4, name, ha="center", color=color, family="monospace", fontsize=10)


def _visible(character: str) -> str:
    return "\u2423" if character == " " else character  # an open box for the space


def page_data(seen: Look, image: np.ndarray) -> dict:
    """Return what the page draws: the whole line, and what Python computed for these windows."""
    ink_width = ink.ink_width(image)
    shown = image[:, : ink_width + WIDTHS[1]]
    return {
        "image": widget.png(shown),
        "size": [shown.shape[1], shown.shape[0]],  # px
        "lineWidth": image.shape[1],
        "inkWidth": ink_width,
        "length": len(seen.transcript),
        "framesNeeded": seen.frames_needed,
        "width": seen.width,
        "stride": seen.stride,
        "answers": [[[c, round(p, 3)] for c, p in answer] for answer in seen.answers],
        "field": asdict(seen.field) if seen.field else None,
        "fieldWords": describe(seen.field) if seen.field else "",
        "widths": [WIDTHS[0], min(WIDTHS[1], image.shape[1])],
        "strides": list(STRIDES),
    }


def explore(
    image: np.ndarray,
    transcript: str,
    width: int = 28,
    stride: int = 14,
    classify: Callable[[np.ndarray], np.ndarray] | None = None,
    characters: str = "",
    field: Field | None = None,
):
    """Open the windows of a line in the page.

    `.state` of what it returns holds width, stride and the chosen window.

    Args:
        image, transcript, classify, characters, field: see `look`.
        width, stride: the ones to begin with.
    """

    def compute(state: dict) -> dict:
        seen = look(image, transcript, state["width"], state["stride"], classify, characters, field)
        return page_data(seen, image)

    state = {"width": width, "stride": stride, "window": 0}
    return widget.open_explorer("window_explorer", compute(state), state, compute)
