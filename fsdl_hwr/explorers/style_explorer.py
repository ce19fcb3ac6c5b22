"""The style plane: a letter in every style of a plane, and a word in the style that is chosen."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.conditional_vae import ConditionalVAE
from fsdl_hwr.ink import Ink

SIDE = 7  # styles in each direction
REACH = 2.0  # how far the plane goes, in standard deviations
ADVANCE, GAP = 2.0, 0.5  # of a letter on a line, in half boxes
LETTER, LINE_WIDTH, LINE_HEIGHT, MARGIN = 100, 900, 120, 8  # units of the page
LONGEST = 14  # letters of a word


class StylePlane:
    """Two directions of style, and what letters look like along them.

    The directions are those in which the mean styles of writers differ most; the plane reaches as
    far along them as the styles of single letters do.

    Args:
        vae: makes the letters.
        characters: its classes.
        styles: of real letters, float (n, style).
        writers: of each, int (n,).
    """

    def __init__(
        self, vae: ConditionalVAE, characters: str, styles: np.ndarray, writers: np.ndarray
    ):
        self.vae, self.characters = vae, characters
        means = np.stack([styles[writers == w].mean(axis=0) for w in np.unique(writers)])
        self.middle = means.mean(axis=0)
        directions = np.linalg.svd(means - self.middle, full_matrices=False)[2][:2]
        deviations = ((styles - self.middle) @ directions.T).std(axis=0)
        self.directions = directions * deviations[:, None]  # (2, style)

    def style(self, x: int, y: int) -> np.ndarray:
        """Return the style of a column and a row, 0 to `SIDE` - 1: float32 (style,)."""
        steps = np.linspace(-REACH, REACH, SIDE)
        return (self.middle + steps[x] * self.directions[0] + steps[y] * self.directions[1]).astype(
            np.float32
        )

    def letters(self, character: str) -> np.ndarray:
        """Make a letter in every style: float32 (SIDE, SIDE, points, 3), rows first."""
        styles = [self.style(x, y) for y in range(SIDE) for x in range(SIDE)]
        label = self.characters.index(character)
        made = self.vae.make(np.full(len(styles), label), np.stack(styles))
        return made.reshape(SIDE, SIDE, *made.shape[1:])

    def write(self, word: str, style: np.ndarray) -> Ink:
        """Write a word in one style, letter by letter, each 2 high: an ink from x = 0 on.

        Raises `ValueError` for a word that is empty or too long, or has other characters.
        """
        if len(word) > LONGEST:
            raise ValueError(_advice(self.characters, f"got {len(word)}"))
        return write(self.vae, self.characters, word, style)


def write(vae: ConditionalVAE, characters: str, word: str, style: np.ndarray) -> Ink:
    """Write a word or a line, letter by letter, each about 2 high: an ink from x = 0 on.

    Raises `ValueError` for one that is empty or has other characters.

    Args:
        vae: draws the letters.
        characters: of its classes.
        word: what to write; a space is left blank.
        style: float (style,), or one per letter (letters, style).
    """
    unknown = sorted(set(word) - set(characters) - {" "})
    if not word.strip() or unknown:
        why = f"{' '.join(unknown)} is none of them" if unknown else f"got {word!r}"
        raise ValueError(_advice(characters, why))
    styles = np.broadcast_to(style, (len(word), np.shape(style)[-1]))
    labels = np.array([max(characters.find(c), 0) for c in word])
    ink: Ink = []
    x = 0.0
    for character, row in zip(word, vae.make(labels, styles), strict=True):
        if character == " ":
            x += ADVANCE / 2
            continue
        strokes = letters.decode(row)
        points = np.concatenate(strokes)
        shift = np.array([x - points[:, 0].min(), 0], np.float32)
        ink += [stroke + shift for stroke in strokes]
        x += float(np.ptp(points[:, 0])) + GAP
    return ink


def _advice(characters: str, why: str) -> str:
    return f"A word has 1 to {LONGEST} of the letters {characters}; {why}."


def draw_plane(plane: StylePlane, character: str, title: str) -> Figure:
    """Draw a letter in every style of the plane."""
    figure = Figure(figsize=(0.6 * drawing.WIDTH, 0.6 * drawing.WIDTH))
    grid = figure.subplots(SIDE, SIDE)
    rows = plane.letters(character).reshape(SIDE**2, -1, 3)
    for axes, row in zip(grid.ravel(), rows, strict=True):
        for stroke in letters.decode(row):
            axes.plot(stroke[:, 0], stroke[:, 1], color=drawing.BLUE, linewidth=1.5)
        axes.set(aspect="equal", xlim=(-1.2, 1.2), ylim=(1.2, -1.2))
        axes.axis("off")
    figure.suptitle(title, fontsize=12)
    return figure


def page_data(plane: StylePlane, character: str, state: Mapping) -> dict:
    """Return what the page draws: the plane of one letter, and the word in the chosen style."""
    x, y = state["x"], state["y"]
    style = plane.style(x, y)
    ink = plane.write(state["word"], style)
    scale = LETTER / 2
    _, _, right, _ = pen_ink.bounding_box(ink)
    fitting = min(scale, (LINE_WIDTH - 2 * MARGIN) / right)
    line = [(s * fitting + [MARGIN, LINE_HEIGHT / 2]).round(1).tolist() for s in ink]
    return {
        "width": LETTER,
        "height": LETTER,
        "letters": [
            [[(s * scale + scale).round(1).tolist() for s in letters.decode(cell)] for cell in row]
            for row in plane.letters(character).astype(float)
        ],
        "line": line,
        "lineWidth": LINE_WIDTH,
        "lineHeight": LINE_HEIGHT,
        "sentence": f"Column {x + 1}, row {y + 1} of {SIDE}; {state['word']} in this style.",
    }


def explore(plane: StylePlane, character: str, word: str):
    """Open the plane of a character; `.state` of what it returns holds the place and the word."""
    state = {"x": SIDE // 2, "y": SIDE // 2, "word": word}

    def compute(state: Mapping) -> dict:
        return page_data(plane, character, state)

    return widget.open_explorer("style_explorer", compute(state), state, compute)
