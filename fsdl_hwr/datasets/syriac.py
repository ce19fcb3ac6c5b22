"""Syriac letters by invented scribes of the years 400 to 1100, reproducible from a seed.

The forms are the middle lines of two typefaces, Noto Sans Syriac (Estrangela) and Noto Sans Syriac
Western (Serto), under the SIL Open Font License 1.1; `tools/make_syriac_forms.py` made them. What
drifts with the years is invented, but for one thing: Estrangela gave way to Serto. Nobody's hand
is shown, and no date found here says anything about a manuscript.
"""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.datasets import letter_curves, strokes
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.datasets.splits import SPLITS, check_split
from fsdl_hwr.ink import GLYPH_EXTENT, Ink

LETTERS = "ܐܒܓܕܗܘܙܚܛܝܟܠܡܢܣܥܦܨܩܪܫܬ"
NAMES = (
    "alaph beth gamal dalath he waw zain heth teth yudh kaph lamadh mim nun semkath e pe sadhe "
    "qaph rish shin taw"
).split()
FIRST_YEAR, LAST_YEAR = 400, 1100
HANDS = ("estrangela", "serto")
BODY = 1.25  # the typefaces' letters are enlarged to an x-height of about 0.5 em, as our own are
SHARP = np.radians(60)  # a bend of more is a corner
TURNS = tuple(590 + 18 * (7 * k % 22) for k in range(22))  # year in which each letter's form turns
CHANGE_YEARS = 40  # how slowly it does
NIB_COPIES = 7  # a broad nib is a row of so many thin ones
THIN = 1.1  # px, width of each


@dataclass(frozen=True)
class Scribe:
    """One hand and its pen. Build it with `Scribe.from_seed`; equal seeds make equal scribes.

    Lengths are in em. year: of writing. conservatism: years by which its forms are older than
    usual. slant: shift to the right per em of height. width: of all letters. roundness: radius at
    which corners are cut. nib_width: of the broad pen; nib_angle: of its edge against the line,
    in radians. variation: how much glyphs differ, 1 as much as two hands.
    """

    seed: tuple[int, ...]
    year: int
    conservatism: float
    slant: float
    width: float
    roundness: float
    nib_width: float
    nib_angle: float
    variation: float

    @classmethod
    def from_seed(cls, seed: int | tuple[int, ...], year: int | None = None) -> "Scribe":
        """Make the scribe that `seed`, an int or a tuple of ints, stands for.

        year: in which it writes, `FIRST_YEAR` to `LAST_YEAR`; None leaves it to the seed.
        Raises `ValueError` for a year outside.
        """
        seed = (seed,) if isinstance(seed, int) else tuple(seed)
        rng = np.random.default_rng(seed)
        any_year = int(rng.integers(FIRST_YEAR, LAST_YEAR + 1))
        year = any_year if year is None else year
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"Scribes write from {FIRST_YEAR} to {LAST_YEAR}; got year={year}.")
        late = (year - 750) / 350  # -1 to 1
        return cls(
            seed=seed,
            year=year,
            conservatism=float(rng.normal(0, 50)),
            slant=float(rng.normal(-0.06 * late, 0.07)),
            width=float(np.exp(rng.normal(-0.1 * late, 0.12))),
            roundness=float(rng.uniform(0.0, 0.03) + 0.02 * (1 + late)),
            nib_width=float(np.exp(rng.normal(-2.15 - 0.2 * late, 0.17))),
            nib_angle=float(np.radians(rng.normal(40 - 12 * late, 8))),
            variation=float(rng.uniform(0.25, 0.45)),
        )

    @property
    def century(self) -> int:
        """The century of its year: 750 lies in the eighth."""
        return (self.year - 1) // 100 + 1

    def serto_share(self, letter: str) -> float:
        """Return how often it writes a letter in the newer form, 0 to 1."""
        turn = TURNS[LETTERS.index(letter)]
        return float(1 / (1 + np.exp((turn + self.conservatism - self.year) / CHANGE_YEARS)))

    def draw_many(self, text: str, rng: np.random.Generator) -> tuple[list[Ink], np.ndarray]:
        """Write letters one by one, in em, baseline y = 0, y down: an ink for each.

        Also returns which are in the newer form: bool (len(text),). Raises `ValueError` for a
        character that is none of `LETTERS`.
        """
        unknown = set(text) - set(LETTERS)
        if unknown:
            raise ValueError(f"A scribe writes {LETTERS} alone; got {' '.join(sorted(unknown))}.")
        serto = rng.random(len(text)) < [self.serto_share(letter) for letter in text]
        if not text:
            return [], serto
        chosen = [self._forms[HANDS[int(s)]][letter] for s, letter in zip(serto, text, strict=True)]
        bent = _bent(chosen, self.variation, rng)
        slants = self.slant + rng.normal(0, 0.06 * self.variation, len(text))
        slanted = [
            pen_ink.transform(ink, [[1, -slant, 0], [0, 1, 0]])
            for ink, slant in zip(bent, slants, strict=True)
        ]
        return slanted, serto

    def glyph_image(self, ink: Ink) -> np.ndarray:
        """Draw one letter with this scribe's nib: uint8 (28, 28), scaled to fill, centered."""
        nib = self.nib_width * GLYPH_EXTENT  # px: a letter fills the image by about an em
        left, top, right, bottom = pen_ink.bounding_box(ink)
        longest = max(right - left, bottom - top, 1e-6)
        edge = nib * (longest / (GLYPH_EXTENT - nib - THIN))  # in em
        return pen_ink.glyph_image(self.broad(ink, edge), LETTERS[0], THIN)

    def broad(self, ink: Ink, nib_width: float | None = None) -> Ink:
        """Write every stroke several times, side by side along the nib: together they are broad.

        Rendered with a thin pen they look written by a broad one; a dot becomes a diamond.
        nib_width: in the ink's units; the scribe's own by default.
        """
        width = self.nib_width if nib_width is None else nib_width
        edge = np.array([np.cos(self.nib_angle), -np.sin(self.nib_angle)], np.float32)
        places = np.linspace(-width / 2, width / 2, NIB_COPIES, dtype=np.float32)
        across = 0.4 * width * np.array([[-edge[1], edge[0]], [edge[1], -edge[0]]], np.float32)
        lines = [s[:, :2] + across if len(s) == 1 else s[:, :2] for s in ink]
        return [line + place * edge for line in lines for place in places]

    @cached_property
    def _forms(self) -> dict[str, dict[str, Ink]]:
        """Both forms of every letter, as this scribe has learned them."""
        rng = np.random.default_rng((*self.seed, 1))
        own = {}
        for hand in HANDS:
            rounded = [
                [strokes.round_off(stroke, self.roundness) for stroke in forms(hand)[letter]]
                for letter in LETTERS
            ]
            inks = _bent(rounded, 0.6, rng)
            wide = [pen_ink.transform(ink, [[self.width, 0, 0], [0, 1, 0]]) for ink in inks]
            own[hand] = dict(zip(LETTERS, wide, strict=True))
        return own


def _bent(inks: list[Ink], amount: float, rng: np.random.Generator) -> list[Ink]:
    """Bend letters smoothly, each in its own way; see `strokes.deform`."""
    every = [stroke for ink in inks for stroke in ink]
    lengths = [len(stroke) for stroke in every]
    stroke_of = np.repeat(np.arange(len(every)), lengths)
    glyph_of = np.repeat(np.arange(len(inks)), [sum(map(len, ink)) for ink in inks])
    points = strokes.deform(np.concatenate(every), glyph_of, stroke_of, len(inks), amount, rng)
    pieces = iter(np.split(points, np.cumsum(lengths)[:-1]))
    return [[next(pieces) for _ in ink] for ink in inks]


@cache
def forms(hand: str) -> dict[str, Ink]:
    """Read the 22 letters of a hand, 'estrangela' or 'serto': inks in em, y down, smooth."""
    file = resources.files("fsdl_hwr.datasets") / "syriac_forms" / "forms.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    unit = BODY / stored["units_per_em"]
    return {
        letter: [_smooth(np.array(stroke, float) * unit) for stroke in drawn]
        for letter, drawn in stored[hand].items()
    }


def _smooth(points: np.ndarray) -> np.ndarray:
    turns = np.diff(points, axis=0)
    angles = np.arctan2(turns[:, 1], turns[:, 0])
    bends = np.abs(np.angle(np.exp(1j * np.diff(angles))))
    corners = np.concatenate([[False], bends > SHARP, [False]])[: len(points)]
    return letter_curves.smooth_curve(points, corners)


@dataclass(frozen=True)
class SyriacLetters:
    """Letters as ink: inks in em; labels int32 (n,), class k is `LETTERS[k]`.

    writers: int32 (n,), an index into `scribes`. serto: bool (n,), written in the newer form.
    """

    inks: list[Ink]
    labels: np.ndarray
    writers: np.ndarray
    serto: np.ndarray
    scribes: tuple[Scribe, ...]

    def __len__(self) -> int:
        return len(self.inks)

    @property
    def years(self) -> np.ndarray:
        """The year of every letter, its scribe's: int (n,)."""
        return np.array([scribe.year for scribe in self.scribes])[self.writers]

    def glyphs(self) -> Glyphs:
        """Draw every letter with its scribe's nib: images uint8 (n, 28, 28)."""
        images = [
            self.scribes[writer].glyph_image(ink)
            for writer, ink in zip(self.writers, self.inks, strict=True)
        ]
        return Glyphs(
            images=np.stack(images),
            labels=self.labels,
            writers=self.writers,
            characters=LETTERS,
            source="syriac",
            writer_names=tuple("-".join(map(str, scribe.seed)) for scribe in self.scribes),
        )


def scribes(split: str, num_scribes: int, seed: int = 0) -> list[Scribe]:
    """Make the first scribes of a split; none belongs to two splits or to two seeds."""
    check_split(split)
    if num_scribes < 1:
        raise ValueError(f"A split needs at least one scribe; got num_scribes={num_scribes}.")
    return [Scribe.from_seed((seed, SPLITS.index(split), k)) for k in range(num_scribes)]


def letters(
    split: str, *, num_scribes: int = 100, letters_per_class: int = 2, seed: int = 0
) -> SyriacLetters:
    """Let every scribe of a split write every letter, in the order of scribes.

    Args:
        split: 'train', 'validation' or 'test'.
        num_scribes: number of invented scribes.
        letters_per_class: how often a scribe writes each letter.
        seed: of the scribes and their letters.
    """
    hands = scribes(split, num_scribes, seed)
    text = "".join(letter * letters_per_class for letter in LETTERS)
    written = [hand.draw_many(text, np.random.default_rng((*hand.seed, 0))) for hand in hands]
    one = np.array([LETTERS.index(letter) for letter in text], np.int32)
    return SyriacLetters(
        inks=[ink for inks, _ in written for ink in inks],
        labels=np.tile(one, num_scribes),
        writers=np.repeat(np.arange(num_scribes, dtype=np.int32), len(text)),
        serto=np.concatenate([serto for _, serto in written]),
        scribes=tuple(hands),
    )
