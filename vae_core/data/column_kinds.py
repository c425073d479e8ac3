"""What a column of a table is: numbers, classes, or text that only names items."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

#: Integer columns with at most this many values are categories.
MOST_CATEGORIES = 50
#: The column of class labels, whose whole numbers are names and no amounts.
LABEL = "label"


def settled(values: pd.Series, name: str = "") -> pd.Series:
    """Return a column as what it is meant to be.

    Whole numbers that became floats only because some are missing, or that are the floats of the column ``label``,
    come as pandas' nullable integers, mixed objects as text.
    """
    if pd.api.types.is_float_dtype(values) and (name == LABEL or values.isna().any()):
        known = values.dropna().to_numpy(dtype=np.float64)
        if are_whole(known):
            return values.astype("Int64")
    if pd.api.types.is_object_dtype(values):
        return values.map(str, na_action="ignore")
    return values


def are_whole(known: np.ndarray) -> bool:
    """Whether there are numbers, all of them whole and small enough to be told from their neighbours."""
    return len(known) > 0 and bool((np.abs(known) < 2**53).all() and (known == np.rint(known)).all())


def kind_of(values: pd.Series, name: str = "") -> Literal["category", "number", "text"]:
    """Return whether a column holds classes, numbers, or text that tells nearly every item from every other.

    Whole numbers of at most 50 different values are classes; those of the column ``label`` are with more as well, as
    text is, unless they tell nearly every item from every other.
    """
    values = settled(values, name)
    most = max(MOST_CATEGORIES, len(values) // 2)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        most = most if name == LABEL else MOST_CATEGORIES
        return "category" if pd.api.types.is_integer_dtype(values) and values.nunique() <= most else "number"
    return "category" if values.nunique() <= most else "text"
