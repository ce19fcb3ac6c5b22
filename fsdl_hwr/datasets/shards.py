"""Shards: files of written lines that many workers make ahead, each decided by its number alone.

A shard holds ink, not pixels: a line takes about 4 kB, and is drawn anew, in any geometry, whenever
it is read. Whoever makes shard 7 makes the same one, so a worker that dies costs time and nothing
else, and two that make one shard do no harm.
"""

import concurrent.futures
import functools
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import fsdl_hwr
from fsdl_hwr import files
from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, Alphabet
from fsdl_hwr.datasets import sources
from fsdl_hwr.datasets.line_makers import Pen, PenLineMaker, Recordings
from fsdl_hwr.datasets.lines import LineStream
from fsdl_hwr.ink import DEFAULT_GEOMETRY, Ink, LineGeometry

RECIPE = "recipe.json"


@dataclass(frozen=True)
class Recipe:
    """What decides the lines of a shard, with its number.

    source: of texts and pens, see `sources.training_lines`; not 'iam'. lines: of one shard.
    num_writers: invented ones. version: of the kit, as another may write otherwise.
    """

    source: str = "strokes"
    lines: int = 512
    num_writers: int = 300
    characters: str = DEFAULT_CHARACTERS
    seed: int = 0
    version: str = fsdl_hwr.__version__

    def __post_init__(self):
        if self.lines < 1:
            raise ValueError(f"A shard of {self.lines} lines holds nothing: ask for at least 1.")


def write_all(
    folder: str | os.PathLike,
    recipe: Recipe,
    num: int,
    executor: concurrent.futures.Executor,
) -> list[Path]:
    """Make the shards 0 to num - 1 that a folder lacks, and return the paths of all.

    Raises `ValueError` for a folder of another recipe, before anything is made; and, when all
    others are done, the error of the first shard that failed. The same call again makes what is
    missing.

    Args:
        folder: which all workers share.
        recipe: of the lines.
        num: of shards.
        executor: of processes, of this machine or others, such as Dask's.
    """
    folder = Path(folder).expanduser().resolve()
    files.check_writable(folder)
    _check_recipe(folder, recipe)
    with files.write_atomically(folder / RECIPE) as temporary:
        temporary.write_text(json.dumps(asdict(recipe), ensure_ascii=False), encoding="utf-8")
    paths = [path_of(folder, number) for number in range(num)]
    missing = [number for number, path in enumerate(paths) if not path.is_file()]
    made = [executor.submit(write, folder, recipe, number) for number in missing]
    concurrent.futures.wait(made)
    for future in made:
        future.result()
    return paths


def write(folder: Path, recipe: Recipe, number: int) -> Path:
    """Make one shard, which is whole or absent, and return its path. `ValueError` on mistakes."""
    if not folder.is_dir():
        raise ValueError(
            f"The worker {platform.node()} does not see the folder {folder}: share it."
        )
    _check_recipe(folder, recipe)
    if recipe.version != fsdl_hwr.__version__:
        raise ValueError(
            f"This worker has fsdl_hwr {fsdl_hwr.__version__}, its caller {recipe.version}: "
            "install one version everywhere."
        )
    texts, pens = _texts_and_pens(recipe)
    rng = np.random.default_rng((recipe.seed, number))
    chosen = [texts[k] for k in rng.integers(len(texts), size=recipe.lines)]
    inks = [pens[rng.integers(len(pens))](text, rng) for text in chosen]
    arrays = {"texts": np.array(chosen), **pen_ink.pack(inks)}
    path = path_of(folder, number)
    with files.write_atomically(path) as temporary:
        np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
    return path


def path_of(folder: Path, number: int) -> Path:
    """Return where a shard of a folder lies."""
    return folder / f"shard-{number:05}.npz"


def read(path: str | os.PathLike) -> tuple[list[Ink], list[str]]:
    """Read the inks and the transcripts of a shard. `ValueError` names one that is damaged."""
    try:
        arrays = files.load_arrays(path)
        inks, texts = pen_ink.unpack(arrays), arrays["texts"].tolist()
        if len(inks) != len(texts):
            raise ValueError(f"it has {len(inks)} inks and {len(texts)} texts")
        return inks, texts
    except files.DAMAGED_ARRAYS as error:
        raise ValueError(
            f"The shard {path} is damaged ({error}): delete it, and make it anew."
        ) from error


def stream(
    folder: str | os.PathLike,
    geometry: LineGeometry = DEFAULT_GEOMETRY,
    *,
    change: Callable[[Ink, np.random.Generator], Ink] | None = None,
    frame_width: int = 0,
    seed: int = 0,
) -> LineStream:
    """Read a folder's shards as a stream of line images, which a recognizer's `fit` takes.

    An epoch has as many lines as the shards, drawn from them at random. Their ink is held in
    memory. Raises `FileNotFoundError` for a folder without shards.

    Args:
        folder: of the shards.
        geometry: of the line images.
        change, frame_width: see `PenLineMaker`.
        seed: of the choice of lines.
    """
    paths = sorted(Path(folder).expanduser().glob("shard-*.npz"))
    if not paths:
        raise FileNotFoundError(f"{folder} holds no shards: make some with shards.write_all.")
    inks: list[Ink] = []
    texts: list[str] = []
    for path in paths:
        some_inks, some_texts = read(path)
        inks += some_inks
        texts += some_texts
    maker = PenLineMaker([Recordings(inks, texts)], geometry, change, frame_width)
    return LineStream(maker, texts, len(texts), seed)


def _check_recipe(folder: Path, recipe: Recipe) -> None:
    path = folder / RECIPE
    if not path.is_file():
        return
    try:
        held = files.parse_json(path.read_text("utf-8"))
    except ValueError:  # a damaged disk
        held = None
    if held != asdict(recipe):
        raise ValueError(f"{folder} holds shards of another recipe: choose another folder.")


@functools.lru_cache(maxsize=1)  # a worker makes many shards
def _texts_and_pens(recipe: Recipe) -> tuple[tuple[str, ...], list[Pen]]:
    alphabet = Alphabet(recipe.characters)
    return sources.texts_and_pens(recipe.source, alphabet, recipe.seed, recipe.num_writers)
