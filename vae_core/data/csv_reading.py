"""Reading a CSV file as people write them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.reserve import free_memory
from vae_core.errors import InputError

_GROWTH = 5  # bytes in memory for a byte of a CSV; more is seen only where values are of one digit
MOST_COLUMNS = 100_000
_LONGEST_HEADER = 2**24  # characters


def read_csv(path: Path, as_text: Sequence[str] = (), **options: Any) -> pd.DataFrame:
    """Read a CSV in UTF-8, with commas, semicolons or tabs, its first row the names of the columns.

    Parameters
    ----------
    path : Path
        The file.
    as_text : sequence of str
        Columns, in lower case, that are text unless written as numbers are, so that 007 keeps its zeros.
    **options
        Of `pandas.read_csv`.

    Raises
    ------
    InputError
        If it cannot be read, would not fit into memory, or has no row of names.
    """
    free = free_memory()
    if free is not None and path.stat().st_size * _GROWTH > free:
        raise InputError(
            f"{path}: this CSV is too large for the memory that is free; save it as Parquet or as .npy, which are read "
            "in parts."
        )
    try:
        separator = _separator(path)
        names = pd.read_csv(path, sep=separator, nrows=0, encoding="utf-8-sig").columns
        text = {name: str for name in names if str(name).lower() in as_text}
        settings: dict[str, Any] = {"dtype": text, "sep": separator, "encoding": "utf-8-sig", "index_col": False}
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the first
            table = pd.read_csv(path, low_memory=False, **{**settings, **options})
    except InputError:
        raise
    except Exception as error:  # empty, not UTF-8, ragged rows: pandas has an error for each
        raise InputError(f"{path}: this is not a readable CSV in UTF-8; repair it or move it elsewhere.") from error
    for name in text:
        if table[name].str.fullmatch("0|[1-9][0-9]{0,17}").all():
            table[name] = table[name].astype("int64")
    return table


def _separator(path: Path) -> str:
    """Return what stands between the names of the columns, once it is clear that the first row holds such."""
    with path.open(encoding="utf-8-sig") as stream:
        first = stream.readline(_LONGEST_HEADER)
    if len(first) == _LONGEST_HEADER:
        raise ValueError("no line ends")
    separator = "," if "," in first else max(";\t", key=first.count)
    names = [part.strip().strip('"') for part in first.split(separator)]
    if len(names) > MOST_COLUMNS:
        raise InputError(
            f"{path}: has more than {MOST_COLUMNS:,} columns; save it as .npy or as a Parquet column of lists."
        )
    if numbers_in(names) is not None and len(set(names)) < len(names):
        raise InputError(
            f"{path}: its first row holds numbers where the names of the columns belong; write them above it."
        )
    return separator


def numbers_in(names: Sequence[str]) -> np.ndarray | None:
    """Return names of columns that are finite numbers, all of them, as such; None if one is not."""
    try:
        numbers = np.array([float(name) for name in names])
    except ValueError:
        return None
    return numbers if len(numbers) and np.isfinite(numbers).all() else None
