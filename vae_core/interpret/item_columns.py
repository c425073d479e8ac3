"""What is known of the items besides their pictures: the table's columns, as arrays that can be counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from vae_core.data.column_kinds import LABEL, MOST_CATEGORIES, are_whole, settled


@dataclass(frozen=True)
class ItemColumn:
    """One thing known of every item.

    Parameters
    ----------
    name : str
        As people read it, with its unit where it has one.
    source : {"table", "measured"}
        Whether it stands in the data set's table or was measured on the items themselves.
    kind : {"number", "category"}
        What it is counted as.
    values : ndarray
        ``[n]`` float64, NaN where it is missing. Of a category these are there where its values are numbers (whole
        numbers, truth values) or in an order (ordered categories: their ranks); else empty, ``[0]``.
    codes : ndarray
        ``[n]`` int32 codes of a category, −1 where it is missing; empty, ``[0]``, for a number.
    categories : tuple of str
        What the codes 0, 1, … stand for; empty for a number.
    note : str
        What was done to it that is no matter of course; "" for nothing.
    turn : float
        Of an angle, after how many of its units it is the same again; 0 of what is no angle. See
        `vae_core.interpret.angles`.
    parts : tuple of str
        Names of the columns it was made from, where there are several.
    """

    name: str
    source: Literal["table", "measured"]
    kind: Literal["number", "category"]
    values: np.ndarray
    codes: np.ndarray
    categories: tuple[str, ...] = ()
    note: str = ""
    turn: float = 0.0
    parts: tuple[str, ...] = ()

    @property
    def known(self) -> np.ndarray:
        """``[n]`` bool, where it is not missing."""
        return self.codes >= 0 if self.kind == "category" else np.isfinite(self.values)

    @property
    def has_numbers(self) -> bool:
        """Whether correlations with it mean something: those with an angle do not, which ends where it begins."""
        return len(self.values) > 0 and not self.turn


@dataclass(frozen=True)
class ItemColumns:
    """The columns that can be used, and why others cannot.

    Parameters
    ----------
    columns : tuple of ItemColumn
        In the table's order.
    left_out, reasons : tuple of str
        Names of the others, and what is the matter with each.
    """

    columns: tuple[ItemColumn, ...]
    left_out: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def __add__(self, other: ItemColumns) -> ItemColumns:
        """Put the columns of both together."""
        return ItemColumns(self.columns + other.columns, self.left_out + other.left_out, self.reasons + other.reasons)


def columns_of_items(table: pd.DataFrame, index: np.ndarray | None = None) -> ItemColumns:
    """Return a table's columns as numbers and categories.

    Text, truth values, categories and whole numbers of at most 50 different values are categories, other numbers are
    numbers, dates are numbers of days. The column ``label`` is a category of classes without order, unless it holds
    numbers that are not whole. Infinite numbers count as missing. Of more than 50 categories the 49 most frequent are
    kept, and the others are one.

    Parameters
    ----------
    table : DataFrame
        One row per item.
    index : ndarray, optional
        Rows to look at; all where it is left out. Kinds and reasons are those of these rows.

    Returns
    -------
    ItemColumns
        Constant columns, columns without a value, and text that tells nearly every item from every other are left out.
    """
    rows = table if index is None else table.iloc[index]
    usable: list[ItemColumn] = []
    left_out: list[str] = []
    reasons: list[str] = []
    for at, name in enumerate(rows.columns):
        made = _column(str(name), rows.iloc[:, at])
        if isinstance(made, str):
            left_out.append(str(name))
            reasons.append(made)
        else:
            usable.append(made)
    return ItemColumns(tuple(usable), tuple(left_out), tuple(reasons))


def number_column(name: str, values: np.ndarray, source: Literal["table", "measured"] = "measured") -> ItemColumn | str:
    """Return numbers ``[n]`` as a column, or in words why they cannot be used."""
    values = np.array(values, dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return "all values are missing"
    if known.min() == known.max():
        return f"all values are the same ({known[0]:g})"
    return ItemColumn(name, source, "number", values, np.empty(0, dtype=np.int32))


def _column(name: str, values: pd.Series) -> ItemColumn | str:
    types = pd.api.types
    if values.isna().all():
        return "all values are missing"
    if types.is_datetime64_any_dtype(values) or types.is_timedelta64_dtype(values):
        return _days(name, values)
    if types.is_complex_dtype(values):
        return "complex numbers have no order"
    values = settled(values, name)
    if types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        known = numbers[np.isfinite(numbers)]
        if len(known) and (types.is_integer_dtype(values) or (values.isna().any() and are_whole(known))):
            found, codes = np.unique(known, return_inverse=True)
            if 1 < len(found) <= MOST_CATEGORIES:
                all_codes = np.full(len(numbers), -1, dtype=np.int32)
                all_codes[np.isfinite(numbers)] = codes
                numbers = np.empty(0) if name == LABEL else np.where(np.isfinite(numbers), numbers, np.nan)
                names = tuple(f"{number:.0f}" for number in found)
                return ItemColumn(name, "table", "category", numbers, all_codes, names)
        if name != LABEL or not types.is_integer_dtype(values):
            return number_column(name, numbers, "table")
    return _category(name, values)


def _days(name: str, values: pd.Series) -> ItemColumn | str:
    """Dates as days since the first, spans as days."""
    start = values.min() if pd.api.types.is_datetime64_any_dtype(values) else pd.Timedelta(0)
    days = ((values - start) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64, na_value=np.nan)
    return number_column(f"{name} (days)", days, "table")


def _category(name: str, values: pd.Series) -> ItemColumn | str:
    ordered = isinstance(values.dtype, pd.CategoricalDtype) and bool(values.dtype.ordered)
    truth = pd.api.types.is_bool_dtype(values)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        # Mixed objects have no order among themselves and need no hash: their words have both.
        values = values.map(str, na_action="ignore").astype("category")
    codes = values.cat.codes.to_numpy().astype(np.int32)
    counts = np.bincount(codes[codes >= 0], minlength=len(values.cat.categories))
    present = np.flatnonzero(counts)
    if len(present) == 1:
        return f"all values are the same ({values.cat.categories[present[0]]})"
    if len(present) > max(MOST_CATEGORIES, len(values) // 2):
        return "nearly every item has a value of its own, as with a name"
    note, names = "", [str(values.cat.categories[code]) for code in present]
    place = np.full(len(counts) + 1, -1, dtype=np.int32)  # the last for code −1
    place[present] = np.arange(len(present))
    if len(present) > MOST_CATEGORIES:
        frequent = np.sort(present[np.argsort(-counts[present], kind="stable")[: MOST_CATEGORIES - 1]])
        place[present] = MOST_CATEGORIES - 1
        place[frequent] = np.arange(len(frequent))
        rest = len(present) - len(frequent)
        names = [*(str(values.cat.categories[code]) for code in frequent), f"others ({rest})"]
        note = f"the {len(frequent)} most frequent of {len(present):,} categories; the other {rest:,} count as one"
    codes = place[codes]
    order = np.where(codes >= 0, codes, np.nan) if (ordered or truth) and not note else np.empty(0)
    return ItemColumn(name, "table", "category", order, codes, tuple(names), note)
