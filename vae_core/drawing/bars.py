"""Bars in rows: a value each, with its error, and what it would be by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import with_error

#: Rows shown at once; the rest folds away.
SHOWN = 32
_NOTHING = 0.02  # of the longest bar: what is less than nothing by so little is nothing, give or take its error


@dataclass(frozen=True)
class Bar:
    """One row.

    Parameters
    ----------
    name : str
        What it is of.
    value : float or None
        Its length; None where there is no figure.
    error : float, optional
        The standard error.
    chance : float, optional
        What the value would be by chance, a tick on the bar.
    note : str
        A few words behind the figure.
    off : bool
        Whether it is drawn in grey: nothing is there.
    touch : mapping
        ``data-`` attributes that say what touching the row shows, such as ``{"dimension": 3}``.
    title : str
        What the pointer is told.
    called : str, optional
        What a latent dimension is called besides; "" keeps a place for it, None does not.
    """

    name: str
    value: float | None
    error: float | None = None
    chance: float | None = None
    note: str = ""
    off: bool = False
    touch: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    called: str | None = None


def bars(rows: Sequence[Bar], mark: float | None = None, most: float | None = None, figure: Any = None) -> Markup:
    """Draw rows of bars, one below the other; of more than 32 the rest folds away.

    Parameters
    ----------
    rows : sequence of Bar
        The rows, in their order.
    mark : float, optional
        A threshold, drawn through all rows.
    most : float, optional
        What a full bar stands for; by default the largest value, chance or mark.
    figure : callable, optional
        Writes the value of a `Bar`; by default the value with its error.
    """
    # From the origin to the longest; bars that go to both sides start in the middle.
    values = [v for row in rows for v in (row.value, row.chance) if v is not None and math.isfinite(v)]
    values += [mark] if mark is not None else []
    top = most if most is not None else max((abs(value) for value in values), default=1.0)
    top = top or 1.0
    both = min(values, default=0.0) < -_NOTHING * top

    def place(value: float) -> float:
        share = max(-1.0, min(1.0, value / top))
        return 50 * (1 + share) if both else 100 * max(0.0, share)

    drawn = [_row(row, place, both, mark, figure or (lambda one: with_error(one.value, one.error))) for row in rows]
    shown, folded = drawn[:SHOWN], drawn[SHOWN:]
    rest = tag("details", tag("summary", f"{len(folded)} more"), tag("div", folded, class_="bars")) if folded else None
    return tag("div", tag("div", shown, class_="bars"), rest, class_="bars-host")


def _row(row: Bar, place: Any, both: bool, mark: float | None, figure: Any) -> Markup:
    origin = 50.0 if both else 0.0
    parts: list[Any] = []
    if row.value is not None and math.isfinite(row.value):
        end = place(row.value)
        left, wide = min(origin, end), abs(end - origin)
        parts.append(tag("span", class_="bar", style=f"left:{left:.2f}%;width:{wide:.2f}%"))
        if row.error:
            low, high = place(row.value - row.error), place(row.value + row.error)
            parts.append(tag("span", class_="whisker", style=f"left:{low:.2f}%;width:{max(0.0, high - low):.2f}%"))
    if row.chance is not None and math.isfinite(row.chance):
        parts.append(tag("span", class_="chance", style=f"left:{place(row.chance):.2f}%"))
    if mark is not None:
        parts.append(tag("span", class_="mark", style=f"left:{place(mark):.2f}%"))
    told = figure(row)
    return tag(
        "div",
        tag("span", name_label(row.name, row.called), class_="bar-name"),
        tag("span", parts, class_="track"),
        tag("span", told, class_="bar-value"),
        tag("span", row.note, class_="bar-note") if row.note else None,
        class_="bar-row off" if row.off else "bar-row",
        title=row.title or None,
        **touchable(row.touch, f"{' '.join(part for part in (row.name, row.called) if part)}: {told}"),
    )


def name_label(name: str, called: str | None) -> list[Any]:
    """Return a name with what it is called besides, which the page writes anew as people name it; see `Bar`."""
    return [name, None if called is None else tag("span", called, class_="called")]


def touchable(touch: dict[str, Any], spoken: str) -> dict[str, Any]:
    """Return the attributes of something that can be touched, by hand or by keyboard; none where there is nothing."""
    return {**data_of(touch), "tabindex": 0, "role": "button", "aria_label": spoken} if touch else {}


def data_of(touch: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that say what touching something shows, see `Bar`."""
    return {f"data_{name}": value for name, value in touch.items()}
