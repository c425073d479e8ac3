"""A table of numbers as a table of colours; what can be touched in it is one stop of the keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import data_of, name_label
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import plain

#: Rows shown at once; the rest folds away.
SHOWN = 48


def heat_map(  # noqa: PLR0913 - a table has many properties, all of them given by name
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    diverging: bool = False,
    most: float | None = None,
    faint: np.ndarray | None = None,
    touch: Any = None,
    told: Any = None,
    digits: int = 2,
    figures: bool = True,
    row_touch: Sequence[dict[str, Any]] = (),
    column_touch: Sequence[dict[str, Any]] = (),
    label: str | None = None,
    row_called: Sequence[str] = (),
    column_called: Sequence[str] = (),
) -> Markup:
    """Draw ``[r, c]`` numbers as cells of a table, each with its figure; of more than 48 rows the rest folds away.

    Where anything can be touched the table is a grid of WAI-ARIA: Tab goes to its first cell that can be, the page's
    script goes on from there by arrows. What folds away is a grid of its own.

    Parameters
    ----------
    values : ndarray
        The numbers; what is not finite is a blank cell.
    rows, columns : sequence of str
        Their names.
    diverging : bool
        Whether numbers go both ways from 0.
    most : float, optional
        What the full colour stands for; by default the largest number.
    faint : ndarray of bool, optional
        ``[r, c]`` cells to be drawn faintly: no more than chance.
    touch : callable, optional
        ``(i, j) -> mapping`` of what touching a cell shows, see `Bar`.
    told : callable, optional
        ``(i, j) -> str`` what the pointer is told of a cell.
    digits : int
        Decimal places of the figures.
    figures : bool
        Whether the cells are wide enough for figures.
    row_touch, column_touch : sequence of mapping
        The same of the names.
    label : str, optional
        What the table is called, for those who do not see it.
    row_called, column_called : sequence of str
        What the dimensions are called that rows or columns stand for, see `Bar`; none where they stand for others.
    """
    finite = np.abs(values[np.isfinite(values)])
    full = most if most is not None else float(finite.max(initial=0.0)) or 1.0

    def touched(i: int, j: int) -> dict[str, Any]:
        if i < 0:
            return dict(column_touch[j]) if j < len(column_touch) else {}
        if j < 0:
            return dict(row_touch[i]) if i < len(row_touch) else {}
        return dict(touch(i, j)) if touch and np.isfinite(values[i, j]) else {}

    def part(place: tuple[int, int], stop: tuple[int, int] | None, role: str, spoken: str) -> dict[str, Any]:
        if stop is None:
            return {}
        data = data_of(touched(*place))
        return {**data, "role": role, "tabindex": 0 if place == stop else -1, "aria_label": spoken} if data else {}

    def cell(i: int, j: int, stop: tuple[int, int] | None) -> Markup:
        value = float(values[i, j])
        if not np.isfinite(value):
            return tag("td", "·", class_="cell none", title=told(i, j) if told else None)
        share = min(1.0, abs(value) / full)
        side = ("plus" if value >= 0 else "minus") if diverging else "amount"
        spoken = f"{rows[i]}, {columns[j]}: {plain(value)}"
        kinds = ["cell", side, "faint" if faint is not None and faint[i, j] else ""]
        return tag(
            "td",
            _short(value, digits) if figures else "",
            class_=" ".join(kind for kind in kinds if kind),
            style=f"--share:{share:.3f}",
            title=told(i, j) if told else spoken,
            **part((i, j), stop, "gridcell", spoken),
        )

    def head(kind: str, name: str, place: tuple[int, int], stop: tuple[int, int] | None) -> Markup:
        role = "columnheader" if kind == "col" else "rowheader"
        besides, at = (column_called, place[1]) if kind == "col" else (row_called, place[0])
        called = besides[at] if len(besides) else None
        spoken = f"{name} {called}" if called else name
        return tag(
            "th", tag("span", name_label(name, called)), scope=kind, title=spoken, **part(place, stop, role, spoken)
        )

    def table(lines: range) -> Markup:
        across = range(len(columns))
        places = itertools.chain(itertools.product(lines, across), ((i, -1) for i in lines), ((-1, j) for j in across))
        stop = next((place for place in places if touched(*place)), None)
        top = tag("tr", tag("td", ""), [head("col", columns[j], (-1, j), stop) for j in across])
        drawn = [tag("tr", head("row", rows[i], (i, -1), stop), [cell(i, j, stop) for j in across]) for i in lines]
        return tag(
            "table",
            tag("thead", top),
            tag("tbody", drawn),
            class_="heat-map called-rows" if len(row_called) else "heat-map",
            style=f"--columns:{len(columns)}",
            role=None if stop is None else "grid",
            aria_label=label,
        )

    shown, rest = table(range(min(SHOWN, len(rows)))), range(SHOWN, len(rows))
    folded = None
    if rest:
        more = tag("div", table(rest), class_="wide")
        folded = tag("details", tag("summary", f"{len(rest)} more rows"), more)
    return tag("div", tag("div", shown, class_="wide"), folded, class_="heat-map-host")


def _short(value: float, digits: int) -> str:
    """Write a figure for a narrow cell: without the zero before the point."""
    if abs(value) >= 1:
        return plain(value, 2)
    text = f"{abs(value):.{digits}f}"
    return text if float(text) >= 1 else ("−" if value < 0 and float(text) else "") + text.removeprefix("0")
