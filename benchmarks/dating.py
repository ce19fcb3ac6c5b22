"""How well lab 11 dates hands, and whether its intervals keep their promise, on many scribes.

`python benchmarks/dating.py` dates pages of 600 scribes by models of 300 others, from ten letters
and from a hundred, from the share of Serto forms, and by always saying the mean year. Figures go to
runs/benchmarks/dating.json.
"""

import argparse
from pathlib import Path

import numpy as np

from fsdl_hwr import dating, experiments
from fsdl_hwr.datasets import syriac

PATH = Path(__file__).parents[1] / "runs" / "benchmarks" / "dating.json"
COMPONENTS = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--known", type=int, default=300, help="scribes to learn from")
    parser.add_argument("--asked", type=int, default=600, help="scribes to date")
    arguments = parser.parse_args()
    known = syriac.letters("train", num_scribes=arguments.known, letters_per_class=5)
    asked = syriac.letters("test", num_scribes=arguments.asked, letters_per_class=5)
    flat = [hands.glyphs().images.reshape(len(hands), -1) / 255 for hands in (known, asked)]
    _, vectors = np.linalg.eigh(np.cov(flat[0].T))
    features = [images @ vectors[:, -COMPONENTS:] for images in flat]  # (n, COMPONENTS)
    usual = dating.letter_means(features[0], known.labels, len(syriac.LETTERS))
    style = [
        dating.without_letters(values, hands.labels, usual)
        for values, hands in zip(features, (known, asked), strict=True)
    ]
    forms = [hands.serto[:, None].astype(float) for hands in (known, asked)]
    measured = {"constant": {"years_off": float(np.abs(asked.years - known.years.mean()).mean())}}
    for name, values, letters in (
        ("forms, 10 letters", forms, 10),
        ("forms, 100 letters", forms, 100),
        ("style, 10 letters", style, 10),
        ("style, 100 letters", style, 100),
    ):
        pages = [
            dating.pages(its, hands.years, hands.writers, letters=letters, per_scribe=number)
            for its, hands, number in zip(values, (known, asked), (3, 1), strict=True)
        ]
        model = dating.fit(pages[0], ridge=1 if name.startswith("forms") else 10)
        measured[name] = {
            "years_off": dating.mean_absolute_error(model, pages[1]),
            "radius": model.radius,
            "coverage": dating.coverage(model, pages[1]),
        }
    for name, figures in measured.items():
        print(f"{name:20}", "  ".join(f"{k} {v:.3g}" for k, v in figures.items()), flush=True)
    PATH.parent.mkdir(parents=True, exist_ok=True)
    experiments.write_json(PATH, measured)


if __name__ == "__main__":
    main()
