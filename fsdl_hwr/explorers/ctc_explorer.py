"""One line, everything CTC does with it: softmax, lattice, alignment, loss, gradient, training.

`explain` computes it for one line and any transcript, `draw_explanation` draws it over one axis.
`Recorder` watches the line while a recognizer trains, `draw_recording` draws what it saw, and
`explore` opens all of it in the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import BLANK_INDEX, Alphabet
from fsdl_hwr.backend import keras
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.recognizers.line import Recognizer

OTHER_CLASSES = 3  # shown beside the blank and the transcript's: the likeliest of the rest
PUSH = LinearSegmentedColormap.from_list("push", [drawing.BLUE, "#FFFFFF", drawing.VERMILION])


@dataclass(frozen=True)
class Explanation:
    """What CTC makes of one line and one transcript.

    The states of `lattice` and `alignment` are `ctc.Lattice`'s: character k is state 2k + 1.
    """

    image: np.ndarray  # uint8 (height, frames * frame_width), ink 255 on 0
    frame_width: int  # px
    alphabet: Alphabet
    log_probs: np.ndarray  # (frames, classes)
    label: np.ndarray  # (characters,)
    shown: list[int]  # the classes worth a row: blank, the label's, the likeliest others
    greedy_text: str  # what greedy decoding reads
    loss: float  # -log p(label), nats
    lattice: ctc.Lattice
    alignment: np.ndarray  # (frames,) states of the likeliest path
    boundaries: list[ctc.Boundary]  # where that path writes each character
    crops: list[tuple[int, int]]  # px: each character with the ink around it
    gradient: np.ndarray  # (frames, classes) of the loss, on the logits: softmax - occupancy


def explain(
    log_probs: np.ndarray,
    label: Sequence[int] | np.ndarray,
    alphabet: Alphabet,
    image: np.ndarray,
    frame_width: int,
) -> Explanation:
    """Compute what CTC makes of a line and a transcript, likely or not.

    Raises `ValueError`, in words, for a label that the frames cannot hold.

    Args:
        log_probs: float64 (frames, classes), as many frames as the line has ink.
        label: (characters,), the transcript as class indices.
        alphabet: of the classes.
        image: uint8 (height, at least frames * frame_width).
        frame_width: px from frame to frame.
    """
    label = np.asarray(label, np.int32)
    if (needs := ctc.frames_needed(label)) > len(log_probs):
        raise ValueError(
            f"{alphabet.decode(label)!r} needs {needs} frames, one per character and one more "
            f"between equal neighbors; this line has {len(log_probs)}."
        )
    lattice = ctc.forward_backward(log_probs, label)
    alignment = ctc.best_alignment(log_probs, label)
    boundaries = ctc.character_boundaries(alignment, label, frame_width)
    class_occupancy = np.zeros(np.shape(log_probs))  # (frames, classes)
    np.add.at(class_occupancy.T, lattice.states, lattice.occupancy.T)
    width = len(log_probs) * frame_width
    return Explanation(
        image=image[:, :width],
        frame_width=frame_width,
        alphabet=alphabet,
        log_probs=np.asarray(log_probs, np.float64),
        label=label,
        shown=shown_classes(log_probs, label),
        greedy_text=alphabet.decode(ctc.greedy_decode(log_probs[None])[0]),
        loss=-lattice.log_likelihood,
        lattice=lattice,
        alignment=alignment,
        boundaries=boundaries,
        crops=crop_spans(boundaries, margin=len(image) // 2, width=width),
        gradient=np.exp(log_probs) - class_occupancy,
    )


def shown_classes(log_probs: np.ndarray, label: Sequence[int] | np.ndarray) -> list[int]:
    """Choose the rows of a heat map: blank, the label's characters, the likeliest other classes.

    log_probs: (..., frames, classes); one choice for all records keeps the rows in place.
    """
    rows = list(dict.fromkeys([BLANK_INDEX, *map(int, label)]))
    mass = np.exp(log_probs).reshape(-1, log_probs.shape[-1]).sum(axis=0)  # (classes,)
    others = [k for k in np.argsort(-mass, kind="stable").tolist() if k not in rows]
    return rows + others[:OTHER_CLASSES]


def crop_spans(
    boundaries: Sequence[ctc.Boundary], margin: int, width: int
) -> list[tuple[int, int]]:
    """Widen each character by a margin, no farther than midway to its neighbors: spans in px."""
    spans = []
    for k, (_, _, start, end) in enumerate(boundaries):
        left = (boundaries[k - 1].end_px + start) / 2 if k else 0
        right = (end + boundaries[k + 1].start_px) / 2 if k + 1 < len(boundaries) else width
        spans.append((round(max(left, start - margin)), round(min(right, end + margin))))
    return spans


@dataclass(frozen=True)
class Recording:
    """What a network said about one line at several moments of its training."""

    image: np.ndarray  # uint8 (height, frames * frame_width)
    text: str  # its transcript
    alphabet: Alphabet
    frame_width: int  # px
    names: tuple[str, ...]  # of the moments, such as "batch 50" and "epoch 2"
    logits: np.ndarray  # float32 (moments, frames, classes)

    def explain(self, moment: int = -1, text: str | None = None) -> Explanation:
        """Explain one moment, the last by default; `text`: a transcript other than its own."""
        label = self.alphabet.encode(self.text if text is None else text)
        log_probs = ctc.log_softmax(self.logits[moment])
        return explain(log_probs, label, self.alphabet, self.image, self.frame_width)


class Recorder(keras.callbacks.Callback):
    """Records what a recognizer says about one line: after every epoch, and early in the first.

    line: `Lines` of one line, cut to its ink as in reading. batches: after how many steps of the
    first epoch to record as well. Pass it to `Recognizer.fit(callbacks=[...])`; each record takes a
    few milliseconds. Raises `ValueError` for a line that does not fit.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        line: Lines,
        batches: Sequence[int] = (0, 10, 20, 40, 80, 120, 160, 240),
    ):
        super().__init__()
        recognizer.check(line)
        self.recognizer = recognizer
        self.line = line
        self.num_frames = int(recognizer.frames(line.ink_widths)[0])
        self.batches = batches
        self.epoch = 0
        self._records: list[tuple[str, np.ndarray]] = []  # names and logits

    def record(self, name: str) -> None:
        """Record this moment."""
        self._records.append((name, self.recognizer.logits(self.line)[0, : self.num_frames]))

    @property
    def recording(self) -> Recording:
        """What was recorded so far."""
        names, logits = zip(*self._records, strict=True)
        return Recording(
            image=self.line.images[0, :, : self.num_frames * self.recognizer.frame_width],
            text=self.line.transcripts[0],
            alphabet=self.recognizer.alphabet,
            frame_width=self.recognizer.frame_width,
            names=names,
            logits=np.stack(logits),
        )

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch == 0 and 0 in self.batches:
            self.record("batch 0")

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 0 and batch + 1 in self.batches:
            assert self.model is self.recognizer.network  # asking brings JAX's weights up to date
            self.record(f"batch {batch + 1}")

    def on_epoch_end(self, epoch, logs=None):
        self.record(f"epoch {epoch + 1}")


def draw_explanation(explained: Explanation, title: str) -> Figure:
    """Draw over one axis in px: line, crops, softmax, gradient on the logits, lattice.

    Bands mark the frames in which the best alignment, the lattice's orange line, writes each
    character. The lattice's color is occupancy.
    """
    alphabet, label = explained.alphabet, explained.label
    names = [drawing.name_of(alphabet, k) for k in explained.shown]
    num_states = len(explained.lattice.states)
    heat_height = 0.14 * len(names)
    heights = [0.45, 0.45, heat_height, heat_height, max(1.2, 0.085 * num_states)]
    figure, (line, crops, softmax, gradient, lattice) = _stack(heights, title)
    characters = [drawing.name_of(alphabet, k) for k in label]
    drawing.show_bands(line, explained.image, explained.boundaries, characters)
    _draw_crops(crops, explained)
    probabilities = np.exp(explained.log_probs[:, explained.shown])  # (frames, rows)
    share = _draw_heat(softmax, probabilities, explained.frame_width)
    pushes = explained.gradient[:, explained.shown]
    push = _draw_heat(gradient, pushes, explained.frame_width, cmap=PUSH, vmin=-1)
    for axes in (softmax, gradient):
        axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=7)
    _draw_heat(lattice, explained.lattice.occupancy, explained.frame_width)
    centers = (np.arange(len(explained.alignment)) + 0.5) * explained.frame_width
    lattice.plot(centers, explained.alignment + 0.5, ".-", color=drawing.VERMILION, markersize=3)
    lattice.set_yticks(np.arange(len(label)) * 2 + 1.5, characters, fontsize=7)
    lattice.set_xlabel(f"px from the left; one frame is {explained.frame_width} px")
    for axes, words in [
        (crops, f"crops by the best alignment; greedy decoding reads {explained.greedy_text!r}"),
        (softmax, "softmax"),
        (gradient, "gradient on the logits, softmax \N{MINUS SIGN} occupancy"),
        (lattice, f"lattice of {num_states} states, occupancy; loss {explained.loss:.3g} nats"),
    ]:
        axes.set_title(words, fontsize=9, loc="left", pad=3, parse_math=False)
    for axes, mesh, ticks, labels in [
        (softmax, share, [0, 1], ["0", "1"]),
        (gradient, push, [-1, 0, 1], ["raise", "0", "lower"]),
        (lattice, share, [0, 1], ["0", "1"]),
    ]:
        bar = figure.colorbar(mesh, cax=axes.inset_axes([1.01, 0, 0.012, 1]), ticks=ticks)
        bar.ax.set_yticklabels(labels, fontsize=8)
    return figure


def draw_recording(recording: Recording, title: str, moments: Sequence[int]) -> Figure:
    """Draw the line over the softmax of some moments of its training, over one axis in px."""
    explanations = [recording.explain(moment) for moment in moments]
    log_probs = np.stack([explained.log_probs for explained in explanations])
    shown = shown_classes(log_probs, explanations[0].label)
    names = [drawing.name_of(recording.alphabet, k) for k in shown]
    figure, (line, *all_axes) = _stack([0.45] + [0.1 * len(names)] * len(moments), title)
    _show_image(line, recording.image, (0, recording.image.shape[1]))
    line.set_yticks([])
    for axes, explained, moment in zip(all_axes, explanations, moments, strict=True):
        _draw_heat(axes, np.exp(explained.log_probs[:, shown]), recording.frame_width)
        axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=6)
        words = f"{recording.names[moment]}: loss {explained.loss:.3g} nats, "
        words += f"greedy decoding reads {explained.greedy_text!r}"
        axes.set_title(words, fontsize=9, loc="left", pad=3, parse_math=False)
    all_axes[-1].set_xlabel(f"px from the left; one frame is {recording.frame_width} px")
    return figure


def _stack(heights: Sequence[float], title: str) -> tuple[Figure, list]:
    """Stack panels over one horizontal axis, their heights in inches."""
    top, gap, bottom = 0.65, 0.24, 0.5  # inches
    total = top + sum(heights) + gap * (len(heights) - 1) + bottom
    figure = Figure(figsize=(drawing.WIDTH, total))
    figure.suptitle(title, fontsize=12, y=1 - 0.12 / total)
    panels: list[Axes] = []
    y = total - top
    for height in heights:
        place = (0.06, (y - height) / total, 0.88, height / total)
        panels.append(figure.add_axes(place, sharex=panels[0] if panels else None))
        panels[-1].tick_params(labelbottom=False, length=2)
        y -= height + gap
    panels[-1].tick_params(labelbottom=True)
    return figure, panels


def _draw_crops(axes, explained: Explanation) -> None:
    for k, (start, end) in enumerate(explained.crops):
        gap = min(1, (end - start) / 4)  # px on each side, so that neighbors stay apart
        _show_image(axes, explained.image[:, start:end], (start + gap, end - gap))
        color = drawing.VERMILION if k % 2 == 0 else drawing.BLUE
        axes.plot([start + gap, end - gap], [len(explained.image)] * 2, color=color, linewidth=2)
    axes.set(xlim=(0, explained.image.shape[1]), ylim=(len(explained.image), 0), yticks=[])
    axes.spines[:].set_visible(False)


def _show_image(axes, image, span) -> None:
    extent = (*span, len(image), 0)
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255, aspect="auto", extent=extent)


def _draw_heat(axes, values: np.ndarray, frame_width: int, cmap="cividis", vmin=0):
    """Draw (frames, rows) in px, row under row."""
    frames, rows = values.shape
    extent = (0, frames * frame_width, rows, 0)
    options = {"cmap": cmap, "vmin": vmin, "vmax": 1, "interpolation": "nearest"}
    return axes.imshow(values.T, aspect="auto", extent=extent, **options)


def explore(recording: Recording):
    """Open a recording in the page: scrub its moments, type transcripts, hover for the numbers.

    Returns the widget, or None if anywidget is not installed.
    """
    state = {"text": recording.text, "moment": len(recording.names) - 1, "mass": "occupancy"}
    return widget.open_explorer(
        "ctc_explorer",
        page_data(recording, recording.text),
        state,
        lambda state: page_data(recording, state["text"]),
    )


def page_data(recording: Recording, text: str) -> dict:
    """Compute what the page shows of a transcript, at every moment: JSON values and bytes.

    The bytes are float32: logProbs (moments, frames, classes), logAlpha and logBeta (moments,
    frames, states). Raises `ValueError` for a text that cannot be this line's.
    """
    moments = range(len(recording.names))
    explanations = [recording.explain(moment, text) for moment in moments]
    own = [recording.explain(moment).loss for moment in moments]
    first = explanations[0]
    log_probs = np.stack([explained.log_probs for explained in explanations])
    return {
        "text": text,
        "ownText": recording.text,
        "ownLosses": own,
        "moments": list(recording.names),
        "frames": log_probs.shape[1],
        "frameWidth": recording.frame_width,
        "height": len(recording.image),
        "classes": ["blank", *recording.alphabet.characters],
        "shown": shown_classes(log_probs, first.label),
        "states": first.lattice.states.tolist(),
        "losses": [explained.loss for explained in explanations],
        "greedyTexts": [explained.greedy_text for explained in explanations],
        "alignments": [explained.alignment.tolist() for explained in explanations],
        "crops": [explained.crops for explained in explanations],
        "image": np.ascontiguousarray(recording.image).tobytes(),
        "logProbs": _float32(log_probs),
        "logAlpha": _float32([explained.lattice.log_alpha for explained in explanations]),
        "logBeta": _float32([explained.lattice.log_beta for explained in explanations]),
    }


def _float32(values) -> bytes:
    return np.asarray(values, "<f4").tobytes()
