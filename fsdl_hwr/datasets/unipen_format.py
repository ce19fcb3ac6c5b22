"""The UNIPEN format of 1994: its segments are read, repaired and cut out of the recordings."""

import contextlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from pathlib import Path

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import EMNIST_CHARACTERS, SYMBOLS
from fsdl_hwr.datasets import splits, unipen_recordings, unipen_repairs
from fsdl_hwr.datasets.unipen_recordings import Component, Files, Recording
from fsdl_hwr.datasets.unipen_repairs import Broken

CHARACTERS = EMNIST_CHARACTERS + SYMBOLS.replace(" ", "")
CHARACTER_CATEGORIES = ("1a", "1b", "1c", "1d")  # digits, upper case, lower case, symbols
WORD_CATEGORIES = ("6", "7")  # of letters alone, in any style; of all characters
TEXT_CATEGORY = "8"
KINDS = ("character", "word", "line")
FORMAT_VERSION = 5  # raise it when a conversion would make other arrays
# One person under two names, as the first and last names in the files' .WRITER_INFO show.
SAME_WRITER = {("kai", "ykryu"): "yklyu"}
LONGEST_RUN = 60  # boxes of one stroke each, in people's own writing
NARROWEST = 0.7  # width of a line of text by its characters, as a share of its writer's median
SMALLEST = 0.2  # longer side of a letter or digit, as a share of its recording's median


def convert(source: Path) -> dict[str, np.ndarray]:
    """Read an archive or an unpacked folder into arrays that `numpy.savez` stores.

    Raises `FileNotFoundError` for a missing include and `ValueError` for a damaged archive.
    """
    files = Files(source)
    outcomes: Counter = Counter()
    kept: dict[str, list[tuple]] = {kind: [] for kind in KINDS}  # lists of (ink, label, writer)
    for contributor, group in _by_contributor(files).items():
        for category, found, writer, outcome in _read_contributor(files, contributor, group):
            outcomes[contributor, category, outcome] += 1
            kept[kind_of(category)] += [
                (ink, label, f"{contributor}/{writer}") for ink, label in found
            ]
    if not any(kept.values()):
        raise ValueError(
            f"{source} has no labelled ink in data/1a to 1d, 6, 7 or 8: it is not UNIPEN "
            "train_r01_v07, or only a part without them."
        )
    names = sorted({writer for items in kept.values() for _, _, writer in items})
    index = {name: k for k, name in enumerate(names)}
    arrays = {"writer_names": np.array(names, dtype=str)}
    for kind, items in kept.items():
        packed = pen_ink.pack([ink for ink, _, _ in items])
        arrays |= {f"{kind}_{name}": array for name, array in packed.items()}
        arrays[f"{kind}_labels"] = np.array([label for _, label, _ in items], dtype=str)
        arrays[f"{kind}_writers"] = np.array([index[w] for _, _, w in items], dtype=np.int32)
    arrays["splits"] = _split(kept, arrays, len(names))
    keys = sorted(outcomes)
    for position, name in enumerate(("contributor", "category", "outcome")):
        arrays[f"count_{name}"] = np.array([key[position] for key in keys], dtype=str)
    arrays["count"] = np.array([outcomes[key] for key in keys])
    return arrays


def kind_of(category: str) -> str:
    """Return what a category holds: 'character', 'word' or 'line'."""
    if category in CHARACTER_CATEGORIES:
        return "character"
    return "line" if category == TEXT_CATEGORY else "word"


def _split(kept: dict[str, list], arrays: dict[str, np.ndarray], num_writers: int) -> np.ndarray:
    """Divide the writers: int (num_writers,). Those of words alone come last, so that characters
    and lines are divided alike whether words are there or not."""
    characters = [label for _, label, _ in kept["character"]]
    lines, words = (
        [f"{kind} of {writer.split('/')[0]}" for _, _, writer in kept[kind]]
        for kind in ("line", "word")
    )
    result = np.full(num_writers, -1)
    for classes, kinds in ((characters + lines, ("character", "line")), (words, ("word",))):
        writers = np.concatenate([arrays[f"{kind}_writers"] for kind in kinds])
        own = np.flatnonzero(result[writers] < 0)
        names, numbers = np.unique(writers[own], return_inverse=True)
        if len(names):
            result[names] = splits.split_writers([classes[k] for k in own], numbers, len(names))
    return result


def _by_contributor(files: Files) -> dict[str, list[str]]:
    groups = defaultdict(list)
    for name in sorted(files.texts):
        if name.startswith("data/"):
            groups[name.split("/")[2]].append(name)
    return groups


def _read_contributor(files: Files, contributor: str, names: list[str]) -> Iterator[tuple]:
    """Yield (category, list of (ink, label), writer, outcome) for every segment."""
    segments: defaultdict = defaultdict(
        list
    )  # the ink's includes: list of (category, text of the segment)
    recordings = {}
    for name in names:
        statements = list(files.statements(name))
        includes = tuple(b.strip().lower() for k, b in statements if k == "INCLUDE")
        category = name.split("/")[1]
        segments[includes] += [(category, body) for key, body in statements if key == "SEGMENT"]
        if includes not in recordings:
            recordings[includes] = unipen_recordings.record(files, includes, name)
    numberings = unipen_recordings.choose_numberings(recordings, segments)
    for includes, recording in recordings.items():
        writer = recording.settings.get("WRITER_ID", "unknown").lower()
        writer = SAME_WRITER.get((contributor, writer), writer)
        is_counted = unipen_recordings.NUMBERINGS[numberings[includes]]
        components = [c for c in recording.components if is_counted(c)]
        read = list(_read(recording, components, segments[includes]))
        for category, found, outcome in _drop_specks(read):
            yield category, found, writer, outcome
        words = [segment for segment in segments[includes] if segment[0] in WORD_CATEGORIES]
        for category, found, outcome in _read_words(recording, components, words, contributor):
            yield category, found, writer, outcome


def _read(
    recording: Recording, components: list[Component], segments: list[tuple[str, str]]
) -> Iterator[tuple]:
    """Yield (category, list of (ink, label), outcome) for every character and line of text."""
    announced = _announced_texts(recording)
    stroke_boxes = _stroke_boxes(recording)
    texts = [body for category, body in segments if category == TEXT_CATEGORY]
    tokenized = unipen_repairs.is_tokenized(texts)
    starts = _character_starts(segments)
    for category, body in segments:
        try:
            if category in CHARACTER_CATEGORIES:
                label, ranges = unipen_recordings.parse_segment(body)
                _check_character(label)
                ink = _cut(components, ranges, recording.settings, stroke_boxes)
                yield category, [(ink, label)], "kept"
            elif category == TEXT_CATEGORY:
                found, outcome = _read_text(
                    recording, components, body, announced=announced, tokenized=tokenized,
                    starts=starts,
                )  # fmt: skip
                for ink, label in found:
                    unipen_repairs.check_gaps(ink, label)
                yield category, found, outcome
        except Broken as reason:
            yield category, [], f"dropped: {reason}"


def _read_text(
    recording: Recording,
    components: list[Component],
    body: str,
    *,
    announced: dict | None,
    tokenized: bool,
    starts: dict[int, str],
) -> tuple[list, str]:
    """Cut one line of text, or the several that are under one label: list of (ink, label)."""
    label, ranges = unipen_recordings.parse_segment(body)
    outcome = "kept"
    if tokenized:
        label = unipen_repairs.join_tokens(label)
        outcome = "repaired: spaces before punctuation taken out"
    if announced is not None:
        ink = _take(announced, label)
        return [(ink, label)], "repaired: ink found by the comment that announces it"
    ink = _cut(components, ranges, recording.settings)
    if unipen_repairs.is_one_line(ink, label):
        return [(ink, label)], outcome
    lines = _split_lines(components, ranges, recording.settings, label, starts)
    return lines, "repaired: several lines divided"


def _read_words(
    recording: Recording,
    components: list[Component],
    segments: list[tuple[str, str]],
    contributor: str,
) -> Iterator[tuple]:
    """Yield (category, list of (ink, label), outcome) for every word; category 7 repeats 6's."""
    seen = set()
    for category, body in segments:
        if body in seen:
            yield category, [], "repeated from category 6"
            continue
        seen.add(body)
        try:
            if contributor in unipen_repairs.MISPLACED_WORDS:
                raise Broken("words lie elsewhere than their labels say")
            label, ranges = unipen_recordings.parse_segment(body)
            outcome = "kept"
            if contributor == "kai" and "@" in label:  # where the pen was lifted
                label, outcome = label.replace("@", ""), "repaired: marks of lifted pens taken out"
            ink = _cut(components, ranges, recording.settings)
            unipen_repairs.check_word(ink, label)
            unipen_repairs.check_gaps(ink, label)
            yield category, [(ink, label)], outcome
        except Broken as reason:
            yield category, [], f"dropped: {reason}"


def _check_character(label: str) -> None:
    if len(label) > 1:
        raise Broken("label of several characters")
    if label not in CHARACTERS:
        raise Broken(f"character outside the {len(CHARACTERS)} classes")


def _cut(  # noqa: C901 (a case per rule of the format)
    components: list[Component],
    ranges: list[tuple],
    settings: dict,
    stroke_boxes: Set = frozenset(),
) -> pen_ink.Ink:
    """Cut pen-down strokes out: list of float32 (points, 2), y down, from the ink's corner."""
    columns = settings.get("COORD", "X Y").split()
    numbers, lengths = [], []  # as texts, all strokes in one list: to convert once is fast
    for first, first_point, last, last_point in ranges:
        if not first <= last < len(components):
            raise Broken("delineation outside the ink")
        for k in range(first, last + 1):
            if not components[k].down:
                continue
            if components[k].withheld:
                raise Broken("ink was withheld")
            if components[k].box in stroke_boxes:
                raise Broken("box holds one stroke, not a character")
            own = components[k].text.split()
            if len(own) % len(columns):
                raise Broken("points not understood")
            begin = first_point if k == first else 0
            end = len(own) if k < last or last_point is None else last_point + 1
            own = own[begin * len(columns) : end * len(columns)]
            if own:
                numbers += own
                lengths.append(len(own) // len(columns))
    if not numbers:
        raise Broken("no ink")
    try:
        points = np.array(numbers, dtype=np.float32).reshape(-1, len(columns))
    except ValueError:
        raise Broken("points not understood") from None
    try:
        points = points[:, [columns.index("X"), columns.index("Y")]]  # (points, 2)
        points[:, 1] *= -_resolution(settings, "X") / _resolution(settings, "Y")
    except (ValueError, ZeroDivisionError):
        raise Broken("tablet settings not understood") from None
    if not np.isfinite(points).all():
        raise Broken("points not understood")
    points -= points.min(axis=0)
    return np.split(points, np.cumsum(lengths[:-1]))


def _resolution(settings: dict, axis: str) -> float:
    for unit in ("MM", "INCH"):
        if f"{axis}_POINTS_PER_{unit}" in settings:
            return float(settings[f"{axis}_POINTS_PER_{unit}"])
    return 1.0


def _stroke_boxes(recording: Recording) -> set[int]:
    """Find boxes that hold single strokes, not characters.

    The last part of every file of `ibm` was written without boxes and cut at every stroke: a run
    of 144 to 361 boxes of one stroke, while people's own runs of one-stroke characters reach 30.
    """
    strokes = Counter(component.box for component in recording.components if component.down)
    found, run = set(), []
    for box in range(recording.num_boxes + 1):
        if strokes[box] == 1:
            run.append(box)
            continue
        if len(run) > LONGEST_RUN:
            found.update(run)
        run = []
    return found


def _drop_specks(read: list[tuple]) -> Iterator[tuple]:
    """Drop letters and digits that are far smaller than the recording's others: stray dots."""
    extents = [
        max(pen_ink.bounding_box(found[0][0]))
        if category in CHARACTER_CATEGORIES and found and found[0][1].isalnum()
        else np.nan
        for category, found, _ in read
    ]
    median = np.nanmedian(extents) if not np.all(np.isnan(extents)) else 0
    for (category, found, outcome), extent in zip(read, extents, strict=True):
        if extent < SMALLEST * median:  # never of nan
            found, outcome = [], "dropped: ink is a speck"
        yield category, found, outcome


def _announced_texts(recording: Recording) -> dict[str, list[pen_ink.Ink]] | None:
    """Collect the inks of announced texts, by label; None if the file announces none.

    In `lex`, the delineations drift away from the ink, while the comments stand right before it.
    Ink that is far too narrow for its label ends before it: that is left out.
    """
    if not recording.announced:
        return None
    boxes = defaultdict(list)
    for component in recording.components:
        boxes[component.box].append(component)
    inks = []
    for label, box in recording.announced:
        try:
            inks.append(
                (label, _cut(boxes[box], [(0, 0, len(boxes[box]) - 1, None)], recording.settings))
            )
        except Broken:
            continue
    widths = [pen_ink.bounding_box(ink)[2] / len(label) for label, ink in inks]
    found: dict[str, list] = defaultdict(list)
    for (label, ink), width in zip(inks, widths, strict=True):
        found[label].append(ink if width > NARROWEST * np.median(widths) else None)
    return found


def _take(announced: dict[str, list], label: str) -> pen_ink.Ink:
    if not announced.get(label):
        raise Broken("text not found in the ink")
    ink = announced[label].pop(0)
    if ink is None:
        raise Broken("ink ends before its label")
    return ink


def _character_starts(segments: list[tuple[str, str]]) -> dict[int, str]:
    """Map the component that a labelled character begins with to its label."""
    starts = {}
    for category, body in segments:
        if category in CHARACTER_CATEGORIES:
            with contextlib.suppress(Broken):
                label, ranges = unipen_recordings.parse_segment(body)
                starts[ranges[0][0]] = label
    return starts


def _split_lines(
    components: list[Component], ranges: list[tuple], settings: dict, label: str, characters: dict
) -> list[tuple[pen_ink.Ink, str]]:
    """Divide several written lines under one label, as in `apb`: list of (ink, label).

    Rows of strokes are the lines. The label is divided at spaces, in the one way in which the
    characters that are labelled one by one lie in the lines of their words.
    """
    first, _, last, _ = ranges[0]
    ink = _cut(components, ranges, settings)
    numbers = [k for k in range(first, last + 1) if components[k].down]
    rows = [sorted(row) for row in unipen_repairs.rows(ink)]
    if len(ranges) > 1 or len(ink) != len(numbers) or sum(rows, []) != list(range(len(ink))):
        raise Broken("several lines under one label")  # and not written one after the other
    spelled = ["".join(characters.get(numbers[k], "") for k in row) for row in rows]
    words = label.split()
    fitting = []
    for cuts in itertools.combinations(range(1, len(words)), len(rows) - 1):
        bounds = [0, *cuts, len(words)]
        lines = [" ".join(words[a:b]) for a, b in itertools.pairwise(bounds)]
        if all(map(unipen_repairs.is_subsequence, spelled, lines)):
            fitting.append(lines)
    inks = [
        _cut(components, [(numbers[row[0]], 0, numbers[row[-1]], None)], settings) for row in rows
    ]
    if len(fitting) != 1 or not all(map(unipen_repairs.is_one_line, inks, fitting[0])):
        raise Broken("several lines under one label")
    return list(zip(inks, fitting[0], strict=True))
