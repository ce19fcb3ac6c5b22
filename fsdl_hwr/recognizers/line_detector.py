"""Trains a network to find lines: on pages drawn without end, then on a few real ones."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from fsdl_hwr import backend, files, line_metrics, page_ink
from fsdl_hwr.backend import keras, ops
from fsdl_hwr.datasets.drawn_pages import PageMaker
from fsdl_hwr.datasets.pages import Page, TextLine
from fsdl_hwr.layout import line_maps, ownership
from fsdl_hwr.layout.finder import FindLines, LineFinder
from fsdl_hwr.layout.line_maps import WEIGHT
from fsdl_hwr.line_metrics import LineScore
from fsdl_hwr.recognizers import training

FOREGROUND = 3.0  # how much more a px of a band or a mark weighs than one of paper
DICE = 0.15  # share of the dice term, which counts areas and not px
TRAINED_HEIGHT = 1000  # px that a real page is scaled down to, so that training is quick
NUM_MEASURED = 4  # drawn pages that tell by how much a finder's x-heights are usually off
MATCHED = 0.75  # of their ink that a true and a found line share, which are then the same
DRAWN_SHARE = 0.25  # of a batch of real pages
TURN, ZOOM, SHIFT = 3.0, 0.2, 0.04  # of a real page in training: degrees, share, share of a side


@keras.saving.register_keras_serializable("fsdl_hwr")
def map_loss(maps, logits):
    """Compute the loss of maps: weighted cross-entropy, and dice for what is rare.

    maps: uint8 (batch, height, width, 4), 0 and 1, the last how much a px weighs. logits: float32
    (batch, height, width, 3). Returns a scalar.
    """
    maps = ops.cast(maps, "float32")
    weight, wanted = maps[..., WEIGHT:], maps[..., :WEIGHT]
    logits = ops.cast(logits, "float32")
    entropy = ops.maximum(logits, 0) - logits * wanted + ops.log1p(ops.exp(-ops.abs(logits)))
    entropy = ops.mean(entropy * weight * (1 + (FOREGROUND - 1) * wanted))
    given = ops.sigmoid(logits) * weight
    shared = ops.sum(given * wanted, (0, 1, 2))  # by map
    dice = 1 - (2 * shared + 1) / (ops.sum(given, (0, 1, 2)) + ops.sum(wanted, (0, 1, 2)) + 1)
    return entropy + DICE * ops.mean(dice)


class DrawnBatches(training.Batches):
    """An endless stream of drawn pages: batch b of an epoch is decided by (seed, epoch, b).

    Args:
        maker: draws a page.
        num_pages: of an epoch.
        batch_size: pages per batch.
        seed: of the stream.
    """

    def __init__(self, maker: PageMaker, num_pages: int, batch_size: int, seed: int):
        super().__init__(num_pages, batch_size, seed)
        self.maker = maker

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        return stacked([line_maps.training_pair(self.maker(rng)) for _ in range(self.batch_size)])


class RealBatches(training.Batches):
    """A few real pages, each time turned, zoomed and shifted a little, beside drawn ones.

    Without the drawn pages the network would forget what the real ones lack.

    Args:
        pages: annotated ones.
        maker: draws the others.
        num_pages: of an epoch.
        batch_size: pages per batch.
        seed: of the stream.
    """

    def __init__(
        self, pages: Sequence[Page], maker: PageMaker, num_pages: int, batch_size: int, seed: int
    ):
        super().__init__(num_pages, batch_size, seed)
        if not pages:
            raise ValueError("There are no annotated pages to train on.")
        self.pages = [page.resized(min(TRAINED_HEIGHT, page.image.shape[0])) for page in pages]
        self.maker = maker
        blank = np.full((maker.height, maker.width), 255, np.uint8)
        images = [blank, *(page.image for page in self.pages)]
        sizes = [line_maps.prepare(image)[0].shape for image in images]
        height, width = np.max(sizes, axis=0).tolist()
        self.size = height, width  # Keras wants batches of one shape

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        num_drawn = round(DRAWN_SHARE * self.batch_size)
        pairs = [line_maps.training_pair(self.maker(rng)) for _ in range(num_drawn)]
        for _ in range(self.batch_size - num_drawn):
            page = jittered(self.pages[rng.integers(len(self.pages))], rng)
            pairs.append(line_maps.training_pair(page, complete=False))
        return stacked(pairs, self.size)


def stacked(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], size: tuple[int, int] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Pad pages to one size, by default the largest, and stack them: (batch, …) each."""
    height, width = size or np.max([ink.shape for ink, _ in pairs], axis=0).tolist()
    inks = np.zeros((len(pairs), height, width), np.uint8)  # (batch, height, width)
    step = line_maps.STRIDE
    maps = np.zeros((len(pairs), height // step, width // step, 4), np.uint8)
    for k, (ink, wanted) in enumerate(pairs):
        inks[k, : ink.shape[0], : ink.shape[1]] = ink
        maps[k, : wanted.shape[0], : wanted.shape[1]] = wanted
    return inks, maps


def jittered(page: Page, rng: np.random.Generator) -> Page:
    """Turn, zoom and shift a page a little; its paper is continued beyond its edges."""
    height, width = page.image.shape
    turn = cv2.getRotationMatrix2D(
        (width / 2, height / 2), rng.uniform(-TURN, TURN), 1 + rng.uniform(-ZOOM, ZOOM)
    )
    shift = rng.uniform(-SHIFT, SHIFT, 2) * (width, height)
    turn = np.asarray(turn, np.float64) + np.pad(shift[:, None], [(0, 0), (2, 0)])
    image = cv2.warpAffine(page.image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    owners = cv2.warpAffine(
        page.owners.astype(np.float32), turn, (width, height), flags=cv2.INTER_NEAREST
    )
    lines = tuple(line.moved(turn) for line in page.lines)
    return Page(image, lines, owners.astype(np.int32), page.name)


def x_height_ratios(page: Page, found: Sequence[TextLine]) -> np.ndarray:
    """Compare the x-heights of lines that were found with those of the true lines: float (pairs,).

    Only pairs that share most of their ink count: lines that were found merged say nothing.
    """
    ink = page_ink.ink_mask(page.image)
    shared = line_metrics.shared_ink(page.owners * ink, ownership.claim(ink, found))
    pairs = np.argwhere(shared >= MATCHED)  # of a true and a found line
    return np.array([found[j].x_height / page.lines[k].x_height for k, j in pairs])


def as_thick(page: Page, found: Sequence[TextLine], usual: float = 1.0) -> Page:
    """Scale the x-heights of a page's lines to what lines that were found right say of them.

    usual: `x_height_ratios` of the same finder on pages whose x-heights are known.
    """
    ratios = x_height_ratios(page, found)
    if not len(ratios):
        return page
    factor = float(np.median(ratios)) / usual
    lines = tuple(replace(line, x_height=factor * line.x_height) for line in page.lines)
    return replace(page, lines=lines)


def train(
    network: keras.Model,
    maker: PageMaker,
    validation: Sequence[Page],
    num_pages: int,
    *,
    epochs: int = 5,
    batch_size: int = 4,
    learning_rate: float = 4e-3,
    seed: int = 0,
    folder: str | os.PathLike | None = None,
    resume: bool = True,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict[str, list[float]]:
    """Train a `line_unet` on freshly drawn pages, each seen once; keep the best weights.

    Args:
        network: takes pages, returns the logits of `line_maps.targets`.
        maker: draws the pages.
        validation: pages on which every epoch is scored: `val_f1`, shared ink of .75 or more.
        num_pages: pages in all, divided among the epochs.
        epochs: times that the network is scored and saved on the way.
        batch_size, learning_rate, seed: of the training; the rate peaks after a warm-up.
        folder, resume, callbacks: see `training.fit`.

    Returns the history, lists by epoch. Raises `ValueError` without epochs or pages.
    """
    if epochs < 1 or num_pages < 1 or not validation:
        raise ValueError(
            f"Nothing to train or to score: {epochs=}, {num_pages=}, {len(validation)} pages of "
            "validation."
        )
    batches = DrawnBatches(maker, max(batch_size, num_pages // epochs), batch_size, seed)
    network.compile(training.adamw(epochs * batches.num_batches, learning_rate), loss=map_loss)
    return training.fit(
        network,
        batches,
        lambda: {"val_f1": score_pages(validation, finder(network).find_lines).f1},
        epochs=epochs,
        monitor="val_f1",
        higher_is_better=True,
        folder=folder,
        settings={
            "epochs": epochs,
            "pages": num_pages,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "seed": seed,
            "network": network.name,
            "weights": network.count_params(),
            "first_pages": training.fingerprint(*batches[0]),
            "validation": training.fingerprint(
                *(part for page in validation for part in (page.image, page.owners))
            ),
        },
        resume=resume,
        unit="pages",
        callbacks=callbacks,
    )


def train_on(
    network: keras.Model,
    pages: Sequence[Page],
    maker: PageMaker,
    num_pages: int,
    *,
    batch_size: int = 4,
    learning_rate: float = 3e-4,
    seed: int = 0,
) -> keras.Model:
    """Return a copy of a trained network, trained on with a few annotated pages.

    The statistics of batch normalization stay as they are: a few pages would spoil them. So does
    what the network takes for an x-height, which annotations lack and polygons hardly tell: theirs
    are scaled to it. There is nothing to choose by, so the last weights are kept.

    Args:
        network: a trained `line_unet`, which is not changed.
        pages: the annotated pages; what nobody annotated on them is neither right nor wrong.
        maker: draws the pages that are mixed in.
        num_pages: pages to train on, drawn ones included; every real one is shown many times.
        batch_size, learning_rate, seed: of the training.
    """
    find_lines = finder(network).find_lines
    drawn = [maker(np.random.default_rng((seed, k))) for k in range(NUM_MEASURED)]
    ratios = np.concatenate([x_height_ratios(page, find_lines(page.image)) for page in drawn])
    usual = float(np.median(ratios)) if len(ratios) else 1.0
    pages = [as_thick(page, find_lines(page.image), usual) for page in pages]
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    batches = RealBatches(pages, maker, num_pages, batch_size, seed)
    with training.statistics_kept(copy):
        copy.compile(training.adamw(batches.num_batches, learning_rate), loss=map_loss)
        copy.fit(batches, epochs=1, shuffle=False, verbose=0)
    return copy


def finder(network: keras.Model, **choices) -> LineFinder:
    """Return the `LineFinder` that runs a Keras network. choices: its threshold and thickness."""
    return LineFinder(network.predict_on_batch, **choices)


def score_pages(
    pages: Sequence[Page],
    find_lines: FindLines,
    threshold: float = 0.75,
    body: bool = True,
    strict: bool = False,
) -> LineScore:
    """Score a finder on pages by the ink that its lines share with the true ones.

    Args:
        pages: annotated pages.
        find_lines: finds lines on a gray page.
        threshold: of the shared ink.
        body: whether only handwritten body lines count; the ink of others is then ignored.
        strict: see `line_metrics.ink_score`.
    """
    total = LineScore(0, 0, 0)
    for page in pages:
        ink = page_ink.ink_mask(page.image)
        owners = ownership.claim(ink, find_lines(page.image))
        counted = page.body.tolist() if body else None
        total += line_metrics.ink_score(page.owners * ink, owners, threshold, counted, strict)
    return total


def export(network: keras.Model, path: str | os.PathLike) -> Path:
    """Write a trained network as ONNX, which `layout.finder.load_onnx` runs without Keras."""
    path = Path(path)
    image = keras.Input((None, None), dtype="float32", name="image")
    copy = keras.models.clone_model(network, input_tensors=image, clone_function=_in_float32)
    copy.set_weights(network.get_weights())
    copy(np.zeros((1, line_maps.MULTIPLE, line_maps.MULTIPLE), np.float32))  # Keras asks for it
    with files.write_atomically(path) as temporary:
        backend.export_onnx(copy, temporary)
    return path


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    """Copy a layer for machines that know no half precision; inputs stay uint8."""
    if isinstance(layer, keras.layers.InputLayer) or not isinstance(layer, keras.layers.Layer):
        return layer
    return layer.__class__.from_config({**layer.get_config(), "dtype": "float32"})
