"""Dates as they are written, and round ones on a scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.columns.number_form import NumberForm, step_of_dates, write_dates


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[us]").astype(np.int64) / 86_400e6


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("2021-03-05", "day"),
        ("1969-12-31 23:59", "minute"),
        ("1931-07-01 12:00:07", "second"),
        ("2021-03-05 12:00:07.250000", "fraction"),
        ("0044-03-15", "day"),
    ],
)
def test_a_date_is_written_as_far_as_it_goes(text: str, step: str) -> None:
    values = days(text)
    assert step_of_dates(values) == step
    assert write_dates(values, step_of_dates(values)) == [text]


def test_other_numbers_keep_their_unit() -> None:
    assert NumberForm("h").write(1234.5, 5) == "1,234.5 h"
    assert NumberForm().write(float("nan")) == NumberForm(step="day").write(float("inf")) == "–"
    assert NumberForm("h").ticks(0, 10) == () and NumberForm("h").heading(0, 10) == ""
    assert NumberForm(step="day").write(1e12), "what no calendar reaches is written as a number"


@pytest.mark.parametrize(
    ("ends", "texts", "heading"),
    [
        (("1990-05-01", "2021-01-01"), ["2000", "2010", "2020"], ""),
        (("2020-01-15", "2021-02-01"), ["2020-04", "2020-07", "2020-10", "2021-01"], ""),
        (("2020-02-27", "2020-03-02"), ["02-27", "02-28", "02-29", "03-01", "03-02"], "2020"),
        (("2020-12-30", "2021-01-02"), ["2020-12-30", "2020-12-31", "2021-01-01", "2021-01-02"], ""),
        (
            ("2020-02-28 13:00", "2020-02-29 12:00"),
            ["02-28 18:00", "02-29 00:00", "02-29 06:00", "02-29 12:00"],
            "2020",
        ),
        (("2020-02-28 13:01", "2020-02-28 13:07"), ["13:02", "13:04", "13:06"], "2020-02-28"),
        (
            ("2020-02-28 13:01:02", "2020-02-28 13:01:09"),
            ["13:01:02", "13:01:04", "13:01:06", "13:01:08"],
            "2020-02-28",
        ),
    ],
)
def test_ticks_are_round_dates(ends: tuple[str, str], texts: list[str], heading: str) -> None:
    low, high = days(*ends)
    form = NumberForm(step="second")
    assert [text for _, text in form.ticks(low, high)] == texts
    assert form.heading(low, high) == heading


@given(st.floats(-7e5, 7e5), st.floats(1e-4, 4e5))
def test_ticks_lie_within_the_range_in_order_and_are_few(low: float, size: float) -> None:
    found = NumberForm(step="second").ticks(low, low + size)
    places = [place for place, _ in found]
    assert len(found) <= 6 and places == sorted(set(places))
    assert all(low - 1e-6 <= place <= low + size + 1e-6 for place in places)
