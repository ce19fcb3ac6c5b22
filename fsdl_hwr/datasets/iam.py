"""IAM Handwriting Database: scanned lines of English text, from the reader's own registered copy.

Source: U.-V. Marti, H. Bunke, "The IAM-database: an English sentence database for offline
handwriting recognition", IJDAR 5, 2002: 13,353 lines by 657 writers. It is free for non-commercial
research after registration with its makers, so nothing here downloads it. Its archives are read as
they come, or unpacked, from `iam/` in the folder that FSDL_HWR_DATA names or in the cache folder:
lines.tgz   images of lines, a01/a01-000u/a01-000u-00.png, dark ink on light paper
xml.tgz     one file per form: writer, and lines with the spaces that were written
ascii.tgz   lines.txt, the same lines cut into tokens, and forms.txt with the writers: used if
            there is no xml
largeWriterIndependentTextLineRecognitionTask.zip   which lines are train, validation and test
"""

import hashlib
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

import cv2
import numpy as np
from tqdm.auto import tqdm

from fsdl_hwr import files, image_files, paper, rows
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS
from fsdl_hwr.datasets import downloads
from fsdl_hwr.datasets.splits import SPLITS, check_split, split_writers
from fsdl_hwr.ink import LineGeometry

PAGE = "https://fki.tic.heia-fr.ch/databases/iam-handwriting-database"
LISTS = {
    "trainset.txt": "train",
    "validationset1.txt": "validation",
    "validationset2.txt": "validation",
    "testset.txt": "test",
}  # of the large writer independent text line recognition task
CROSSED_OUT = "#"  # what IAM writes for a word that its writer crossed out
FORMAT_VERSION = 1  # raise it when a conversion would make other arrays

_FORM = r"[a-z]\d\d-\d+[a-z]*"
_METADATA = re.compile(rf"lines\.txt|forms\.txt|{_FORM}\.xml|{'|'.join(LISTS)}")
_IMAGE = re.compile(rf"{_FORM}-\d+\.png")
_ARCHIVE = re.compile(r"(?!forms|words|sentences).+\.(tgz|tar|tar\.(gz|bz2|xz)|zip)", re.I)


@dataclass(frozen=True)
class LineImages:
    """Images of lines of text.

    images: uint8 (n, height, width), ink 255 on 0, from the left edge on. transcripts: list of str.
    writers: int32 (n,), an index into `writer_names`, -1 if unknown. notes: sentences worth
    telling the reader (what was kept, squeezed, left out).
    """

    images: np.ndarray
    transcripts: list[str]
    writers: np.ndarray
    writer_names: tuple[str, ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.transcripts)


def lines(
    split: str, *, height: int = 28, width: int = 952, characters: str = DEFAULT_CHARACTERS
) -> LineImages:
    """Load the lines of one split, in the 2019 course's geometry or a larger one.

    Splits are those of the large writer independent text line recognition task: 6,161 lines for
    train, 900 + 940 for validation (its two validation sets together), 1,861 for test. No writer is
    in two of them, but writers copied the same texts. Lines whose words were segmented with errors
    (err) are in these lists and are kept: IAM's own lines.txt says that this should not affect the
    whole line and its transcript.
    Ink is cut out, scaled to the height less two pixels on either side, and squeezed if it is then
    too wide. The first call for a geometry reads all images once, into the cache. Raises
    `FileNotFoundError` that says what to get and where to place it, and `ValueError` for an unknown
    split, an impossible geometry, damaged files, and splits that share a line or a writer.

    Args:
        split: 'train', 'validation' or 'test'.
        height, width: of the line images, in px.
        characters: lines with a character outside these are left out.
    """
    check_split(split)
    LineGeometry(height, width)  # refuses what has no room for ink
    names = ("columns", "widths", "texts", "writers", "flags", "num_blank")
    arrays = _converted(height, width)
    columns, widths, texts, writers, flags, blank = (arrays[f"{split}_{n}"] for n in names)
    writer_names, notes = (arrays[name].tolist() for name in ("writer_names", "notes"))
    texts = texts.tolist()
    chosen = [k for k, text in enumerate(texts) if set(text) <= set(characters)]
    outside = Counter(c for text in texts for c in set(text) - set(characters))
    if not chosen:
        raise ValueError(
            f"IAM's {split} split has nothing left of {len(texts):,} lines with ink (characters "
            f"outside the alphabet: {' '.join(sorted(outside)) or 'none'}): check the split lists, "
            "or pass more `characters`."
        )
    starts = np.cumsum(widths) - widths
    images = np.zeros((len(chosen), height, width), np.uint8)
    for image, k in zip(images, chosen, strict=True):
        image[:, : widths[k]] = columns[starts[k] : starts[k] + widths[k]].T  # (height, its width)
    marked = sum(CROSSED_OUT in texts[k] for k in chosen)
    rejoined, erroneous, squeezed = flags[chosen].sum(axis=0).tolist()
    counted = {
        f"have a character outside the alphabet ({' '.join(sorted(outside))}): left out": (
            len(texts) - len(chosen)
        ),
        "show no ink: left out": int(blank),
        f"were squeezed to {width} px": squeezed,
        "have their words segmented with errors (err): kept": erroneous,
        f"have a {CROSSED_OUT} for a word that was crossed out: kept": marked,
        "have no xml: their tokens in lines.txt were joined by rules": rejoined,
        "have no known writer": int((writers[chosen] < 0).sum()),
    }
    notes += [f"{number:,} lines {what}." for what, number in counted.items() if number]
    return LineImages(
        images, [texts[k] for k in chosen], writers[chosen], tuple(writer_names), tuple(notes)
    )


def _sources() -> tuple[Path, list[Path]]:
    """Find the reader's own copy: its folder, and the files to read in it, archives last."""
    roots = [downloads.data_folder(), downloads.cache_path()]
    folders = [root / "iam" for root in roots if root]
    for folder in folders:
        patterns = (_METADATA, _IMAGE, _ARCHIVE)
        found = [p for p in folder.rglob("*") if any(e.fullmatch(p.name) for e in patterns)]
        paths = [path for path in found if path.is_file()]
        if paths:
            return folder, sorted(paths, key=lambda p: (bool(_ARCHIVE.fullmatch(p.name)), p))
    raise FileNotFoundError(
        f"There is no IAM in {' or '.join(map(str, folders))}. Register (free for non-commercial "
        'research) on the page "IAM Handwriting Database" of the Research Group on Computer Vision '
        f"and Artificial Intelligence (FKI), University of Bern: {PAGE}. Then copy lines.tgz, "
        "xml.tgz, ascii.tgz and largeWriterIndependentTextLineRecognitionTask.zip, packed or "
        "unpacked, into iam/ in a folder that the environment variable FSDL_HWR_DATA names."
    )


def _converted(height: int, width: int) -> dict[str, np.ndarray]:
    folder, paths = _sources()
    # Names and sizes of its files stand for the source: another source gets its own conversion.
    listing = [(path.relative_to(folder).as_posix(), path.stat().st_size) for path in paths]
    digest = hashlib.blake2b(repr(listing).encode(), digest_size=8).hexdigest()
    size = sum(size for _, size in listing)
    name = f"lines-{size}-{digest}-{height}x{width}-v{FORMAT_VERSION}.npz"
    path = downloads.cache_folder() / "iam" / name
    if path.is_file():
        try:
            return files.load_arrays(path)
        except files.DAMAGED_ARRAYS as error:
            print(f"The conversion {path} is damaged ({error}): it is made anew.")
    print(f"Converting IAM from {folder} into {path}, once: a minute or two.")
    arrays = _convert(folder, paths, height, width)
    with files.write_atomically(path) as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]
    return arrays


def _convert(folder: Path, paths: list[Path], height: int, width: int) -> dict[str, np.ndarray]:
    """Read all splits into arrays that `numpy.savez` stores; images end with their ink."""
    metadata = _read_metadata(paths)
    known = _read_lines(metadata, folder)
    splits, notes = _read_splits(metadata, known, folder)
    _check_splits(splits, known)
    images = _read_images(paths, sum(splits.values(), []), height, width, folder)
    writer_names = sorted({known[i].writer for ids in splits.values() for i in ids} - {""})
    index = {name: k for k, name in enumerate(writer_names)}
    arrays = {"writer_names": np.array(writer_names, str), "notes": np.array(notes, str)}
    for split, ids in splits.items():
        found = {i: image for i in ids if (image := images[i]) is not None}
        shown = list(found)
        own = {
            "columns": np.concatenate(
                [np.zeros((0, height), np.uint8), *(found[i][0].T for i in shown)]
            ),  # (all widths, height)
            "widths": np.array([found[i][0].shape[1] for i in shown], np.int64),
            "texts": np.array([known[i].text for i in shown], str),
            "writers": np.array([index.get(known[i].writer, -1) for i in shown], np.int32),
            "flags": np.array(
                [(known[i].rejoined, known[i].erroneous, found[i][1]) for i in shown], np.bool_
            ).reshape(-1, 3),
            "num_blank": np.array(len(ids) - len(shown)),
        }
        arrays |= {f"{split}_{name}": array for name, array in own.items()}
    return arrays


class _Line(NamedTuple):
    text: str
    writer: str  # empty if unknown
    erroneous: bool  # words segmented with errors
    rejoined: bool  # from lines.txt


def _members(paths: list[Path], wanted: Callable[[str], bool]) -> Iterator[tuple[str, str, bytes]]:
    """Give the place, name and content of files, then of archives' members, by their bare names."""
    for path in paths:
        if _ARCHIVE.fullmatch(path.name):
            members = downloads.read_archive(path, lambda name: wanted(PurePosixPath(name).name))
            for name, data in members:
                yield f"{path}: {name}", PurePosixPath(name).name, data
        elif wanted(path.name):
            yield str(path), path.name, path.read_bytes()


def _read_metadata(paths: list[Path]) -> dict[str, tuple[str, bytes]]:
    """Read everything but images: the place and content of each, by name."""
    found: dict[str, tuple[str, bytes]] = {}
    for place, name, data in _members(paths, lambda name: bool(_METADATA.fullmatch(name))):
        before, known = found.setdefault(name, (place, data))
        if known != data:
            raise ValueError(f"{before} and {place} differ: keep the one that is IAM's own.")
    return found


def _read_lines(metadata: dict, folder: Path) -> dict[str, _Line]:
    """Read transcripts and writers, by line id: from xml if it has the line, else lines.txt."""
    writers = {form: rest.split()[0] for form, rest in _rows(metadata, "forms.txt", 2)}
    known = {}
    for line, result, *_, tokens in _rows(metadata, "lines.txt", 9):
        writer = writers.get(line.rpartition("-")[0], "")
        known[line] = _Line(_join_tokens(tokens.split("|")), writer, result == "err", True)
    for name in sorted(name for name in metadata if name.endswith(".xml")):
        place, data = metadata[name]
        try:
            form = ElementTree.fromstring(data)
        except ElementTree.ParseError as error:
            raise ValueError(f"{place} is damaged ({error}): copy it again.") from error
        for element in form.iterfind("handwritten-part/line"):
            # Escaped twice: the parser makes &quot; of &amp;quot;.
            text = " ".join(html.unescape(element.get("text", "")).split())
            line = element.get("id", "")
            before = known.get(line, _Line("", "", False, False))
            writer = form.get("writer-id") or before.writer
            erroneous = element.get("segmentation") == "err" or before.erroneous
            if text:
                known[line] = _Line(text, writer, erroneous, False)
    known = {name: line for name, line in known.items() if line.text}
    if not known:
        raise FileNotFoundError(
            f"{folder} has no transcripts: copy IAM's xml.tgz (or ascii.tgz) there, from {PAGE}."
        )
    return known


def _rows(metadata: dict, name: str, num_fields: int) -> Iterator[list[str]]:
    """Yield the fields of a table's rows, the last one with the rest of its row."""
    place, data = metadata.get(name, ("", b""))
    for number, row in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        if row.strip() and not row.startswith("#"):
            fields = row.split(maxsplit=num_fields - 1)
            if len(fields) < num_fields:
                raise ValueError(
                    f"{place}, line {number} has {len(fields)} fields of {num_fields}: {row!r}. "
                    "Copy it again."
                )
            yield fields


def _join_tokens(tokens: list[str]) -> str:
    """Put spaces between tokens as people write them; quotation marks alternately open and close.

    A quotation that goes on from the line before gets its mark on the wrong side: xml knows better.
    """
    opened: set[str] = set()
    text, joined = "", True
    for token in tokens:
        closing = bool(re.fullmatch(r"[,.;:!?)]|\.\.\.|'(?:s|d|m|ll|re|ve)|n't", token))
        if token in ("'", '"'):
            closing = token in opened
            opened ^= {token}
        text += token if joined or closing else f" {token}"
        joined = token == "(" or (token in opened)
    return " ".join(text.split())


def _read_splits(metadata: dict, known: dict, folder: Path) -> tuple[dict, list[str]]:
    """Return which lines belong to each split, and what to tell about it."""
    splits: dict[str, list[str]] = {split: [] for split in SPLITS}
    missing = [name for name in LISTS if name not in metadata]
    if not missing:
        for name, split in LISTS.items():
            splits[split] += metadata[name][1].decode("utf-8-sig", "replace").split()
        return {split: list(dict.fromkeys(ids)) for split, ids in splits.items()}, []
    if len(missing) < len(LISTS):
        raise FileNotFoundError(
            f"{folder} lacks {', '.join(missing)}: copy all lists of the large writer independent "
            f"text line recognition task there, from {PAGE}."
        )
    ids = sorted(known)
    if not all(known[line].writer for line in ids):
        raise FileNotFoundError(
            f"{folder} has neither {', '.join(LISTS)} nor all writers, so its lines cannot be "
            "split: copy largeWriterIndependentTextLineRecognitionTask.zip there (or xml.tgz, to "
            f"split by writer), from {PAGE}."
        )
    names, writers = np.unique([known[line].writer for line in ids], return_inverse=True)
    split_of = split_writers(["line"] * len(ids), writers, len(names))  # (writers,)
    for line, writer in zip(ids, writers, strict=True):
        splits[SPLITS[split_of[writer]]].append(line)
    return splits, [
        "No trainset.txt, validationset1.txt, validationset2.txt and testset.txt: lines were split "
        "by writer, 80 : 10 : 10, so numbers cannot be compared with published ones."
    ]


def _check_splits(splits: dict[str, list[str]], known: dict[str, _Line]) -> None:
    """Raise `ValueError` for lines without a transcript, and for what is in two splits."""
    ids = sum(splits.values(), [])
    without = [line for line in ids if line not in known]
    if without:
        raise ValueError(
            f"{len(without):,} of {len(ids):,} lines in the split lists have no transcript, the "
            f"first is {without[0]}: copy IAM's xml.tgz (or ascii.tgz) again, whole."
        )
    writers = {split: {known[line].writer for line in own} - {""} for split, own in splits.items()}
    for what, groups in (("lines", splits), ("writers", writers)):
        times = Counter(member for own in groups.values() for member in set(own))
        shared = sorted(member for member, number in times.items() if number > 1)
        if shared:
            raise ValueError(
                f"{len(shared):,} {what} are in two splits, the first is {shared[0]}: copy IAM's "
                f"own {', '.join(LISTS)} again."
            )


def _read_images(
    paths: list[Path], ids: list[str], height: int, width: int, folder: Path
) -> dict[str, tuple[np.ndarray, bool] | None]:
    """Read the images of lines, one at a time, as `_fitted` returns them."""
    missing = {f"{line}.png": line for line in ids}
    images = {}
    with tqdm(total=len(ids), desc="Reading images", unit=" lines") as bar:
        for path in paths:
            if not missing:
                break  # what else is there, such as archives unpacked already, need not be read
            # To the end of each archive, where its check lies, even if nothing is missing any more.
            for place, name, data in _members([path], lambda name: name in missing):
                image_files.check_size(data, str(place))
                buffer = np.frombuffer(data, np.uint8)
                page = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE) if data else None
                if page is None:
                    raise ValueError(f"{place} is damaged, or no image: copy it again.")
                images[missing.pop(name)] = _fitted(page, height, width)
                bar.update()
    if missing:
        raise FileNotFoundError(
            f"{folder} lacks {len(missing):,} of {len(ids):,} images of lines, the first is "
            f"{min(missing)}: copy IAM's lines.tgz there, whole, from {PAGE}."
        )
    return images


def _fitted(page: np.ndarray, height: int, width: int) -> tuple[np.ndarray, bool] | None:
    """Scale ink to the height: uint8 (height, its width), and whether it was squeezed; or None."""
    ink = rows.line(paper.extract_ink(page))
    if not (ink >= paper.STROKE_LEVEL).any():
        return None
    pixels, natural_width = paper.fit_line(ink, LineGeometry(height, width))
    return pixels, natural_width > width
