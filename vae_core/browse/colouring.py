"""What colours the points of a map: classes in colours of their own, or numbers on a scale."""

from __future__ import annotations

import html
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from vae_core import InputError, LatentSpace, Projection
from vae_core.columns.column_values import ColumnValues, unlike
from vae_core.columns.kinds import MOST_CATEGORIES
from vae_core.columns.of_space import KEPT, Column, column_called, values_of
from vae_core.drawing.palette import CYCLIC, DIVERGING, MISSING, OKABE_ITO, SEQUENTIAL, category_style
from vae_core.groups.item_set import ItemSet

#: The colour that tells the items selected from all others; no column of a table is likely to be called so.
SELECTION = ":selection"
SELECTED, NOT_SELECTED = "selected", "others"
#: The items without a class are one of this name, unless another class has it.
MISSING_CLASS = "missing"
#: Of a column with more classes than `MOST_CATEGORIES`, so many get a colour of their own.
SHOWN_CATEGORIES = 19


@dataclass(frozen=True)
class Classes:
    """Points in the colours of their classes.

    Parameters
    ----------
    title : str
        Of the column.
    names, colours, symbols : list of str
        One a class; items without one are the last class, where there are any.
    codes : ndarray
        ``[n]`` int16, the class of every item.
    missing : bool
        Whether the last class holds the items without one.
    """

    title: str
    names: list[str]
    colours: list[str]
    symbols: list[str]
    codes: np.ndarray
    missing: bool = False

    def codes_of(self, names: Collection[str]) -> list[int]:
        """Return the codes of classes by their names.

        Older addresses have names as HTML writes them; where no class is called so, what they stand for counts.
        """
        known = {name: code for code, name in enumerate(self.names)}
        meant = (name if name in known else html.unescape(name) for name in names)
        return sorted({known[name] for name in meant if name in known})

    def visible_codes(self, hidden: Collection[str]) -> list[int]:
        """Return the codes of all classes but those of these names."""
        left_out = set(self.codes_of(hidden))
        return [code for code in range(len(self.names)) if code not in left_out]


@dataclass(frozen=True)
class Scale:
    """Points on a scale of colours.

    Parameters
    ----------
    title : str
        Of the column.
    values : ndarray
        ``[n]`` float32, of dates float64; not finite where there is no value.
    low, high : float
        Ends of the scale.
    scale : str or list of str
        Plotly's name of the colours from `low` to `high`, or these colours, evenly spaced.
    turn : float
        Of an angle, after how many degrees it is the same again: `low` and `high` are 0 and this, which have the same
        colour. 0 of anything else.
    ticks : tuple of (float, str)
        Places on the scale and what stands there; none where plain numbers do.
    """

    title: str
    values: np.ndarray
    low: float
    high: float
    scale: str | list[str]
    turn: float = 0.0
    ticks: tuple[tuple[float, str], ...] = ()


def colouring(
    space: LatentSpace, projection: Projection, color: str, selected: ItemSet | None = None
) -> Classes | Scale:
    """Return what colours the points of a map.

    Parameters
    ----------
    space : LatentSpace
        The space.
    projection : Projection
        Its map.
    color : str
        The column, see `columns`; or `SELECTION`.
    selected : ItemSet, optional
        What is selected.

    Raises
    ------
    InputError
        If there is no such column, it is text, the map has to be measured first, or nothing is selected.
    """
    if color == SELECTION:
        if selected is None:
            raise InputError("Nothing is selected that could colour the map.")
        inks = [OKABE_ITO[3], MISSING]
        codes = (~selected.mask).astype(np.int16)
        return Classes("selection", [SELECTED, NOT_SELECTED], inks, ["circle"] * 2, codes)
    column = column_called(space, color)
    values = None if column is None else values_of(space, color, projection)
    if column is not None and values is None and color == KEPT:
        raise InputError("The neighbours kept on this map have not been measured yet.")
    if column is None or values is None or not column.colours:
        raise InputError(f"The map cannot be coloured by {color!r}.")
    if values.has_classes:
        return _classes(column.title, values)
    if column.turn:
        return _turns(column, values)
    # The unit of figures is known, and their name is what there is room for.
    title = color if column.group == "figure" else column.title
    return _scale(title, values, column.kind == "diverging")


def _classes(title: str, values: ColumnValues) -> Classes:
    counts = values.counts()
    if np.count_nonzero(counts) > MOST_CATEGORIES:
        frequent = np.argsort(-counts, kind="stable")[:SHOWN_CATEGORIES]
        rest = int(np.count_nonzero(counts)) - len(frequent)
        values = values.restricted(frequent.tolist(), rest=f"others ({rest})")
    names, codes = list(values.categories), values.codes.astype(np.int16)
    styles = [category_style(position, len(names)) for position in range(len(names))]
    colours, symbols = [style[0] for style in styles], [style[1] for style in styles]
    missing = bool((codes < 0).any())
    if missing:
        codes[codes < 0] = len(names)
        names, colours, symbols = [*names, unlike(MISSING_CLASS, names)], [*colours, MISSING], [*symbols, "circle"]
    return Classes(title, names, colours, symbols, codes, missing)


def _turns(column: Column, values: ColumnValues) -> Scale:
    degrees = column.in_degrees(values.values).astype(np.float32)
    quarters = [column.degrees * quarter / 4 for quarter in range(5)]
    ticks = tuple((value, f"{value:g}°") for value in quarters)
    return Scale(column.title, degrees, 0.0, column.degrees, list(CYCLIC), column.degrees, ticks)


def _scale(title: str, values: ColumnValues, diverging: bool) -> Scale:
    dates = values.kind == "date"
    # Of days in float32 no hours would be left.
    numbers = values.values if dates else values.values.astype(np.float32)
    known = numbers[np.isfinite(numbers)]
    # A few outliers must not take all the colours for themselves.
    low, high = (float(end) for end in np.quantile(known, [0.005, 0.995])) if len(known) else (0.0, 1.0)
    if diverging:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    if not high > low:
        high = low + 1
    if heading := values.form.heading(low, high):
        title = f"{title}, {heading}"
    colours = DIVERGING if diverging else SEQUENTIAL
    return Scale(title, numbers, low, high, colours, ticks=values.form.ticks(low, high))
