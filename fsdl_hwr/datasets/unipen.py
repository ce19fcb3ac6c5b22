"""UNIPEN: real pen strokes of characters, words and lines of text, by several hundred writers.

Source: I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet, "UNIPEN project of on-line data
exchange and recognizer benchmarks", ICPR 1994; release train_r01_v07, doi 10.5281/zenodo.1195803,
CC BY 4.0. A `data/` file names its ink with `.INCLUDE` and labels parts of it with `.SEGMENT`; an
`include/` file holds the ink as components, `.PEN_DOWN` and `.PEN_UP`.
"""

import functools
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fsdl_hwr import files
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, normalize
from fsdl_hwr.datasets import downloads, unipen_format
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.splits import SPLITS, check_split

URL = "https://zenodo.org/api/records/1195803/files/unipen-CDROM-train_r01_v07.tgz/content"
FILENAME = "unipen/unipen-CDROM-train_r01_v07.tgz"


# Writers of one source copied the same texts. A transcript of several splits' writers belongs to
# one of them, by its checksum: sentences in tenths, single words in twentieths.
SENTENCE_PARTS = ("train",) * 8 + ("validation", "test")
WORD_PARTS = ("train",) * 18 + ("validation", "test")


@dataclass(frozen=True)
class TextLines:
    """Lines of text, or words, as ink.

    inks: list of Ink, y down, in the tablet's units from the ink's left and top. transcripts:
    list of str. writers: int32 (n,), an index into `writer_names`.
    """

    inks: list
    transcripts: list[str]
    writers: np.ndarray
    writer_names: tuple[str, ...]

    def __post_init__(self):
        object.__setattr__(self, "transcripts", list(map(normalize, self.transcripts)))

    def __len__(self) -> int:
        return len(self.inks)


def characters(split: str, *, characters: str = unipen_format.CHARACTERS) -> Glyphs:
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


def text_lines(
    split: str, *, characters: str = DEFAULT_CHARACTERS, shared_texts: bool = False
) -> TextLines:
    """Load lines of text of one split: no writer and no transcript is in two splits.

    Lines with a character outside `characters` are left out, and so are those whose transcript
    belongs to another split. shared_texts: keep these; writers of one source copied the same
    texts, so that four in five of the test transcripts then occur in training, too.
    """
    return _texts("line", split, characters, shared_texts)


def words(
    split: str, *, characters: str = DEFAULT_CHARACTERS, shared_texts: bool = False
) -> TextLines:
    """Load words of one split, many of them in joined writing; the rest is as in `text_lines`."""
    return _texts("word", split, characters, shared_texts)


def counts() -> Counter:
    """Count segments by (contributor, category, outcome): kept, repaired: …, dropped: …."""
    arrays = _converted()
    columns = [arrays[f"count_{name}"].tolist() for name in ("contributor", "category", "outcome")]
    keys = zip(*columns, strict=True)
    return Counter(dict(zip(keys, arrays["count"].tolist(), strict=True)))


def _select(kind: str, split: str) -> tuple[list, list[str], np.ndarray]:
    check_split(split)
    arrays = _converted()
    prefix = f"{kind}_"
    own = {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}
    writers, labels = own["writers"], own["labels"].tolist()
    inks = pen_ink.unpack(own)
    chosen = np.flatnonzero(arrays["splits"][writers] == SPLITS.index(split))
    return [inks[k] for k in chosen], [labels[k] for k in chosen], writers[chosen]


def _texts(kind: str, split: str, characters: str, shared_texts: bool) -> TextLines:
    inks, transcripts, writers = _select(kind, split)
    owners = _text_owners(_cache_path(_source()))
    chosen = [
        k
        for k, text in enumerate(transcripts)
        if set(text) <= set(characters) and (shared_texts or owners[text] == split)
    ]
    return TextLines(
        inks=[inks[k] for k in chosen],
        transcripts=[transcripts[k] for k in chosen],
        writers=writers[chosen],
        writer_names=_writer_names(),
    )


@functools.lru_cache(maxsize=1)
def _text_owners(path: Path) -> dict[str, str]:
    """Map every transcript of lines and words to the split that it belongs to."""
    arrays = _load(path)
    found: dict[str, set] = {}
    for kind in ("line", "word"):
        of_writer = arrays["splits"][arrays[f"{kind}_writers"]]
        for text, split in zip(arrays[f"{kind}_labels"].tolist(), of_writer, strict=True):
            found.setdefault(text, set()).add(SPLITS[split])
    return {text: min(own) if len(own) == 1 else _part(text) for text, own in found.items()}


def _part(text: str) -> str:
    parts = SENTENCE_PARTS if " " in text else WORD_PARTS
    return parts[zlib.crc32(text.encode()) % len(parts)]


def _writer_names() -> tuple[str, ...]:
    return tuple(map(str, _converted()["writer_names"]))


def _notes(kind: str) -> tuple[str, ...]:
    outcomes: Counter = Counter()
    for (_, category, outcome), number in counts().items():
        if unipen_format.kind_of(category) == kind:
            outcomes[outcome] += number
    return tuple(f"{number:,} {outcome}" for outcome, number in outcomes.most_common())


def _source() -> Path:
    """The user's own copy, an archive or an unpacked folder, else the download."""
    folders = [folder for folder in (downloads.data_folder(), downloads.cache_folder()) if folder]
    for folder in folders:
        for place in (folder / "unipen", folder):
            for candidate in (place, place / "train_r01_v07"):
                if (candidate / "data").is_dir() and (candidate / "include").is_dir():
                    return candidate
            for suffix in (".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar", ".zip"):
                for archive in sorted(place.glob(f"*train_r01_v07*{suffix}")):
                    return archive
    looked = " and ".join(str(folder / "unipen") for folder in folders)
    return downloads.download(
        [URL],
        None,  # the publisher's is not known to us: gzip's own is verified before the file is kept
        FILENAME,
        description=f"UNIPEN train_r01_v07 (not found in {looked})",
        license="CC BY 4.0; its 1999 read-me asks for research use and a citation",
        size=150_000_000,
        otherwise="use the embedded handwriting (fsdl_hwr.datasets.strokes), which needs no data.",
    )


def _cache_path(source: Path) -> Path:
    """Name the conversion after its source's name and size, so that another source gets its own."""
    paths = [source] if source.is_file() else [p for p in source.rglob("*") if p.is_file()]
    size = sum(path.stat().st_size for path in paths)
    name = source.name.split(".")[0]
    folder = downloads.cache_folder() / "unipen"
    return folder / f"{name}-{size}-{len(paths)}-v{unipen_format.FORMAT_VERSION}.npz"


def _converted() -> dict[str, np.ndarray]:
    source = _source()
    path = _cache_path(source)
    if path.is_file():
        try:
            return _load(path)
        except files.DAMAGED_ARRAYS as error:
            print(f"The conversion {path} is damaged ({error}): it is made anew.")
    print(f"Converting {source.name} into {path}, once: about half a minute.")
    arrays = unipen_format.convert(source)
    with files.write_atomically(path) as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]
    return _load(path)


@functools.lru_cache(maxsize=1)
def _load(path: Path) -> dict[str, np.ndarray]:
    arrays = files.load_arrays(path)
    missing = {"splits", "writer_names", "character_labels", "line_labels", "count"} - set(arrays)
    if missing:
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    return arrays
