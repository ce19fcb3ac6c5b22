"""Dates from the style of a hand: a linear model of features, with an interval that is calibrated.

Features are float (letters, features), of whatever network or by hand. A hand's page is the mean of
the features of its letters, less what each letter of the alphabet has by itself.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pages:
    """Pages of a few letters each: features (n, f), years (n,), scribes (n,) of each page."""

    features: np.ndarray
    years: np.ndarray
    scribes: np.ndarray


def without_letters(features: np.ndarray, labels: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Subtract from the features of each letter what its class has in common: float (n, f)."""
    return features - means[labels]


def letter_means(features: np.ndarray, labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the mean features of each class, of all hands together: float (num_classes, f)."""
    empty = sorted(set(range(num_classes)) - set(labels.tolist()))
    if empty:
        raise ValueError(f"No letter of the classes {empty}: their mean is unknown.")
    return np.stack([features[labels == k].mean(0) for k in range(num_classes)])


def pages(
    features: np.ndarray,
    years: np.ndarray,
    scribes: np.ndarray,
    *,
    letters: int,
    per_scribe: int = 1,
    seed: int = 0,
) -> Pages:
    """Draw pages of `letters` letters by one scribe each, without repeating a letter on a page.

    Raises `ValueError` if a scribe has two years, or fewer letters than a page needs, and for years
    that are no numbers.

    Args:
        features: float (n, f), of single letters.
        years: int (n,), of each letter's scribe.
        scribes: int (n,).
        letters: on a page.
        per_scribe: pages of each scribe.
        seed: of the draw.
    """
    years = np.asarray(years)
    if not np.issubdtype(years.dtype, np.number):
        raise ValueError(
            f"A year is a number; got {years[0]!s:.30}. Decide what a doubtful date means, say the "
            "middle of its years, or leave that scribe out."
        )
    rng = np.random.default_rng(seed)
    means, dates, owners = [], [], []
    for scribe in np.unique(scribes):
        own = np.flatnonzero(scribes == scribe)
        if len(set(years[own].tolist())) > 1:
            raise ValueError(f"Scribe {scribe} has the years {sorted(set(years[own].tolist()))}.")
        if len(own) < letters:
            raise ValueError(f"Scribe {scribe} wrote {len(own)} letters; a page takes {letters}.")
        for _ in range(per_scribe):
            means.append(features[rng.permutation(own)[:letters]].mean(0))
            dates.append(years[own[0]])
            owners.append(scribe)
    return Pages(np.stack(means), np.array(dates), np.array(owners))


@dataclass(frozen=True)
class Dating:
    """A year for a page: `predict` returns it, `interval` adds the doubt.

    center, scale, weights: of the linear model. radius: years to each side that held the truth of
    the share of calibration pages that was asked for.
    """

    center: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    radius: float

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return the year of each page: features (n, f) to float (n,)."""
        return _augmented((features - self.center) / self.scale) @ self.weights

    def interval(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the first and last year of each page's interval."""
        year = self.predict(features)
        return year - self.radius, year + self.radius


def fit(train: Pages, *, share: float = 0.9, ridge: float = 10.0, folds: int = 5) -> Dating:
    """Fit years by ridge regression, and the interval on scribes that a fold has not seen.

    Every page's error is that of a model fitted without its scribe. Raises `ValueError` with fewer
    scribes than folds.
    Source: Barber et al., "Predictive Inference with the Jackknife+" (2021).

    Args:
        train: pages with their years and scribes.
        share: of the scribes' pages whose errors stay within the interval's radius.
        ridge: weight of the penalty.
        folds: into which the scribes are divided.
    """
    scribes = np.unique(train.scribes)
    if len(scribes) < folds:
        raise ValueError(f"{folds} folds need as many scribes; got {len(scribes)}.")
    group = {scribe: k % folds for k, scribe in enumerate(scribes)}
    fold = np.array([group[scribe] for scribe in train.scribes])
    errors = np.empty(len(train.years))
    for k in range(folds):
        held = fold == k
        model = _ridge(train.features[~held], train.years[~held], ridge)
        errors[held] = np.abs(model.predict(train.features[held]) - train.years[held])
    rank = min(1.0, share * (1 + 1 / len(scribes)))  # as if the new page's error were one of them
    model = _ridge(train.features, train.years, ridge)
    return Dating(model.center, model.scale, model.weights, float(np.quantile(errors, rank)))


def _ridge(features: np.ndarray, years: np.ndarray, ridge: float) -> Dating:
    center, scale = features.mean(0), features.std(0) + 1e-9
    design = _augmented((features - center) / scale)
    penalty = ridge * np.eye(design.shape[1])
    penalty[-1, -1] = 0  # the mean year is free
    weights = np.linalg.solve(design.T @ design + penalty, design.T @ years)
    return Dating(center, scale, weights, np.inf)


def _augmented(features: np.ndarray) -> np.ndarray:
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def mean_absolute_error(model: Dating, pages: Pages) -> float:
    """Return by how many years the model errs on average."""
    return float(np.abs(model.predict(pages.features) - pages.years).mean())


def coverage(model: Dating, pages: Pages) -> float:
    """Return the share of pages whose year lies in its interval."""
    low, high = model.interval(pages.features)
    return float(((low <= pages.years) & (pages.years <= high)).mean())
