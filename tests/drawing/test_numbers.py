"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.drawing.numbers import count, fixed, p_value, percent, plain, with_error


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1234.5678, "1,235"),
        (-0.012345, "−0.0123"),
        (99.96, "100.0"),
        (1.5e9, "1.50\xa0·\xa010⁹"),
        (-2e-7, "−2.00\xa0·\xa010⁻⁷"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_plain(value: float | None, text: str) -> None:
    assert plain(value) == text


def test_fixed_places_and_counts() -> None:
    assert [fixed(value, 2) for value in (-0.001, -1234.567, 2, math.nan)] == ["0.00", "−1,234.57", "2.00", "–"]
    assert [count(value) for value in (0, 999, 10_000, -4321)] == ["0", "999", "10,000", "−4,321"]


@given(st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-3))
def test_plain_is_within_half_of_its_last_digit(value: float) -> None:
    read = float(plain(value, 4).replace("−", "-").replace(",", ""))
    assert read == pytest.approx(value, rel=6e-4)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (3.85612, 0.0114, "3.856\xa0±\xa00.011"),
        (-120.4, 13.0, "−120\xa0±\xa013"),
        (0.0040191, 0.000058, "0.004019\xa0±\xa00.000058"),
        (0.0040191, 0.0000058, "0.00402"),
        (3.8561234, 0.0000058, "3.8561"),
        (3e-5, 1e-6, "(3.00\xa0±\xa00.10)\xa0·\xa010⁻⁵"),
        (-4.2e-5, 8e-6, "(−4.20\xa0±\xa00.80)\xa0·\xa010⁻⁵"),
        (1.81e-4, 5.6e-5, "(1.81\xa0±\xa00.56)\xa0·\xa010⁻⁴"),
        (0.0, 2e-4, "(0.0\xa0±\xa02.0)\xa0·\xa010⁻⁴"),
        (7e-5, 1e-12, "7.0000\xa0·\xa010⁻⁵"),
        (1e-320, 5e-324, "1.00\xa0·\xa010⁻³²⁰"),
        (2.0, 0.0, "2.00"),
        (2.0, None, "2.00"),
        (2.0, math.nan, "2.00"),
        (math.nan, 1.0, "–"),
        (-0.001, 0.5, "0.00\xa0±\xa00.50"),
    ],
)
def test_with_error(value: float, error: float | None, text: str) -> None:
    assert with_error(value, error) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *((0, "0\xa0%"), (1, "100\xa0%"), (0.077, "7.7\xa0%"), (0.5, "50\xa0%")),
        *((0.9999, "99.99\xa0%"), (1e-5, "<\xa00.1\xa0%"), (None, "–")),
    ],
)
def test_percent_never_says_all_or_nothing_of_what_is_not(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_p_values() -> None:
    assert (p_value(0.0213), p_value(1e-5), p_value(None)) == ("p = 0.021", "p < 0.001", "–")
