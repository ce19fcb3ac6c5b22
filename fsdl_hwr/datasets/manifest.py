"""A version of a data set is a list of hashes: written, checked against a folder, compared."""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath, PureWindowsPath

import cv2
import numpy as np

from fsdl_hwr import files

FORMAT = "fsdl_hwr manifest 1"
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")
ALIKE = 4  # bits of 64 in which two looks may differ and still be one picture, saved twice


@dataclass(frozen=True)
class Row:
    """What a manifest says of one file.

    path: relative to the folder, with slashes. look: 64 bits of what a picture looks like, as
    hexadecimal; it survives scaling and another compression. writer, split: "" if none.
    """

    path: str
    sha256: str
    bytes: int
    width: int = 0
    height: int = 0
    look: str = ""
    writer: str = ""
    split: str = ""
    annotator: str = ""
    guideline: str = ""
    source: str = ""
    license: str = ""


@dataclass(frozen=True)
class Problem:
    """What a check found: its kind ("changed", "lost", …), the file, and a sentence."""

    kind: str
    path: str
    says: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.path}: {self.says}"


def build(
    folder: str | os.PathLike, describe: Callable[[Path], dict] = lambda path: {}
) -> list[Row]:
    """Make a row for every file below a folder, in the order of their paths; hidden ones are not.

    describe: from a file's path to what else its row says: writer, split, license … Raises
    `ValueError` for a link, which would put another folder's file into this version.
    """
    folder = Path(folder)
    rows = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or path.is_dir():
            continue
        if path.is_symlink():
            raise ValueError(f"{path} is a link: copy the file that it points to.")
        if not path.is_file():
            raise ValueError(f"{path} is no file, but a pipe or a device: remove it.")
        data = path.read_bytes()
        picture = _picture(data) if path.suffix.lower() in PICTURES else None
        size = {} if picture is None else {
            "width": picture.shape[1], "height": picture.shape[0], "look": look(picture)
        }  # fmt: skip
        sha256 = hashlib.sha256(data).hexdigest()
        rows.append(Row(relative.as_posix(), sha256, len(data), **size, **describe(path)))
    return rows


def write(path: str | os.PathLike, rows: Iterable[Row], name: str, version: str) -> Path:
    """Write a manifest as JSON, one row per line so that git shows what changed; atomically.

    Args:
        path: of the manifest; it is returned.
        rows: one per file.
        name: of the data set.
        version: of the data set.
    """
    head = json.dumps({"format": FORMAT, "name": name, "version": version}, ensure_ascii=False)
    body = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    path = Path(path)
    with files.write_atomically(path) as temporary:
        temporary.write_text(f'{head[:-1]}, "files": [\n{body}\n]}}\n', encoding="utf-8")
    return path


def read(path: str | os.PathLike) -> list[Row]:
    """Read what `write` wrote. Raises `ValueError` that names a broken file."""
    try:
        content = files.parse_json(Path(path).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"its format is {content['format']!r}")
        known = {field.name for field in fields(Row)}
        return [Row(**{k: v for k, v in row.items() if k in known}) for row in content["files"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path} is no manifest of the kit ({error!r:.200}).") from error


def check(folder: str | os.PathLike, rows: Sequence[Row]) -> list[Problem]:
    """Compare a folder with its manifest, and the manifest with itself; an empty list is good.

    Finds files that are lost, changed, links or not in the manifest; paths that point out of the
    folder, or that differ in case alone; the same page twice, as bytes or as a picture; a writer
    or a page in two splits.
    """
    folder = Path(folder)
    problems: list[Problem] = []
    listed = set()
    for row in rows:
        if is_outside(row.path):
            says = "points out of the folder, and was not looked at"
            problems.append(Problem("unsafe", row.path, says))
            continue
        listed.add(row.path)
        problems += _file_problems(folder / row.path, row)
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            if relative.as_posix() not in listed:
                says = "is in the folder and not in the manifest"
                problems.append(Problem("extra", relative.as_posix(), says))
    return problems + _names_twice(rows) + _pages_twice(rows) + _leaks(rows)


def is_outside(name: str) -> bool:
    """Say whether a path is absolute or climbs out of its folder, on any system."""
    location = PureWindowsPath(name)
    return bool(location.anchor or PurePosixPath(name).anchor or ".." in location.parts or not name)


def _file_problems(path: Path, row: Row) -> list[Problem]:
    if path.is_symlink():
        return [Problem("link", row.path, "is a link, whose content may change elsewhere")]
    if not path.is_file():
        return [Problem("lost", row.path, "is in the manifest and not in the folder")]
    size = path.stat().st_size
    if size != row.bytes:
        return [Problem("changed", row.path, f"has {size:,} bytes instead of {row.bytes:,}")]
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != row.sha256:
        return [Problem("changed", row.path, "has other bytes, as many as before")]
    return []


def _names_twice(rows: Sequence[Row]) -> list[Problem]:
    by_name = defaultdict(list)
    for row in rows:
        by_name[row.path.casefold()].append(row.path)
    return [
        Problem("name", group[1], f"differs from {group[0]} in case at most: on some systems "
                "they are one file")
        for group in by_name.values() if len(group) > 1
    ]  # fmt: skip


def _pages_twice(rows: Sequence[Row]) -> list[Problem]:
    """Name the second of two files that are equal, or that look alike."""
    problems: list[Problem] = []
    first_of: dict[str, Row] = {}
    for row in rows:
        first = first_of.setdefault(row.sha256, row)
        if first is not row:
            problems.append(Problem("duplicate", row.path, f"has the bytes of {first.path}"))
    seen = [row for row in first_of.values() if row.look]
    for one, two in alike([row.look for row in seen]):
        says = f"looks like {seen[one].path}"
        problems.append(Problem("duplicate", seen[two].path, says))
    return problems


def _leaks(rows: Sequence[Row]) -> list[Problem]:
    problems: list[Problem] = []
    split_of: dict[tuple[str, str], Row] = {}
    for row in rows:
        for what, value in (("writer", row.writer), ("content", row.sha256)):
            if not row.split or not value:
                continue
            first = split_of.setdefault((what, value), row)
            if first.split != row.split:
                shown = f"writer {value}" if what == "writer" else "the same content"
                says = f"{shown} is in {row.split}, and in {first.split} ({first.path})"
                problems.append(Problem("leak", row.path, says))
    return problems


def look(image: np.ndarray) -> str:
    """Describe a gray picture by 64 bits, as hexadecimal: the signs of its 8 x 8 slowest waves.

    A discrete cosine transform of 32 x 32 px; against the median, so that brightness goes.
    """
    small = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(small)[:8, :8].ravel()
    bits = waves > np.median(waves[1:])
    return np.packbits(bits).tobytes().hex()


def alike(looks: Sequence[str], bits: int = ALIKE) -> list[tuple[int, int]]:
    """Return the pairs (i, j), i < j, of looks that differ in `bits` of 64 or fewer."""
    if not looks:
        return []
    unpacked = np.unpackbits(np.array([list(bytes.fromhex(x)) for x in looks], np.uint8), axis=1)
    signs = 2 * unpacked.astype(np.float32) - 1  # (n, 64): a product of 64 - 2 × differing bits
    pairs = np.argwhere(np.triu(signs @ signs.T >= 64 - 2 * bits, 1))
    return [(int(i), int(j)) for i, j in pairs]


@dataclass(frozen=True)
class Difference:
    """What changed from one version to the next, by path."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    described: tuple[str, ...]  # the same bytes, another split, writer, guideline …

    def __str__(self) -> str:
        rows = [f"+ {path}" for path in self.added] + [f"- {path}" for path in self.removed]
        rows += [f"~ {path}" for path in self.changed]
        rows += [f"> {old} -> {new}" for old, new in self.renamed]
        rows += [f"@ {path}" for path in self.described]
        return "\n".join(rows) or "no change"


def diff(old: Sequence[Row], new: Sequence[Row]) -> Difference:
    """Compare two versions; a file with the same bytes under another name was renamed."""
    before, after = ({row.path: row for row in rows} for rows in (old, new))
    gone = {before[p].sha256: p for p in before if p not in after}
    come = {after[p].sha256: p for p in after if p not in before}
    renamed = [(gone[sha], come[sha]) for sha in gone if sha in come]
    moved = {path for pair in renamed for path in pair}
    both = [path for path in before if path in after]
    return Difference(
        tuple(p for p in after if p not in before and p not in moved),
        tuple(p for p in before if p not in after and p not in moved),
        tuple(p for p in both if before[p].sha256 != after[p].sha256),
        tuple(renamed),
        tuple(p for p in both if before[p] != after[p] and before[p].sha256 == after[p].sha256),
    )


def _picture(data: bytes) -> np.ndarray | None:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
