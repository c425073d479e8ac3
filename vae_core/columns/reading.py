"""The cells of a table's column read as values: the one place that says what a column is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vae_core.columns.column_values import ColumnValues
from vae_core.columns.kinds import LABEL, MOST_CATEGORIES, infer_type, most_classes
from vae_core.columns.number_form import DateStep, NumberForm, step_of_dates

_NO_NUMBERS = np.empty(0)
_MISSING = "all values are missing"
_OWN = "nearly every item has a value of its own, as with a name"
#: Spans are written in the largest of these that at least one of them reaches, with so many seconds.
_SPANS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3))
_PERIODS: dict[str, DateStep] = {"Y": "year", "A": "year", "Q": "month", "M": "month"}


def read_column(cells: pd.Series, name: str = "", alike: ColumnValues | None = None) -> ColumnValues:
    """Return what a column holds.

    - Dates, with or without a time zone, and periods by their begin are dates: days since the beginning of 1970, by
      the clocks of their own zone. Spans are numbers with a unit.
    - Whole numbers of at most 50 different values are classes; those of the column ``label`` are with more as well,
      unless they tell nearly every item from every other. All other numbers are numbers; infinite ones are missing.
    - Truth values and categoricals are classes, as text is, unless they tell nearly every item from every other.

    Parameters
    ----------
    cells : Series
        ``[n]`` of any type.
    name : str
        Of the column.
    alike : ColumnValues, optional
        The column of another table that this one is compared with: texts are read as dates if its own are, and spans
        have its unit.
    """
    types = pd.api.types
    cells = infer_type(cells, name)
    if not cells.notna().any():
        return ColumnValues.of_nothing(_MISSING)
    if types.is_complex_dtype(cells):
        return ColumnValues.of_nothing("complex numbers have no order")
    if alike is not None and alike.kind == "date" and (types.is_string_dtype(cells) or _is_categorical(cells)):
        cells = pd.to_datetime(cells.astype("object").map(str, na_action="ignore"), errors="coerce", format="ISO8601")
    if types.is_datetime64_any_dtype(cells) or isinstance(cells.dtype, pd.PeriodDtype):
        return _dates(cells, alike)
    if types.is_timedelta64_dtype(cells):
        return _spans(cells, alike)
    if types.is_numeric_dtype(cells) and not types.is_bool_dtype(cells):
        return _numbers(cells, name)
    return _classes(cells)


def _is_categorical(cells: pd.Series) -> bool:
    return isinstance(cells.dtype, pd.CategoricalDtype)


def _dates(cells: pd.Series, alike: ColumnValues | None) -> ColumnValues:
    step: DateStep = ""
    if isinstance(cells.dtype, pd.PeriodDtype):
        step = _PERIODS.get(str(cells.dtype).removeprefix("period[")[:1], "")
        moments = cells.dt.to_timestamp()
    else:
        moments = cells.dt.tz_localize(None) if cells.dt.tz is not None else cells
    days = moments.to_numpy(dtype="datetime64[us]").astype(np.int64) / 86_400e6
    days[cells.isna().to_numpy()] = np.nan
    if not np.isfinite(days).any():
        return ColumnValues.of_nothing(_MISSING)
    if alike is not None and alike.form.step:
        step = alike.form.step
    return ColumnValues.of_numbers(days, NumberForm(step=step or step_of_dates(days[np.isfinite(days)])))


def _spans(cells: pd.Series, alike: ColumnValues | None) -> ColumnValues:
    seconds = (cells / pd.Timedelta(seconds=1)).to_numpy(dtype=np.float64, na_value=np.nan)
    largest = np.nanmax(np.abs(seconds))
    units = dict(_SPANS)
    usual = next((unit for unit, size in _SPANS if largest >= size), "ms")
    unit = alike.form.unit if alike is not None and alike.form.unit in units else usual
    return ColumnValues.of_numbers(seconds / units[unit], NumberForm(unit))


def _numbers(cells: pd.Series, name: str) -> ColumnValues:
    if pd.api.types.is_integer_dtype(cells):
        most = most_classes(len(cells)) if name == LABEL else MOST_CATEGORIES
        if cells.nunique() <= most:
            return _whole(cells, name)
    numbers = ColumnValues.of_numbers(cells.to_numpy(dtype=np.float64, na_value=np.nan))
    return numbers if np.isfinite(numbers.values).any() else ColumnValues.of_nothing(_MISSING)


def _whole(cells: pd.Series, name: str) -> ColumnValues:
    codes, found = pd.factorize(cells, sort=True)
    amounts = np.array([float(number) for number in found])
    names = tuple(str(int(number)) for number in found)
    return ColumnValues("category", _ranked(amounts, codes), codes.astype(np.int32), names, ordered=name != LABEL)


def _classes(cells: pd.Series) -> ColumnValues:
    truth = pd.api.types.is_bool_dtype(cells)
    if _is_categorical(cells):
        ordered = bool(cells.dtype.ordered)
        codes, found = cells.cat.codes.to_numpy(), list(cells.cat.categories)
    else:
        ordered = truth
        codes, found = pd.factorize(cells)
        if len(found) <= most_classes(len(cells)):
            codes, found = _sorted(codes, found)
    codes, names = _by_name(codes, [str(one) for one in found])
    present = int(np.count_nonzero(np.bincount(codes[codes >= 0], minlength=len(names))))
    if present > most_classes(len(cells)):
        return ColumnValues("text", _NO_NUMBERS, codes, names, reason=_OWN)
    ranks = _ranked(np.arange(len(names), dtype=np.float64), codes) if ordered else _NO_NUMBERS
    return ColumnValues("category", ranks, codes, names, ordered)


def _sorted(codes: np.ndarray, found: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Put classes into their order, as texts if they have no other."""
    try:
        order = np.asarray(pd.Index(found).argsort())
    except TypeError:
        order = np.argsort([str(one) for one in found], kind="stable")
    place = np.empty(len(order) + 1, dtype=np.int32)
    place[order] = np.arange(len(order))
    place[-1] = -1
    return place[codes], found[order]


def _by_name(codes: np.ndarray, names: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Make those one class that are written alike: a class is known by its name."""
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    if len(first) == len(names):
        return codes.astype(np.int32), tuple(names)
    kept = list(dict.fromkeys(names))
    place = {name: at for at, name in enumerate(kept)}
    return np.array([*(place[name] for name in names), -1], dtype=np.int32)[codes], tuple(kept)


def _ranked(amounts: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.asarray(np.append(amounts, np.nan)[codes])
