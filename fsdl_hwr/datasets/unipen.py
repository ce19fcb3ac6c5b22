"""UNIPEN: real pen strokes of single characters and of lines of text, by several hundred writers.

Source: I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet, "UNIPEN project of on-line data
exchange and recognizer benchmarks", ICPR 1994; release train_r01_v07, doi 10.5281/zenodo.1195803,
CC BY 4.0. A `data/` file names its ink with `.INCLUDE` and labels parts of it with `.SEGMENT`; an
`include/` file holds the ink as components, `.PEN_DOWN` and `.PEN_UP`.
"""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, EMNIST_CHARACTERS, SYMBOLS
from fsdl_hwr.datasets import downloads
from fsdl_hwr.datasets.glyphs import SPLITS, Glyphs, check_split

URL = "https://zenodo.org/api/records/1195803/files/unipen-CDROM-train_r01_v07.tgz/content"
FILENAME = "unipen/unipen-CDROM-train_r01_v07.tgz"
CHARACTERS = EMNIST_CHARACTERS + SYMBOLS.replace(" ", "")
CHARACTER_CATEGORIES = ("1a", "1b", "1c", "1d")  # digits, upper case, lower case, symbols
TEXT_CATEGORY = "8"
SHARES = (0.8, 0.1, 0.1)  # of every class: train, validation, test
FORMAT_VERSION = 1  # raise it when a conversion would give other arrays

# One person under two names, as the first and last names in the files' .WRITER_INFO show.
SAME_WRITER = {("kai", "ykryu"): "yklyu"}

_STATEMENT = re.compile(r"^\.([A-Z_]+)[ \t]*", re.MULTILINE)
_SEGMENT = re.compile(r'(\w+)\s+([\d:,-]+)\s+(?:(\w+|\?)\s+)?"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ANNOUNCED_TEXT = re.compile(r'\.SEGMENT\s+TEXT\s+\S+\s+\S+\s+"((?:[^"\\]|\\.)*)"')
_RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")


class Broken(ValueError):
    """A segment that cannot be used; the message is the reason, as `counts` lists it."""


@dataclass(frozen=True)
class TextLines:
    """Lines of text as ink.

    inks: list of Ink, y down, in the tablet's units from the ink's left and top. transcripts:
    list of str. writers: int32 (n,), an index into `writer_names`.
    """

    inks: list
    transcripts: list[str]
    writers: np.ndarray
    writer_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.inks)


def characters(split: str, *, characters: str = CHARACTERS) -> Glyphs:
    """Load images of single characters of the writers of one split.

    Classes are `characters`, in that order. Raises `ValueError` for an unknown split and for a
    character that the data lacks, and `FileNotFoundError` or `DownloadError` without data.
    """
    inks, labels, writers = character_inks(split)
    missing = sorted(set(characters) - set(labels))
    if missing:
        raise ValueError(
            f"UNIPEN's {split} split has no {missing}: leave them out of `characters`, or take "
            "them from the embedded handwriting (fsdl_hwr.datasets.strokes.glyphs)."
        )
    chosen = [k for k, label in enumerate(labels) if label in characters]
    images = np.stack([pen_ink.glyph_image(inks[k], labels[k]) for k in chosen])  # (n, 28, 28)
    return Glyphs(
        images=images,
        labels=np.array([characters.index(labels[k]) for k in chosen], dtype=np.int32),
        writers=writers[chosen],
        characters=characters,
        source="unipen",
        writer_names=_writer_names(),
        notes=_notes("character"),
    )


def character_inks(split: str) -> tuple[list, str, np.ndarray]:
    """Load single characters of one split as ink: inks, labels (a str, one each), writers."""
    inks, labels, writers = _select("character", split)
    return inks, "".join(labels), writers


def text_lines(split: str, *, characters: str = DEFAULT_CHARACTERS) -> TextLines:
    """Load lines of text of one split; lines with a character outside `characters` are left out.

    Writers of one source copied the same texts: transcripts recur between splits, writers do not.
    """
    inks, transcripts, writers = _select("line", split)
    chosen = [k for k, text in enumerate(transcripts) if set(text) <= set(characters)]
    return TextLines(
        inks=[inks[k] for k in chosen],
        transcripts=[transcripts[k] for k in chosen],
        writers=writers[chosen],
        writer_names=_writer_names(),
    )


def counts() -> Counter:
    """Count segments by (contributor, category, outcome): kept, repaired: …, dropped: …."""
    arrays = _converted()
    columns = [arrays[f"count_{name}"].tolist() for name in ("contributor", "category", "outcome")]
    keys = zip(*columns, strict=True)
    return Counter(dict(zip(keys, arrays["count"].tolist(), strict=True)))


# --- the converted data, and its splits


def _select(kind: str, split: str) -> tuple[list, list[str], np.ndarray]:
    check_split(split)
    arrays = _converted()
    chosen = _writer_splits()[arrays[f"{kind}_writers"]] == SPLITS.index(split)
    inks = pen_ink.unpack({k: arrays[f"{kind}_{k}"] for k in _ink_keys(arrays, kind)})
    positions = np.flatnonzero(chosen)
    labels = arrays[f"{kind}_labels"]
    return (
        [inks[k] for k in positions],
        [str(labels[k]) for k in positions],
        arrays[f"{kind}_writers"][positions],
    )


def _ink_keys(arrays: dict, kind: str) -> list[str]:
    own = {f"{kind}_labels", f"{kind}_writers"}
    return [k[len(kind) + 1 :] for k in arrays if k.startswith(f"{kind}_") and k not in own]


def _writer_names() -> tuple[str, ...]:
    return tuple(map(str, _converted()["writer_names"]))


def _notes(kind: str) -> tuple[str, ...]:
    categories = CHARACTER_CATEGORIES if kind == "character" else (TEXT_CATEGORY,)
    outcomes = Counter()
    for (_, category, outcome), number in counts().items():
        if category in categories:
            outcomes[outcome] += number
    return tuple(f"{number:,} {outcome}" for outcome, number in outcomes.most_common())


@functools.lru_cache(maxsize=1)
def _splits_of(path: Path) -> np.ndarray:
    arrays = _load(path)
    classes = [*arrays["character_labels"], *("line" for _ in arrays["line_labels"])]
    writers = np.concatenate([arrays["character_writers"], arrays["line_writers"]])
    return split_writers(classes, writers, len(arrays["writer_names"]))


def _writer_splits() -> np.ndarray:
    return _splits_of(_cache_path())


def split_writers(classes: list, writers: np.ndarray, num_writers: int) -> np.ndarray:
    """Divide writers among the splits so that every class comes near its `SHARES` in each.

    Iterative stratification over whole writers: take the class with the fewest examples left, give
    the writer with most of it to the split that lacks most of it. Returns int (num_writers,), an
    index into SPLITS. (Sechidis, Tsoumakas, Vlahavas, ECML 2011, for single examples.)
    """
    names, class_of = np.unique(np.array(classes, dtype=str), return_inverse=True)
    table = np.zeros((num_writers, len(names)))  # (writers, classes)
    np.add.at(table, (writers, class_of), 1)
    wanted = np.outer(SHARES, table.sum(axis=0))  # (splits, classes): examples still lacking
    splits = np.full(num_writers, -1)
    while (splits < 0).any():
        left = np.where((splits < 0)[:, None], table, 0)  # (writers, classes)
        remaining = left.sum(axis=0)
        if not remaining.any():
            splits[splits < 0] = 0
            break
        rarest = np.where(remaining > 0, remaining, np.inf).argmin()
        writer = left[:, rarest].argmax()
        # of equals, the split that lacks most altogether, as a share of what it should get
        split = max(range(len(SPLITS)), key=lambda s: (wanted[s, rarest], wanted[s].sum()))
        splits[writer] = split
        wanted[split] -= table[writer]
    return splits


# --- conversion, once into the cache


def _source() -> Path:
    """The user's own copy, an archive or an unpacked folder, else the download."""
    folders = [folder for folder in (downloads.data_folder(), downloads.cache_folder()) if folder]
    for folder in folders:
        for place in (folder / "unipen", folder):
            for candidate in (place, place / "train_r01_v07"):
                if (candidate / "data").is_dir() and (candidate / "include").is_dir():
                    return candidate
            archives = [p for p in sorted(place.glob("*train_r01_v07*")) if p.is_file()]
            if archives:
                return archives[0]
    looked = " and ".join(str(folder / "unipen") for folder in folders)
    return downloads.download(
        [URL],
        None,  # the publisher's checksum is not known to us; gzip's own is verified in reading
        FILENAME,
        description=f"UNIPEN train_r01_v07 (not found in {looked})",
        license="CC BY 4.0; its 1999 read-me asks for research use and a citation",
        size=150_000_000,
        otherwise="use the embedded handwriting (fsdl_hwr.datasets.strokes), which needs no data.",
    )


def _cache_path() -> Path:
    source = _source()
    files = [source] if source.is_file() else [p for p in source.rglob("*") if p.is_file()]
    size = sum(path.stat().st_size for path in files)
    name = source.name.split(".")[0]
    folder = downloads.cache_folder() / "unipen"
    return folder / f"{name}-{size}-{len(files)}-v{FORMAT_VERSION}.npz"


def _converted() -> dict[str, np.ndarray]:
    path = _cache_path()
    if not path.is_file():
        print("Converting UNIPEN's pen strokes, once: up to a minute.")
        arrays = convert(_source())
        with downloads.write_atomically(path) as temporary:
            np.savez(temporary, **arrays)
    return _load(path)


@functools.lru_cache(maxsize=1)
def _load(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def convert(source: Path) -> dict[str, np.ndarray]:
    """Read an archive or an unpacked folder into arrays that `numpy.savez` stores.

    Raises `FileNotFoundError` for a missing include and `ValueError` for a damaged archive.
    """
    files = _Files(source)
    outcomes = Counter()
    kept = {"character": [], "line": []}  # lists of (ink, label, writer)
    for contributor, group in _by_contributor(files).items():
        for category, ink, label, writer, outcome in _read_contributor(files, contributor, group):
            outcomes[contributor, category, outcome] += 1
            if ink is not None:
                kind = "line" if category == TEXT_CATEGORY else "character"
                kept[kind].append((ink, label, f"{contributor}/{writer}"))
    if not kept["character"] and not kept["line"]:
        raise ValueError(
            f"{source} has no labelled ink in data/1a, 1b, 1c, 1d or 8: it is not UNIPEN "
            "train_r01_v07, or only a part without them."
        )
    names = sorted({writer for items in kept.values() for _, _, writer in items})
    arrays = {"writer_names": np.array(names, dtype=str)}
    for kind, items in kept.items():
        packed = pen_ink.pack([ink for ink, _, _ in items])
        arrays |= {f"{kind}_{name}": array for name, array in packed.items()}
        arrays[f"{kind}_labels"] = np.array([label for _, label, _ in items], dtype=str)
        index = {name: k for k, name in enumerate(names)}
        arrays[f"{kind}_writers"] = np.array([index[w] for _, _, w in items], dtype=np.int32)
    keys = sorted(outcomes)
    for position, name in enumerate(("contributor", "category", "outcome")):
        arrays[f"count_{name}"] = np.array([key[position] for key in keys], dtype=str)
    arrays["count"] = np.array([outcomes[key] for key in keys])
    return arrays


# --- reading the format


class _Files:
    """The texts of an archive or folder, by path from `data/` or `include/` on, in lower case."""

    def __init__(self, source: Path):
        self.source = source
        wanted = re.compile(r"(?:^|.*?/)((?:data/(?:1[abcd]|8)|include)/.+)")
        if source.is_dir():
            names = (p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file())
            members = ((n, (source / n).read_bytes()) for n in names if wanted.fullmatch(n))
        else:
            members = downloads.read_archive(source, lambda name: bool(wanted.fullmatch(name)))
        # include/aga/data/… has a data/ of its own: the expression finds the first of the two
        self.texts = {wanted.fullmatch(name)[1].lower(): data for name, data in members}

    def statements(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each keyword with the text up to the next one."""
        text = self.texts[name].decode("latin-1")
        matches = list(_STATEMENT.finditer(text))
        ends = [match.start() for match in matches[1:]] + [len(text)]
        for match, end in zip(matches, ends, strict=True):
            yield match[1], text[match.end() : end]


def _by_contributor(files: _Files) -> dict[str, list[str]]:
    groups = defaultdict(list)
    for name in sorted(files.texts):
        if name.startswith("data/"):
            groups[name.split("/")[2]].append(name)
    return groups


@dataclass
class _Recording:
    """What one list of includes gives.

    components: list of (pen is down, text of the points). settings: keyword to text. announced:
    list of [label, first component, component after the last], texts that the ink file itself
    names, in comments right before their ink.
    """

    components: list
    settings: dict
    announced: list


def _record(files: _Files, includes: tuple[str, ...], asked_by: str) -> _Recording:
    recording = _Recording([], {}, [])
    open_box = False  # what follows belongs to the text announced last
    for include in includes:
        name = f"include/{include}"
        if name not in files.texts:
            raise FileNotFoundError(
                f"{asked_by} includes {include}, which {files.source} does not have: copy or "
                "download UNIPEN again, with its whole include folder."
            )
        for keyword, body in files.statements(name):
            if keyword == "INCLUDE":
                nested = _record(files, (body.strip().lower(),), name)
                start = len(recording.components)
                recording.announced += [[t, a + start, b + start] for t, a, b in nested.announced]
                recording.components += nested.components
                recording.settings |= nested.settings
            elif keyword in ("PEN_DOWN", "PEN_UP"):
                recording.components.append((keyword == "PEN_DOWN", body))
                if recording.announced and open_box:
                    recording.announced[-1][2] = len(recording.components)
            elif keyword == "START_BOX":
                open_box = False
            elif keyword == "COMMENT" and (text := _ANNOUNCED_TEXT.match(body)):
                here = len(recording.components)
                recording.announced.append([_label(text[1]), here, here])
                open_box = True
            elif keyword in ("COORD", "WRITER_ID") or "_POINTS_PER_" in keyword:
                recording.settings[keyword] = " ".join(body.split())
    return recording


def _read_contributor(files: _Files, contributor: str, names: list[str]) -> Iterator[tuple]:
    """Yield (category, ink or None, label, writer, outcome) for every segment."""
    segments = defaultdict(list)  # the ink's includes: list of (category, text of the segment)
    asked_by = {}
    for name in names:
        statements = list(files.statements(name))
        includes = tuple(b.strip().lower() for k, b in statements if k == "INCLUDE")
        asked_by[includes] = name
        category = name.split("/")[1]
        segments[includes] += [(category, body) for key, body in statements if key == "SEGMENT"]
    recordings = {i: _record(files, i, name) for i, name in asked_by.items()}
    numbering = _choose_numberings(recordings, segments)
    for includes, recording in recordings.items():
        components = [c for c in recording.components if NUMBERINGS[numbering[includes]](*c)]
        writer = recording.settings.get("WRITER_ID", "unknown").lower()
        writer = SAME_WRITER.get((contributor, writer), writer)
        announced = _announced_inks(recording)
        for category, body in segments[includes]:
            try:
                label, delineation = _parse_segment(body)
                _check_label(label, category)
                own, ranges, outcome = components, _ranges(delineation), "kept"
                if recording.announced and category == TEXT_CATEGORY:
                    own, ranges = _next_announced(announced, label)
                    outcome = "repaired: ink found by the comment that announces it"
                ink = _cut(own, ranges, recording.settings)
                yield category, ink, label, writer, outcome
            except Broken as reason:
                yield category, None, None, writer, f"dropped: {reason}"


def _announced_inks(recording: _Recording) -> dict[str, list]:
    """Find texts by the comments before their ink: in `lex`, delineations drift from the ink."""
    inks = defaultdict(list)
    for text, first, end in recording.announced:
        ink = recording.components[first:end]
        if any(down and not _is_blank((down, body)) for down, body in ink):
            inks[text].append(ink)
    return inks


def _next_announced(announced: dict[str, list], label: str) -> tuple[list, list[tuple]]:
    if not announced.get(label):
        raise Broken("text not found in the ink")
    components = announced[label].pop(0)
    return components, [(0, 0, len(components) - 1, None)]


# Which components a contributor's delineations count, most frequent first.
NUMBERINGS = {
    "pen down": lambda down, body: down,
    "all with points": lambda down, body: down or body.strip() != "",
    "all": lambda down, body: True,
}


def _choose_numberings(recordings: dict, segments: dict) -> dict:
    """Decide for each recording which components are counted: where segments meet ink.

    The contributor's usual numbering stands unless another fits more segments of a recording.
    """
    fits = {}  # recording: {numbering: segments that begin and end on ink}
    for includes, recording in recordings.items():
        for name, counted in NUMBERINGS.items():
            components = [c for c in recording.components if counted(*c)]
            good = sum(_on_ink(components, body) for _, body in segments[includes])
            fits.setdefault(includes, {})[name] = good
    total = {name: sum(fit[name] for fit in fits.values()) for name in NUMBERINGS}
    return {
        includes: max(NUMBERINGS, key=lambda name: (fit[name], total[name]))
        for includes, fit in fits.items()
    }


def _on_ink(components: list, body: str) -> bool:
    match = _SEGMENT.fullmatch(body)
    if not match:
        return False
    for first, _, last, _ in _ranges(match[2]):
        if last >= len(components):
            return False
        # some contributors let a segment begin and end with the pen's way to and from the ink
        inside = [k for k in range(first, last + 1) if components[k][0]]
        if not inside or inside[0] > first + 1 or inside[-1] < last - 1:
            return False
        if _is_blank(components[inside[0]]) or _is_blank(components[inside[-1]]):
            return False
    return True


def _is_blank(component: tuple[bool, str]) -> bool:
    """Withheld ink is replaced by one point at the origin."""
    return component[1].split() == ["0", "0"]


def _ranges(delineation: str) -> list[tuple]:
    """Read `3,5-7,12:3-14:8` as (first component, its first point, last component, last point)."""
    ranges = []
    for part in delineation.split(","):
        match = _RANGE.fullmatch(part)
        if not match:
            raise Broken("delineation not understood")
        first, first_point, last, last_point = match.groups()
        ranges.append(
            (
                int(first),
                int(first_point or 0),
                int(first if last is None else last),
                None if last_point is None else int(last_point),
            )
        )
    return ranges


def _parse_segment(body: str) -> tuple[str, str]:
    match = _SEGMENT.fullmatch(body)
    if not match:
        raise Broken("segment not understood (unbalanced quotes?)")
    return _label(match[4]), match[2]


def _label(escaped: str) -> str:
    return " ".join(re.sub(r"\\(.)", r"\1", escaped).split())


def _check_label(label: str, category: str) -> None:
    if not label:
        raise Broken("label is empty")
    if category != TEXT_CATEGORY:
        if len(label) > 1:
            raise Broken("label of several characters")
        if label not in CHARACTERS:
            raise Broken("character outside the 78 classes")


def _cut(components: list, ranges: list[tuple], settings: dict) -> list[np.ndarray]:
    """Cut a segment's pen-down strokes out: list of float32 (points, 2), x right, y down."""
    columns = settings.get("COORD", "X Y").split()
    x, y = columns.index("X"), columns.index("Y")
    strokes = []
    for first, first_point, last, last_point in ranges:
        if last >= len(components) or last < first:
            raise Broken("delineation outside the ink")
        for k in range(first, last + 1):
            if not components[k][0]:
                continue
            if _is_blank(components[k]):
                raise Broken("ink was withheld")
            try:
                points = np.array(components[k][1].split(), dtype=np.float32)
                points = points.reshape(-1, len(columns))[:, [x, y]]  # (points, 2)
            except ValueError:
                raise Broken("points not understood") from None
            begin = first_point if k == first else 0
            end = len(points) if k < last or last_point is None else last_point + 1
            if begin < len(points):
                strokes.append(points[begin:end])
    strokes = [stroke for stroke in strokes if len(stroke)]
    if not strokes:
        raise Broken("no ink")
    scale = np.array([1, -_resolution(settings, "X") / _resolution(settings, "Y")], np.float32)
    corner = np.min([np.min(stroke * scale, axis=0) for stroke in strokes], axis=0)
    return [stroke * scale - corner for stroke in strokes]


def _resolution(settings: dict, axis: str) -> float:
    for unit in ("MM", "INCH"):
        if f"{axis}_POINTS_PER_{unit}" in settings:
            return float(settings[f"{axis}_POINTS_PER_{unit}"])
    return 1.0
