"""The columns of a table, read once and kept as long as the table is there."""

from __future__ import annotations

import threading

import pandas as pd

from vae_core.columns.column_values import ColumnValues
from vae_core.columns.per_table import PerTable
from vae_core.columns.reading import read_column

Columns = tuple[tuple[str, ColumnValues], ...]


class _Reading:
    """What is known of one table; who comes second waits for who reads it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.names: list[str] | None = None
        self.columns: Columns = ()

    def read(self, table: pd.DataFrame) -> Columns:
        with self.lock:
            names = [str(name) for name in table.columns]
            if self.names != names:
                self.columns = tuple((name, read_column(table.iloc[:, at], name)) for at, name in enumerate(names))
                self.names = names
            return self.columns


_readings = PerTable(_Reading)


def columns_of_table(table: pd.DataFrame) -> Columns:
    """Return the names of a table's columns, in its order, and what each holds; a name may stand there twice."""
    return _readings.of(table).read(table)


def column_of_table(table: pd.DataFrame, name: str) -> ColumnValues | None:
    """Return what the first column of this name holds, None if there is none."""
    return next((values for known, values in columns_of_table(table) if known == name), None)
