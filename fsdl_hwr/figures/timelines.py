"""When the runs of a sweep ran: a lane per worker, a bar per session, a cross where one died."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from fsdl_hwr.experiments.timelines import Bar
from fsdl_hwr.figures import drawing

COLORS = {"finished": drawing.BLUE, "died": drawing.VERMILION, "running": drawing.SKY}


def draw_timeline(bars: Sequence[Bar], lanes: Sequence[str], title: str) -> Figure:
    """Draw sessions on their lanes. lanes: the name of each, from the top."""
    figure = Figure(figsize=(drawing.WIDTH, 1.2 + 0.42 * max(1, len(lanes))))
    axes = figure.subplots()
    for bar in bars:
        width = max(bar.end - bar.start, 0.05)
        axes.barh(bar.lane, width, 0.7, bar.start, color=COLORS[bar.state], edgecolor="white")
        if bar.state == "died":
            axes.plot(bar.end, bar.lane, "X", color=drawing.BLACK, markersize=10)
    axes.set_yticks(range(len(lanes)), lanes)
    axes.set(xlabel="seconds", ylim=(len(lanes) - 0.4, -0.6))
    axes.set_xlim(left=0)
    drawing.plain(axes, grid="x")
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure
