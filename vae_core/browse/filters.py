"""Which items are looked at: those whose value of a column lies in a range, or is one value."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from vae_core import InputError, LatentSpace
from vae_core.columns.of_space import column_called, values_of


@dataclass(frozen=True)
class ItemFilter:
    """A part of the items.

    Parameters
    ----------
    column : str
        As `vae_core.columns.of_space.columns` names it.
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
    def of(cls, asked: Any) -> ItemFilter:
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
            return np.flatnonzero(values.having(self.value))
        if len(values.values) == 0:
            raise InputError(f"The column {self.column!r} holds no numbers, so there is no range of it.")
        above, below = values.values >= self.low, values.values <= self.high
        return np.flatnonzero(above | below if self._goes_round(space) else above & below)

    def in_words(self, space: LatentSpace) -> str:
        """Return which part it is, as people read it."""
        if self.low is None or self.high is None:
            return f"{self.column}: {self.value}"
        values = values_of(space, self.column)
        write = "{:g}".format if values is None or not values.form.step else values.form.write
        return f"{self.column} from {write(self.low)} to {write(self.high)}"

    def _goes_round(self, space: LatentSpace) -> bool:
        if self.low is None or self.high is None or self.low <= self.high:
            return False
        column = column_called(space, self.column)
        return column is not None and column.turn > 0


def _end(asked: Any) -> float | None:
    """Return an end of a range; None if it is no finite number, or too large to be one."""
    if isinstance(asked, bool) or not isinstance(asked, (int, float)):
        return None
    try:
        number = float(asked)
    except OverflowError:
        return None
    return number if isfinite(number) else None
