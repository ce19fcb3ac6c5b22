"""Handwritten names on French school forms: Kaggle's collection, from the user's own copy.

The collection (Kaggle, "Handwriting Recognition" by landlord: 330,961 images for training, 41,370
for validation, 41,370 for testing) cannot be downloaded without an account. Unpacked, it holds a
CSV and a folder of images per split; both are looked for in `FSDL_HWR_DATA/names`. Without a copy,
`name_forms` draws forms of the same kind.
"""

import csv
import io
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import faker.providers.person as faker_names
import numpy as np
from tqdm.auto import tqdm

from fsdl_hwr import image_files
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import downloads, text
from fsdl_hwr.datasets.lines import Lines, ink_widths
from fsdl_hwr.datasets.splits import check_split

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ -'"
ALPHABET = Alphabet(CHARACTERS)
HEIGHT, WIDTH = 40, 392  # px of a name image; most of the collection's fit without being scaled
NO_NAME = {"": "empty", "EMPTY": "empty", "NULL": "empty", "UNREADABLE": "unreadable"}
MAX_PIXELS = 4_000_000  # of one image; the collection's have 28,000 at most
FRENCH = ("fr_FR", "fr_BE", "fr_CA", "fr_CH")
PARTS = ("train",) * 8 + ("validation", "test")  # of the made names, by their checksum


@dataclass(frozen=True)
class Names:
    """Name images with their transcripts, and how many rows were left out, by reason."""

    lines: Lines
    dropped: Counter

    def __len__(self) -> int:
        return len(self.lines)


def load(split: str, *, limit: int | None = None, seed: int = 0) -> Names:
    """Read one split of the user's copy: uint8 images (n, HEIGHT, WIDTH), ink 255 on 0.

    Rows without a legible name, without an image, with a damaged one, or with characters that no
    accent explains are left out and counted.

    Args:
        split: 'train', 'validation' or 'test', as the collection divides its images.
        limit: number of rows to draw at random; all of them by default.
        seed: of that draw.

    Raises `FileNotFoundError` without a copy, and `ValueError` for a CSV that is not one of the
    collection's and for a split in which nothing is left.
    """
    check_split(split)
    table, folder = _places(split)
    rows = _read_rows(table)
    if limit is not None and limit < len(rows):
        chosen = np.random.default_rng(seed).choice(len(rows), limit, replace=False)
        rows = [rows[k] for k in np.sort(chosen)]
    images, transcripts = [], []
    dropped: Counter = Counter()
    seen: set[str] = set()
    for name, identity in tqdm(rows, desc=f"{split} names", disable=len(rows) < 5000):
        transcript, fault = clean(identity)
        image = None
        if not fault:
            image, fault = _read_image(folder, name, seen)
        if fault or image is None:
            dropped[fault] += 1
            continue
        images.append(fit(image))
        transcripts.append(transcript)
    if not images:
        raise ValueError(f"Of the {len(rows):,} rows of {table}, none is left: {dict(dropped)}.")
    pixels = np.stack(images)  # (n, HEIGHT, WIDTH)
    return Names(Lines(pixels, tuple(transcripts), ink_widths(pixels)), dropped)


def clean(identity: str | None) -> tuple[str, str]:
    """Return a label as the alphabet writes it, and why it is no name ('' if it is one).

    Accents are dropped, as the collection drops them; small letters become capitals.
    """
    label = re.sub(r"\s+", " ", (identity or "").strip())
    plain = unicodedata.normalize("NFKD", label.replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).upper().strip()
    if plain in NO_NAME:
        return "", NO_NAME[plain]
    if set(plain) - set(CHARACTERS):
        return "", "has other characters"
    return plain, ""


def fit(image: np.ndarray) -> np.ndarray:
    """Bring an ink image to (HEIGHT, WIDTH): made smaller if it must be, never larger, never cut.

    Takes uint8 (height, width), ink 255 on 0. Its left edge stays where it is, its rows are
    centered: where on the form a name stands helps to tell it from the print.
    """
    height, width = image.shape
    scale = min(1.0, HEIGHT / height, WIDTH / width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    page = np.zeros((HEIGHT, WIDTH), np.uint8)
    top = (HEIGHT - image.shape[0]) // 2
    page[top : top + image.shape[0], : image.shape[1]] = image
    return page


def _places(split: str) -> tuple[Path, Path]:
    """Return the CSV and the folder of images of a split."""
    table = downloads.find(f"names/written_name_{split}_v2.csv")
    if table is None:
        raise FileNotFoundError(
            f"There is no names/written_name_{split}_v2.csv in "
            f"{downloads.data_folder() or 'FSDL_HWR_DATA, which is not set'}. Unpack Kaggle's "
            "handwriting-recognition archive there; or use the drawn forms of "
            "datasets.name_forms, which need no copy."
        )
    for folder in (table.parent / f"{split}_v2" / split, table.parent / f"{split}_v2"):
        if folder.is_dir():
            return table, folder
    raise FileNotFoundError(f"{table} has no folder {split}_v2 beside it: unpack its images too.")


def _read_rows(table: Path) -> list[tuple[str, str]]:
    """Return (file name, label) of every row. Raises `ValueError` for another table."""
    raw = table.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        decoded = raw.decode("utf-16")
    else:
        try:
            decoded = raw.decode("utf-8-sig")
        except UnicodeDecodeError:  # saved by a spreadsheet
            decoded = raw.decode("latin-1")
    reader = csv.DictReader(io.StringIO(decoded, newline=""))
    columns = set(reader.fieldnames or ())
    if not {"FILENAME", "IDENTITY"} <= columns:
        raise ValueError(
            f"{table} has the columns {sorted(columns)}; the collection's tables have FILENAME "
            "and IDENTITY, separated by a comma."
        )
    return [(row["FILENAME"] or "", row["IDENTITY"] or "") for row in reader]


def _read_image(folder: Path, name: str, seen: set[str]) -> tuple[np.ndarray | None, str]:
    """Read one image as ink, uint8 (height, width), or say why it cannot be had."""
    if name in seen:
        return None, "listed twice"
    seen.add(name)
    path = folder / name
    if not name or Path(name).name != name or not path.is_file():
        return None, "image missing"
    raw = np.fromfile(path, np.uint8)
    if math.prod(image_files.size_of(raw.tobytes()) or (0,)) > MAX_PIXELS:
        return None, "image too large"
    image = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE) if len(raw) else None
    if image is None:
        return None, "image damaged"
    return (255 - image if np.median(image) > 127 else image), ""


# Names to write: Faker's, of all its languages in Latin letters, more often French ones


def made_names(split: str, num: int, seed: int = 0, max_length: int = 18) -> list[str]:
    """Return different names for drawn forms: capitals, without accents.

    Half are French, a fifth are from elsewhere, the rest are made up of two names' halves or join
    two names. Train, validation and test share none.

    Args:
        split: 'train', 'validation' or 'test'.
        num: number of names.
        seed: of the names.
        max_length: characters of a name, at most.
    """
    check_split(split)
    french, others = _lists()
    rng = np.random.default_rng(seed)
    names: dict[str, None] = {}  # a set that keeps its order
    while len(names) < num:
        kind = rng.random()
        first, second = (_draw(french if rng.random() < 0.7 else others, rng) for _ in range(2))
        if kind < 0.5:
            name = _draw(french, rng)
        elif kind < 0.7:
            name = _draw(others, rng)
        elif kind < 0.93:
            name = first[: 2 + len(first) // 3] + second[len(second) // 2 :]
        else:
            name = first + ("-" if rng.random() < 0.5 else " ") + second
        if 2 <= len(name) <= max_length and text.part_of(name, PARTS) == split:
            names[name] = None
    return list(names)


def _draw(names: list[str], rng: np.random.Generator) -> str:
    return names[rng.integers(len(names))]


@cache
def _lists() -> tuple[list[str], list[str]]:
    """Return all first and last names that Faker knows: French ones, and those of elsewhere."""
    import importlib
    import pkgutil

    found: dict[bool, set[str]] = {True: set(), False: set()}
    for module in pkgutil.iter_modules(faker_names.__path__):
        provider = importlib.import_module(f"{faker_names.__name__}.{module.name}").Provider
        for kind in ("first_names", "first_names_male", "first_names_female", "last_names"):
            known = getattr(provider, kind, ())
            for name in () if isinstance(known, property) else known:
                cleaned, fault = clean(name)
                if not fault and len(cleaned) > 1:
                    found[module.name in FRENCH].add(cleaned)
    return sorted(found[True]), sorted(found[False] - found[True])
