"""Train, validation and test: their names, and how writers are divided among them."""

import numpy as np

SPLITS = ("train", "validation", "test")
SHARES = (0.8, 0.1, 0.1)  # of every class: train, validation, test


def check_split(split: str) -> None:
    """Raise `ValueError` unless `split` is one of train, validation, test."""
    if split not in SPLITS:
        raise ValueError(f"Unknown split {split!r}: choose one of {', '.join(SPLITS)}.")


def split_writers(classes: list[str], writers: np.ndarray, num_writers: int) -> np.ndarray:
    """Divide writers among the splits so that every class comes near its `SHARES` in each.

    Iterative stratification over whole writers: take the class with the fewest examples left, give
    the writer with most of it to the split, not full yet, that lacks most of it. The last writers
    of a class go where there is none of it, so that a class of a few writers is in every split.
    Returns int (num_writers,), an index into SPLITS. (After Sechidis, Tsoumakas, Vlahavas, ECML
    2011, who stratify single examples.)
    """
    names, class_of = np.unique(np.array(classes, dtype=str), return_inverse=True)
    table = np.zeros((num_writers, len(names)))  # (writers, classes)
    np.add.at(table, (writers, class_of), 1)
    wanted = np.outer(SHARES, table.sum(axis=0))  # (splits, classes)
    given = np.zeros_like(wanted)
    splits = np.full(num_writers, -1)
    while (splits < 0).any():
        left = table * (splits < 0)[:, None]  # (writers, classes)
        total = left.sum(axis=0)
        rarest = np.where(total > 0, total, np.inf).argmin()
        writer = left[:, rarest].argmax()
        without = [s for s in range(len(SPLITS)) if given[s, rarest] == 0]
        choice = without if (left[:, rarest] > 0).sum() <= len(without) else range(len(SPLITS))
        lacking = wanted - given
        choice = [s for s in choice if lacking[s].sum() > 0] or choice
        splits[writer] = max(choice, key=lacking[:, rarest].__getitem__)
        given[splits[writer]] += table[writer]
    return splits
