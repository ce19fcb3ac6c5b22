"""The labs' figures: each a plain function from computed data to a Matplotlib figure."""

import inspect
import io
import textwrap
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import BLANK_INDEX, Alphabet
from fsdl_hwr.datasets.lines import Lines

# Okabe and Ito's palette: told apart with every kind of color vision.
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00",
)  # fmt: skip
LEAST_ASPECT = 14  # of a drawn line image: short lines stay small
WIDTH = 10.0  # inches, of every figure


def show(figure: Figure, alt: str) -> None:
    """Display a figure in a notebook with its alternative text, for those who cannot see it."""
    from IPython.display import Image, display

    _title_from_the_left(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, bbox_inches="tight", facecolor="white")
    display(Image(data=buffer.getvalue(), format="png", alt=alt))


def _title_from_the_left(figure: Figure) -> None:
    """Let the title begin where the axes do: of a wide figure, a phone shows the left part."""
    boxes = [box for axes in figure.axes if (box := axes.get_tightbbox())]
    left = min((box.x0 for box in boxes), default=0) / figure.bbox.width
    for text in figure.texts:
        if text.get_text() == figure.get_suptitle():
            text.set(x=left, horizontalalignment="left")


def show_source(function: Callable) -> None:
    """Display the source of a function or class of the package, with its file and line."""
    from IPython.display import Markdown, display

    lines, number = inspect.getsourcelines(function)
    file = function.__module__.replace(".", "/") + ".py"
    source = textwrap.dedent("".join(lines)).rstrip()
    display(Markdown(f"`{file}`, line {number}:\n\n```python\n{source}\n```"))


def plain(axes, grid: str = "both") -> None:
    """Leave out what frames a plot, and draw faint lines across: for 'x', 'y', 'both' or ''."""
    axes.spines[["top", "right"]].set_visible(False)
    if grid:
        axes.grid(True, axis=grid, alpha=0.25)


def draw_glyphs(
    images: np.ndarray, titles: Sequence[str] | None = None, columns: int = 16, title: str = ""
) -> Figure:
    """Draw a contact sheet of glyph images.

    Args:
        images: uint8 (n, 28, 28).
        titles: a short one over each image; none by default.
        columns: images beside each other.
        title: of the figure.
    """
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(WIDTH, WIDTH / columns * rows * (1.3 if titles else 1.05) + 0.4))
    for k, axes in enumerate(np.ravel(figure.subplots(rows, columns))):
        axes.axis("off")
        if k < len(images):
            axes.imshow(images[k], cmap="gray_r", vmin=0, vmax=255)
            if titles is not None:
                axes.set_title(titles[k], fontsize=8, pad=2)
    figure.suptitle(title, fontsize=12)
    return figure


def draw_lines(lines: Lines, title: str = "", predictions: Sequence[str] = ()) -> Figure:
    """Draw line images, each under its transcript; paper that no line needs is cut off.

    predictions: what was read, one text per line; it is drawn instead of the transcript, with a
    note on whether it is right.
    """
    height, width = lines.images.shape[1:]
    width = min(width, max(int(np.max(lines.ink_widths, initial=0)) + 8, LEAST_ASPECT * height))
    line_height = WIDTH * height / width  # inches, so that pixels stay square
    row_height = line_height + 0.28
    figure = Figure(figsize=(WIDTH, row_height * len(lines) + 0.45))
    for k, axes in enumerate(figure.subplots(len(lines), squeeze=False)[:, 0]):
        axes.imshow(lines.images[k, :, :width], cmap="gray_r", vmin=0, vmax=255, aspect="auto")
        axes.set_xticks([])
        axes.set_yticks([])
        label, color = lines.transcripts[k], BLACK
        if predictions:
            label, color = _verdict(predictions[k], lines.transcripts[k])
        axes.set_title(label, fontsize=9, loc="left", pad=2, color=color, parse_math=False)
    figure.suptitle(title, fontsize=12, y=1 - 0.12 / figure.get_figheight())
    top = 1 - 0.62 / figure.get_figheight()
    figure.subplots_adjust(0, 0, 1, top, hspace=0.28 / line_height)
    return figure


def _verdict(prediction: str, transcript: str) -> tuple[str, str]:
    """Return the words over a line that was read, and their color."""
    if prediction == transcript:
        return f"{prediction}   (right)", BLUE
    return f"{prediction}   (wrong; the transcript: {transcript})", VERMILION


def draw_history(history: dict[str, list[float]], title: str) -> Figure:
    """Draw training and validation loss, and validation CER, over the epochs."""
    figure = Figure(figsize=(WIDTH, 3.2))
    losses, errors = figure.subplots(1, 2)
    epochs = np.arange(1, len(history["loss"]) + 1)
    losses.plot(epochs, history["loss"], "o-", color=ORANGE, label="training")
    losses.plot(epochs, history["val_loss"], "s-", color=BLUE, label="validation")
    losses.set(xlabel="epoch", ylabel="CTC loss, nats per line (log scale)")
    losses.legend(frameon=False)
    errors.plot(epochs, 100 * np.array(history["val_cer"]), "s-", color=BLUE)
    errors.set(xlabel="epoch", ylabel="validation CER, % (log scale)")
    for axes in (losses, errors):
        axes.set_yscale("log")  # late gains are small, and the ones that count
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 7)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        plain(axes)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def draw_alignment(
    image: np.ndarray,
    log_probs: np.ndarray,
    label: Sequence[int] | np.ndarray,
    alphabet: Alphabet,
    frame_width: int,
    title: str,
) -> Figure:
    """Draw over one axis in px: a line image with its characters' boundaries, and the softmax.

    The best alignment of the label decides the boundaries; rows of the heat map are the blank and
    the label's characters.

    Args:
        image: uint8 (height, width).
        log_probs: (frames, classes), as many frames as the line has ink.
        label: (characters,) class indices.
        alphabet: of the classes.
        frame_width: px from frame to frame.
        title: of the figure.
    """
    label = np.asarray(label)
    end = len(log_probs) * frame_width  # px
    boundaries = ctc.character_boundaries(ctc.best_alignment(log_probs, label), label, frame_width)
    rows = [BLANK_INDEX, *dict.fromkeys(label.tolist())]
    figure = Figure(figsize=(WIDTH, 1.6 + 0.2 * len(rows)))
    line, heat = figure.subplots(
        2, sharex=True, height_ratios=[1.1, 0.2 * len(rows)], gridspec_kw={"hspace": 0.05}
    )
    show_bands(line, image[:, :end], boundaries, [name_of(alphabet, k) for k in label])
    line.set_title(title, fontsize=12, loc="left", pad=22)
    heat.imshow(
        np.exp(log_probs[:, rows]).T,
        cmap="cividis",
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(0, end, len(rows), 0),
    )
    heat.set_yticks(np.arange(len(rows)) + 0.5, [name_of(alphabet, k) for k in rows], fontsize=8)
    heat.set_xlabel(f"px from the left; one frame is {frame_width} px")
    return figure


def show_bands(
    axes, image: np.ndarray, boundaries: Sequence[ctc.Boundary], names: Sequence[str]
) -> None:
    """Show a line image with a band and a name on each character, over px.

    Args:
        axes: to draw on.
        image: uint8 (height, width).
        boundaries: of the characters, in px.
        names: one per character.
    """
    height, width = image.shape
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255, aspect="auto", extent=(0, width, height, 0))
    for k, (boundary, name) in enumerate(zip(boundaries, names, strict=True)):
        start, end = boundary.start_px, boundary.end_px
        color = BLUE if k % 2 else VERMILION
        axes.axvspan(start, end, color=color, alpha=0.25, linewidth=0)
        axes.text(
            (start + end) / 2, -3, name, ha="center", color=color, fontsize=9, parse_math=False
        )
    axes.set_yticks([])


def name_of(alphabet: Alphabet, index: int) -> str:
    """Return a class's name in a figure: its character, an open box for the space, or "blank"."""
    if index == BLANK_INDEX:
        return "blank"
    character = alphabet.characters[index - 1]
    return "\u2423" if character == " " else character
