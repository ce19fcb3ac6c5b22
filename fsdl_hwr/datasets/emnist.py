"""EMNIST: 814,255 handwritten digits and letters of NIST Special Database 19, as glyph images.

Read from NIST's official files, which are looked for under `FSDL_HWR_DATA` as
`emnist/emnist-<name>-*.gz` or `emnist/gzip.zip`; else `gzip.zip` is downloaded.
Source: Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten
letters", 2017.
"""

import gzip
import io
import math
import struct
import zlib
from pathlib import Path, PurePosixPath

import numpy as np

from fsdl_hwr.datasets import downloads
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.splits import check_split
from fsdl_hwr.ink import GLYPH_SIZE

NAMES = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
VALIDATION_SHARE = 0.1  # of every class of the official training file
URLS = (
    "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
    "https://rds.westernsydney.edu.au/Institutes/MARCS/BENS/EMNIST/emnist-gzip.zip",
)  # NIST's, and that of EMNIST's authors
SHA256 = (
    "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    "909a2a39c5e86bdd7662425e9b9c4a49bb582bf8d0edad427f3c3a9d0c6f7259",
)
MAX_BYTES = 1 << 30  # of one file unpacked; the largest has 0.55 GB
IDX_MAGIC = {1: 0x0801, 3: 0x0803}  # unsigned bytes in one dimension (labels), in three (images)
WAY_OUT = (
    "Get NIST's gzip.zip and place it as emnist/gzip.zip in the folder that the environment "
    "variable FSDL_HWR_DATA names, without emnist/emnist-*.gz beside it."
)


def load(
    name: str = "byclass",
    split: str = "train",
    *,
    balanced: bool = False,
    subset: int | None = None,
    seed: int = 0,
) -> Glyphs:
    """Load one of EMNIST's data sets as upright glyphs; who wrote them is not known.

    Raises `ValueError` that names the file which is missing, damaged or contradicts another, and
    `downloads.DownloadError`.

    Args:
        name: byclass (62 classes), bymerge and balanced (47: C stands for c too), letters (26, no
            case), digits or mnist (10).
        split: train and validation divide the official training file, class by class and always
            alike; test is the official test file.
        balanced: keeps at most the mean count of each class, as the 2019 course does.
        subset: number of images to keep, with the class proportions preserved.
        seed: chooses the images of both.
    """
    check_split(split)
    if name not in NAMES:
        raise ValueError(f"Unknown EMNIST data set {name!r}: choose one of {', '.join(NAMES)}.")
    part = "test" if split == "test" else "train"
    mapping, label_file, image_file = _read_files(
        f"emnist-{name}-mapping.txt",
        f"emnist-{name}-{part}-labels-idx1-ubyte.gz",
        f"emnist-{name}-{part}-images-idx3-ubyte.gz",
    )
    characters, class_of = _read_mapping(*mapping)
    labels_path, images_path = label_file[0], image_file[0]
    labels = _read_idx(*label_file, dimensions=1)
    images = _read_idx(*image_file, dimensions=3)
    if images.shape != (len(labels), GLYPH_SIZE, GLYPH_SIZE):
        raise ValueError(
            f"{images_path} has images of shape {images.shape}, {labels_path} has {len(labels)} "
            f"labels: they do not belong together. {WAY_OUT}"
        )
    labels = class_of[labels]
    if (labels < 0).any():
        raise ValueError(f"{labels_path} has labels that {mapping[0]} does not name. {WAY_OUT}")
    chosen = _choose(labels, split, balanced, subset, seed)
    notes = {
        "bymerge": ("Capitals whose shape is that of the small letter stand for both.",),
        "balanced": ("Capitals whose shape is that of the small letter stand for both.",),
        "letters": ("Capitals stand for small letters too.",),
    }.get(name, ())
    return Glyphs(
        images=np.ascontiguousarray(images[chosen].transpose(0, 2, 1)),  # stored transposed
        labels=labels[chosen],
        writers=np.full(len(chosen), -1, dtype=np.int32),
        characters=characters,
        source=f"emnist-{name}",
        notes=notes,
    )


def _choose(
    labels: np.ndarray, split: str, balanced: bool, subset: int | None, seed: int
) -> np.ndarray:
    """Choose the images of a split: ascending indices into the official file."""
    indices = np.arange(len(labels))
    if split != "test":
        division = np.random.default_rng(0)  # not the user's seed: no seed may mix the splits
        rank, count = _ranks(labels, division)
        validation = rank < VALIDATION_SHARE * count
        indices = indices[validation if split == "validation" else ~validation]
    rng = np.random.default_rng(seed)
    if balanced:
        rank, _ = _ranks(labels[indices], rng)
        indices = indices[rank < len(indices) / len(np.unique(labels))]
    if subset is not None:
        if not 1 <= subset <= len(indices):
            raise ValueError(
                f"subset={subset}: this part of EMNIST has {len(indices)} images; ask for 1 to "
                "that many."
            )
        rank, count = _ranks(labels[indices], rng)
        # one of each class, then by share: the k-th of n images of a class comes at k/n
        first = np.lexsort((rng.random(len(indices)), rank / count))[:subset]
        indices = np.sort(indices[first])
    return indices


def _ranks(labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Number the images of every class in random order: the number of each, its class's count."""
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]  # class by class, random within
    counts = np.bincount(labels)
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(labels), dtype=np.int64)
    ranks[order] = np.arange(len(labels)) - starts[labels[order]]
    return ranks, counts[labels]


def _read_files(*names: str) -> list[tuple[str, bytes]]:
    """Read the named official files, loose or in `gzip.zip`: where each lies, and its content."""
    prefix = "-".join(names[0].split("-")[:2])  # emnist-byclass
    for place in ("emnist", "emnist/gzip"):  # gzip.zip unpacks to a folder gzip
        folder = downloads.find(place)
        if folder and any(folder.glob(f"{prefix}-*")):
            return [_read_loose(folder / name) for name in names]
    archive = downloads.find("emnist/gzip.zip") or downloads.download(
        URLS,
        SHA256,
        "emnist/gzip.zip",
        description="EMNIST, all its data sets",
        license="derived from NIST Special Database 19, public; cite Cohen et al., 2017",
        size=561_753_746,
        otherwise="the glyph source 'strokes' needs no download.",
    )
    members = downloads.read_archive(archive, lambda path: PurePosixPath(path).name in names)
    content = {PurePosixPath(path).name: data for path, data in members}
    missing = [name for name in names if name not in content]
    if missing:
        raise ValueError(f"{archive} lacks {', '.join(missing)}. {WAY_OUT}")
    return [(f"{archive}: {name}", content[name]) for name in names]


def _read_loose(path: Path) -> tuple[str, bytes]:
    if not path.is_file():
        raise ValueError(f"{path} is missing, though others of its data set are there. {WAY_OUT}")
    return str(path), path.read_bytes()


def _read_mapping(path: str, data: bytes) -> tuple[str, np.ndarray]:
    """Read the lines 'label code point ...': the characters, and the class of each label or -1.

    EMNIST Letters counts its labels from 1 and lists two code points, the capital first.
    """
    try:
        lines = data.decode("ascii").splitlines()
        rows = sorted(tuple(map(int, line.split()[:2])) for line in lines if line.strip())
        characters = "".join(chr(code) for _, code in rows)
        class_of = np.full(256, -1, dtype=np.int32)
        class_of[[label for label, _ in rows]] = np.arange(len(rows))
    except (ValueError, IndexError) as error:
        raise ValueError(f"{path} is not a mapping of labels to characters. {WAY_OUT}") from error
    return characters, class_of


def _read_idx(path: str, data: bytes, dimensions: int) -> np.ndarray:
    """Read a gzipped idx file of unsigned bytes: uint8, of the shape that its header states."""
    size = 4 * (1 + dimensions)
    packed = gzip.GzipFile(fileobj=io.BytesIO(data))
    header = struct.unpack(f">{1 + dimensions}I", _unpack(path, packed, size).ljust(size, b"\0"))
    if header[0] != IDX_MAGIC[dimensions]:
        raise ValueError(
            f"{path} does not begin as an idx file of {dimensions} dimensions does (magic number "
            f"{IDX_MAGIC[dimensions]}). {WAY_OUT}"
        )
    shape = header[1:]
    promised = math.prod(shape)
    if promised > MAX_BYTES:
        raise ValueError(f"{path} promises {promised:,} bytes, more than EMNIST has. {WAY_OUT}")
    # One more byte than promised: the end is reached, with gzip's check, and no bomb unpacked.
    body = np.frombuffer(_unpack(path, packed, promised + 1), dtype=np.uint8)
    if len(body) != promised:
        count = "more" if len(body) > promised else f"{len(body)}"
        raise ValueError(
            f"{path} promises the shape {shape} and holds {count} bytes after its header, "
            f"which is not that many. {WAY_OUT}"
        )
    return body.reshape(shape)


def _unpack(path: str, packed: gzip.GzipFile, size: int) -> bytes:
    try:
        return packed.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is damaged or cut off ({error}). {WAY_OUT}") from error
