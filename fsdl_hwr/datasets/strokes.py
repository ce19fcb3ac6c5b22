"""The embedded handwriting: pen strokes of invented writers, reproducible from a seed.

The letters are the forms of `letter_curves`. A writer is a seed: it picks one form for every
character, bends it in a way of its own, and fixes slant, proportions, roundness and pen; every
glyph then varies a little around its writer's form.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import DEFAULT_CHARACTERS
from fsdl_hwr.datasets import letter_curves
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.letter_curves import Form
from fsdl_hwr.datasets.letter_forms import HAND_FORMS
from fsdl_hwr.datasets.splits import SPLITS, check_split
from fsdl_hwr.ink import GLYPH_SIZE, Ink


@dataclass(frozen=True)
class Shape:
    """A writer's own version of a form: points (p, 2), and the stroke that each belongs to (p,)."""

    points: np.ndarray
    strokes: np.ndarray
    left: float
    right: float
    connects: bool


def round_off(points: np.ndarray, radius: float) -> np.ndarray:
    """Average a stroke along its way, as a quick hand does; its ends stay where they are."""
    reach = round(2 * radius / letter_curves.STEP)
    if reach < 1 or len(points) < 4:
        return points
    reach = min(reach, len(points) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * letter_curves.STEP / radius) ** 2)
    before = 2 * points[0] - points[reach:0:-1]  # odd reflection keeps ends and directions
    after = 2 * points[-1] - points[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, points, after])
    weights /= weights.sum()
    columns = [np.convolve(padded[:, k], weights, "valid") for k in (0, 1)]
    return np.stack(columns, axis=1).astype(np.float32)


def deform(points, glyph_of, stroke_of, num_glyphs, amount, rng):
    """Bend glyphs smoothly, each in its own way: points (p, 2) in, points (p, 2) out.

    Bending: three long waves over the letter, its proportions and rotation, and for every stroke
    its place, length and drift.

    Args:
        points: float (p, 2), in em.
        glyph_of, stroke_of: int (p,), the glyph and the stroke of a point; strokes are counted over
            all glyphs.
        num_glyphs: number of glyphs.
        amount: 1 is the difference between two legible hands.
        rng: a `numpy.random.Generator`.
    """
    num_strokes = int(stroke_of[-1]) + 1
    starts = np.flatnonzero(np.diff(stroke_of, prepend=-1))
    lengths = np.diff(starts, append=len(points))
    along = (np.arange(len(points)) - starts[stroke_of]) / np.maximum(lengths - 1, 1)[stroke_of]

    # Strokes: place, length, and a drift from start to end that opens or overshoots a loop.
    centers = np.add.reduceat(points, starts) / lengths[:, None]
    shift = rng.normal(0, 0.025 * amount, (num_strokes, 2))
    growth = 1 + rng.normal(0, 0.06 * amount, (num_strokes, 1))
    drift = rng.normal(0, 0.04 * amount, (num_strokes, 2))
    center = centers[stroke_of]
    bent = center + (points - center) * growth[stroke_of] + shift[stroke_of]
    bent += drift[stroke_of] * (along - 0.5)[:, None]

    # Waves longer than a bow, so that letters bend and do not tremble.
    wave = rng.normal(0, 4.0, (num_glyphs, 2, 3))  # radians per em
    phase = rng.uniform(0, 2 * np.pi, (num_glyphs, 1, 3))
    height = rng.normal(0, 0.03 * amount, (num_glyphs, 3, 2))
    angle = np.matmul(bent[:, None, :], wave[glyph_of]) + phase[glyph_of]  # (p, 1, 3)
    bent += np.matmul(np.sin(angle), height[glyph_of])[:, 0]  # (p, 2)

    matrix = np.zeros((num_glyphs, 2, 2))
    scale = np.exp(rng.normal(0, [[0.14 * amount, 0.07 * amount]], (num_glyphs, 2)))
    turn = rng.normal(0, 0.05 * amount, num_glyphs)
    matrix[:, 0, 0], matrix[:, 1, 1] = scale.T
    matrix[:, 1, 0], matrix[:, 0, 1] = turn, -turn
    return np.matmul(bent[:, None, :], matrix[glyph_of])[:, 0].astype(np.float32)


@dataclass(frozen=True)
class Writer:
    """One hand. Build it with `Writer.from_seed`; equal seeds make equal writers.

    Lengths are in em. slant: shift to the right per em of height. width: of all letters.
    ascender, descender: factors on what rises above the x-height or falls below the baseline.
    stroke_width: of the pen. roundness: radius at which corners are cut. variation: how much
    glyphs differ, 1 as much as two hands. haste: how often the pen stays
    down between strokes. spacing: between the ink of letters.
    word_space: added between words. wander: of the baseline.
    """

    seed: tuple[int, ...]
    style: str
    slant: float
    width: float
    ascender: float
    descender: float
    stroke_width: float
    roundness: float
    variation: float
    spacing: float
    word_space: float
    wander: float
    haste: float

    @classmethod
    def from_seed(cls, seed: int | tuple[int, ...]) -> "Writer":
        """Make the writer that `seed`, an int or a tuple of ints, stands for."""
        seed = (seed,) if isinstance(seed, int) else tuple(seed)
        rng = np.random.default_rng(seed)
        style = str(rng.choice(["print", "mixed", "script"], p=[0.55, 0.25, 0.2]))
        return cls(
            seed=seed,
            style=style,
            slant=float(np.clip(rng.normal(0.25 if style == "script" else 0.1, 0.17), -0.2, 0.55)),
            width=float(np.exp(rng.normal(0.13, 0.17))),
            ascender=float(rng.uniform(0.75, 1.25)),
            descender=float(rng.uniform(0.7, 1.3)),
            stroke_width=float(rng.uniform(0.065, 0.125)),
            roundness=float(rng.uniform(0.0, 0.07)),
            variation=float(rng.uniform(0.3, 0.6)),
            spacing=float(rng.uniform(0.06, 0.17)),
            word_space=float(rng.uniform(0.4, 0.7)),
            wander=float(rng.uniform(0.0, 0.04)),
            haste=float(rng.uniform(0, 1)),
        )

    def draw(self, character: str, rng: np.random.Generator) -> Ink:
        """Write one character: an ink in em units, baseline y = 0, y down; a space has no ink.

        Raises `ValueError` for a character without a letter form.
        """
        return self.draw_many(character, rng)[0]

    def draw_many(self, text: str, rng: np.random.Generator) -> list[Ink]:
        """Write the characters of `text` one by one, all at the origin: an ink for each."""
        return self._inks([self._shape(character) for character in text], rng)

    def write(self, text: str, rng: np.random.Generator) -> Ink:
        """Write a whole line with one pen: an ink in em units that starts near x = 0, y = 0.

        Slant and proportions are shared, the baseline drifts, words keep their distance, and
        script letters are connected. Strokes come in writing order; what crosses or dots a
        connected word follows it. Raises `ValueError` for a character without a letter form.
        """
        shapes = [self._shape(character) for character in text]
        inks = self._inks(shapes, rng)
        gaps = self.stroke_width + self.spacing * np.exp(rng.normal(0, 0.2, len(text)))
        phase, period = rng.uniform(0, 2 * np.pi), rng.uniform(4, 9)
        slope = rng.normal(0, 0.004)
        line: Ink = []
        later: Ink = []  # dots and bars of the word being written
        pen, connected = 0.0, False
        for k, (character, shape, ink) in enumerate(zip(text, shapes, inks, strict=True)):
            if character == " ":
                pen += self.word_space * np.exp(rng.normal(0, 0.12))
                connected = False
                line, later = line + later, []
                continue
            rise = self.wander * np.sin(phase + 2 * np.pi * pen / period) + slope * pen
            rise += rng.normal(0, 0.3 * self.wander)
            offset = np.array([pen - shape.left, rise], np.float32)
            strokes = [stroke + offset for stroke in ink]
            if connected and shape.connects:
                _connect(line, strokes)
            else:
                line, later = line + later, []
                line.append(strokes.pop(0))
            if shape.connects:
                later.extend(_lead_on(line, strokes))
            else:
                line.extend(strokes)
            following = shapes[k + 1].connects if k + 1 < len(text) else False
            connected = shape.connects and following
            pen += shape.right - shape.left + (0 if connected else gaps[k])
        return line + later

    def _inks(self, shapes: list[Shape], rng: np.random.Generator) -> list[Ink]:
        """Vary the writer's shapes, all in one go, and slant them."""
        full = [shape for shape in shapes if len(shape.points)]
        if not full:
            return [[] for _ in shapes]
        points = np.concatenate([shape.points for shape in full])
        glyph_of = np.repeat(np.arange(len(full)), [len(shape.points) for shape in full])
        counts = np.array([shape.strokes[-1] + 1 for shape in full])
        before = np.cumsum(counts) - counts
        stroke_of = np.concatenate([s.strokes for s in full]) + before[glyph_of]
        points = deform(points, glyph_of, stroke_of, len(full), self.variation, rng)
        slants = self.slant + rng.normal(0, 0.06 * self.variation, len(full))
        points[:, 0] -= (slants[glyph_of] * points[:, 1]).astype(np.float32)
        strokes = np.split(points, np.flatnonzero(np.diff(stroke_of)) + 1)
        ends = iter(np.cumsum(counts))
        inks, start = [], 0
        for shape in shapes:
            end = next(ends) if len(shape.points) else start
            inks.append(strokes[start:end])
            start = end
        return inks

    def _shape(self, character: str) -> Shape:
        if character not in self._shapes:
            raise ValueError(
                f"There is no letter form for {character!r}: remove it with Alphabet.clean, "
                "or add a form to fsdl_hwr/datasets/letter_forms.py."
            )
        return self._shapes[character]

    @cached_property
    def _shapes(self) -> dict[str, Shape]:
        """For every character a form, chosen and bent: the same for all glyphs of this writer."""
        rng = np.random.default_rng((*self.seed, 1))
        chosen = [self._choose_form(character, rng) for character in HAND_FORMS]
        hands = [self._at_writers_pace(form.strokes, rng) for form in chosen]
        strokes = [stroke for hand in hands for stroke in hand]
        counts = np.array([len(hand) for hand in hands])
        lengths = np.array([len(stroke) for stroke in strokes])
        glyph_of = np.repeat(np.repeat(np.arange(len(hands)), counts), lengths)
        stroke_of = np.repeat(np.arange(len(strokes)), lengths)

        points = np.concatenate(strokes)
        x, y = points[:, 0] * self.width, points[:, 1]
        lower = np.array([character.islower() for character in HAND_FORMS])[glyph_of]
        above, below = np.minimum(y + 0.5, 0), np.maximum(y, 0)
        reaching = np.clip(y, -0.5, 0) + above * self.ascender + below * self.descender
        # Capitals and digits grow as a whole, small letters only if they leave the middle.
        y = np.where(lower, reaching, y * (0.5 + 0.4 * self.ascender) / 0.9)
        points = np.stack([x, y], axis=1)
        points = deform(points, glyph_of, stroke_of, len(hands), 1.0, rng)

        shapes = {" ": Shape(np.zeros((0, 2), np.float32), np.zeros(0, int), 0.0, 0.0, False)}
        ends = np.cumsum(np.bincount(glyph_of))
        first_stroke = np.cumsum(counts) - counts
        for k, (character, form) in enumerate(zip(HAND_FORMS, chosen, strict=True)):
            own = slice(ends[k - 1] if k else 0, ends[k])
            connects = form.family == "script" and character.islower()
            left, right = letter_curves.sides(points[own])
            if connects:  # where the font says that neighbors meet, moved along with the ink
                before, after = np.sort(x[own])[[0, -1]], np.sort(points[own][:, 0])[[0, -1]]
                growth = (after[1] - after[0]) / (before[1] - before[0])
                left = after[0] + (form.left * self.width - before[0]) * growth
                right = after[1] + (form.right * self.width - before[1]) * growth
            shapes[character] = Shape(
                points[own], stroke_of[own] - first_stroke[k], left, right, connects
            )
        return shapes

    def _at_writers_pace(self, strokes, rng) -> list[np.ndarray]:
        """Lift the pen less often and cut corners, as far as this writer does."""
        if rng.random() < 0.4 * self.haste:
            strokes = letter_curves.without_lifting(strokes)
        return [round_off(stroke, self.roundness) for stroke in strokes]

    def _choose_form(self, character: str, rng: np.random.Generator) -> Form:
        """Take the script form as often as this writer's style does, else any other, evenly."""
        script = {"print": 0.02, "mixed": 0.15, "script": 0.95}[self.style]
        if character.isupper():
            script *= 0.4
        wants_script = rng.random() < script
        every = letter_curves.forms(character)
        choices = [f for f in every if (f.family == "script") == wants_script] or every
        return choices[rng.integers(len(choices))]


def _connect(line: Ink, strokes: Ink) -> None:
    """Draw on from the line's last stroke into the stroke where a letter begins, and take it."""
    entry = min(range(len(strokes)), key=lambda j: strokes[j][0, 0])
    first = strokes.pop(entry)
    if np.linalg.norm(first[0] - line[-1][-1]) < letter_curves.NEAR:
        line[-1] = letter_curves.bridge(line[-1], first)
    else:
        line.append(first)


def _lead_on(line: Ink, strokes: Ink) -> Ink:
    """Write the stroke that leads to the next letter last; return the rest, dots and bars."""
    leading = [j for j, s in enumerate(strokes) if s[-1, 0] > line[-1][-1, 0]]
    leading = [j for j in leading if len(strokes[j]) > 3 and strokes[j][-1, 1] > -0.45]
    line.extend(strokes.pop(j) for j in leading[:1])
    return strokes


def writers(split: str, num_writers: int, seed: int = 0) -> list[Writer]:
    """Make the first writers of a split; no writer belongs to two splits or to two seeds."""
    check_split(split)
    if num_writers < 1:
        raise ValueError(f"A split needs at least one writer; got num_writers={num_writers}.")
    return [Writer.from_seed((seed, SPLITS.index(split), k)) for k in range(num_writers)]


def glyphs(
    split: str,
    *,
    characters: str = DEFAULT_CHARACTERS,
    num_writers: int = 100,
    glyphs_per_character: int = 2,
    seed: int = 0,
) -> Glyphs:
    """Make glyph images of every character by every writer of a split; the space has none.

    Returns num_writers * glyphs_per_character images of each class, in the order of writers.

    Args:
        split: 'train', 'validation' or 'test'.
        characters: the classes.
        num_writers: number of invented writers.
        glyphs_per_character: images of each character by each writer.
        seed: of the writers and their glyphs.
    """
    hands = writers(split, num_writers, seed)
    text = "".join(c * glyphs_per_character for c in characters if c != " ")
    images = np.empty((num_writers * len(text), GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    for k, writer in enumerate(hands):
        rng = np.random.default_rng((*writer.seed, 0))
        # Glyphs are enlarged to fill the image: capitals by about 23 pixels per em.
        pen = writer.stroke_width * 23
        for j, (character, ink) in enumerate(zip(text, writer.draw_many(text, rng), strict=True)):
            images[k * len(text) + j] = pen_ink.glyph_image(ink, character, pen)
    return Glyphs(
        images=images,
        labels=np.tile(np.array([characters.index(c) for c in text], np.int32), num_writers),
        writers=np.repeat(np.arange(num_writers, dtype=np.int32), len(text)),
        characters=characters,
        source="strokes",
        writer_names=tuple("-".join(map(str, writer.seed)) for writer in hands),
    )
