"""The order-and-direction player: one ink, written in other ways, before several readers."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.ink import Ink

SIDE, ROOM = 280, 240  # units of the paper, and of them the longer side of an ink
NUM_ANSWERS = 4

Reader = Callable[[Ink], list[tuple[str, float]]]  # an ink to (text, probability), the best first


def rearrange(ink: Ink, order: Sequence[int], reversed_strokes: Sequence[bool]) -> Ink:
    """Write an ink's strokes in another order and direction: the drawing stays the same.

    order: which stroke comes first, second, ... reversed_strokes: whether each of these is written
    from its end. Raises `ValueError` unless `order` names every stroke once.
    """
    if sorted(order) != list(range(len(ink))) or len(reversed_strokes) != len(ink):
        raise ValueError(f"An ink of {len(ink)} strokes cannot be written in the order {order}.")
    return [
        ink[k][::-1] if backwards else ink[k]
        for k, backwards in zip(order, reversed_strokes, strict=True)
    ]


def ways(ink: Ink) -> dict[str, Ink]:
    """Return an ink as it was written, with its strokes in reverse, and in the reverse order."""
    order, forwards = list(range(len(ink))), [False] * len(ink)
    found = {"as written": ink, "every stroke backwards": rearrange(ink, order, [True] * len(ink))}
    if len(ink) > 1:
        found["last stroke first"] = rearrange(ink, order[::-1], forwards)
    return found


def draw_ways(ink: Ink, readers: Mapping[str, Reader], title: str) -> Figure:
    """Draw one ink in several ways of writing it, with every reader's answer under each."""
    found = ways(ink)
    figure = Figure(figsize=(drawing.WIDTH, 3.4))
    colors = [drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.ORANGE]
    for axes, (way, written) in zip(figure.subplots(1, len(found)), found.items(), strict=True):
        for k, stroke in enumerate(written):
            color = colors[k % len(colors)]
            axes.plot(stroke[:, 0], stroke[:, 1], color=color, linewidth=2)
            axes.plot(*stroke[0, :2], "o", color=color, markersize=13, markerfacecolor="white")
            axes.text(*stroke[0, :2], str(k + 1), ha="center", va="center", fontsize=9)
        said = [(name, *reader(written)[0]) for name, reader in readers.items()]
        axes.set_xlabel("\n".join(f"{n}: {text}  {p:.0%}" for n, text, p in said), parse_math=False)
        axes.set(aspect="equal", xticks=[], yticks=[])
        axes.margins(0.2)
        axes.invert_yaxis()
        axes.set_title(way, fontsize=10)
    figure.suptitle(title, fontsize=12)
    figure.tight_layout()
    return figure


def explore(inks: Mapping[str, Ink], readers: Mapping[str, Reader]):
    """Open the player on some inks by name; every reader reads each way of writing them.

    Returns the widget, or None without anywidget.
    """
    names = list(inks)

    def compute(state: dict) -> dict:
        ink = _on_paper(inks[names[state["sample"]]])
        if len(state["order"]) != len(ink):  # another ink has been chosen
            state = state | {"order": list(range(len(ink))), "reversed": [False] * len(ink)}
            if explorer := opened.get("explorer"):
                explorer.state = state
        written = rearrange(ink, state["order"], state["reversed"])
        return {
            "width": SIDE,
            "height": SIDE,
            "labels": names,
            "strokes": [np.round(stroke[:, :2].astype(float), 1).tolist() for stroke in written],
            "answers": [
                {"reader": name, "likely": [list(pair) for pair in reader(written)[:NUM_ANSWERS]]}
                for name, reader in readers.items()
            ],
        }

    opened: dict = {}
    count = len(inks[names[0]])
    state = {"sample": 0, "order": list(range(count)), "reversed": [False] * count}
    opened["explorer"] = widget.open_explorer("order_explorer", compute(state), state, compute)
    return opened["explorer"]


def _on_paper(ink: Ink) -> Ink:
    left, top, right, bottom = pen_ink.bounding_box(ink)
    scale = ROOM / max(right - left, bottom - top, 1e-6)
    middle = np.array([left + right, top + bottom], np.float32) / 2
    return [(stroke[:, :2] - middle) * np.float32(scale) + SIDE / 2 for stroke in ink]
