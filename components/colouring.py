"""What colours the points of a map: classes in colours of their own, or numbers on a scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.columns import KEPT, Column, columns, values_of, with_others
from vae_core import InputError, LatentSpace, Projection
from vae_core.drawing.palette import CYCLIC, DIVERGING, MISSING, OKABE_ITO, SEQUENTIAL, category_style
from vae_core.groups.item_set import ItemSet

#: The colour that tells the items selected from all others; no column of a table is likely to be called so.
SELECTION = ":selection"
SELECTED, NOT_SELECTED = "selected", "others"


@dataclass(frozen=True)
class Classes:
    """Points in the colours of their classes.

    Parameters
    ----------
    title : str
        Of the column.
    names, colours, symbols : list of str
        One a class; items without one are the last class, "missing", where there are any.
    codes : ndarray
        ``[n]`` int16, the class of every item.
    """

    title: str
    names: list[str]
    colours: list[str]
    symbols: list[str]
    codes: np.ndarray


@dataclass(frozen=True)
class Scale:
    """Points on a scale of colours.

    Parameters
    ----------
    title : str
        Of the column.
    values : ndarray
        ``[n]`` float32; not finite where there is no value.
    low, high : float
        Ends of the scale.
    scale : str or list of str
        Plotly's name of the colours from `low` to `high`, or these colours, evenly spaced.
    turn : float
        Of an angle, after how many degrees it is the same again: `low` and `high` are 0 and this, which have the same
        colour. 0 of anything else.
    """

    title: str
    values: np.ndarray
    low: float
    high: float
    scale: str | list[str]
    turn: float = 0.0


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
    column = next((column for column in columns(space) if column.name == color), None)
    values = None if column is None else values_of(space, color, projection)
    if column is not None and values is None and color == KEPT:
        raise InputError("The neighbours kept on this map have not been measured yet.")
    if column is None or values is None or column.kind == "text":
        raise InputError(f"The map cannot be coloured by {color!r}.")
    if column.kind == "category":
        return _classes(color, values)
    if column.turn:
        return _turns(column, values)
    title = column.title if column.of_map or column.measured else color
    return _scale(title, values, column.kind == "diverging")


def _classes(title: str, values: pd.Series) -> Classes:
    values = with_others(values)
    known = (
        list(values.cat.categories)
        if isinstance(values.dtype, pd.CategoricalDtype)
        else sorted(values.dropna().unique())
    )
    codes = pd.Categorical(values, categories=known).codes.astype(np.int16)
    styles = [category_style(position, len(known)) for position in range(len(known))]
    names = [str(name) for name in known]
    colours, symbols = [style[0] for style in styles], [style[1] for style in styles]
    if (codes < 0).any():
        codes[codes < 0] = len(known)
        names, colours, symbols = [*names, "missing"], [*colours, MISSING], [*symbols, "circle"]
    return Classes(title, names, colours, symbols, codes)


def _turns(column: Column, values: pd.Series) -> Scale:
    degrees = column.in_degrees(values.to_numpy(dtype=np.float64, na_value=np.nan)).astype(np.float32)
    return Scale(column.title, degrees, 0.0, column.degrees, list(CYCLIC), column.degrees)


def _scale(title: str, values: pd.Series, diverging: bool) -> Scale:
    numbers = values.to_numpy(dtype=np.float32, na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    # A few outliers must not take all the colours for themselves.
    low, high = (float(end) for end in np.quantile(known, [0.005, 0.995])) if len(known) else (0.0, 1.0)
    if diverging:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    return Scale(title, numbers, low, high if high > low else low + 1, DIVERGING if diverging else SEQUENTIAL)
