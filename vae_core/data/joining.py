"""Labels, factors and other columns from a file of their own, joined to the items of a data set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from vae_core.data.arrays import IDS, WIDEST, npz_table, wide_columns
from vae_core.data.columns import ID_COLUMNS, TOLD
from vae_core.data.dataset import Dataset
from vae_core.data.labels import label_column
from vae_core.data.metadata import FILE_COLUMNS, in_order, naming_column, read_both, spellings_of, with_label
from vae_core.data.parquet import parquet_table
from vae_core.errors import InputError

_NAMING = {*FILE_COLUMNS, *ID_COLUMNS, IDS}


def join_metadata(data: Dataset, file: str | Path) -> Dataset:
    """Add the columns of a file to the table of a data set; they take the place of columns of the same name.

    Rows are matched by the column that names the items (`metadata.naming_column`; of items that have no names of their
    own only a column called like an id can), otherwise taken in order if there are as many as items.

    Parameters
    ----------
    data : Dataset
        The items.
    file : str or Path
        A CSV or Parquet table; ``.npy`` with a label or up to 64 numbers per item; or ``.npz`` with ``labels``, ``ids``
        and other columns.

    Returns
    -------
    Dataset
        The same values; its notes tell how the rows were matched.

    Raises
    ------
    InputError
        If the file cannot be read, or does not give every item exactly one row.
    """
    path = Path(file).expanduser()
    if not path.is_file():
        raise InputError(f"{path}: there is no such file of metadata; check the path.")
    table, text = _read(path)
    items = [str(item) for item in data.table.index]
    numbered = isinstance(data.table.index, pd.RangeIndex)
    spellings = [items] if numbered else spellings_of(data.name, items)
    candidates = text if not numbered else text[[name for name in text if str(name).lower() in _NAMING]]
    column = naming_column(candidates, spellings)
    if column is None and (shared := _shared_names(data, text)) is not None:
        # A column of both that names the rows of both: what it says of a row counts, and not where the row stands.
        column, spellings = shared, [[str(name) for name in data.table[shared]]]
    if column is not None:
        joined = in_order(path, table, text[column], column, spellings, "item")
        unused = len(table) - len(joined)
        rest = f"; {unused:,} of its rows belong to no item" if unused else ""
        note = f"{path.name}: joined by its column {column!r}{rest}."
    else:
        named = next((str(name) for name in text if str(name).lower() in _NAMING), None)
        _check_order(path, len(table), items, named)
        joined = with_label(table, path)
        note = f"{path.name}: joined in the order of its rows."
    if not len(joined.columns):
        raise InputError(f"{path}: holds nothing but the names of the items; add a column of labels or others.")
    both = data.table.copy()
    for name in joined.columns:
        both[str(name)] = joined[name].array
    if "label" in both:
        both.insert(0, "label", both.pop("label"))
    return replace(data, table=both, notes=(*data.notes, note))


def _shared_names(data: Dataset, text: pd.DataFrame) -> str | None:
    """Return a column of texts by which both tables tell their rows apart, and of which they have some in common."""
    for name in data.table.columns:
        values = data.table[name]
        if str(name) not in text or pd.api.types.is_numeric_dtype(values) or values.isna().any():
            continue
        ours, theirs = values.astype(str), text[str(name)]
        if ours.is_unique and ours.isin(theirs).any():
            return str(name)
    return None


def _check_order(path: Path, rows: int, items: list[str], named: str | None) -> None:
    some = ", ".join(items[:3]) + (", …" if len(items) > 3 else "")
    if named is not None:
        raise InputError(
            f"{path}: its column {named!r} names none of the items, which are called {some}; write their names, or "
            "take the column out if the rows are in the order of the items."
        )
    if rows != len(items):
        raise InputError(
            f"{path}: has {rows:,} rows for {len(items):,} items, and no column names them; give one row per item, or "
            f"add a column id with their names ({some})."
        )


def _read(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table with typed columns, and the same as text."""
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        return read_both(path)
    if ending == ".parquet":
        source = parquet_table(path)
        table = source.frame([name for name, kind in source.kinds.items() if kind in TOLD])
        return table, table.astype(str)
    if ending == ".npz":
        table = npz_table(path)
        if not isinstance(table.index, pd.RangeIndex):
            table.insert(0, IDS, table.index)
        table = table.reset_index(drop=True)
        return table, table.astype(str)
    if ending == ".npy":
        table = _of_array(path)
        return table, table.astype(str)
    raise InputError(f"{path}: metadata are read from .csv, .parquet, .npy and .npz files; save them as one of these.")


def _of_array(path: Path) -> pd.DataFrame:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # whatever NumPy makes of damaged bytes
        raise InputError(f"{path}: not a readable .npy file of labels; save numbers or strings again.") from error
    if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
        return pd.DataFrame({"label": label_column(array, len(array), path)})
    if array.ndim == 2 and array.shape[1] <= WIDEST and array.dtype.kind in "biuf":
        return pd.DataFrame(wide_columns(array, path.stem))
    raise InputError(
        f"{path}: an array of shape {array.shape} is not metadata; give a label per item, or up to {WIDEST} numbers."
    )
