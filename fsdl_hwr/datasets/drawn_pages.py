"""Pages drawn from the embedded handwriting: letters, columns, notes, on paper that has seen life.

Everything that is drawn is known: the ink of every line, its baseline, its x-height, its text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import letter_curves, strokes, text, worn_paper
from fsdl_hwr.datasets.pages import HANDWRITTEN, INTERLINEAR, PRINT, Page, TextLine
from fsdl_hwr.datasets.splits import SPLITS

X_HEIGHT = 0.5  # em, of the letter forms
LENGTHS = (3, 5, 8, 12, 17, 23, 30, 38, 46, 54)  # characters, of the lines a writer has ready
STYLE_SHARES = {"print": 0.5, "mixed": 1.0, "script": 2.5}  # letters are mostly in script
PITCH = 0.45, 0.9  # em per px from line to line: x-heights of letters are .2 to .45 of it
CROWDED = 0.06  # of a line's ink that may lie on other lines' ink: people write where there is room
SUPERSAMPLING = 2  # OpenCV's strokes are whole px wide
LETTER, COLUMNS, FORM, NOTES = "letter", "columns", "form", "notes"
LAYOUTS = {LETTER: 0.55, NOTES: 0.2, COLUMNS: 0.15, FORM: 0.1}  # and how often each is drawn


@dataclass(frozen=True)
class Ready:
    """A line that a writer has ready, word by word: ink in em, baseline y = 0, from x = 0 on."""

    words: tuple[list[np.ndarray], ...]
    widths: tuple[float, ...]
    transcript: str

    def width(self, gap: float) -> float:
        """Return the line's width in em with so many em between words."""
        return sum(self.widths) + gap * (len(self.widths) - 1)

    def strokes(self, gap: float) -> list[np.ndarray]:
        """Set the words in a row: the strokes of the line."""
        starts = np.cumsum([0.0, *self.widths[:-1]]) + gap * np.arange(len(self.widths))
        return [
            stroke + np.array([start, 0], np.float32)
            for word, start in zip(self.words, starts, strict=True)
            for stroke in word
        ]


@dataclass(frozen=True)
class Placed:
    """A line on its way to the page: where it starts, how large, how it runs. In px.

    origin: of the baseline's start. gap: em between words. em, stretch: height of a letter's em,
    and how much wider than high it is. angle: radians, y down. bow: px that the middle hangs.
    pen: px. aside: in the margin, so that it is read after all the rest.
    """

    ready: Ready
    gap: float
    origin: tuple[float, float]
    em: float
    stretch: float
    shear: float
    angle: float
    bow: float
    pen: float
    kind: str = HANDWRITTEN
    aside: bool = False


class PageMaker:
    """Draws pages, each another: in one of `writers`' hands, on paper of its own.

    Every writer writes some lines of each length once; a page sets them anew. Raises `ValueError`
    without writers or sentences.

    Args:
        writers: every page is in the hand of one of them.
        sentences: what lines are taken from.
        height, width: of the page, in px.
        layouts: which to draw, by name; all by default.
        wear: 0 draws clean paper, 1 the worst.
    """

    def __init__(
        self,
        writers: Sequence[strokes.Writer],
        sentences: Sequence[str],
        height: int = 768,
        width: int = 576,
        layouts: Sequence[str] = tuple(LAYOUTS),
        wear: float = 1.0,
    ):
        if not writers or not sentences:
            raise ValueError("Pages need at least one writer and one sentence.")
        if unknown := set(layouts) - set(LAYOUTS):
            raise ValueError(
                f"Unknown layouts {sorted(unknown)}: choose from {', '.join(LAYOUTS)}."
            )
        self.height, self.width = height, width
        self.layouts = tuple(layouts)
        self.wear = wear
        self.writers = list(writers)
        self.shares = np.array([STYLE_SHARES[writer.style] for writer in writers])
        self.shares /= self.shares.sum()
        self.text = " ".join(sentences)
        self._ready: dict[int, dict[int, list[Ready]]] = {}

    def __call__(self, rng: np.random.Generator) -> Page:
        """Draw one page."""
        writer = int(rng.choice(len(self.writers), p=self.shares))
        layout = _choose(rng, {name: LAYOUTS[name] for name in self.layouts})
        placed = _Layout(self, writer, rng).lines(layout)
        ink, owners, lines = draw(placed, self.height, self.width, rng)
        image, owners = worn_paper.photograph(ink, owners, lines, rng, self.wear)
        return Page(image, tuple(lines), owners, layout)

    def ready(self, writer: int, length: int, rng: np.random.Generator) -> Ready:
        """Return a line of about `length` characters that this writer has ready."""
        if writer not in self._ready:
            hand = self.writers[writer]
            own = np.random.default_rng((*hand.seed, 6))
            self._ready[writer] = {
                n: [self._write(hand, n, own) for _ in range(3)] for n in LENGTHS
            }
        nearest = min(LENGTHS, key=lambda n: abs(n - length))
        choices = self._ready[writer][nearest]
        return choices[rng.integers(len(choices))]

    def _write(self, hand: strokes.Writer, length: int, rng: np.random.Generator) -> Ready:
        transcript = ""
        while not transcript:
            start = int(rng.integers(max(1, len(self.text) - length - 20)))
            start = self.text.find(" ", start) + 1  # a word's beginning
            pieces = text.cut(self.text[start : start + length], max(2, length))
            transcript = pieces[0] if pieces else ""
        return ready_line(transcript, lambda word: hand.write(word, rng))


def ready_line(transcript: str, write: Callable[[str], list[np.ndarray]]) -> Ready:
    """Have `write` write the words of a line, an ink in em each."""
    words, widths = [], []
    for word in transcript.split():
        ink = write(word)
        left, _, right, _ = pen_ink.bounding_box(ink)
        words.append([stroke[:, :2] - np.array([left, 0], np.float32) for stroke in ink])
        widths.append(right - left)
    return Ready(tuple(words), tuple(widths), " ".join(transcript.split()))


class _Layout:
    """Decides where the lines of one page stand."""

    def __init__(self, maker: PageMaker, writer: int, rng: np.random.Generator):
        self.maker, self.writer, self.rng = maker, writer, rng
        self.height, self.width = maker.height, maker.width
        self.pitch = self.height / rng.uniform(10, 30)  # px from line to line
        self.em = self.pitch * rng.uniform(*PITCH)
        wide = rng.random() < 0.35  # some hands leave as much between words as others in a margin
        self.gap = rng.uniform(0.7, 2.2) if wide else rng.uniform(0.3, 0.8)  # em
        self.stretch = float(np.exp(rng.normal(0.15, 0.25)))
        self.shear = float(np.clip(rng.normal(0.2, 0.25), -0.2, 0.75))
        self.skew = np.radians(rng.normal(0, 1.2) if rng.random() < 0.8 else rng.uniform(-6, 6))
        self.pen = max(0.8, self.em * rng.uniform(0.05, 0.12))
        self.drift = rng.uniform(0, 0.008)  # radians, from line to line
        self.bow = rng.normal(0, 0.15) * self.pitch

    def lines(self, layout: str) -> list[Placed]:
        margin = self.width * self.rng.uniform(0.02, 0.14)
        top = self.height * self.rng.uniform(0.02, 0.1) + self.em
        if layout == COLUMNS:
            return self._columns(top, margin)
        if layout == FORM:
            return self._form(top, margin)
        placed = self._letterhead(top) if self.rng.random() < 0.3 else []
        top += 1.5 * self.pitch if placed else 0
        placed += self._letter(top, margin)
        if layout == NOTES:
            placed = self._notes() + [p for p in placed if p.origin[1] > 0.18 * self.height]
        return placed

    def _letter(self, top: float, margin: float) -> list[Placed]:
        """Date, salutation, paragraphs, closing, signature."""
        rng, placed = self.rng, []
        right = self.width - margin * rng.uniform(0.1, 1)
        y = top
        for _ in range(rng.integers(0, 3)):  # place and date, to the right
            x = self.width * rng.uniform(0.35, 0.65)
            if rng.random() < 0.3:  # on a line with the address
                placed.append(self._line(margin, y, x - margin - (1.5 + 1.5 * self.gap) * self.em))
            placed.append(self._line(x, y, right - x))
            y += self.pitch
        last = self.height * (1 if rng.random() < 0.6 else rng.uniform(0.35, 0.9))
        if rng.random() < 0.6:
            placed.append(self._line(margin, y, 0.5 * (right - margin)))
            y += self.pitch * rng.uniform(1, 1.4)
        while y < last - 0.4 * self.em:
            indent = self.width * rng.uniform(0.05, 0.3) if rng.random() < 0.15 else 0
            short = rng.uniform(0.15, 0.9) if rng.random() < 0.15 else 1
            x = margin + indent + rng.normal(0, 0.006) * self.width
            placed.append(self._line(x, y, short * (right - x)))
            if rng.random() < 0.05 and self.pitch > 1.3 * self.em:
                placed.insert(-1, self._insertion(placed[-1]))
            y += self.pitch * rng.normal(1, 0.05) * (1.7 if rng.random() < 0.04 else 1)
        if last < 0.95 * self.height:
            for _ in range(rng.integers(1, 4)):
                if y < self.height - 0.4 * self.em:
                    x = self.width * rng.uniform(0.2, 0.6)
                    placed.append(self._line(x, y, right - x, rng.uniform(0.9, 1.4)))
                y += self.pitch * rng.uniform(1, 1.5)
        return placed

    def _columns(self, top: float, margin: float) -> list[Placed]:
        rng, placed = self.rng, []
        count = int(rng.integers(2, 4)) if self.pitch < 45 else 2
        self.gap = min(self.gap, 0.9)
        gutter = max((0.6 + self.gap) * self.em, self.width * rng.uniform(0.03, 0.08))
        room = (self.width - 2 * margin * 0.6 - gutter * (count - 1)) / count
        for k in range(count):
            y = top + rng.uniform(0, 1) * self.pitch * (rng.random() < 0.5)
            last = self.height * rng.uniform(0.6, 1)
            while y < last - 0.4 * self.em:
                share = rng.uniform(0.3, 0.9) if rng.random() < 0.3 else 1
                placed.append(self._line(0.6 * margin + k * (room + gutter), y, share * room))
                y += self.pitch * rng.normal(1, 0.04)
        return placed

    def _form(self, top: float, margin: float) -> list[Placed]:
        """Printed labels, and what was filled in beside them."""
        rng, placed = self.rng, []
        y = top
        while y < self.height - 0.5 * self.em:
            label = self._print(margin, y, self.em * rng.uniform(0.35, 0.6), rng.integers(4, 14))
            x = margin + label.ready.width(label.gap) * label.em + self.em * rng.uniform(0.5, 1.5)
            placed.append(label)
            if x < 0.8 * self.width:
                room = self.width - margin - x
                placed.append(self._line(x, y, room * rng.uniform(0.4, 1)))
            y += self.pitch * rng.uniform(1.1, 1.6)
        return placed

    def _letterhead(self, top: float) -> list[Placed]:
        rng, placed = self.rng, []
        y = 0.5 * top
        for _ in range(rng.integers(1, 4)):
            em = self.height * rng.uniform(0.012, 0.03)
            line = self._print(0, y, em, rng.integers(8, 30))
            x = (self.width - line.ready.width(line.gap) * line.em * line.stretch) / 2
            placed.append(self._print(max(4, x), y, em, 0, line.ready))
            y += 1.6 * em
        return placed

    def _notes(self) -> list[Placed]:
        """A few small lines aslant, in a corner at the top, as a second hand adds them."""
        rng, placed = self.rng, []
        angle = np.radians(rng.choice([-1, 1]) * rng.uniform(15, 60))
        em = self.em * rng.uniform(0.5, 0.9)
        x, y = self.width * rng.uniform(0.03, 0.6), self.height * rng.uniform(0.05, 0.18)
        for k in range(rng.integers(1, 5)):
            shift = 1.3 * em * k
            origin = x - np.sin(angle) * shift, y + np.cos(angle) * shift
            length = max(4 * em, 0.15 * self.height / max(np.sin(abs(angle)), 0.3))
            line = self._line(*origin, length, em / self.em)
            placed.append(replace(line, angle=angle, origin=origin, aside=True))
        return placed

    def _insertion(self, line: Placed) -> Placed:
        """A few small words above a line, where something was forgotten."""
        share = self.rng.uniform(0.2, 0.6)
        x = line.origin[0] + share * line.ready.width(line.gap) * line.em * line.stretch
        small = self._line(x, line.origin[1] - 0.75 * self.em, 4 * self.em, 0.5)
        return replace(small, kind=INTERLINEAR)

    def _line(self, x: float, y: float, room: float, size: float = 1.0) -> Placed:
        """Put the ready line that fits a room of so many px at (x, y)."""
        rng = self.rng
        em = self.em * size * rng.normal(1, 0.03)
        advance = (0.4 + 0.18 * self.gap) * em * self.stretch  # px per character, about
        ready = self.maker.ready(self.writer, int(room / advance), rng)
        natural = max(ready.width(self.gap) * em, 1.0)
        stretch = float(np.clip(min(self.stretch, room / natural), 0.45, None))
        slope = np.tan(self.skew)
        y = y + slope * (x - self.width / 2)
        angle = self.skew + rng.normal(0, 0.006) + self.drift * (y / self.height - 0.5)
        bow = (self.bow + rng.normal(0, 0.05) * self.pitch) * min(1, room / self.width)
        return Placed(ready, self.gap, (x, y), em, stretch, self.shear, angle, bow, self.pen)

    def _print(self, x, y, em, length, ready: Ready | None = None) -> Placed:
        """A printed line: letter forms of one font, upright and even."""
        ready = ready or _printed(self.maker.text, int(length), self.rng)
        heavy = em * self.rng.uniform(0.07, 0.16)
        return Placed(ready, 0.35, (x, y), em, 1.0, 0.0, 0.0, 0.0, max(0.7, heavy), PRINT)


def draw(
    placed: Sequence[Placed], height: int, width: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[TextLine]]:
    """Draw lines: the ink, uint8 (height, width) 255 on 0, whose it is, and the lines as read.

    What would leave the page is left out, and what would be written through other lines; owners
    are int32 (height, width), 0 for none.

    Args:
        placed: the lines and their places.
        height, width: of the page, in px.
        rng: decides how dark each line's pen is.
    """
    scale = SUPERSAMPLING
    large = np.zeros((height * scale, width * scale), np.uint8)
    whose = np.zeros(large.shape, np.uint8)
    lines: list[TextLine] = []
    aside: list[bool] = []
    for line in placed:
        inks, baseline = _set(line)
        points = np.concatenate(inks) if inks else np.zeros((0, 2))
        outside = (points < 0) | (points > [width, height])
        if len(points) == 0 or outside.any(axis=1).mean() > 0.02 or len(lines) == 255:
            continue
        curves = [np.rint(stroke * scale * 8).astype(np.int32) for stroke in inks]
        thickness = max(1, round(line.pen * scale))
        if _crowded(whose, curves, thickness):
            continue
        cv2.polylines(large, curves, False, int(rng.integers(190, 256)), thickness, cv2.LINE_8, 3)
        cv2.polylines(whose, curves, False, len(lines) + 1, thickness + 2, cv2.LINE_8, 3)
        x_height = X_HEIGHT * line.em
        lines.append(TextLine(baseline, x_height, line.ready.transcript, line.kind))
        aside.append(line.aside)
    ink = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    order = np.argsort(aside, kind="stable")
    place = np.append(0, 1 + np.argsort(order)).astype(np.int32)
    return ink, place[whose[::scale, ::scale]], [lines[k] for k in order]


def _crowded(whose: np.ndarray, curves: Sequence[np.ndarray], thickness: int) -> bool:
    """Say whether too much of a line's ink would lie on ink that is already there."""
    points = np.concatenate(curves) // 8
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    left, top = max(0, left - thickness), max(0, top - thickness)
    there = whose[top : bottom + thickness, left : right + thickness] > 0
    fresh = np.zeros(there.shape, np.uint8)
    moved = [curve - np.array([left, top], np.int32) * 8 for curve in curves]
    cv2.polylines(fresh, moved, False, 1, thickness, cv2.LINE_8, 3)
    return bool(fresh.any() and there[fresh > 0].mean() > CROWDED)


def training_maker(
    split: str, num_writers: int, seed: int = 0, height: int = 768, width: int = 576, **choices
) -> PageMaker:
    """Make a `PageMaker` of the embedded writers and sentences of a split.

    Args:
        split: 'train', 'validation' or 'test'.
        num_writers: number of invented writers.
        seed: of the writers and sentences.
        height, width: of the page, in px.
        **choices: `layouts` and `wear`, see `PageMaker`.
    """
    hands = strokes.writers(split, num_writers, seed)
    lines, _ = text.faker_lines(split, Alphabet(), 600, 60, seed)
    return PageMaker(hands, lines, height, width, **choices)


def make_pages(maker: PageMaker, num: int, seed: int, split: str) -> list[Page]:
    """Draw a fixed set of pages; equal seeds and splits draw equal pages.

    Args:
        maker: draws a page.
        num: number of pages.
        seed: of the pages.
        split: 'train', 'validation' or 'test'; each draws other pages.
    """
    return [maker(np.random.default_rng((seed, SPLITS.index(split), k))) for k in range(num)]


def archive_pages(maker: PageMaker, num: int, seed: int, degrees: float = 9.0) -> list[Page]:
    """Draw pages as one archive might hold them: every scan askew, on a coarse weave.

    They stand in for somebody else's pages: drawn ones hardly ever lie so.

    Args:
        maker, num, seed: see `make_pages`.
        degrees: by which every scan is turned, counterclockwise.
    """
    pages = []
    for k in range(num):
        rng = np.random.default_rng((seed, 9, k))
        page = maker(rng)
        height, width = page.image.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.84)
        image = cv2.warpAffine(page.image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        claimed = page.owners.astype(np.float32)
        owners = cv2.warpAffine(claimed, turn, (width, height), flags=cv2.INTER_NEAREST)
        weave = 8 * np.sin(np.arange(width) * 1.3) + 8 * np.sin(np.arange(height) * 1.3)[:, None]
        image = np.clip(image + weave, 0, 255).astype(np.uint8)
        lines = tuple(line.moved(turn) for line in page.lines)
        pages.append(Page(image, lines, owners.astype(np.int32), f"archive {k + 1}"))
    return pages


def _set(line: Placed) -> tuple[list[np.ndarray], np.ndarray]:
    """Turn a placed line into strokes and a baseline, in px of the page."""
    width = line.ready.width(line.gap)
    length = width * line.em * line.stretch
    matrix = np.array([[line.em * line.stretch, -line.em * line.shear], [0, line.em]])
    turn = np.array(
        [[np.cos(line.angle), -np.sin(line.angle)], [np.sin(line.angle), np.cos(line.angle)]]
    )

    def to_page(points: np.ndarray) -> np.ndarray:
        points = points @ matrix.T
        share = np.clip(points[:, 0] / max(length, 1), 0, 1)
        points[:, 1] += line.bow * 4 * share * (1 - share)
        return points @ turn.T + line.origin

    step = max(1, round(1.2 / (letter_curves.STEP * line.em)))  # its points lie closer than px
    thinned = [np.concatenate([s[:-1:step], s[-1:]]) for s in line.ready.strokes(line.gap)]
    ends = np.cumsum([len(stroke) for stroke in thinned])
    points = to_page(np.concatenate(thinned).astype(np.float64))  # at once, for speed
    steps = np.linspace(0, width, max(3, round(width / 2)))
    baseline = to_page(np.stack([steps, np.zeros_like(steps)], axis=1))
    return np.split(points, ends[:-1]), baseline.astype(np.float32)


def _printed(words: str, length: int, rng: np.random.Generator) -> Ready:
    """Set a piece of text in the Hershey print font."""
    start = words.find(" ", int(rng.integers(max(1, len(words) - length - 20)))) + 1
    transcript = words[start : start + max(2, length)].strip() or "No."
    transcript = transcript.upper() if rng.random() < 0.3 else transcript
    return ready_line(transcript, _in_print)


def _in_print(word: str) -> list[np.ndarray]:
    """Set a word in the Hershey print font, in em."""
    strokes_of, x = [], 0.0
    for character in word:
        choices = letter_curves.forms(character)
        form = next((form for form in choices if form.family == "print"), choices[0])
        points = np.concatenate(form.strokes)
        strokes_of += [
            stroke + np.array([x - points[:, 0].min(), 0], np.float32) for stroke in form.strokes
        ]
        x += float(np.ptp(points[:, 0])) + 0.16
    return strokes_of


def _choose(rng: np.random.Generator, shares: dict[str, float]) -> str:
    weights = np.array(list(shares.values()))
    return list(shares)[rng.choice(len(weights), p=weights / weights.sum())]
