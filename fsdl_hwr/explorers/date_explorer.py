"""The date dial: letters of one scribe vote for a year, and the doubt grows as they are taken away.

A linear model of a page's mean features is the mean of what it says of each letter alone, so the
page in the browser needs no answer from Python. `make_dial` computes the votes and the doubt for
every number of letters, `draw_doubt` draws the doubt, and `explore` opens the dial.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from fsdl_hwr import dating
from fsdl_hwr.datasets.syriac import FIRST_YEAR, LAST_YEAR
from fsdl_hwr.explorers import widget
from fsdl_hwr.figures import drawing

COUNTS = (1, 2, 5, 10, 20, 40)  # letters for which the doubt is measured


@dataclass(frozen=True)
class Dial:
    """Hands to be dated: images (hands, letters, 28, 28), votes (hands, letters) in years.

    years: of the hands (hands,). radii: years to each side that hold nine in ten, by letters.
    """

    images: np.ndarray
    votes: np.ndarray
    years: np.ndarray
    radii: dict[int, float]


def make_dial(
    known: tuple[np.ndarray, np.ndarray, np.ndarray],
    asked: tuple[np.ndarray, np.ndarray, np.ndarray],
    images: np.ndarray,
    *,
    num_hands: int = 6,
    num_letters: int = 24,
    counts: Sequence[int] = COUNTS,
) -> Dial:
    """Fit years on the hands that are known, and let each letter of others vote.

    Raises `ValueError` if a scribe has too few letters for the largest of `counts`.

    Args:
        known: features (n, f), years (n,) and scribes (n,) of letters to fit on.
        asked: the same of letters to date, by other scribes.
        images: of the letters asked, uint8 (n, 28, 28).
        num_hands: scribes that are shown, spread over the years.
        num_letters: of each.
        counts: letters on a page for which the doubt is measured.
    """
    radii = {
        count: dating.fit(dating.pages(*known, letters=count, per_scribe=2)).radius
        for count in counts
    }
    model = dating.fit(dating.pages(*known, letters=max(counts), per_scribe=2))
    features, years, scribes = asked
    by_year = sorted({(int(y), int(s)) for y, s in zip(years, scribes, strict=True)})
    places = np.linspace(0, len(by_year) - 1, min(num_hands, len(by_year))).astype(int)
    rng = np.random.default_rng(0)
    own = [rng.permutation(np.flatnonzero(scribes == by_year[k][1]))[:num_letters] for k in places]
    return Dial(
        images=np.stack([images[letters] for letters in own]),
        votes=np.stack([model.predict(features[letters]) for letters in own]),
        years=np.array([by_year[k][0] for k in places]),
        radii=radii,
    )


def draw_doubt(dial: Dial, title: str) -> Figure:
    """Draw how the interval narrows with the number of letters."""
    figure = Figure(figsize=(drawing.WIDTH, 2.8))
    axes = figure.subplots()
    axes.plot(list(dial.radii), list(dial.radii.values()), "o-", color=drawing.BLUE)
    axes.set(xlabel="letters on the page", ylabel="± years for 90%", ylim=(0, None), xscale="log")
    axes.set_xticks(list(dial.radii), [str(count) for count in dial.radii])
    axes.minorticks_off()
    drawing.plain(axes)
    axes.set_title(title, fontsize=12, loc="left")
    figure.tight_layout()
    return figure


def page_data(dial: Dial) -> dict:
    """Return what the page draws: per hand its year, letters and votes; the doubt by letters."""
    return {
        "hands": [
            {
                "year": int(year),
                "letters": [widget.png(image) for image in images],
                "votes": np.rint(votes).astype(int).tolist(),
            }
            for year, images, votes in zip(dial.years, dial.images, dial.votes, strict=True)
        ],
        "counts": [int(count) for count in dial.radii],
        "radii": [round(radius, 1) for radius in dial.radii.values()],
        "first": FIRST_YEAR,
        "last": LAST_YEAR,
    }


def explore(dial: Dial):
    """Open the dial in the page; `.state` of what it returns holds the hand and the letters on."""
    state = {"hand": 0, "on": list(range(dial.votes.shape[1])), "revealed": False}
    return widget.open_explorer("date_explorer", page_data(dial), state)
