"""The values of one column: what kind they are, and one of them per item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from vae_core.columns.number_form import PLAIN, NumberForm

#: Classes; numbers; numbers that are days since the beginning of 1970; text that tells nearly every item from every
#: other; and what holds no values, or none that can be used.
ColumnKind: TypeAlias = Literal["category", "number", "date", "text", "nothing"]


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """One value per item.

    Parameters
    ----------
    kind : {"category", "number", "date", "text", "nothing"}
        What they are.
    values : ndarray
        ``[n]`` float64, NaN where there is none. Of a category they are there where its classes are numbers (whole
        numbers, truth values) or in an order (their ranks), else empty, ``[0]``; of text and of nothing empty.
    codes : ndarray
        ``[n]`` int32, the class of every item, −1 where there is none; of numbers, dates and nothing empty, ``[0]``.
    categories : tuple of str
        What the codes 0, 1, … stand for, each once. Those of a categorical are all that were declared, in that order;
        numbers are in ascending order, texts of a category in alphabetical.
    ordered : bool
        Whether the classes are in an order that means something; numbers of classes are in none.
    form : NumberForm
        How numbers and dates are written.
    reason : str
        Why nothing and text cannot be used as classes or numbers; "" of all others.
    """

    kind: ColumnKind
    values: np.ndarray
    codes: np.ndarray
    categories: tuple[str, ...] = ()
    ordered: bool = False
    form: NumberForm = PLAIN
    reason: str = ""

    @classmethod
    def of_numbers(cls, values: np.ndarray, form: NumberForm = PLAIN) -> ColumnValues:
        """Return numbers ``[n]``, or dates; what is not finite is missing."""
        numbers = np.array(values, dtype=np.float64)
        numbers[~np.isfinite(numbers)] = np.nan
        return cls("date" if form.step else "number", numbers, np.empty(0, dtype=np.int32), form=form)

    @classmethod
    def of_nothing(cls, reason: str) -> ColumnValues:
        """Return values that cannot be used, and why."""
        return cls("nothing", np.empty(0), np.empty(0, dtype=np.int32), reason=reason)

    @property
    def has_classes(self) -> bool:
        """Whether they are known by their codes."""
        return self.kind in ("category", "text")

    @property
    def is_numeric(self) -> bool:
        """Whether they are numbers or dates, with a range and an order."""
        return self.kind in ("number", "date")

    def observed_mask(self, count: int) -> np.ndarray:
        """Return which of `count` items have a value, ``[n]`` bool."""
        if self.kind == "nothing":
            return np.zeros(count, dtype=bool)
        return self.codes >= 0 if self.has_classes else np.isfinite(self.values)

    def format_item(self, item: int) -> str | None:
        """Return the value of an item as people read it, None where it has none."""
        if self.has_classes:
            return self.categories[self.codes[item]] if self.codes[item] >= 0 else None
        if self.kind == "nothing" or not np.isfinite(self.values[item]):
            return None
        return self.form.write(float(self.values[item]), 4)

    def having(self, text: str) -> np.ndarray:
        """Return which items have the value that is written so, ``[n]`` bool."""
        if self.has_classes:
            return np.asarray(self.codes == (self.categories.index(text) if text in self.categories else -2))
        if self.kind == "nothing":
            return np.zeros(0, dtype=bool)
        try:
            wanted = float(np.datetime64(text, "us").astype(np.int64)) / 86_400e6 if self.form.step else float(text)
        except ValueError:
            return np.zeros(len(self.values), dtype=bool)
        return np.asarray(self.values == wanted)

    def take(self, index: np.ndarray) -> ColumnValues:
        """Return the values of some items ``[m]``."""
        return replace(
            self,
            values=self.values[index] if len(self.values) else self.values,
            codes=self.codes[index] if len(self.codes) else self.codes,
        )

    def counts(self) -> np.ndarray:
        """Return how many items each class has, ``[k]``."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.categories))

    def restricted(self, chosen: Sequence[int], rest: str = "") -> ColumnValues:
        """Return the classes of these codes alone, in this order, and all others as one more, called `rest`.

        Without `rest` items of other classes have none.
        """
        names = [self.categories[code] for code in chosen]
        place = np.full(len(self.categories) + 1, len(names) if rest else -1, dtype=np.int32)
        place[list(chosen)] = np.arange(len(names))
        place[-1] = -1  # of items without one, whose code is −1
        return replace(
            self,
            codes=place[self.codes],
            categories=(*names, *([unlike(rest, names)] if rest else [])),
            values=np.empty(0),
            ordered=False,
        )


def unlike(name: str, others: Sequence[str]) -> str:
    """Return a name that no other has: as it is, or with brackets around it."""
    while name in others:
        name = f"({name})"
    return name
