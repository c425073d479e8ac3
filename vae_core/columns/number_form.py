"""How the numbers of a column are written: plainly, with a unit, or as the dates that they stand for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from vae_core.drawing.numbers import plain

#: How far a date is written, the coarsest first; "" of what is no date.
DateStep: TypeAlias = Literal["", "year", "month", "day", "minute", "second", "fraction"]
#: Days of a tick's step, and how its dates are written.
_STEPS: tuple[tuple[float, DateStep], ...] = (
    *((seconds / 86_400, "second") for seconds in (1, 2, 5, 10, 15, 30)),
    *((minutes / 1_440, "minute") for minutes in (1, 2, 5, 10, 15, 30)),
    *((hours / 24, "minute") for hours in (1, 2, 3, 6, 12)),
    *((float(days), "day") for days in (1, 2, 7, 14)),
)
_MONTHS = (1, 2, 3, 6)
_MONTH, _YEAR = 30.44, 365.25
#: Numbers of days beyond which NumPy's calendar has no years to write.
_FARTHEST = 1e8


@dataclass(frozen=True)
class NumberForm:
    """How the numbers of a column are written.

    Parameters
    ----------
    unit : str
        Of plain numbers; "" for none.
    step : {"", "year", "month", "day", "minute", "second", "fraction"}
        Of numbers that are days since the beginning of 1970, how far their dates are written.
    """

    unit: str = ""
    step: DateStep = ""

    def write(self, value: float, digits: int = 3) -> str:
        """Write one number, with its unit, or as a date; a dash where there is none."""
        if not math.isfinite(value):
            return "–"
        if self.step and abs(value) < _FARTHEST:
            return write_dates(np.array([value]), self.step)[0]
        return f"{plain(value, digits)} {self.unit}".rstrip()

    def ticks(self, low: float, high: float, most: float = 4.5) -> tuple[tuple[float, str], ...]:
        """Return round dates within a range, and how they are written; nothing of what is no date."""
        if not self.step or not high > low or max(abs(low), abs(high)) >= _FARTHEST:
            return ()
        fine = next((step for step in _STEPS if (high - low) / step[0] <= most), None)
        if fine is not None:
            days, step = fine
            # Weeks and the like begin at the range's own first day, hours and minutes at midnight.
            begin = math.floor(low) if days < 1 else math.ceil(low)
            first = begin + math.ceil((low - begin) / days - 1e-6) * days
            places = first + days * np.arange(int((high - first) / days + 1e-6) + 1)
            return tuple(zip(places.tolist(), _tick_texts(places, step), strict=True))
        months = next((count for count in _MONTHS if (high - low) / (_MONTH * count) <= most), None)
        if months is not None:
            return _calendar_ticks(low, high, "M", months, "month")
        size = 10.0 ** math.floor(math.log10((high - low) / _YEAR / most))
        years = next(times * size for times in (1, 2, 5, 10, 20) if (high - low) / (_YEAR * times * size) <= most)
        return _calendar_ticks(low, high, "Y", max(1, round(years)), "year")

    def heading(self, low: float, high: float) -> str:
        """Return what of the date `ticks` leave out, as they all have it: the day, or the year; "" for nothing."""
        ticks = self.ticks(low, high)
        if not ticks or _is_year(ticks[0][1][:4]):
            return ""
        first, last = write_dates(np.array([ticks[0][0], ticks[-1][0]]), "day")
        return first if ":" in ticks[0][1] and first == last else first[:4]


#: Of numbers without a unit.
PLAIN = NumberForm()


def write_dates(days: np.ndarray, step: DateStep) -> list[str]:
    """Write days ``[n]`` since the beginning of 1970 as dates, as far as `step` says."""
    if step in ("year", "month", "day"):
        unit = {"year": "Y", "month": "M", "day": "D"}[step]
        return [str(date) for date in np.floor(days + 1e-9).astype("datetime64[D]").astype(f"datetime64[{unit}]")]
    moments = np.rint(np.asarray(days, dtype=np.float64) * 86_400e6).astype("int64").astype("datetime64[us]")
    unit = {"minute": "m", "second": "s", "fraction": "us"}[step or "second"]
    return [str(moment).replace("T", " ") for moment in moments.astype(f"datetime64[{unit}]")]


def step_of_dates(days: np.ndarray) -> DateStep:
    """Return how far known dates, days ``[n]``, have to be written so that none loses what tells it from others."""
    for step, per_day in (("day", 1), ("minute", 1_440), ("second", 86_400)):
        parts = days * per_day
        if (np.abs(parts - np.rint(parts)) < 1e-6 + 4e-15 * np.abs(parts)).all():
            return step  # type: ignore[return-value]
    return "fraction"


def _calendar_ticks(low: float, high: float, unit: str, every: int, step: DateStep) -> tuple[tuple[float, str], ...]:
    ends = np.floor([low, high]).astype("datetime64[D]").astype(f"datetime64[{unit}]").astype(int)
    first, last = (int(end) for end in ends)
    begin = math.ceil(first / every) * every
    dates = np.arange(begin, last + 1, every).astype(f"datetime64[{unit}]").astype("datetime64[D]").astype(np.float64)
    within = dates[(dates >= low) & (dates <= high)]
    return tuple(zip(within.tolist(), write_dates(within, step), strict=True))


def _tick_texts(places: np.ndarray, step: DateStep) -> list[str]:
    """Write the time of day where all are of one day, else the day as well; without the year where they share it."""
    texts = write_dates(places, step)
    if step != "day" and len({text[:10] for text in texts}) == 1:
        return [text[11:] for text in texts]
    return [text[5:] for text in texts] if len({text[:4] for text in texts}) == 1 else texts


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal()
