"""What studies count: the columns of a table and what is measured on the items, as numbers and as categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from vae_core.columns.column_values import ColumnValues
from vae_core.columns.kinds import MOST_CATEGORIES
from vae_core.columns.number_form import PLAIN, NumberForm
from vae_core.columns.of_table import columns_of_table


@dataclass(frozen=True)
class ItemColumn:
    """One thing known of every item.

    Parameters
    ----------
    name : str
        As the table has it, or of a measure as people read it, with its unit where it has one.
    source : {"table", "measured"}
        Whether it stands in the data set's table or was measured on the items themselves.
    kind : {"number", "category"}
        What it is counted as; dates are numbers.
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
        `vae_core.columns.angles`.
    parts : tuple of str
        Names of the columns it was made from, where there are several.
    form : NumberForm
        How its numbers are written.
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
    form: NumberForm = PLAIN

    @property
    def observed_mask(self) -> np.ndarray:
        """``[n]`` bool, where it is not missing."""
        return self.codes >= 0 if self.kind == "category" else np.isfinite(self.values)

    @property
    def is_plain_number(self) -> bool:
        """Whether it is a number that is neither a date nor a span."""
        return self.kind == "number" and self.form == PLAIN

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
    """Return a table's columns as numbers and categories, of the kinds that `read_column` finds in the whole table.

    Of more than 50 categories the 49 most frequent are kept, and the others are one.

    Parameters
    ----------
    table : DataFrame
        One row per item.
    index : ndarray, optional
        Rows to look at; all where it is left out.

    Returns
    -------
    ItemColumns
        What is constant or has no value in these rows, and text that tells nearly every item from every other, are
        left out, with the reason.
    """
    usable: list[ItemColumn] = []
    left_out: list[str] = []
    reasons: list[str] = []
    for name, values in columns_of_table(table):
        made = _column(name, values if index is None else values.take(index))
        if isinstance(made, str):
            left_out.append(name)
            reasons.append(made)
        else:
            usable.append(made)
    return ItemColumns(tuple(usable), tuple(left_out), tuple(reasons))


def number_column(
    name: str,
    values: np.ndarray,
    source: Literal["table", "measured"] = "measured",
    form: NumberForm = PLAIN,
) -> ItemColumn | str:
    """Return numbers ``[n]`` as a column, or in words why they cannot be used."""
    values = np.array(values, dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return "all values are missing"
    if known.min() == known.max():
        return f"all values are the same ({form.write(float(known[0]), 6)})"
    return ItemColumn(name, source, "number", values, np.empty(0, dtype=np.int32), form=form)


def _column(name: str, values: ColumnValues) -> ItemColumn | str:
    if values.is_numeric:
        return number_column(name, values.values, "table", values.form)
    return _category(name, values) if values.kind == "category" else values.reason


def _category(name: str, values: ColumnValues) -> ItemColumn | str:
    counts = values.counts()
    present = np.flatnonzero(counts)
    if len(present) == 0:
        return "all values are missing"
    if len(present) == 1:
        return f"all values are the same ({values.categories[present[0]]})"
    if len(present) <= MOST_CATEGORIES:
        few = values.restricted(present.tolist())
        return ItemColumn(
            name, "table", "category", values.values if values.ordered else np.empty(0), few.codes, few.categories
        )
    frequent = np.sort(present[np.argsort(-counts[present], kind="stable")[: MOST_CATEGORIES - 1]])
    rest = len(present) - len(frequent)
    few = values.restricted(frequent.tolist(), rest=f"others ({rest})")
    note = f"the {len(frequent)} most frequent of {len(present):,} categories; the other {rest:,} count as one"
    return ItemColumn(name, "table", "category", np.empty(0), few.codes, few.categories, note)
