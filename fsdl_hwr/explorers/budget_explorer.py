"""The frame budget of lab 12: how many names a network can write at all with its frames."""

from collections.abc import Sequence

from fsdl_hwr.alphabet import frames_needed
from fsdl_hwr.explorers import widget

EXAMPLES = 4  # names that are shown per number of frames


def page_data(transcripts: Sequence[str], width: int) -> dict:
    """Return what the page draws: by the frames that they need, how many names, and some of them.

    width: of an image, in px.
    """
    by_need: dict[int, list[str]] = {}
    for transcript in transcripts:
        by_need.setdefault(frames_needed(transcript), []).append(transcript)
    longest = max(by_need, default=0)
    needs = range(1, longest + 1)
    return {
        "width": width,
        "counts": [len(by_need.get(need, ())) for need in needs],
        "examples": [by_need.get(need, [])[:EXAMPLES] for need in needs],
    }


def explore(transcripts: Sequence[str], width: int, frames: int = 16):
    """Open the budget in the page; `.state` of what it returns holds the number of frames.

    width: of an image, in px. frames: what the slider starts from.
    """
    return widget.open_explorer(
        "budget_explorer", page_data(transcripts, width), {"frames": frames}
    )
