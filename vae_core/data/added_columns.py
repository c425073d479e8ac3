"""Columns added to a table that may have columns of their names already."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from numpy.typing import ArrayLike


def with_added(table: pd.DataFrame, added: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """Return a table with more columns; one whose name is taken gets underscores behind it, so that none is lost.

    Parameters
    ----------
    table : DataFrame
        n rows; stays as it is.
    added : mapping of str to array-like
        Values ``[n]`` by the wanted names.
    """
    wider = table.copy()
    for wanted, values in added.items():
        name = wanted
        while name in wider.columns:
            name += "_"
        wider[name] = values
    return wider
