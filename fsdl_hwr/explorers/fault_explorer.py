"""The switchboard of lab 12: faults of a port, what it reads with them, and which tests fail."""

import functools
from collections.abc import Collection
from dataclasses import dataclass

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.explorers import widget
from fsdl_hwr.porting import weights
from fsdl_hwr.porting.faults import FAULTS, Pipeline
from fsdl_hwr.recognizers.line import Recognizer

SHOWN = 6  # lines whose texts the page shows
CACHED = 64  # combinations of faults


@dataclass(frozen=True)
class Board:
    """What a port does with some faults: its texts, its tests' findings, its distance from Keras.

    texts: of all lines. findings: what each fault's test says, '' if it passes. differences: the
    largest by stage.
    """

    texts: list[str]
    findings: list[str]
    differences: dict[str, float]


def throw(recognizer: Recognizer, lines: Lines, faults: Collection[int]) -> Board:
    """Switch faults on, by their numbers, and run the port and its nine tests."""
    pipeline = Pipeline(recognizer, lines, faults)
    few = slice(SHOWN)
    expected = weights.stages_of(recognizer.network, lines.images[few])
    found = pipeline.stages(pipeline.images()[few])
    findings = [fault.test(pipeline) for fault in FAULTS]
    return Board(pipeline.read(), findings, weights.differences(found, expected))


def page_data(board: Board, lines: Lines) -> dict:
    """Return what the page draws."""
    right = sum(a == b for a, b in zip(board.texts, lines.transcripts, strict=True))
    return {
        "faults": [{"number": f.number, "name": f.name, "question": f.question} for f in FAULTS],
        "findings": board.findings,
        "images": [widget.png(image) for image in lines.images[:SHOWN]],
        "transcripts": list(lines.transcripts[:SHOWN]),
        "texts": board.texts[:SHOWN],
        "right": right,
        "total": len(lines),
        "stages": list(board.differences),
        "differences": [min(d, 1e9) for d in board.differences.values()],  # JSON has no infinity
    }


def explore(recognizer: Recognizer, lines: Lines):
    """Open the switchboard in the page; `.state` of what it returns holds the faults that are on.

    lines: the first of them are shown; all are read, and are what the tests look at.
    """

    @functools.lru_cache(CACHED)
    def data_of(faults: frozenset[int]) -> dict:
        return page_data(throw(recognizer, lines, faults), lines)

    def compute(state: dict) -> dict:
        return data_of(frozenset(state["faults"]))

    state: dict = {"faults": []}
    return widget.open_explorer("fault_explorer", compute(state), state, compute)
