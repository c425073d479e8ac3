"""What a column of a table is meant to be, whatever type it came in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

#: Integer columns with at most this many values are categories.
MOST_CATEGORIES = 50
#: The column of class labels, whose whole numbers are names and no amounts.
LABEL = "label"
#: What pandas calls objects that are all numbers, truth values, moments or spans.
_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "integer-na")
_MOMENTS, _SPANS = ("datetime", "datetime64", "date"), ("timedelta", "timedelta64")


def infer_type(cells: pd.Series, name: str = "") -> pd.Series:
    """Return a column as what it is meant to be.

    Whole numbers that became floats only because some are missing, or that are the floats of the column ``label``,
    come as pandas' nullable integers. Objects that are all numbers (decimal ones as well), truth values, dates or
    spans come as such, and whatever is mixed as text.
    """
    if pd.api.types.is_object_dtype(cells):
        cells = _of_objects(cells)
    if isinstance(cells.dtype, pd.SparseDtype):
        cells = pd.Series(cells.array.to_dense(), index=cells.index)
    if pd.api.types.is_float_dtype(cells) and (name == LABEL or cells.isna().any()):
        known = cells.dropna().to_numpy(dtype=np.float64)
        if _are_whole(known):
            return cells.astype("Int64")
    return cells


def most_classes(count: int) -> int:
    """Return how many different texts of `count` items are still classes, and no names of the items."""
    return max(MOST_CATEGORIES, count // 2)


def _are_whole(known: np.ndarray) -> bool:
    """Whether there are numbers, all of them whole and small enough to be told from their neighbours."""
    return len(known) > 0 and bool((np.abs(known) < 2**53).all() and (known == np.rint(known)).all())


def _of_objects(cells: pd.Series) -> pd.Series:
    found = pd.api.types.infer_dtype(cells, skipna=True)
    try:
        if found in _NUMBERS:
            whole = found in ("integer", "integer-na")
            return cells.astype("Int64") if whole else cells.map(_number, na_action="ignore").astype("float64")
        if found == "boolean":
            return cells.astype("boolean")
        if found in _MOMENTS:
            return pd.to_datetime(cells, utc=_has_zones(cells))
        if found in _SPANS:
            return pd.to_timedelta(cells)
        if found == "period":
            return pd.Series(pd.PeriodIndex(cells), index=cells.index)
    except (ValueError, TypeError, OverflowError, ArithmeticError):
        pass  # one of them is beyond what the type can hold: their words tell them apart all the same
    return cells.map(str, na_action="ignore")


def _number(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _has_zones(cells: pd.Series) -> bool:
    return any(getattr(value, "tzinfo", None) is not None for value in cells.dropna())
