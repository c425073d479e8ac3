"""What is worked out once for a table, and kept as long as the table is there."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

import pandas as pd

T = TypeVar("T")


class PerTable(Generic[T]):
    """One object for every table: the same for everybody who asks.

    Parameters
    ----------
    make : callable
        Makes an object for a table that has none yet; it must not hold the table.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._kept: dict[int, tuple[weakref.ref[pd.DataFrame], T]] = {}
        self._lock = threading.Lock()

    def of(self, table: pd.DataFrame) -> T:
        """Return the object of a table."""
        with self._lock:
            # Tables have no hash, and the number of one that has gone may be another's.
            for key in [key for key, (there, _) in self._kept.items() if there() is None]:
                del self._kept[key]
            kept = self._kept.get(id(table))
            if kept is None:
                kept = self._kept[id(table)] = (weakref.ref(table), self._make())
            return kept[1]
