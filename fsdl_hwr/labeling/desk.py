"""The desk at which a page is labeled: its lines, the steps that change them, and a journal.

`explorers.page_explorer` shows a desk; tests and scripts take the same steps without one.
"""

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from fsdl_hwr import page_ink
from fsdl_hwr.datasets import page_json
from fsdl_hwr.datasets.pages import HANDWRITTEN, PRINT, SIGNATURE, Page, TextLine
from fsdl_hwr.labeling.journal import Journal
from fsdl_hwr.layout import crops, ownership
from fsdl_hwr.recognizers.page import PageReading
from fsdl_hwr.recognizers.reader import LineReader

IGNORE = "ignore"
KINDS = (HANDWRITTEN, PRINT, SIGNATURE, IGNORE)  # by the keys 1 to 4
SHORTEST = 4.0  # px: a baseline below that is a slip of the hand
GAP_REACH = 0.06  # of a line's length: how far from the cursor a gap is looked for when it is split
POINTS = ("baseline", "polygon")
UNDO = 200  # steps that can be taken back


@dataclass(frozen=True)
class Entry:
    """One line on the desk: as it stands, as it was proposed, and what it has cost.

    key: never used twice. line: px of the page. prediction, confidences: what a reader proposed.
    keystrokes, seconds: spent on it before it was accepted.
    """

    key: int
    line: TextLine
    prediction: str = ""
    confidences: tuple[float, ...] = ()
    accepted: bool = False
    keystrokes: int = 0
    seconds: float = 0.0

    def to_dict(self) -> dict:
        """Return the entry as JSON."""
        return page_json.line_to_dict(self.line) | {
            "key": self.key, "prediction": self.prediction,
            "confidences": [round(float(c), 3) for c in self.confidences],
            "accepted": self.accepted, "keystrokes": self.keystrokes, "seconds": self.seconds,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Mapping) -> "Entry":
        """Return the entry that `to_dict` wrote."""
        return cls(
            record["key"], page_json.line_from_dict(record), record["prediction"],
            tuple(record["confidences"]), record["accepted"], record["keystrokes"],
            record["seconds"],
        )  # fmt: skip


Entries = dict[int, Entry]  # in reading order


class Desk:
    """A page under correction. Every step is in the journal before it counts.

    Args:
        image: uint8 (height, width) gray.
        entries: the lines to begin with, in reading order.
        journal: where steps go; if it holds some of this page already, they are done again. None
            keeps nothing.
        reader: proposes a text for lines that are drawn here.
        annotator, guideline: who labels, and by which version of the rules.

    Raises `ValueError` if the journal belongs to another page.
    """

    def __init__(
        self,
        image: np.ndarray,
        entries: Iterable[Entry],
        *,
        journal: str | os.PathLike | None = None,
        reader: LineReader | None = None,
        annotator: str = "",
        guideline: str = "",
    ):
        self.image = image
        self.reader = reader
        self.annotator, self.guideline = annotator, guideline
        self.entries: Entries = {entry.key: entry for entry in entries}
        self._past: list[Entries] = []
        self._last: tuple = ()  # what the newest step did, and to which line
        self._claimed: tuple = ((), None)
        self.journal = Journal(journal) if journal is not None else None
        if self.journal is not None:
            self._begin(self.journal)

    @classmethod
    def of_reading(cls, reading: PageReading, **choices) -> "Desk":
        """Lay a page that was read on the desk: its lines and texts are the proposal."""
        image = reading.page.image
        corner = np.array(image.shape[::-1], np.float32) - 1
        entries = []
        for key, read in enumerate(reading.readings):
            line = reading.page.lines[key]
            ends = {name: np.clip(getattr(line, name), 0, corner) for name in POINTS}
            line = replace(line, transcript=clean(line.transcript), **ends)
            sure = tuple(map(float, read.confidences)) if line.transcript == read.text else ()
            entries.append(Entry(key, line, line.transcript, sure))
        return cls(image, entries, **choices)

    def _begin(self, journal: Journal) -> None:
        fingerprint = hashlib.sha256(np.ascontiguousarray(self.image).tobytes()).hexdigest()
        if not journal.records:
            lines = [entry.to_dict() for entry in self.entries.values()]
            journal.append({
                "page": fingerprint, "annotator": self.annotator, "guideline": self.guideline,
                "lines": lines,
            })  # fmt: skip
            return
        first, *steps = journal.records
        if first.get("page") != fingerprint:
            raise ValueError(
                f"{journal.path} is the journal of another page: give each page its own."
            )
        self.annotator, self.guideline = first["annotator"], first["guideline"]
        self.entries = {e["key"]: Entry.from_dict(e) for e in first["lines"]}
        for record in steps:
            put = {e["key"]: Entry.from_dict(e) for e in record["put"]}
            after = self.entries | put
            order = record.get("order", list(self.entries))
            self._commit(record["step"], {key: after[key] for key in order})

    def take(self, step: Mapping) -> None:
        """Take one step: `{"do": "accept", "line": 3, "text": "Dear Sir", …}`.

        Raises `ValueError` for a step that cannot be taken, `OSError` if the journal cannot be
        written; then nothing has changed.
        """
        actions: dict[str, Callable] = {
            "text": self._text, "accept": self._accept, "kind": self._kind, "move": self._move,
            "split": self._split, "merge": self._merge, "delete": self._delete,
            "draw": self._draw, "undo": self._undo,
        }  # fmt: skip
        if step.get("do") not in actions:
            raise ValueError(f"No such step: {step.get('do')!r}; there are {', '.join(actions)}.")
        after = actions[step["do"]](step)
        put = [e.to_dict() for k, e in after.items() if self.entries.get(k) is not e]
        if self.journal is not None:
            record = {"step": dict(step), "put": put}
            if list(after) != list(self.entries):
                record["order"] = list(after)
            self.journal.append(record)
        self._commit(step, after)

    def _commit(self, step: Mapping, after: Entries) -> None:
        now = step["do"], step.get("line")
        if step["do"] == "undo":
            self._past.pop()
        elif not (now == self._last and step["do"] in ("text", "move")):  # a stretch is one step
            self._past = [*self._past[1 - UNDO :], self.entries]
        self._last = now
        self.entries = after

    # What steps do: each returns the entries as they are then.

    def _entry(self, step: Mapping) -> Entry:
        entry = self.entries.get(step.get("line", -1))
        if entry is None:
            raise ValueError("That line is gone: it was deleted, split or merged.")
        return entry

    def _with(self, step: Mapping, **changes) -> Entries:
        entry = self._entry(step)
        return self.entries | {entry.key: replace(entry, **changes)}

    def _text(self, step: Mapping) -> Entries:
        line = replace(self._entry(step).line, transcript=clean(step["text"]))
        return self._with(step, line=line, accepted=False)

    def _accept(self, step: Mapping) -> Entries:
        entry = self._entry(step)
        line = replace(entry.line, transcript=clean(step.get("text", entry.line.transcript)))
        keystrokes = entry.keystrokes + max(0, int(step.get("keystrokes", 0)))
        seconds = entry.seconds + max(0.0, round(float(step.get("seconds", 0)), 1))
        return self._with(step, line=line, accepted=True, keystrokes=keystrokes, seconds=seconds)

    def _kind(self, step: Mapping) -> Entries:
        if step["kind"] not in KINDS:
            raise ValueError(f"No such type: {step['kind']!r}; there are {', '.join(KINDS)}.")
        return self._with(step, line=replace(self._entry(step).line, kind=step["kind"]))

    def _move(self, step: Mapping) -> Entries:
        entry = self._entry(step)
        return self._reoutlined(self._with(step, line=self._on(entry.line, step["baseline"])))

    def _split(self, step: Mapping) -> Entries:
        entry = self._entry(step)
        text, at = entry.line.transcript, int(step["at"])
        if not 0 < at < len(text):
            raise ValueError("Put the cursor between two characters, then split the line there.")
        parts = split_baseline(entry.line, at / len(text), self._columns(entry))
        key = 1 + max(self._keys())
        texts = text[:at].strip(), text[at:].strip()
        two = [
            Entry(key + k, replace(entry.line, baseline=part, transcript=words), words)
            for k, (part, words) in enumerate(zip(parts, texts, strict=True))
        ]
        two[0] = replace(two[0], keystrokes=entry.keystrokes, seconds=entry.seconds)
        return self._reoutlined(self._replaced([entry], two))

    def _merge(self, step: Mapping) -> Entries:
        entry, order = self._entry(step), list(self.entries)
        place = order.index(entry.key)
        if place + 1 == len(order):
            raise ValueError("This is the last line: there is none after it to merge with.")
        other = self.entries[order[place + 1]]
        points = np.concatenate([entry.line.baseline, other.line.baseline])
        points = points[np.argsort(points[:, 0], kind="stable")]
        first, last = sorted([entry, other], key=lambda e: e.line.baseline[:, 0].min())
        text = f"{first.line.transcript} {last.line.transcript}".strip()
        line = replace(entry.line, baseline=points, transcript=text)
        one = Entry(1 + max(self._keys()), line, text, (),
                    keystrokes=entry.keystrokes + other.keystrokes,
                    seconds=entry.seconds + other.seconds)  # fmt: skip
        return self._reoutlined(self._replaced([entry, other], [one]))

    def _delete(self, step: Mapping) -> Entries:
        return self._replaced([self._entry(step)], [])

    def _draw(self, step: Mapping) -> Entries:
        x_heights = [entry.line.x_height for entry in self.entries.values()]
        empty = TextLine(np.zeros((2, 2), np.float32), 0.0)
        line = self._on(empty, step["baseline"])
        x_height = float(np.median(x_heights)) if x_heights else 0.03 * line.length
        entry = Entry(1 + max(self._keys(), default=-1), replace(line, x_height=x_height))
        after = dict(self.entries)
        place = step.get("after")
        order = [*after, entry.key]
        if place in after:
            order.insert(order.index(place) + 1, order.pop())
        after = self._reoutlined({k: after.get(k, entry) for k in order})
        drawn = after[entry.key]
        if self.reader is not None:
            (read,) = self.reader.readings([self._crop(after, entry.key)])
            drawn = replace(drawn, line=replace(drawn.line, transcript=read.text),
                            prediction=read.text,
                            confidences=tuple(map(float, read.confidences)))  # fmt: skip
        return after | {entry.key: drawn}

    def _undo(self, step: Mapping) -> Entries:
        if not self._past:
            raise ValueError("There is nothing to take back.")
        return self._past[-1]

    def _replaced(self, gone: list[Entry], come: list[Entry]) -> Entries:
        after: Entries = {}
        for key, entry in self.entries.items():
            if key == gone[0].key:
                after |= {new.key: new for new in come}
            elif key not in {old.key for old in gone}:
                after[key] = entry
        return after

    def _keys(self) -> set[int]:
        """Return every key that was used, also of lines that are gone."""
        return {key for entries in [*self._past, self.entries] for key in entries}

    # Ink

    @cached_property
    def ink(self) -> np.ndarray:
        """The page's ink: bool (height, width)."""
        return page_ink.ink_mask(self.image)

    def owners(self, entries: Entries | None = None) -> np.ndarray:
        """Return whose ink a pixel is: k for the k-th line."""
        lines = tuple(entry.line for entry in (entries or self.entries).values())
        baselines = tuple(line.baseline.tobytes() for line in lines)
        if self._claimed[0] != baselines:
            self._claimed = baselines, ownership.claim(self.ink, lines)
        return self._claimed[1]

    def crop(self, key: int) -> np.ndarray:
        """Cut a line out of the page as a reader sees it: uint8, dark on white."""
        return self._crop(self.entries, key)

    def _crop(self, entries: Entries, key: int) -> np.ndarray:
        image = self.image if page_ink.is_light(self.image) else 255 - self.image
        owner = 1 + list(entries).index(key)
        return crops.unroll(image, self.owners(entries), entries[key].line, owner)

    def _on(self, line: TextLine, baseline) -> TextLine:
        """Give a line another baseline, within the page."""
        points = np.asarray(baseline, np.float32)
        if points.ndim != 2 or points.shape[1:] != (2,) or len(points) < 2:
            raise ValueError("A baseline has two points or more.")
        if not np.isfinite(points).all():
            raise ValueError("A baseline's points are numbers.")
        points = np.clip(points, 0, np.array(self.image.shape[::-1]) - 1).astype(np.float32)
        moved = replace(line, baseline=points)
        if moved.length < SHORTEST:
            raise ValueError("The two points of a baseline are one: click at both of its ends.")
        return moved

    def _reoutlined(self, after: Entries) -> Entries:
        """Outline anew, by their ink, the lines whose baseline has changed."""
        owners = self.owners(after)
        for k, (key, entry) in enumerate(after.items(), start=1):
            old = self.entries.get(key)
            if old is None or not np.array_equal(old.line.baseline, entry.line.baseline):
                polygon = crops.ink_outline(entry.line, owners, k)
                after = after | {key: replace(entry, line=replace(entry.line, polygon=polygon))}
        return after

    def _columns(self, entry: Entry) -> np.ndarray:
        """Count a line's ink along its baseline: int (columns of its crop,)."""
        owner = 1 + list(self.entries).index(entry.key)
        grid = np.rint(crops.sampling_grid(entry.line)).astype(int)  # (rows, columns, 2)
        x, y = (np.clip(grid[..., k], 0, self.image.shape[1 - k] - 1) for k in (0, 1))
        return (self.owners()[y, x] == owner).sum(axis=0)

    def page(self, name: str = "") -> Page:
        """Return the page with its lines as they stand."""
        lines = tuple(entry.line for entry in self.entries.values())
        return Page(self.image, lines, self.owners(), name)


def clean(text: str) -> str:
    """Bring a transcript into one form: composed characters (NFC), one line, single spaces."""
    return " ".join(unicodedata.normalize("NFC", str(text)).split())


def split_baseline(
    line: TextLine, share: float, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a baseline in two, in the widest gap of the ink near a share of its length.

    columns: ink along the line's crop, which reaches `crops.BESIDE` x-heights beyond the baseline.
    Returns two baselines, float32 (points, 2).
    """
    beside = crops.BESIDE * line.x_height
    middle = beside + share * line.length
    reach = max(line.x_height, GAP_REACH * line.length)
    near = np.arange(max(1, int(middle - reach)), min(len(columns) - 1, int(middle + reach) + 1))
    gaps = np.split(near, np.flatnonzero((np.diff(near) > 1) | np.diff(columns[near] > 0)) + 1)
    gaps = [gap for gap in gaps if len(gap) and columns[gap[0]] == 0]
    if gaps:
        middle = float(np.mean(max(gaps, key=len)))
    at = float(np.clip(middle - beside, SHORTEST, max(SHORTEST, line.length - SHORTEST)))
    points = line.baseline.astype(np.float64)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    cut = np.array([[np.interp(at, along, points[:, k]) for k in (0, 1)]])
    first = np.concatenate([points[along < at], cut])
    second = np.concatenate([cut, points[along > at]])
    return first.astype(np.float32), second.astype(np.float32)
