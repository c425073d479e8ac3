"""Numbers as people read them."""

from __future__ import annotations

import math

#: Below it a number and its error share a power of ten; below the other one dividing by that power fails.
_SMALL = 1e-3
_LEAST = 1e-300
_THIN = "\N{NO-BREAK SPACE}"


def plain(value: float | None, digits: int = 3) -> str:
    """Write a number with so many significant digits, a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size >= 7 or size < -4:
        mantissa, _, power = f"{value:.{max(0, digits - 1)}e}".partition("e")
        return _signed(mantissa) + _times_ten(int(power))
    places = max(0, digits - 1 - size)
    return _signed(f"{value:,.{places}f}")


def with_error(value: float | None, error: float | None, digits: int = 3, most: int = 4) -> str:
    """Write a number and its standard error, both to the second digit of the error; below 0.001 with a power of ten.

    An error that `most` places do not show is left out.
    """
    if value is None or not math.isfinite(value):
        return "–"
    size = max(abs(value), error or 0.0)
    if error is None or not math.isfinite(error) or error <= 0 or size < _LEAST:
        return plain(value, digits)
    if size < _SMALL:
        power = math.floor(math.log10(size))
        told = with_error(value / 10.0**power, error / 10.0**power, digits, most)
        return (f"({told})" if "±" in told else told) + _times_ten(power)
    if float(f"{error:.{most}f}") == 0:
        places = max(most, digits - 1 - math.floor(math.log10(abs(value))))
        return _signed(f"{value:,.{places}f}")
    places = max(0, 1 - math.floor(math.log10(error)))
    return f"{_signed(f'{value:,.{places}f}')}{_THIN}±{_THIN}{error:,.{places}f}"


def percent(share: float | None, places: int = 0) -> str:
    """Write a share in [0, 1] as a percentage; small ones with one more digit, and none as 0 or 100 that is not."""
    if share is None or not math.isfinite(share):
        return "–"
    value = 100 * share
    if 0 < abs(value) < 0.05:
        return f"<{_THIN}0.1{_THIN}%"
    if 0 < abs(value) < 9.95:
        places = max(places, 1)
    text = f"{value:.{places}f}"
    while float(text) == 100 and value < 100 and places < 4:
        places += 1
        text = f"{value:.{places}f}"
    return _signed(text) + f"{_THIN}%"


def fixed(value: float | None, places: int) -> str:
    """Write a number with so many places behind the point, a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return _signed(f"{value:,.{places}f}")


def count(value: int) -> str:
    """Write a whole number with its thousands set apart."""
    return _signed(f"{value:,}")


def p_value(p: float | None) -> str:
    """Write a p-value."""
    if p is None or not math.isfinite(p):
        return "–"
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def _signed(text: str) -> str:
    bare = text.lstrip("-")
    return bare if not any(digit in bare for digit in "123456789") else text.replace("-", "−")


def _times_ten(power: int) -> str:
    return f"{_THIN}·{_THIN}10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
