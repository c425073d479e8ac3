"""A table of numbers as a table of colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import touchable
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import plain

#: Rows shown at once; the rest folds away.
SHOWN = 48


def heat_map(
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
) -> Markup:
    """Draw ``[r, c]`` numbers as cells of a table, each with its figure; of more than 48 rows the rest folds away.

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
    """
    finite = np.abs(values[np.isfinite(values)])
    top = most if most is not None else float(finite.max(initial=0.0)) or 1.0

    def cell(i: int, j: int) -> Markup:
        value = float(values[i, j])
        if not np.isfinite(value):
            return tag("td", "·", class_="cell none", title=told(i, j) if told else None)
        share = min(1.0, abs(value) / top)
        side = ("plus" if value >= 0 else "minus") if diverging else "amount"
        spoken = f"{rows[i]}, {columns[j]}: {plain(value)}"
        kinds = ["cell", side, "strong" if share > 0.55 else "", "faint" if faint is not None and faint[i, j] else ""]
        return tag(
            "td",
            _short(value, digits) if figures else "",
            class_=" ".join(kind for kind in kinds if kind),
            style=f"--share:{share:.3f}",
            title=told(i, j) if told else spoken,
            **touchable(touch(i, j) if touch else {}, spoken),
        )

    def named(kind: str, names: Sequence[str], touches: Sequence[dict[str, Any]], at: int) -> Markup:
        own = touchable(dict(touches[at]), names[at]) if at < len(touches) else {}
        return tag("th", tag("span", names[at]), scope=kind, title=names[at], **own)

    head = tag("tr", tag("td", ""), [named("col", columns, column_touch, j) for j in range(len(columns))])
    lines = [
        tag("tr", named("row", rows, row_touch, i), [cell(i, j) for j in range(len(columns))]) for i in range(len(rows))
    ]
    shown = tag(
        "table", tag("thead", head), tag("tbody", lines[:SHOWN]), class_="heat-map", style=f"--columns:{len(columns)}"
    )
    folded = None
    if len(lines) > SHOWN:
        more = tag("table", tag("thead", head), tag("tbody", lines[SHOWN:]), class_="heat-map")
        folded = tag("details", tag("summary", f"{len(lines) - SHOWN} more rows"), tag("div", more, class_="wide"))
    return tag("div", tag("div", shown, class_="wide"), folded, class_="heat-map-host")


def _short(value: float, digits: int) -> str:
    """Write a figure for a narrow cell: without the zero before the point."""
    if abs(value) >= 1:
        return plain(value, 2)
    text = f"{abs(value):.{digits}f}"
    return text if float(text) >= 1 else ("−" if value < 0 and float(text) else "") + text.removeprefix("0")
