"""The command `read`: pictures of handwriting to text, with the recognizer that ships."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from fsdl_hwr import image_files, weights
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.recognizers import picture
from fsdl_hwr.recognizers.picture import Picture
from fsdl_hwr.recognizers.reader import Beam, LineReader
from fsdl_hwr.serving import onnx

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
        reader = onnx.load(arguments.weights)
        if not arguments.greedy:
            model = CharacterNgram.load(weights.NGRAM)
            reader.beam = Beam(model, **json.loads(weights.DECODING.read_text()))
    except (ImportError, FileNotFoundError, ValueError) as error:
        print(f"fsdl-hwr: {error}", file=sys.stderr)
        return 2
    records, failed = [], 0
    for name, found in _read_all(reader, arguments.files):
        if isinstance(found, Exception):
            failed += 1
            tqdm.write(f"fsdl-hwr: {found}", file=sys.stderr)
            continue
        if arguments.show is not None:
            _show(name, found, arguments.show)
        if arguments.json:
            records.append(describe(name, found))
        else:
            if len(arguments.files) > 1:
                tqdm.write(f"# {name}", file=sys.stdout)
            tqdm.write(found.text, file=sys.stdout)
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False, indent=1))
    return 1 if failed else 0


def describe(name: str, found: Picture) -> dict[str, Any]:
    """Turn a reading into JSON: lines with text, confidences, and corners in the picture's px."""
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


def _read_all(reader: LineReader, names: list[str]) -> Iterator[tuple[str, Picture | Exception]]:
    quiet = len(names) == 1 or not sys.stderr.isatty()
    for name in tqdm(names, unit="file", disable=quiet, file=sys.stderr):
        try:
            yield name, picture.read_picture(reader, name)
        except (OSError, TypeError, ValueError) as error:
            yield name, error


def _show(name: str, found: Picture, folder: Path) -> None:
    """Write the picture with a box around each line and its text over it, as PNG."""
    gray = image_files.load(name)
    canvas = cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)
    size = max(0.5, max(gray.shape) / 1600)
    for line in found.lines:
        corners = np.rint(np.array(line.corners)).astype(np.int32)
        cv2.polylines(canvas, [corners], True, BOX, max(1, round(2 * size)), cv2.LINE_AA)
        place = int(corners[:, 0].min()), max(int(24 * size), int(corners[:, 1].min() - 6 * size))
        cv2.putText(
            canvas, line.text, place, cv2.FONT_HERSHEY_DUPLEX, 0.8 * size, INK,
            max(1, round(1.5 * size)), cv2.LINE_AA,
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{Path(name).stem}_read.png"
    encoded = cv2.imencode(".png", cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR))[1]
    path.write_bytes(encoded.tobytes())
