"""Which items are looked at: those whose value of a column lies in a range, or is one value."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from components.columns import columns, values_of
from vae_core import InputError, LatentSpace


@dataclass(frozen=True)
class Within:
    """A part of the items.

    Parameters
    ----------
    column : str
        As `components.columns.columns` names it.
    low, high : float, optional
        Ends of the range, both included; of a column of numbers. Of an angle the lower one may come last: from 170 to
        10 is what lies about 0.
    value : str, optional
        The one value, as text, instead of a range.
    """

    column: str
    low: float | None = None
    high: float | None = None
    value: str | None = None

    @classmethod
    def of(cls, asked: Any) -> Within:
        """Read ``{"column": …, "low": …, "high": …}`` or ``{"column": …, "value": …}``.

        Raises
        ------
        InputError
            If it is neither.
        """
        if isinstance(asked, dict) and isinstance(asked.get("column"), str):
            low, high, value = asked.get("low"), asked.get("high"), asked.get("value")
            if isinstance(value, str) and low is None and high is None:
                return cls(asked["column"], value=value)
            ends = _end(low), _end(high)
            if value is None and ends[0] is not None and ends[1] is not None:
                return cls(asked["column"], ends[0], ends[1])
        raise InputError('A part of the items is {"column": …, "low": …, "high": …} or {"column": …, "value": …}.')

    def items(self, space: LatentSpace) -> np.ndarray:
        """Return the numbers of the items, ``[m]`` in ascending order; those without a value are not among them.

        Raises
        ------
        InputError
            If there is no such column, or it has no range.
        """
        values = values_of(space, self.column)
        if values is None:
            raise InputError(f"There is no column {self.column!r}.")
        if self.value is not None:
            inside = (values.astype("object").map(str) == self.value) & values.notna()
            return np.flatnonzero(inside.to_numpy(dtype=bool))
        if not pd.api.types.is_numeric_dtype(values):
            raise InputError(f"The column {self.column!r} holds no numbers, so there is no range of it.")
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        above, below = numbers >= self.low, numbers <= self.high
        return np.flatnonzero(above | below if self._goes_round(space) else above & below)

    def _goes_round(self, space: LatentSpace) -> bool:
        if self.low is None or self.high is None or self.low <= self.high:
            return False
        return any(one.name == self.column and one.turn > 0 for one in columns(space))


def _end(asked: Any) -> float | None:
    """Return an end of a range; None if it is no finite number, or too large to be one."""
    if isinstance(asked, bool) or not isinstance(asked, (int, float)):
        return None
    try:
        number = float(asked)
    except OverflowError:
        return None
    return number if isfinite(number) else None
