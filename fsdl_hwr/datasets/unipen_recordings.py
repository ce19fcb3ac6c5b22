"""UNIPEN's files as statements, and the recordings that they make up: components with their pen.

A `data/` file names its ink with `.INCLUDE` and labels parts of it with `.SEGMENT`; which
components a segment counts differs by contributor, and is found out here.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from fsdl_hwr.datasets import downloads
from fsdl_hwr.datasets.unipen_repairs import Broken

_STATEMENT = re.compile(r"^\.([A-Z_]+)[ \t]*", re.MULTILINE)
_SEGMENT = re.compile(r'\w+\s+(\S+)\s+(?:[\w?]+\s+)?"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ANNOUNCED_TEXT = re.compile(r'\.SEGMENT\s+TEXT\s+\S+\s+\S+\s+"((?:[^"\\]|\\.)*)"')
_RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")


class Files:
    """The texts of an archive or folder, by path from `data/` or `include/` on, in lower case."""

    def __init__(self, source: Path):
        self.source = source
        wanted = re.compile(r"(?:^|.*?/)((?:data/(?:1[abcd]|[678])|include)/.+)")
        if source.is_dir():
            names = (p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file())
            found = ((n, (source / n).read_bytes()) for n in names if wanted.fullmatch(n))
            members: Iterable[tuple[str, bytes]] = found
        else:
            members = downloads.read_archive(source, lambda name: bool(wanted.fullmatch(name)))
        # include/aga/data/… has a data/ of its own: the expression finds the first of the two
        self.texts = {wanted.sub(r"\1", name).lower(): data for name, data in members}

    def statements(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each keyword with the text up to the next one."""
        text = self.texts[name].decode("latin-1")
        matches = list(_STATEMENT.finditer(text))
        ends = [match.start() for match in matches[1:]] + [len(text)]
        for match, end in zip(matches, ends, strict=True):
            yield match[1], text[match.end() : end]


class Component(NamedTuple):
    """A stroke on the paper, or the way of the pen above it."""

    down: bool  # the pen is on the paper
    text: str  # points, as the file writes them
    box: int  # the .START_BOX it follows, counted from 0; -1 before the first

    @property
    def withheld(self) -> bool:
        """Ink kept back for the makers' own tests is replaced by one point at the origin."""
        return len(self.text) < 9 and self.text.split() == ["0", "0"]


@dataclass
class Recording:
    """What one list of includes holds.

    settings: keyword to text. announced: list of (label, box), texts that the ink file itself
    names, in comments right before their ink.
    """

    components: list[Component] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    announced: list[tuple[str, int]] = field(default_factory=list)
    num_boxes: int = 0


def record(files: Files, includes: Sequence[str], asked_by: str) -> Recording:
    """Read a list of includes, and what they include, in their order. Raises `ValueError`."""
    recording = Recording()
    for include in includes:
        _add_include(recording, files, include, (asked_by,))
    return recording


def _add_include(
    recording: Recording, files: Files, include: str, asked_by: tuple[str, ...]
) -> None:
    name = f"include/{include}"
    if name in asked_by:
        raise ValueError(
            f"{name} includes itself, by way of {' and '.join(asked_by)}: "
            "download UNIPEN again, or leave that file out."
        )
    if name not in files.texts:
        raise FileNotFoundError(
            f"{asked_by[-1]} includes {include}, which {files.source} does not have: copy or "
            "download UNIPEN again, with its whole include folder."
        )
    for keyword, body in files.statements(name):
        if keyword == "INCLUDE":
            _add_include(recording, files, body.strip().lower(), (*asked_by, name))
        elif keyword in ("PEN_DOWN", "PEN_UP"):
            component = Component(keyword == "PEN_DOWN", body, recording.num_boxes - 1)
            recording.components.append(component)
        elif keyword == "START_BOX":
            recording.num_boxes += 1
        elif keyword == "COMMENT" and (announcement := _ANNOUNCED_TEXT.match(body)):
            recording.announced.append((_unescape(announcement[1]), recording.num_boxes - 1))
        elif keyword in ("COORD", "WRITER_ID") or "_POINTS_PER_" in keyword:
            recording.settings[keyword] = " ".join(body.split())


# Which components a delineation counts, most frequent first.
NUMBERINGS = {
    "pen down": lambda component: component.down,
    "all with points": lambda component: component.down or component.text.strip() != "",
    "all": lambda component: True,
}


def choose_numberings(recordings: dict, segments: dict) -> dict:
    """Decide for each recording which components are counted, by where segments meet ink.

    Of numberings that fit equally many segments, the contributor's usual one.
    """
    fits: dict = {}  # recording: {numbering: segments that begin and end on ink}
    for includes, recording in recordings.items():
        for name, is_counted in NUMBERINGS.items():
            components = [c for c in recording.components if is_counted(c)]
            good = sum(_meets_ink(components, body) for _, body in segments[includes])
            fits.setdefault(includes, {})[name] = good
    total = {name: sum(fit[name] for fit in fits.values()) for name in NUMBERINGS}
    return {
        includes: max(NUMBERINGS, key=lambda name: (fit[name], total[name]))
        for includes, fit in fits.items()
    }


def _meets_ink(components: list[Component], body: str) -> bool:
    try:
        _, ranges = parse_segment(body)
    except Broken:
        return False
    for first, _, last, _ in ranges:
        if last >= len(components):
            return False
        inside = [k for k in range(first, last + 1) if components[k].down]
        # some contributors let a segment begin and end with the pen's way to and from the ink
        if not inside or inside[0] > first + 1 or inside[-1] < last - 1:
            return False
        if components[inside[0]].withheld or components[inside[-1]].withheld:
            return False
    return True


@functools.lru_cache(maxsize=100_000)
def parse_segment(body: str) -> tuple[str, list[tuple]]:
    """Read a segment's label and delineation.

    The delineation `3,5-7,12:3-14:8` becomes a list of (first component, its first point, last
    component, its last point or None).
    """
    match = _SEGMENT.fullmatch(body)
    if not match:
        raise Broken("segment not understood (unbalanced quotes?)")
    ranges = []
    for part in match[1].split(","):
        match_range = _RANGE.fullmatch(part)
        if not match_range:
            raise Broken("delineation not understood")
        first, first_point, last, last_point = match_range.groups()
        last_point = None if last_point is None else int(last_point)
        ranges.append((int(first), int(first_point or 0), int(last or first), last_point))
    label = _unescape(match[2])
    if not label:
        raise Broken("label is empty")
    return label, ranges


def _unescape(label: str) -> str:
    return " ".join(re.sub(r"\\(.)", r"\1", label).split())
