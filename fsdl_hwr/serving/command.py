"""The command `read`: pictures of handwriting to text, with the recognizer that ships."""

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from fsdl_hwr import image_files, weights
from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.layout import finder
from fsdl_hwr.recognizers import page, picture
from fsdl_hwr.recognizers.page import PageReading
from fsdl_hwr.recognizers.picture import Picture
from fsdl_hwr.recognizers.reader import Beam
from fsdl_hwr.serving import onnx

Found = Picture | PageReading
INK, BOX = (20, 90, 200), (230, 120, 0)  # RGB of a shown reading and of the box around its line


def add_read(commands) -> None:
    """Add the command `read` to the subparsers of an `argparse` parser."""
    parser = commands.add_parser(
        "read",
        help="write the text of pictures to standard output",
        description="Read photographs or scans of handwriting: PNG, JPEG, TIFF, WebP, BMP, GIF.",
        epilog="Exit status: 0, or 1 if a file could not be read; the others are read.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a picture of one line or more")
    parser.add_argument("--json", action="store_true", help="lines with boxes and confidences")
    parser.add_argument(
        "--show",
        metavar="FOLDER",
        type=Path,
        help="write each picture there, with the reading over its lines",
    )
    parser.add_argument(
        "--page",
        action="store_true",
        help="find lines with the line finder: columns, margins, pages that lie on their side",
    )
    formats = parser.add_mutually_exclusive_group()
    for option, standard in (("--alto", "ALTO 4"), ("--page-xml", "PAGE 2019")):
        formats.add_argument(
            option,
            metavar="FOLDER",
            type=Path,
            help=f"read as with --page, and write lines and text there as {standard} XML",
        )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        type=Path,
        default=weights.ONNX,
        help="another recognizer, .onnx",
    )
    parser.add_argument(
        "--greedy", action="store_true", help="read what the network sees, without English in mind"
    )
    parser.set_defaults(run=read)


def read(arguments: argparse.Namespace) -> int:
    """Read the files, one after the other; return the exit status."""
    try:
        read_one = _load(arguments)
    except (ImportError, FileNotFoundError, ValueError) as error:
        print(f"fsdl-hwr: {error}", file=sys.stderr)
        return 2
    records, failed = [], 0
    stems = _stems(arguments.files)
    for (name, found), stem in zip(_read_all(read_one, arguments.files), stems, strict=True):
        try:
            if isinstance(found, Exception):
                raise found
            _write_files(name, stem, found, arguments)
        except (OSError, TypeError, ValueError) as error:
            failed += 1
            tqdm.write(f"fsdl-hwr: {error}", file=sys.stderr)
            continue
        if arguments.json:
            records.append(describe(name, found))
        else:
            if len(arguments.files) > 1:
                tqdm.write(f"# {name}", file=sys.stdout)
            tqdm.write(found.text, file=sys.stdout)
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False, indent=1))
    return 1 if failed else 0


def _load(arguments: argparse.Namespace) -> Callable[[str], Found]:
    """Load what the options ask for, and return what reads a file by its name."""
    for folder in filter(None, (arguments.show, arguments.alto, arguments.page_xml)):
        _make_folder(folder)
    if arguments.alto or arguments.page_xml:
        from fsdl_hwr.datasets import page_xml  # noqa: F401  # it may lack a package: say so now
    reader = onnx.load(arguments.weights)
    if not arguments.greedy:
        model = CharacterNgram.load(weights.NGRAM)
        if model.alphabet == reader.alphabet:
            reader.beam = Beam(model, **json.loads(weights.DECODING.read_text()))
        else:
            note = "has other characters than the model of English: it reads without"
            print(f"fsdl-hwr: {arguments.weights} {note}.", file=sys.stderr)
    if not (arguments.page or arguments.alto or arguments.page_xml):
        return lambda name: picture.read_picture(reader, name)
    find_lines = finder.load_onnx(weights.FINDER).find_lines
    return lambda name: page.read_page(image_files.load(name), reader, find_lines, quarters=None)


def _make_folder(folder: Path) -> None:
    """Make a folder for results, before anything is read. Raises `ValueError` if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{folder} cannot be made ({error.strerror}): name a folder.") from error


def _stems(names: Sequence[str]) -> list[str]:
    """Name each file's results after it; files of one name, in other folders say, are numbered."""
    stems: list[str] = []
    for name in names:
        stem = Path(name).stem
        others = (f"{stem}_{k}" for k in itertools.count(2))
        taken = {other.lower() for other in stems}
        stems.append(next(s for s in itertools.chain([stem], others) if s.lower() not in taken))
    return stems


def describe(name: str, found: Found) -> dict[str, Any]:
    """Turn a reading into JSON: lines with text, confidences, and places in the picture's px."""
    if isinstance(found, PageReading):
        return {"file": name} | found.to_dict()
    lines = [
        {
            "text": line.text,
            "confidence": round(line.reading.confidence, 3),
            "characters": [round(c, 3) for c in line.reading.confidences],
            "corners": [[round(x, 1), round(y, 1)] for x, y in line.corners],
        }
        for line in found.lines
    ]
    return {
        "file": name,
        "text": found.text,
        "confidence": round(found.confidence, 3),
        "degrees": round(found.degrees, 2),
        "upside_down": found.upside_down,
        "lines": lines,
    }


def _read_all(
    read_one: Callable[[str], Found], names: list[str]
) -> Iterator[tuple[str, Found | Exception]]:
    quiet = len(names) == 1 or not sys.stderr.isatty()
    for name in tqdm(names, unit="file", disable=quiet, file=sys.stderr):
        try:
            yield name, read_one(name)
        except (OSError, TypeError, ValueError) as error:
            yield name, error


def _write_files(name: str, stem: str, found: Found, arguments: argparse.Namespace) -> None:
    """Write the pictures and the XML that the options ask for."""
    if arguments.show is not None:
        _show(name, found, arguments.show / f"{stem}_read.png")
    if isinstance(found, PageReading):
        _write_xml(name, stem, found, arguments.alto, arguments.page_xml)


def _write_xml(
    name: str, stem: str, found: PageReading, alto: Path | None, page_format: Path | None
) -> None:
    """Write a page's lines and their text, in px of the picture as its camera says it stands."""
    if alto is None and page_format is None:
        return
    from fsdl_hwr.datasets import page_xml  # which needs a package more

    image = image_files.load(name)
    whole = Page(image, tuple(found.lines_on_original()), np.zeros(image.shape, np.int32))
    writers = {page_xml.write_alto: alto, page_xml.write_page_xml: page_format}
    for write, folder in writers.items():
        if folder is not None:
            write(folder / f"{stem}.xml", whole, Path(name).name)


def _outlines(found: Found) -> list[tuple[str, np.ndarray]]:
    """Return each line's text and the corners around it, int32 (points, 2)."""
    if isinstance(found, PageReading):
        lines = [(line.transcript, line.polygon) for line in found.lines_on_original()]
    else:
        lines = [(line.text, np.array(line.corners)) for line in found.lines]
    return [(text, np.rint(corners).astype(np.int32)) for text, corners in lines]


def _show(name: str, found: Found, path: Path) -> None:
    """Write the picture with a box around each line and its text over it, as PNG."""
    gray = image_files.load(name)
    canvas = cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)
    size = max(0.5, max(gray.shape) / 1600)
    for text, corners in _outlines(found):
        cv2.polylines(canvas, [corners], True, BOX, max(1, round(2 * size)), cv2.LINE_AA)
        place = int(corners[:, 0].min()), max(int(24 * size), int(corners[:, 1].min() - 6 * size))
        cv2.putText(
            canvas, text, place, cv2.FONT_HERSHEY_DUPLEX, 0.8 * size, INK,
            max(1, round(1.5 * size)), cv2.LINE_AA,
        )  # fmt: skip
    encoded = cv2.imencode(".png", cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR))[1]
    path.write_bytes(encoded.tobytes())
