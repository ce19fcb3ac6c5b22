"""Your own images of characters, in any script: one folder per class, or a list of files.

<path>/<class>/…/image.png   or   <path>/train/<class>/…, <path>/validation/…, <path>/test/…
A class folder is named by its character, or by its code point: U+0710 for the Syriac alaph. That
also distinguishes a (U+0061) from A (U+0041) if the file system does not, and names what no folder
can be called. <path>/labels.csv, in UTF-8, takes precedence over folders: its columns are file
(relative to the CSV), label (a character or code point) and, if they are known, writer and split.
"""

import csv
import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tqdm.auto import tqdm

from fsdl_hwr import image_files, ink, paper
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.splits import SHARES, SPLITS, check_split, split_writers

LIST = "labels.csv"
COLUMNS = ("file", "label", "writer", "split")
SPLIT_FOLDERS = {name: name for name in SPLITS} | {"val": "validation", "valid": "validation"}
SUFFIXES = set(
    ".avif .bmp .dib .gif .jp2 .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split()
)
BAR_FROM = 500  # images; fewer are read at once
ACCEPTED = (
    "A class folder is named by one character (a) or by its code point (U+0061), and may lie in "
    "train, validation and test. Or list the images in labels.csv with the columns file,label and, "
    "if known, writer,split."
)


class Entry(NamedTuple):
    """One image file; `name` is its path below the data set's folder, `writer` may be empty."""

    path: Path
    name: str
    label: str
    writer: str = ""
    split: str | None = None


def load(path: str | os.PathLike, split: str = "train") -> Glyphs:
    """Load one split of a folder (see above), or of a CSV of another name, as glyphs.

    Images pass through `paper.glyph_from_image`; those of 28 x 28 px with ink on black are taken as
    they are. Classes are sorted by code point and the same in every split. Splits that the folder
    does not have are divided from the rest, 80 : 10 : 10 of every class, by whole writers if these
    are known, and always alike: three images or writers put a class in every split.
    Hidden files, and files that are no images, are left out. Nothing is written. Raises
    `FileNotFoundError`, and `ValueError` that names the folder, row or file which is wrong.
    """
    check_split(split)
    path = Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"There is no folder {path}. {ACCEPTED}")
    table = path / LIST if path.is_dir() else path
    notes: list[str] = []
    if table.is_file():
        entries = _read_list(table)
    else:
        entries = list(_walk(path, notes))
    if not entries:
        raise ValueError(f"{path} holds no images. {ACCEPTED}")
    splits = _divide(entries)
    characters = "".join(sorted({entry.label for entry in entries}))
    writer_names = tuple(sorted({entry.writer for entry in entries} - {""}))
    notes += _gaps(entries, splits, characters)
    chosen = [entry for entry, its in zip(entries, splits, strict=True) if its == split]
    if not chosen:
        raise ValueError(
            f"{path} has no images for {split}: {len(entries)} images of {len(characters)} "
            f"characters and {len(writer_names) or 'unknown'} writers. Give every class at least "
            "three images, by three writers if writers are named."
        )
    images = _read_images(chosen, notes)
    return Glyphs(
        images=images,
        labels=np.array([characters.index(entry.label) for entry in chosen], np.int32),
        writers=np.array(
            [writer_names.index(entry.writer) if entry.writer else -1 for entry in chosen], np.int32
        ),
        characters=characters,
        source=f"folder {path.name}",
        writer_names=writer_names,
        notes=tuple(notes),
    )


def character(label: str, where: str) -> str:
    """Read a label, one character or its code point as U+0061, and normalize it to NFC.

    where: how to refer to the place in an error. Raises `ValueError` for anything else.
    """
    text = unicodedata.normalize("NFC", label)
    if match := re.fullmatch(r"[Uu]\+([0-9A-Fa-f]{4,6})", text):
        code = int(match[1], 16)
        valid = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
        text = unicodedata.normalize("NFC", chr(code)) if valid else ""
    if len(text) != 1:
        points = " ".join(f"U+{ord(c):04X}" for c in text[:4]) or "none"
        raise ValueError(
            f"{where} is labeled {label!r}, which is not one character (its code points: {points})."
            f" {ACCEPTED}"
        )
    return text


def _read_list(table: Path) -> list[Entry]:
    """Read the rows of a CSV, and see that their files are there."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = [name.strip() for name in reader.fieldnames or []]
            reader.fieldnames = columns
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{table} is not a CSV in UTF-8 ({error}): save it as one.") from error
    if not {"file", "label"} <= set(columns) <= set(COLUMNS):
        raise ValueError(
            f"{table} has the columns {', '.join(columns) or '(none)'}: it needs file,label, "
            "may have writer,split and no others, in its first line, with commas between them."
        )
    entries, seen = [], set()
    for line, row in rows:
        where = f"{table}, line {line}"
        if None in row or None in row.values() or not all(row[c] for c in columns):
            raise ValueError(f"{where} has not one value for each of {','.join(columns)}: mend it.")
        name = row["file"].replace("\\", "/")
        if name in seen:
            raise ValueError(f"{where} lists {name} again: keep one line for every file.")
        seen.add(name)
        split = SPLIT_FOLDERS.get(row["split"].strip().lower()) if "split" in columns else None
        if "split" in columns and split is None:
            raise ValueError(f"{where} has the split {row['split']!r}: write {', '.join(SPLITS)}.")
        label = character(row["label"], where)
        entries.append(Entry(table.parent / name, name, label, row.get("writer", ""), split))
    missing = [entry.name for entry in entries if not entry.path.is_file()]
    if missing:
        raise ValueError(
            f"{table} lists {len(missing):,} files that are not there: {_some(missing)}. The paths "
            f"are looked for below {table.parent}."
        )
    return entries


def _walk(root: Path, notes: list[str]) -> Iterator[Entry]:
    """List the image files of all class folders, in the order of their names."""
    folders = _folders(root)
    classes: list[tuple[str | None, Path]] = [(None, folder) for folder in folders]
    if all(folder.name.lower() in SPLIT_FOLDERS for folder in folders):
        classes = [(SPLIT_FOLDERS[f.name.lower()], inner) for f in folders for inner in _folders(f)]
    others, empty = [], []
    for split, folder in classes:
        label = character(folder.name, f"The folder {folder}")
        found = False
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(root)
            if path.is_dir() or any(part.startswith(".") for part in name.parts):
                continue
            if path.suffix.lower() in SUFFIXES:
                found = True
                yield Entry(path, name.as_posix(), label, split=split)
            elif path.name.lower() not in ("thumbs.db", "desktop.ini"):
                others.append(name.as_posix())
        if not found:
            empty.append(folder.relative_to(root).as_posix())
    if others:
        notes.append(f"{len(others):,} files are no images that OpenCV reads: {_some(others)}.")
    if empty:
        notes.append(f"Folders without images, left out: {_some(empty)}.")


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".")


def _divide(entries: list[Entry]) -> list[str]:
    """Return which split each image belongs to; what comes without one is divided, always alike."""
    splits = [entry.split or "train" for entry in entries]
    missing = [split for split in SPLITS[1:] if split not in splits]
    free = [k for k, split in enumerate(splits) if split == "train"]
    if not missing or not free:
        return splits
    if entries[0].writer:
        names, writers = np.unique([entries[k].writer for k in free], return_inverse=True)
        chosen = split_writers([entries[k].label for k in free], writers, len(names))
        for k, writer in zip(free, writers, strict=True):
            if SPLITS[chosen[writer]] in missing:
                splits[k] = SPLITS[chosen[writer]]
        return splits
    # In the order of a hash of their names, which new files and other machines do not change.
    by_class: dict[str, list[int]] = {}
    for k in sorted(free, key=lambda k: _hash(entries[k].name)):
        by_class.setdefault(entries[k].label, []).append(k)
    for places in by_class.values():
        counts = {s: max(1, round(SHARES[SPLITS.index(s)] * len(places))) for s in missing}
        for split, count in counts.items():
            for _ in range(min(count, len(places) - 1)):  # the last one stays for training
                splits[places.pop()] = split
    return splits


def _hash(name: str) -> bytes:
    return hashlib.blake2b(unicodedata.normalize("NFC", name).encode(), digest_size=8).digest()


def _gaps(entries: list[Entry], splits: list[str], characters: str) -> Iterator[str]:
    """Return notes on which split lacks which class, and whose writing is in several splits."""
    has = {(split, entry.label) for split, entry in zip(splits, entries, strict=True)}
    for split in SPLITS:
        lacking = [c for c in characters if (split, c) not in has]
        if lacking:
            yield f"The {split} split has no {_some(lacking, 20)}: too few images or writers."
    pairs = {(entry.writer, split) for split, entry in zip(splits, entries, strict=True)}
    shared = [name for name, n in Counter(w for w, _ in pairs if w).items() if n > 1]
    if shared:
        yield f"Writers of more than one split: {_some(sorted(shared))}."


def _read_images(entries: list[Entry], notes: list[str]) -> np.ndarray:
    """Read image files as glyphs: uint8 (n, 28, 28)."""
    glyphs = np.zeros((len(entries), ink.GLYPH_SIZE, ink.GLYPH_SIZE), np.uint8)
    unreadable, blank, unchanged = [], [], 0
    bar = tqdm(entries, "Reading images", unit=" images", disable=len(entries) < BAR_FROM)
    for place, entry in enumerate(bar):
        image = _read_image(entry.path)
        if image is None:
            unreadable.append(entry.name)
        elif image.shape == glyphs.shape[1:] and np.median(image) < ink.INK_LEVEL:
            glyphs[place] = image  # ink on black already
            unchanged += 1
        else:
            glyphs[place] = paper.glyph_from_image(image, str(entry.path))
        if image is not None and not glyphs[place].any():
            blank.append(entry.name)
    if unreadable:
        raise ValueError(
            f"{len(unreadable):,} files are damaged, or not the images that their names say: "
            f"{_some(unreadable)}. Mend them or take them away."
        )
    if blank:
        notes.append(f"{len(blank):,} images are blank paper: {_some(blank)}.")
    if unchanged:
        notes.append(f"{unchanged:,} images were glyphs already and are as they were.")
    return glyphs


def _read_image(path: Path) -> np.ndarray | None:
    """Read an image as gray, upright as its camera says, or RGBA; None if that fails."""
    data = np.fromfile(path, np.uint8)  # OpenCV itself cannot open every path on Windows
    image_files.check_size(data.tobytes(), str(path))
    try:
        image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
        if image is None:
            return None
        if image.ndim == 3 and image.shape[2] == 4:
            image = image if image.dtype == np.uint8 else (image // 257).astype(np.uint8)
            return cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA)
        return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)  # unlike the first, it obeys Exif
    except cv2.error:
        return None


def _some(names: list[str], number: int = 5) -> str:
    return ", ".join(names[:number]) + (", …" if len(names) > number else "")
