"""Finding items by index, id, label or any text of their row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vae_core import Dataset

#: Matches told at once.
SHOWN = 24


def find_items(data: Dataset, text: str) -> dict[str, Any]:
    """Find items.

    A number finds the item of that index first; any text finds ids and cells that
    contain it, whatever the case. Numbers in cells must be equal.

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
    matches = []
    for chosen, at in list(found.items())[:SHOWN]:
        value = "" if at is None else f"{data.table.columns[at]} {data.table.iat[chosen, at]}"
        matches.append({"index": chosen, "id": str(data.table.index[chosen]), "found": value})
    return {"total": len(found), "matches": matches}


def hits(data: Dataset, text: str) -> dict[int, int | None]:
    """Return the items found, the best first, each with the position of the column; None for index and id."""
    wanted = text.strip().lower()
    found: dict[int, int | None] = {}
    if not wanted:
        return found
    if wanted.isdecimal() and len(wanted) < 19 and int(wanted) < len(data):
        found[int(wanted)] = None
    columns = [data.table.iloc[:, at] for at in range(data.table.shape[1])]
    for at, values in [(None, data.table.index.to_series()), *enumerate(columns)]:
        for index in np.flatnonzero(_matches(values, wanted)).tolist():
            found.setdefault(index, at)
    return found


def _matches(values: pd.Series, wanted: str) -> np.ndarray:
    if isinstance(values.dtype, pd.CategoricalDtype):
        hits = [wanted in str(category).lower() for category in values.cat.categories]
        return np.isin(values.cat.codes.to_numpy(), np.flatnonzero(hits))
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        try:
            number = float(wanted)
        except ValueError:
            return np.zeros(len(values), dtype=bool)
        return np.isclose(values.to_numpy(dtype=float, na_value=np.nan), number, rtol=1e-6, atol=0)
    known = values.notna().to_numpy()
    hits = values.map(lambda value: wanted in str(value).lower()).to_numpy(dtype=bool, na_value=False)
    return np.asarray(hits & known)
