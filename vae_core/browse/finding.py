"""Finding items by index, id, label or any text of their row."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vae_core.browse.text_index import TextIndex
from vae_core.columns.column_values import ColumnValues
from vae_core.columns.number_form import write_dates
from vae_core.columns.of_table import Columns, columns_of_table
from vae_core.columns.per_table import PerTable

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset

#: Matches told at once.
SHOWN = 24
_AT_ONCE = 50_000  # dates written before other threads may go on
_LAST = 3  # searches whose items are kept
_DIGITS = 1e-6  # how far a number may be from the one that is looked for, as a share of it


@dataclass(frozen=True)
class SearchHits:
    """Items that a text found.

    Parameters
    ----------
    first : int or None
        The item whose index the text is, which comes before all others.
    by : tuple of (str or None, ndarray)
        Where it was found, the best first: None for the items' ids, else a column, and which items, ``[n]`` bool.
    mask : ndarray
        ``[n]`` bool, all of them.
    """

    first: int | None
    by: tuple[tuple[str | None, np.ndarray], ...]
    mask: np.ndarray

    def best(self, most: int) -> list[tuple[int, str | None]]:
        """Return so many items at most, the best first, each with the column it was found by."""
        told: dict[int, str | None] = {} if self.first is None else {self.first: None}
        for column, here in self.by:
            if len(told) >= most:
                break
            # Of each column no more than are wanted in all: those told already are among them.
            for item in _first_of(here, most + len(told)):
                told.setdefault(item, column)
        return list(told.items())[:most]


def find_items(data: Dataset, text: str) -> dict[str, Any]:
    """Find items.

    A number finds the item of that index first; any text finds ids and cells that contain it, whatever the case.
    Numbers in cells must be equal.

    Parameters
    ----------
    data : Dataset
        The items.
    text : str
        What somebody typed.

    Returns
    -------
    dict
        ``total`` matches and the first `SHOWN` of them as ``matches``: index, id and where the text was found.
    """
    found = hits(data, text)
    columns = dict(reversed(columns_of_table(data.table)))
    matches = []
    for item, column in found.best(SHOWN):
        value = "" if column is None else f"{column} {_cell(data, column, columns[column], item)}"
        matches.append({"index": item, "id": str(data.table.index[item]), "found": value})
    return {"total": int(np.count_nonzero(found.mask)), "matches": matches}


def hits(data: Dataset, text: str) -> SearchHits:
    """Return the items that a text finds; the first search in a table, also for nothing, makes an index of it."""
    wanted = text.strip().lower()
    nothing = np.zeros(len(data), dtype=bool)
    index = _index_of(data.table)
    if not wanted:
        return SearchHits(None, (), nothing)
    if (known := index.found.get(wanted)) is not None:
        return known
    first = int(wanted) if wanted.isdecimal() and len(wanted) < 19 and int(wanted) < len(data) else None
    mask, by = nothing, []
    if first is not None:
        mask[first] = True
    for name, column in index.columns:
        here = column.having(wanted)
        if here.any():
            by.append((name, here))
            mask |= here
    found = index.found[wanted] = SearchHits(first, tuple(by), mask)
    while len(index.found) > _LAST:
        with contextlib.suppress(KeyError):  # another search has made room already
            index.found.popitem(last=False)
    return found


class _Searchable:
    """One column, or the ids, as a search looks at it."""

    def __init__(self, values: ColumnValues, count: int) -> None:
        self._count = count
        self._numbers = values.values if values.kind == "number" else None
        self._codes: np.ndarray | None = None
        self._texts: TextIndex | None = None
        self._amounts: np.ndarray | None = None
        if values.kind == "date":
            days, codes = np.unique(values.values, return_inverse=True)
            known = days[np.isfinite(days)]
            self._texts = TextIndex(_written(known, values))
            self._codes = np.where(codes < len(known), codes, -1)
        elif values.has_classes:
            self._codes = values.codes
            self._amounts = _amounts(values)
            if self._amounts is None:
                self._texts = TextIndex(values.categories)

    def having(self, wanted: str) -> np.ndarray:
        """Return which items contain the text, or have the number, ``[n]`` bool."""
        if self._numbers is not None:
            return _equal(self._numbers, wanted)
        if self._codes is None:
            return np.zeros(self._count, dtype=bool)
        here = _equal(self._amounts, wanted) if self._amounts is not None else None
        if here is None:
            assert self._texts is not None
            here = self._texts.having(wanted)
        if not here.any():
            return np.zeros(self._count, dtype=bool)
        return np.asarray(np.append(here, False)[self._codes])  # the last for code −1


class _Index:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.source: Columns | None = None
        self.columns: list[tuple[str | None, _Searchable]] = []
        #: What was found last: the list below the field and the marks on the map ask for the same.
        self.found: OrderedDict[str, SearchHits] = OrderedDict()


_indices = PerTable(_Index)


def _index_of(table: pd.DataFrame) -> _Index:
    """Return a table's ids and columns as they are searched; made by who comes first, kept as long as it is there."""
    index = _indices.of(table)
    with index.lock:
        columns = columns_of_table(table)
        if index.source is not columns:  # it has been read anew
            listed = [(name, _Searchable(values, len(table))) for name, values in columns]
            index.columns = [(None, _ids(table)), *listed]
            index.found.clear()
            index.source = columns
    return index


def _ids(table: pd.DataFrame) -> _Searchable:
    ids = table.index
    if pd.api.types.is_numeric_dtype(ids):
        return _Searchable(ColumnValues.of_numbers(ids.to_numpy(dtype=np.float64)), len(table))
    texts = tuple(str(one) for one in ids)
    return _Searchable(ColumnValues("text", np.empty(0), np.arange(len(texts), dtype=np.int32), texts), len(table))


def _written(days: np.ndarray, values: ColumnValues) -> list[str]:
    told: list[str] = []
    for start in range(0, len(days), _AT_ONCE):
        told += write_dates(days[start : start + _AT_ONCE], values.form.step)
        time.sleep(0)
    return told


def _equal(numbers: np.ndarray, wanted: str) -> np.ndarray:
    try:
        number = float(wanted)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        return np.zeros(len(numbers), dtype=bool)
    near = abs(number) * _DIGITS
    return np.asarray((numbers >= number - near) & (numbers <= number + near))


def _amounts(values: ColumnValues) -> np.ndarray | None:
    """Return the numbers ``[k]`` that classes are, None where they are words, or ranks of words."""
    if not len(values.values) or not all(name.lstrip("-").isdecimal() for name in values.categories):
        return None
    amounts = np.array([float(name) for name in values.categories])
    known = values.codes >= 0
    return amounts if np.array_equal(amounts[values.codes[known]], values.values[known]) else None


def _first_of(here: np.ndarray, most: int) -> list[int]:
    """Return the first places that are true, looked for no farther than needed."""
    told: list[int] = []
    for start in range(0, len(here), _AT_ONCE):
        told += (np.flatnonzero(here[start : start + _AT_ONCE]) + start)[: most - len(told)].tolist()
        if len(told) >= most:
            break
    return told


def _cell(data: Dataset, column: str, values: ColumnValues, item: int) -> str:
    if values.kind == "number":
        at = [str(name) for name in data.table.columns].index(column)
        return str(data.table.iat[item, at])
    return values.format_item(item) or ""
