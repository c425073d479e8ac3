"""Whether an item's nearest items in latent space have its label, or a like number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.columns.column_values import ColumnValues
from vae_core.columns.of_table import columns_of_table
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError

_CHANCE_ROWS = 20_000


@dataclass(frozen=True)
class Disagreement:
    """How far a column's values differ from those of the nearest items; see `disagreement`.

    Attributes
    ----------
    column : str
        Its name.
    kind : str
        ``"category"`` or ``"number"``.
    values : ndarray
        ``[n]`` of a category the share in [0, 1] of the nearest items with another label; of a number the absolute
        difference to their median, in units of `spread`. NaN of items that have no value, whose nearest have none, or
        that were not looked at.
    mean, standard_error : float
        Over the items that have one; these are taken as independent, though neighbours share neighbours.
    chance : float
        The mean if the values were dealt out to the items at random: of a category by its frequencies, exactly; of a
        number by drawing as many other items, with the seed.
    spread : float
        Of a number the standard deviation of the column (1 if it is constant), of a category 1.
    classes : int
        Categories that occur; 0 of a number.
    nearest : int
        Items k compared with; those without a value are left out.
    items : int
        Items that have a figure.
    """

    column: str
    kind: str
    values: np.ndarray
    mean: float
    standard_error: float
    chance: float
    spread: float
    classes: int
    nearest: int
    items: int


def disagreement(data: Dataset, column: str, rows: np.ndarray, near: np.ndarray, seed: int = 0) -> Disagreement:
    """Return how far the values of a column differ from those of the nearest items.

    Whole numbers of at most 50 different values are categories, as text, truth values and the whole numbers of the
    column ``label`` are (`read_column`); other numbers are numbers, dates are numbers of days. (Majority disagreement
    among nearest neighbours: Wilson 1972, "Asymptotic properties of nearest neighbor rules using edited data", looks
    for wrong labels so.)

    Parameters
    ----------
    data : Dataset
        n items with a table.
    column : str
        Name of one of its columns.
    rows : ndarray
        ``[m]`` items looked at.
    near : ndarray
        ``[m, k]`` their nearest items, themselves left out.
    seed : int
        Of chance, where it is drawn.

    Raises
    ------
    InputError
        If there is no such column, or it tells too little or too much to be compared.
    """
    columns = dict(columns_of_table(data.table))
    if column not in columns:
        told = ", ".join(list(columns)[:20]) if columns else "none"
        raise InputError(f"{data.name}: there is no column {column!r} of labels or numbers; there are: {told}.")
    kind, values = comparable(columns[column], column, data.name)
    found = np.full(len(data), np.nan)
    spread, classes = 1.0, 0
    if kind == "category":
        found[rows] = label_disagreement(values, rows, near)
        classes = len(np.unique(values[values >= 0]))
    else:
        known = values[np.isfinite(values)]
        spread = float(known.std()) if np.ptp(known) > 0 else 1.0
        found[rows] = number_disagreement(values, rows, near) / spread
    told = found[np.isfinite(found)]
    if len(told) < 2:
        raise InputError(f"{data.name}: fewer than two items and their nearest have a value in the column {column!r}.")
    measured = np.flatnonzero(np.isfinite(found))
    if kind == "category":
        chance = label_chance(values, measured)
    else:
        chance = number_chance(values, measured, near.shape[1], seed) / spread
    error = float(told.std(ddof=1) / np.sqrt(len(told)))
    return Disagreement(
        column, kind, found, float(told.mean()), error, chance, spread, classes, near.shape[1], len(told)
    )


def comparable(values: ColumnValues, column: str, of: str) -> tuple[str, np.ndarray]:
    """Return what a column is and its values: codes ``[n]``, −1 for missing, or float64 ``[n]``, NaN for missing.

    Parameters
    ----------
    values : ColumnValues
        Of n items.
    column, of : str
        Its name, and that of the data, for the messages.

    Raises
    ------
    InputError
        If it has no values, or its text tells nearly every item from every other.
    """
    where = f"{of}: the column {column!r}"
    if values.kind == "text":
        raise InputError(f"{where} has a value of its own for nearly every item, so no two can agree.")
    if values.kind == "nothing":
        raise InputError(f"{where} holds no values that can be compared: {values.reason}.")
    return ("category", values.codes.astype(np.int64)) if values.has_classes else ("number", values.values)


def label_disagreement(codes: np.ndarray, rows: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return the share ``[m]`` of the labelled nearest items with another label; NaN where there is none to compare.

    Parameters
    ----------
    codes : ndarray
        ``[n]`` integers, below zero where an item has no label.
    rows, near : ndarray
        ``[m]`` items and ``[m, k]`` their nearest.
    """
    others, own = codes[near], codes[rows][:, None]
    known = (others >= 0) & (own >= 0)
    count = known.sum(axis=1)
    share = np.full(len(rows), np.nan)
    np.divide((known & (others != own)).sum(axis=1), count, out=share, where=count > 0)
    return share


def number_disagreement(values: np.ndarray, rows: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return |value − median of the nearest items' values| ``[m]``; NaN where there is none to compare.

    Parameters
    ----------
    values : ndarray
        ``[n]`` float64, NaN where an item has none.
    rows, near : ndarray
        ``[m]`` items and ``[m, k]`` their nearest.
    """
    others = np.sort(values[near], axis=1)  # NaN last
    count = np.isfinite(others).sum(axis=1)
    at = np.arange(len(rows))
    last = max(near.shape[1] - 1, 0)
    low, high = (np.clip(middle, 0, last) for middle in ((count - 1) // 2, count // 2))
    median = (others[at, low] + others[at, high]) / 2
    return np.asarray(np.where(count > 0, np.abs(values[rows] - median), np.nan))


def label_chance(codes: np.ndarray, rows: np.ndarray) -> float:
    """Return the expected share with another label where the other labels are dealt out at random, over these items."""
    counts = np.bincount(codes[codes >= 0])
    return float(1 - (counts[codes[rows]] - 1).mean() / (counts.sum() - 1))


def number_chance(values: np.ndarray, rows: np.ndarray, k: int, seed: int = 0) -> float:
    """Return the mean difference to the median of k other items drawn at random, over at most 20,000 of these items.

    All are different, as nearest items are; where fewer have a value, all of them are taken.
    """
    random = np.random.default_rng(seed)
    if len(rows) > _CHANCE_ROWS:
        rows = np.sort(random.choice(rows, _CHANCE_ROWS, replace=False))
    known = np.flatnonzero(np.isfinite(values))
    place = np.searchsorted(known, rows)
    others = len(known) - 1
    k = min(k, others)
    # Floyd's draw without replacement (Bentley & Floyd 1987), of all rows at once.
    drawn = np.empty((len(rows), k), dtype=np.int64)
    for at, last in enumerate(range(others - k, others)):
        one = random.integers(0, last + 1, len(rows))
        drawn[:, at] = np.where((drawn[:, :at] == one[:, None]).any(axis=1), last, one)
    return float(number_disagreement(values, rows, known[drawn + (drawn >= place[:, None])]).mean())
