"""Reading lines of text without Keras: all that a trained recognizer needs beside its network."""

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fsdl_hwr import ctc, files, image_files, paper, rows
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets.lines import Lines, ink_widths
from fsdl_hwr.ink import LineGeometry

MAX_METADATA = 1_000_000  # bytes: what a file says of itself is short
USUAL_SQUEEZE = 0.7  # share of its width that a long line keeps in training, too

# Of one line each, in a list or one alone: arrays, paths, bytes of files, or PIL images.
Pictures = Sequence[Any] | np.ndarray | str | bytes | os.PathLike

# Runs a network: uint8 (batch, height, width) to float32 logits (batch, frames, classes).
Session = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Reading:
    """One line's text, and how sure the network is of each of its characters, from 0 to 1."""

    text: str
    confidences: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """The mean over the characters: the share of them that should be right; 1 if empty."""
        return float(np.mean(self.confidences)) if self.confidences else 1.0


@dataclass(frozen=True)
class Beam:
    """Decodes frames with a language model: set it as a reader's `beam`.

    Args:
        language_model: what is likely to be written.
        weight: of its logarithms, by the network's.
        bonus: for every character, since a language model prefers short texts.
        width: labels that are kept from frame to frame.
    """

    language_model: ctc.LanguageModel
    weight: float
    bonus: float = 0.0
    width: int = 10

    def __call__(self, log_probs: np.ndarray) -> tuple[int, ...]:
        """Return the likeliest label of one line's log-probabilities (frames, classes)."""
        found = ctc.beam_search(log_probs, self.width, self.language_model, self.weight, self.bonus)
        return found[0][0]


class LineReader:
    """Reads images of single lines: a network behind a session, its alphabet and its geometry.

    Args:
        session: runs the network: a Keras model's or ONNX Runtime's, say.
        alphabet: the characters that the network writes.
        geometry: of the line images that it was trained on.
        num_frames: frames of a whole line image.
        frame_width: px from frame to frame.
        trims: whether the session takes narrower images too, so that paper can be left out.
    """

    trim_frames = 4  # a trimmed image is a multiple of this many frames wide
    paper_frames = 16  # kept behind the ink that is read: with fewer, the end is read otherwise

    def __init__(
        self,
        session: Session,
        alphabet: Alphabet,
        geometry: LineGeometry,
        *,
        num_frames: int,
        frame_width: int,
        trims: bool,
    ):
        self.session = session
        self.alphabet = alphabet
        self.geometry = geometry
        self.num_frames = num_frames
        self.frame_width = frame_width
        self.trims = trims
        self.beam: Beam | None = None  # greedy decoding without one

    def frames(self, ink_widths: np.ndarray) -> np.ndarray:
        """Count the frames that see ink: int32 (n,), at least 1; the paper beyond is not text."""
        frames = np.ceil(np.asarray(ink_widths) / self.frame_width)
        return np.clip(frames, 1, self.num_frames).astype(np.int32)

    def trim(self, images: np.ndarray, ink_widths: np.ndarray, paper_frames: int = 0) -> np.ndarray:
        """Cut away paper that no line of a batch has ink on, if the network allows it.

        `paper_frames` are kept behind the ink, and a few more: the width is rounded up to a
        multiple of `trim_frames`.
        """
        if not self.trims:
            return images
        num_frames = int(self.frames(ink_widths).max()) + paper_frames
        num_frames = self.trim_frames * (num_frames // self.trim_frames + 1)
        return images[:, :, : min(num_frames, self.num_frames) * self.frame_width]

    def check_geometry(self, lines: Lines) -> None:
        """Raise `ValueError` for line images of another height, width or type."""
        size = self.geometry.height, self.geometry.width
        if lines.images.shape[1:] != size:
            raise ValueError(
                f"Line images of {lines.images.shape[1:]} px do not fit this recognizer, which "
                f"takes {size}."
            )
        if lines.images.dtype != np.uint8:
            raise ValueError(
                f"Line images have type {lines.images.dtype}; they are uint8, ink 255 on 0."
            )

    def logits(self, lines: Lines, batch_size: int = 64) -> np.ndarray:
        """Run the network: float32 (n, frames, classes), zeros past the frames that were run."""
        logits = np.zeros((len(lines), self.num_frames, self.alphabet.num_classes), np.float32)
        by_width = np.argsort(lines.ink_widths, kind="stable")  # so that a batch can be trimmed
        for start in range(0, len(lines), batch_size):
            chosen = by_width[start : start + batch_size]
            images = self.trim(lines.images[chosen], lines.ink_widths[chosen], self.paper_frames)
            outputs = self.session(images)  # (batch, frames, classes)
            logits[chosen, : outputs.shape[1]] = outputs
        return logits

    def read(self, lines: Lines) -> list[str]:
        """Read line images of the reader's own geometry by greedy decoding."""
        return self.decode(self.logits(lines), lines.ink_widths)

    def read_lines(self, images: Pictures) -> list[str]:
        """Read pictures of one line each, of any height and width.

        A picture is a uint8 array, a path, the bytes of a file or a PIL image. Each is laid out in
        the reader's geometry; dark ink on light paper is inverted, an array's color is turned to
        gray with a warning, and blank paper reads as an empty text. Raises `ValueError` or
        `TypeError` for arrays that are empty, not uint8, or larger than 50 million pixels, and for
        the rest what `image_files.load` raises.
        """
        return self.read(self.fit_lines(images))

    def readings(self, images: Pictures) -> list[Reading]:
        """Read as `read_lines` does, with a confidence for every character and line."""
        return self.read_each(self.fit_lines(images))

    def read_each(self, lines: Lines) -> list[Reading]:
        """Read line images of the reader's own geometry, with confidences."""
        logits = self.logits(lines)
        found = []
        for line, num_frames in enumerate(self.frames(lines.ink_widths)):
            log_probs = ctc.log_softmax(logits[line, :num_frames])  # (frames, classes)
            found.append(self.reading(log_probs) if lines.ink_widths[line] else Reading("", ()))
        return found

    def reading(self, log_probs: np.ndarray) -> Reading:
        """Decode the log-probabilities (frames, classes) of one line that has ink."""
        if self.beam is not None:
            label = self.beam(log_probs)
            confidences = ctc.label_confidences(log_probs, label)
            return Reading(self.alphabet.decode(label), tuple(confidences.tolist()))
        text = self.alphabet.decode(ctc.collapse(log_probs.argmax(-1)))
        confidences = ctc.greedy_confidences(log_probs) if text else np.zeros(0)
        return Reading(text, tuple(confidences.tolist()))

    def decode(self, logits: np.ndarray, ink_widths: np.ndarray) -> list[str]:
        """Turn logits (n, frames, classes) of lines into texts, without frames past the ink."""
        frames = self.frames(ink_widths)
        if self.beam is not None:
            each = zip(logits, frames, strict=True)
            paths = [np.array(self.beam(ctc.log_softmax(one[:n]))) for one, n in each]
        else:
            paths = ctc.greedy_decode(logits, frames)
        texts = [self.alphabet.decode(path) for path in paths]
        # Blank paper still has a frame, which the network was never trained on.
        return [text if width else "" for text, width in zip(texts, ink_widths, strict=True)]

    def fit_lines(self, images: Pictures) -> Lines:
        """Bring images of one line each to the reader's geometry; their transcripts are empty."""
        if isinstance(images, np.ndarray) and (
            images.ndim == 2 or (images.ndim == 3 and images.shape[2] in (1, 3, 4))
        ):
            images = [images]  # one image alone, gray or colored
        elif isinstance(images, str | bytes | os.PathLike):
            images = [images]  # a picture's file alone
        fitted = np.zeros((len(images), self.geometry.height, self.geometry.width), np.uint8)
        for k, image in enumerate(images):
            fitted[k] = self.fit_image(image, k)
        return Lines(fitted, ("",) * len(fitted), ink_widths(fitted))

    def fit_image(self, image: Any, number: int = 0) -> np.ndarray:
        """Bring one picture of a line to the reader's geometry: uint8 (height, width).

        An image of exactly that size is taken to be laid out already.
        """
        name = f"Image {number}"
        if isinstance(image, str | bytes | os.PathLike) or hasattr(image, "getexif"):
            named = str(image) if isinstance(image, str | os.PathLike) else name
            return self._fit_ink(paper.extract_ink(image_files.load(image, named)), named)
        gray = paper.gray(image, name)
        if np.ndim(image) == 3 and np.shape(image)[2] > 1:
            warnings.warn(f"{name} is colored: it was turned to gray.", stacklevel=4)
        return self._fit_ink(paper.extract_ink(gray), name)

    def _fit_ink(self, ink: np.ndarray, name: str) -> np.ndarray:
        geometry = self.geometry
        fitted = np.zeros((geometry.height, geometry.width), np.uint8)
        if self._is_laid_out(ink):
            fitted[:, : ink.shape[1]] = ink
            return fitted
        ink = rows.line(ink)
        if not (ink >= paper.STROKE_LEVEL).any():
            return fitted
        if (count := len(rows.find(ink))) > 1:
            warnings.warn(
                f"{name} seems to have {count} rows of writing, and was read as one line: "
                "recognizers.picture.read_picture reads them all.",
                stacklevel=5,
            )
        ink, natural_width = paper.fit_line(ink, geometry)
        if USUAL_SQUEEZE * natural_width > geometry.width:
            warnings.warn(
                f"{name} is {natural_width} px wide at a height of {geometry.height} px; it was "
                f"squeezed to the {geometry.width} px that the recognizer reads. Cut long lines "
                "in two.",
                stacklevel=5,
            )
        fitted[:, : ink.shape[1]] = ink
        return fitted

    def _is_laid_out(self, ink: np.ndarray) -> bool:
        """Return whether ink is a line image of this geometry, or one cut after its ink."""
        height, width = ink.shape
        cut = width < self.geometry.width and self.geometry.stretch == 1
        return height == self.geometry.height and (width == self.geometry.width or cut)

    def describe(self) -> dict:
        """Return what a file must say beside the network: `read_metadata` takes it, as JSON."""
        return {
            "characters": self.alphabet.characters,
            "geometry": asdict(self.geometry),
            "num_frames": self.num_frames,
            "frame_width": self.frame_width,
        }


@dataclass(frozen=True)
class Metadata:
    """What a recognizer's file says beside the network; `record` is all of it, as it was read.

    Files of version 0.1 name a width and no geometry, Keras' ones no frames either (0 here).
    """

    alphabet: Alphabet
    geometry: LineGeometry
    num_frames: int
    frame_width: int
    record: dict


def read_metadata(text: str | bytes, path: Path, remedy: str) -> Metadata:
    """Check what a recognizer's file says of itself: JSON, as `LineReader.describe` returns it.

    Raises `ValueError` that names the file, what is wrong and the remedy.
    """
    try:
        if len(text) > MAX_METADATA:
            raise ValueError(f"its description has {len(text):,} bytes")
        return _parse(files.parse_json(text))
    except (ValueError, TypeError, KeyError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise ValueError(f"{path} is not a recognizer's file ({reason}): {remedy}.") from error


def _parse(record) -> Metadata:
    if not isinstance(record, dict):
        raise ValueError(f"a description is an object, not {type(record).__name__}")
    characters = record["characters"]
    if not isinstance(characters, str):
        raise ValueError(f"characters are a text, not {characters!r:.50}")
    if "geometry" in record:
        geometry = LineGeometry(**record["geometry"])
    else:
        height = record.get("image_height", LineGeometry.height)
        geometry = LineGeometry(height, record["image_width"])
    frames = {name: record.get(name, 0) for name in ("num_frames", "frame_width")}
    for name, value in frames.items():
        if type(value) is not int or not 0 <= value <= geometry.width:
            raise ValueError(f"{name} is 1 to {geometry.width}, not {value!r:.50}")
    return Metadata(Alphabet(characters), geometry, **frames, record=record)
