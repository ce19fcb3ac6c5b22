"""Nine faults of one real port, as switches, each with the small test that finds it.

A student project ported a names recognizer from Keras to PyTorch by hand. It saw losses of another
size, NaN, 20% of the characters and 5 of 41,382 words, and blamed the GPU. `Pipeline` runs a
trained `line_crnn` with any of its nine faults switched on; `FAULTS` names the test of each.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from fsdl_hwr import ctc
from fsdl_hwr.alphabet import BLANK_INDEX
from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.porting import numpy_crnn, weights
from fsdl_hwr.recognizers.line import Recognizer

CROP = 256  # px that the port kept of a name image
PERIOD = 100  # batches that its cosine fell for, before it rose again
PROBE_PASSES = 0.45  # of the way from guessing to knowing, for frames that can be learned from


@dataclass(frozen=True)
class Fault:
    """One fault: its number, its name, what it does, what its test asks, and the test itself.

    test: takes a `Pipeline`, returns what is wrong, or an empty text.
    """

    number: int
    name: str
    effect: str
    question: str
    test: Callable[["Pipeline"], str]


class Pipeline:
    """A trained recognizer's way from image to text and loss, with faults switched on.

    Args:
        recognizer: a trained one, whose network is a `line_crnn`.
        lines: some lines that it reads, at least two.
        faults: numbers of the faults that are on.
    """

    def __init__(self, recognizer: Recognizer, lines: Lines, faults: Collection[int] = ()):
        self.weights = weights.weights_of(recognizer.network)
        self.strides = weights.strides_of(recognizer.network)
        self.alphabet = recognizer.alphabet
        self.frames = recognizer.frames(lines.ink_widths)  # int32 (n,): those that see ink
        self.lines = lines
        self.faults = frozenset(faults)

    def images(self) -> np.ndarray:
        """Return what the network gets to see: uint8 (n, height, width)."""
        images = self.lines.images
        if 8 in self.faults:
            images = images.copy()
            images[:, :, CROP:] = 0
        return images

    def stages(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network; see `numpy_crnn.forward`."""
        return numpy_crnn.forward(
            self.weights,
            self.strides,
            images,
            permute=1 not in self.faults,
            evaluates=4 not in self.faults,
        )

    def log_probs(self, logits: np.ndarray) -> np.ndarray:
        """Normalize logits (n, frames, classes) over the classes, or over the batch."""
        axis = 0 if 3 in self.faults else -1
        return logits - np.logaddexp.reduce(logits, axis=axis, keepdims=True)

    def label(self, transcript: str) -> list[int]:
        """Return classes: the alphabet's, from 1 on, or those of a list of letters, from 0 on."""
        first = 0 if 2 in self.faults else 1
        return [self.alphabet.characters.index(c) + first for c in transcript]

    def read(self) -> list[str]:
        """Read the lines greedily."""
        log_probs = self.log_probs(self.stages(self.images())["logits"])
        if 2 in self.faults:  # no class is left for the blank, and A, class 0, serves as one
            log_probs = log_probs[..., 1:]
        first = 0 if 2 in self.faults else 1
        characters = self.alphabet.characters
        return [
            "".join(characters[k - first] for k in path)
            for path in ctc.greedy_decode(log_probs, self.frames)
        ]

    def loss(self, log_probs: np.ndarray, labels: Sequence[Sequence[int]]) -> float:
        """Average CTC's loss over lines: nats per line, or per line and character."""
        losses = [
            -ctc.forward_backward(p, label).log_likelihood
            for p, label in zip(log_probs, labels, strict=True)
        ]
        if 7 in self.faults:
            losses = [x / max(1, len(y)) for x, y in zip(losses, labels, strict=True)]
        return float(np.mean(losses))

    def learning_rate(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        """Return the share of the peak rate: a cosine over the training, or one per epoch."""
        if 5 in self.faults:
            return (1 + np.cos(np.pi * (step % steps_per_epoch) / PERIOD)) / 2
        return (1 + np.cos(np.pi * step / (steps_per_epoch * epochs))) / 2

    def share_right(self, paths: Sequence[Sequence[int]], labels: Sequence[Sequence[int]]) -> float:
        """Return the share of characters at their place, of collapsed paths or of raw frames."""
        right = total = 0
        for path, label in zip(paths, labels, strict=True):
            read = list(path) if 6 in self.faults else ctc.collapse(path).tolist()
            right += sum(a == b for a, b in zip(read, label, strict=False))
            total += len(label)
        return right / total

    def probe(self) -> float:
        """Return how well a linear readout knows the characters from the frames.

        It is fitted to the frames in which the recognizer's alignment writes a character, on every
        other line, and asked for the rest. 1 if it knows all of them, 0 if it is as good as always
        answering the most frequent one; below that it is worse.
        """
        stages = numpy_crnn.forward(self.weights, self.strides, self.lines.images)
        frames = stages["frames"]
        if self.faults & {1, 9}:  # the network that the experiments were made on had fault 1
            frames = numpy_crnn.frames(stages[f"conv{len(self.strides) - 1}"], permute=False)
        features, classes, line_of = [], [], []
        for k, transcript in enumerate(self.lines.transcripts):
            log_probs = ctc.log_softmax(stages["logits"][k, : self.frames[k]])
            label = self.alphabet.encode(transcript)
            states = ctc.best_alignment(log_probs, label)
            written = np.flatnonzero(states % 2)  # the others are blanks
            features.append(frames[k, written])
            classes.append(label[states[written] // 2])
            line_of.append(np.full(len(written), k))
        x, y = np.concatenate(features), np.concatenate(classes)
        x = np.concatenate([(x - x.mean(0)) / (x.std(0) + 1e-3), np.ones((len(x), 1))], axis=1)
        targets = np.eye(self.alphabet.num_classes)[y]
        fitted = np.concatenate(line_of) % 2 == 0
        asked = ~fitted
        penalty = 10.0 * np.eye(x.shape[1])
        readout = np.linalg.solve(x[fitted].T @ x[fitted] + penalty, x[fitted].T @ targets[fitted])
        share = np.mean((x[asked] @ readout).argmax(-1) == y[asked])
        guessed = np.mean(np.bincount(y[fitted]).argmax() == y[asked])
        return float((share - guessed) / (1 - guessed))


# The tests: each asks one question, in seconds


def frames_see_their_column(pipeline: Pipeline) -> str:
    """Change one column of an image, and look which frames change."""
    image = pipeline.lines.images[:1]
    changed = image.copy()
    column = image.shape[2] // 2
    changed[:, :, column] = 255 - changed[:, :, column]
    before, after = (pipeline.stages(x)["frames"][0] for x in (image, changed))
    moved = np.flatnonzero((before != after).any(axis=-1))
    reach = len(moved) and int(moved[-1] - moved[0]) + 1
    if reach > len(before) // 4:
        return (
            f"one column of the image changes {len(moved)} of {len(before)} frames, from frame "
            f"{moved[0]} to {moved[-1]}: a frame is not a column."
        )
    return ""


def no_label_holds_the_blank(pipeline: Pipeline) -> str:
    """Look for the blank's class in the labels."""
    held = [t for t in pipeline.lines.transcripts if BLANK_INDEX in pipeline.label(t)]
    if held:
        return f"{len(held)} of {len(pipeline.lines)} labels hold class 0, the blank: {held[0]!r}."
    return ""


def probabilities_sum_to_one(pipeline: Pipeline) -> str:
    """Add up the probabilities of each frame."""
    logits = pipeline.stages(pipeline.lines.images[:4])["logits"]
    sums = np.exp(pipeline.log_probs(logits)).sum(-1)
    if not np.allclose(sums, 1, atol=1e-3):
        return f"the probabilities of a frame add up to {sums.min():.2f} to {sums.max():.2f}."
    return ""


def alone_as_in_company(pipeline: Pipeline) -> str:
    """Read an image alone, and among others."""
    images = pipeline.lines.images[:16]
    alone = pipeline.stages(images[:1])["logits"][0]
    among = pipeline.stages(images)["logits"][0]
    gap = float(np.abs(alone - among).max())
    if gap > 1e-3:
        return f"an image alone and among {len(images)} gives logits {gap:.1f} apart."
    return ""


def rate_never_rises(pipeline: Pipeline) -> str:
    """List the learning rate of every step of ten epochs."""
    rates = [pipeline.learning_rate(step, 1000, 10) for step in range(10_000)]
    rises = int((np.diff(rates) > 1e-9).sum())
    if rises:
        turns = int((np.diff(np.sign(np.diff(rates))) < 0).sum())
        return f"the rate rises at {rises:,} of 9,999 steps and peaks {turns} times."
    return ""


def perfect_output_scores_full(pipeline: Pipeline) -> str:
    """Write paths that are right by construction, and score them."""
    labels = [[8, 5, 12, 12, 15], [1, 2]]
    paths = [[0, 8, 8, 5, 12, 0, 12, 15, 15, 0], [0, 0, 1, 0, 2, 2]]
    share = pipeline.share_right(paths, labels)
    if share < 1:
        return f"a perfect output scores {share:.0%}."
    return ""


def losses_in_nats_per_line(pipeline: Pipeline) -> str:
    """Compare with a case that is known: two frames, one letter, three equal classes."""
    log_probs = np.full((1, 4, 3), np.log(1 / 3))
    expected = -np.log(ctc.count_paths("ab", 4) / 3**4)
    given = pipeline.loss(log_probs, [[1, 2]])
    if not np.isclose(given, expected):
        return f"a label of two letters costs {given:.3f}; all its paths say {expected:.3f}."
    return ""


def all_ink_is_seen(pipeline: Pipeline) -> str:
    """Count the ink that the network does not get."""
    lost = (pipeline.lines.images != pipeline.images()).any(axis=(1, 2))
    if lost.any():
        return f"{int(lost.sum())} of {len(lost)} images lose ink before the network sees them."
    return ""


def can_be_learned_from(pipeline: Pipeline) -> str:
    """Ask a linear readout of the frames, before anything is compared."""
    known = pipeline.probe()
    if known < PROBE_PASSES:
        return (
            f"a linear readout of the frames comes {max(0, known):.0%} of the way from guessing to "
            "knowing: nothing learns from these."
        )
    return ""


FAULTS = tuple(
    Fault(number, *words)
    for number, words in enumerate(
        [
            (
                "reshape without a permute",
                "each frame is two channels of the whole image, and CTC has nothing to align",
                "which frames change if one column of the image does?",
                frames_see_their_column,
            ),
            (
                "A is the blank",
                "the letters are numbered from 0, which CTC keeps for its blank",
                "does a label hold the blank?",
                no_label_holds_the_blank,
            ),
            (
                "softmax over the batch",
                "probabilities add up to one over the images of a batch, not over the characters",
                "do the probabilities of a frame add up to one?",
                probabilities_sum_to_one,
            ),
            (
                "validation in training mode",
                "batch normalization looks at the batch, and learns from validation images",
                "does an image read the same alone and among others?",
                alone_as_in_company,
            ),
            (
                "a new cosine every epoch",
                "the learning rate falls and rises every 200 batches",
                "does the rate ever rise?",
                rate_never_rises,
            ),
            (
                "frames compared with letters",
                "the metric merges no repeats and drops no blanks: it cannot be right",
                "does a perfect output score 100%?",
                perfect_output_scores_full,
            ),
            (
                "another unit of loss",
                "PyTorch's mean divides by each label's length, Keras' does not: 13.4 beside 5.65",
                "does a case counted by hand give its loss?",
                losses_in_nats_per_line,
            ),
            (
                "images cropped at 256 px",
                "long names lose their last letters",
                "is there ink beyond the crop?",
                all_ink_is_seen,
            ),
            (
                "experiments on a network that cannot learn",
                "activations and batch sizes were compared at 9 and 20% of the characters",
                "can the frames be learned from at all?",
                can_be_learned_from,
            ),
        ],
        start=1,
    )
)
