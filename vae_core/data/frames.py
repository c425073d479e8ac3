"""Tables in memory: CSV files and pandas' own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.columns import ID_COLUMNS, ColumnKind
from vae_core.data.csv_reading import read_csv
from vae_core.data.pictures import FORMATS
from vae_core.data.reserve import reserve
from vae_core.errors import InputError
from vae_core.progress import Progress

_LOOKED_AT = 100  # values that tell what a column of text holds


class FrameTable:
    """A table whose columns are in memory; see `columns.Table`.

    Parameters
    ----------
    frame : DataFrame
        One row per item.
    source : object
        What it is called in messages.
    folder : Path, optional
        Where pictures lie that it names.
    guessed : bool
        Whether it was text, from which the kinds of its columns are guessed.

    Raises
    ------
    InputError
        If it is empty, or two columns have one name.
    """

    def __init__(self, frame: pd.DataFrame, source: object, folder: Path | None = None, guessed: bool = False) -> None:
        self.source, self.folder, self.guessed = str(source), folder, guessed
        self._frame = frame.set_axis([str(column) for column in frame.columns], axis=1)
        self.count = len(frame)
        if self.count == 0 or not len(frame.columns):
            raise InputError(f"{source}: the table is empty; give one row per item and at least one column.")
        if not self._frame.columns.is_unique:
            twice = self._frame.columns[self._frame.columns.duplicated()][0]
            raise InputError(f"{source}: two columns are called {twice!r}; give each its own name.")
        self.kinds: Mapping[str, ColumnKind] = {str(column): self._kind(self._frame[column]) for column in self._frame}
        self.classes: Mapping[str, Sequence[str]] = {}

    def _kind(self, column: pd.Series) -> ColumnKind:
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            return "number"
        if not pd.api.types.is_string_dtype(column) and not pd.api.types.is_object_dtype(column):
            return "text"
        some = column.dropna().head(_LOOKED_AT)
        if len(some) and all(isinstance(value, (list, tuple, np.ndarray)) for value in some):
            return "list"
        if len(some) and all(isinstance(value, bytes) for value in some):
            return "picture"
        return "path" if self.folder is not None and names_pictures(some) else "text"

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns of numbers and text."""
        return self._frame[list(columns)].reset_index(drop=True)

    def numbers(self, columns: Sequence[str], progress: Progress) -> np.ndarray:  # noqa: ARG002 - as of every table
        """Return columns of numbers as float32 ``[n, k]``; InputError where one is missing."""
        values = reserve((self.count, len(columns)), np.float32, self.source)
        for at, name in enumerate(columns):
            column = self._frame[name]
            missing = column.isna().to_numpy()
            if missing.any():
                raise missing_number(self.source, int(missing.argmax()), name)
            with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
                values[:, at] = column.to_numpy()
        return values

    def lists(self, column: str, progress: Progress) -> np.ndarray:  # noqa: ARG002 - as of every table
        """Return a column of lists as one array; InputError unless they are equally long."""
        values: np.ndarray | None = None
        for row, cell in enumerate(self._frame[column]):
            array = list_of_numbers(cell, self.source, row, column)
            if values is None:
                values = reserve((self.count, *array.shape), array.dtype, self.source)
            if array.shape != values.shape[1:]:
                raise unequal_lists(self.source, row, column, array.shape, values.shape[1:])
            values[row] = array
        assert values is not None  # a table has rows
        return values

    def pictures(self, column: str) -> Iterator[bytes | str]:
        """Yield the pictures of a column."""
        for value in self._frame[column]:
            yield value if isinstance(value, (bytes, str)) else ""


def csv_table(path: Path) -> FrameTable:
    """Read a CSV, its first row the names of the columns; paths of pictures are relative to its folder.

    Raises
    ------
    InputError
        If it cannot be read, or there is no room for it.
    """
    return FrameTable(read_csv(path, as_text=ID_COLUMNS), path, path.parent, guessed=True)


def names_pictures(some: pd.Series) -> bool:
    """Whether all of some texts, at least one, end as picture files do."""
    return len(some) > 0 and all(
        isinstance(text, str) and PurePosixPath(text.replace("\\", "/")).suffix.lower() in FORMATS for text in some
    )


def list_of_numbers(cell: Any, source: str, row: int, column: str) -> np.ndarray:
    """Return a list of numbers, nested or not, as an array; integers stay integers."""
    try:
        array = np.asarray(cell)
        if array.dtype == object:  # lists of arrays
            array = np.stack([np.asarray(part) for part in cell])
    except (ValueError, TypeError):
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf" or array.size == 0:
        raise InputError(
            f"{source}: row {row + 1} has no list of numbers in the column {column!r}; give one of the same length in "
            "every row."
        )
    return array


def missing_number(source: str, row: int, column: str) -> InputError:
    """Return the error of a number that is missing; rows are counted from 1, the names of the columns aside."""
    return InputError(
        f"{source}: row {row + 1} has no number in the column {column!r}; fill it in, remove the row, or say with "
        "--columns which columns hold the values."
    )


def unequal_lists(source: str, row: int, column: str, found: Sequence[int], others: Sequence[int]) -> InputError:
    """Return the error of lists that are not equally long."""
    sizes = [" × ".join(str(size) for size in shape) for shape in (found, others)]
    return InputError(
        f"{source}: row {row + 1} has {sizes[0]} numbers in the column {column!r} where row 1 has {sizes[1]}; give "
        "lists of one length."
    )
