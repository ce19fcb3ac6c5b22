"""Names on drawn forms: the stand-in for the collection that `names` reads.

What real forms show beside the name is drawn too, since a reader has to learn to pass over it:
printed labels on the name's own row or above it, the rows above and below, cut by the image's
edge, a printed time that stands upright at the left, the frame, specks.
"""

import dataclasses
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from fsdl_hwr import ink
from fsdl_hwr.datasets import names
from fsdl_hwr.datasets.strokes import Writer
from fsdl_hwr.ink import Ink

WIDTHS = (284, 324, 388)  # px: the collection knows no others
CAP_HEIGHT = 0.9  # em of a capital letter
UPRIGHT = 0.4  # of a writer's usual slant
ACCENTS = {  # strokes above a letter, in em from the middle of its top
    "acute": [[(-0.03, -0.08), (0.1, -0.22)]],
    "grave": [[(-0.1, -0.22), (0.03, -0.08)]],
    "circumflex": [[(-0.12, -0.08), (0.0, -0.2), (0.12, -0.08)]],
    "diaeresis": [[(-0.1, -0.14)], [(0.1, -0.14)]],
}
ACCENTED = {"E": 0.12, "A": 0.01, "I": 0.02, "O": 0.02, "U": 0.01}  # how often


class NameFormMaker:
    """Writes names on forms: a line maker for `lines.make_lines` and `lines.LineStream`.

    writers: every form is filled in by one of them. clutter: whether anything is printed on it.
    """

    def __init__(self, writers: Sequence[Writer], clutter: bool = True):
        if len(writers) == 0:
            raise ValueError("Forms need at least one writer to fill them in; got none.")
        # Forms ask for upright capitals.
        self.writers = [dataclasses.replace(w, slant=UPRIGHT * w.slant) for w in writers]
        self.clutter = clutter

    def __call__(self, text: str, rng: np.random.Generator) -> np.ndarray:
        """Make one name image: uint8 (names.HEIGHT, names.WIDTH), ink 255 on 0."""
        hand = self.writers[rng.integers(len(self.writers))]
        kind = rng.choice(["beside", "above", "none"], p=[0.4, 0.25, 0.35])
        if not self.clutter:
            kind = "none"
        height = int(rng.integers(46, 70) if kind == "above" else rng.integers(26, 47))
        form = np.zeros((height, WIDTHS[rng.integers(len(WIDTHS))]), np.uint8)
        row = Row(rng, form, kind)
        row.write_name(_capitals(text, hand, rng), hand)
        if self.clutter:
            row.add_clutter(hand)
        return names.fit(form)


class Row:
    """One form while it is drawn: where its name stands, and what is around it."""

    def __init__(self, rng: np.random.Generator, form: np.ndarray, kind: str):
        self.rng = rng
        self.form = form
        self.kind = kind
        self.em = rng.uniform(11.5, 19.5)  # px
        self.thickness = float(np.exp(rng.normal(0.35, 0.3)))  # px of the pen
        height = form.shape[0]
        middle = height * {"beside": 0.5, "above": 0.58, "none": 0.5}[kind] + rng.normal(0, 2)
        self.baseline = float(np.clip(middle + CAP_HEIGHT * self.em / 2, self.em, height - 1))
        left = {"beside": (60, 130), "above": (4, 45), "none": (2, 45)}[kind]
        self.left = rng.uniform(*left)

    def write_name(self, letters: list[Ink], hand: Writer) -> None:
        """Set letters in a row, as people fill in forms: apart, evenly, in capitals."""
        rng, em = self.rng, self.em
        gap = hand.spacing + rng.choice([0.1, 0.4, 0.7]) * rng.uniform(0.3, 1.3)  # em
        slope, x, line = rng.normal(0, 0.015), 0.0, []
        for letter in letters:
            if not letter:  # a space
                x += 0.5
                continue
            left, _, right, _ = ink.bounding_box(letter)
            offset = np.array([x - left, slope * x + rng.normal(0, 0.03)], np.float32)
            line += [stroke + offset for stroke in letter]
            x += right - left + gap * np.exp(rng.normal(0, 0.15))
        room = self.form.shape[1] - 3
        em_x = min(em, (room - 2) / max(x, 1e-6))
        self.left = float(np.clip(self.left, 1, max(1, room - x * em_x)))
        self._write(line, em_x, em, self.left, self.baseline)

    def _write(self, line: Ink, em_x: float, em: float, left: float, baseline: float) -> None:
        placed = ink.transform(line, np.array([[em_x, 0, left], [0, em, baseline]]))
        height, width = self.form.shape
        drawn = ink.render(placed, height, width, self.thickness)
        np.maximum(self.form, drawn, out=self.form)

    def add_clutter(self, hand: Writer) -> None:
        """Print what the form holds, and let the neighboring rows look in."""
        rng, (height, width) = self.rng, self.form.shape
        label = "NOM" if rng.random() < 0.5 else "PRENOM"
        cap = int(self.baseline - CAP_HEIGHT * self.em)
        if self.kind == "beside":
            bottom = int(self.baseline - 0.1 * self.em)
            self._print(f"{label} :", int(rng.integers(0, 12)), bottom, bold=True, limit=self.left)
        elif self.kind == "above":
            self._print(label, int(self.left + rng.normal(0, 4)), cap - int(rng.integers(3, 9)))
        if rng.random() < 0.6:  # the row above, its lower part
            code = "".join(rng.choice(list("0123456789ABVW"), 8))
            bottom = min(int(rng.integers(1, 9)), cap - 3)
            if self.kind == "beside":
                self._print("CODE RNE / UAI :", int(rng.integers(0, 8)), bottom, bold=True)
            self._scribble(code, hand, rng.uniform(0.3, 0.5) * width, bottom)
        if rng.random() < 0.5:  # the row below, its upper part
            top = max(height - int(rng.integers(1, 7)), int(self.baseline) + 4)
            date = f"{rng.integers(1, 30):02} {rng.integers(1, 13):02} {rng.integers(1990, 2010)}"
            self._print("DATE DE NAISSANCE   CLASSE", int(self.left), top + 8)
            if self.kind == "beside":
                self._scribble(date, hand, rng.uniform(0.2, 0.4) * width, top + int(self.em))
        if self.kind == "beside" and rng.random() < 0.4:
            self._print_upright(f"{rng.integers(8, 19)}:{rng.integers(10, 60)}:{rng.integers(99)}")
        for _ in range(rng.poisson(0.5)):  # specks
            y, x = rng.integers(height), rng.integers(width)
            self.form[y : y + 2, x : x + 2] = 255

    def _scribble(self, digits: str, hand: Writer, left: float, bottom: float) -> None:
        self._write(hand.write(digits, self.rng), 1.2 * self.em, self.em, left, bottom)

    def _print(self, printed: str, left: int, bottom: int, bold=False, limit=np.inf) -> None:
        """Print a label whose baseline is `bottom`; nothing if it would reach over `limit`."""
        stamp = _stamp(printed, bold)
        if left + stamp.shape[1] <= limit:
            _lay(self.form, stamp, left, bottom - stamp.shape[0])

    def _print_upright(self, printed: str) -> None:
        stamp = np.rot90(_stamp(printed, True))
        _lay(self.form, stamp, 0, int(self.rng.integers(-stamp.shape[0] // 2, 5)))
        self.form[:, 0] = 255


def _capitals(text: str, hand: Writer, rng: np.random.Generator) -> list[Ink]:
    """Write letters one by one: some as small ones, a dotted I, accents that labels leave out."""
    small = rng.random() < 0.04  # after the first letter, which few do
    dotted = rng.random() < 0.35
    written = "".join(
        c.lower() if (small and k) or (dotted and c == "I") else c for k, c in enumerate(text)
    )
    letters = hand.draw_many(written, rng)
    accents = list(ACCENTS.values())
    for letter, character in zip(letters, written, strict=True):
        if letter and rng.random() < ACCENTED.get(character, 0.0):
            left, top, right, _ = ink.bounding_box(letter)
            place = np.array([(left + right) / 2, top], np.float32)
            accent = accents[rng.integers(len(accents))]
            letter += [np.array(stroke, np.float32) + place for stroke in accent]
    return letters


@cache
def _stamp(printed: str, bold: bool) -> np.ndarray:
    """Return printed text as an image, uint8, as high as its capitals: a sans serif of 10 px."""
    font, scale, thickness = cv2.FONT_HERSHEY_SIMPLEX, 2.0, 8 if bold else 4
    (width, height), _ = cv2.getTextSize(printed, font, scale, thickness)
    large = np.zeros((height + 8, width + 8), np.uint8)
    cv2.putText(large, printed, (4, height + 2), font, scale, 255, thickness, cv2.LINE_AA)
    size = max(1, round(width * 10 / height)), 11
    return cv2.resize(large, size, interpolation=cv2.INTER_AREA)


def _lay(form: np.ndarray, stamp: np.ndarray, left: int, top: int) -> None:
    """Lay a stamp over a form, cut at the form's edges."""
    height, width = form.shape
    y, x = max(0, -top), max(0, -left)
    part = stamp[y : max(0, height - top), x : max(0, width - left)]
    under = form[max(0, top) :, max(0, left) :][: part.shape[0], : part.shape[1]]
    np.maximum(under, part, out=under)
