"""The columns a map can be coloured by and a row can be told with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from vae_core import LatentSpace, Projection
from vae_core.data.column_kinds import MOST_CATEGORIES, kind_of, settled
from vae_core.interpret.measured_values import measured_names, measured_values
from vae_core.interpret.space_angles import (
    Angle,
    angles_of_space,
    angles_of_table,
    degrees_in_table,
    degrees_measured,
)
from vae_core.space.layers import Layer

#: The column of what share of an item's nearest items in latent space is also nearest on the map.
KEPT = "kept"
#: What the names of columns begin with that are measured on the items.
MEASURED = "measured:"
#: What the names of columns begin with that are angles, made of a sine and a cosine of the table.
ANGLE = "angle:"
#: Of a column with more, so many get a colour of their own.
SHOWN_CATEGORIES = 19


@dataclass(frozen=True)
class Column:
    """One thing an item can be coloured by.

    Parameters
    ----------
    name : str
        As the URL names it.
    title : str
        As people read it.
    kind : {"category", "number", "diverging", "text"}
        Diverging numbers have a meaningful zero. Text cannot colour.
    of_map : bool
        Whether it tells of an item's point on the map on show, which has to be measured first.
    measured : bool
        Whether it is measured on the item itself.
    turn, degrees : float
        Of an angle, after how much of its own unit, and after how many degrees, it is the same again; 0 of any other.
    parts : tuple of str
        The columns that an angle measured on the items stands for: its sine and cosine, as the URL named them.
    """

    name: str
    title: str
    kind: Literal["category", "number", "diverging", "text"]
    of_map: bool = False
    measured: bool = False
    turn: float = 0.0
    degrees: float = 0.0
    parts: tuple[str, ...] = ()

    def in_degrees(self, values: np.ndarray) -> np.ndarray:
        """Return values of an angle in degrees, from 0 to `degrees`."""
        return np.asarray(values * (self.degrees / self.turn) % self.degrees)


def columns(space: LatentSpace) -> list[Column]:
    """List the table's columns, rate and distortion if there are any, dimensions `by_rate`, measures of the items."""
    table = space.data.table
    angles = {_name_of(angle): angle for angle in angles_of_space(space) if angle.source == "table"}
    listed = [
        _turning(Column(str(name), str(name), kind_of(table.iloc[:, at], str(name))), angles.get(str(name)))
        for at, name in enumerate(table.columns)
    ]
    taken = {column.name for column in listed}
    listed += [_turning(Column(at, one.name, "number"), one) for at, one in angles.items() if at not in taken]
    figures = [
        *([Column("rate", "rate (nats)", "number")] if space.model.can.variance else []),
        *([Column("distortion", "distortion (nats)", "number")] if space.model.can.encode else []),
        Column(KEPT, "neighbours kept", "number", of_map=True),
    ]
    listed += [figure for figure in figures if figure.name not in taken]
    listed += [Column(f"z{j}", f"z{j}", "diverging") for j in by_rate(space) if f"z{j}" not in taken]
    return [*listed, *_measured(space)]


def _measured(space: LatentSpace) -> list[Column]:
    """List what is measured on the items, an angle in the place of its sine and cosine."""
    angles = {angle.parts[0]: angle for angle in angles_of_space(space) if angle.source == "measured"}
    joined = {part for angle in angles.values() for part in angle.parts[1:]}
    listed = []
    for name in measured_names(space):
        if (angle := angles.get(name)) is not None:
            parts = tuple(f"{MEASURED}{part}" for part in angle.parts if part != angle.name)
            column = Column(_name_of(angle), angle.name, "number", measured=True, parts=parts)
            listed.append(_turning(column, angle))
        elif name not in joined:
            listed.append(Column(f"{MEASURED}{name}", name, "number", measured=True))
    return listed


def _name_of(angle: Angle) -> str:
    if angle.source == "measured":
        return f"{MEASURED}{angle.name}"
    return angle.name if len(angle.parts) == 1 else f"{ANGLE}{angle.name}"


def _turning(column: Column, angle: Angle | None) -> Column:
    return column if angle is None else replace(column, turn=angle.turn, degrees=angle.degrees)


def by_rate(space: LatentSpace) -> list[int]:
    """Return the latent dimensions, the highest mean rate first; without rates the largest deviation first.

    Of prior samples all deviations are alike: there the dimension first that decides most of what is decoded.
    """
    if not space.model.can.encode:
        return [int(j) for j in np.argsort(-space.variance_shares, kind="stable")]
    if not space.model.can.variance:
        return [int(j) for j in np.argsort(-space.mean.std(axis=0, dtype=np.float64), kind="stable")]
    mean_rate = np.nan_to_num(space.rate.mean(axis=0, dtype=np.float64))
    return [int(j) for j in np.argsort(-mean_rate, kind="stable")]


def default_column(space: LatentSpace) -> str:
    """Return the column of a fresh map: label, else the first category, else rate or distortion, else a number."""
    listed = columns(space)
    categories = [column.name for column in listed if column.kind == "category"]
    if "label" in [column.name for column in listed if column.kind != "text"]:
        return "label"
    if categories:
        return categories[0]
    offered = [column.name for column in listed if column.kind in ("number", "diverging") and not column.of_map]
    return next((name for name in ("rate", "distortion") if name in offered), offered[0])


def values_of(seen: LatentSpace | Layer, name: str, projection: Projection | None = None) -> pd.Series | None:
    """Return a column's values, one an item; None if there is no such column, or its map has not been measured.

    Whole numbers with gaps, and those of the label, come as pandas' nullable integers, mixed objects as text. An angle
    that is one column of the table comes in its own unit, made of a sine and a cosine in degrees.
    """
    names = [str(column) for column in seen.data.table.columns]
    if name in names:
        return settled(seen.data.table.iloc[:, names.index(name)], name).reset_index(drop=True)
    if name == "rate":
        return pd.Series(seen.rate.sum(axis=1), name=name)
    if name == "distortion":
        return pd.Series(seen.distortion, name=name)
    if name == KEPT and projection is not None and isinstance(seen, LatentSpace):
        quality = seen.cached_quality(projection)
        return None if quality is None else pd.Series(quality.kept, name=name)
    if name.startswith((MEASURED, ANGLE)):
        told = _measured_or_joined(seen, name)
        return None if told is None else pd.Series(told, name=name)
    if name in (f"z{j}" for j in range(seen.mean.shape[1])):
        return pd.Series(seen.mean[:, int(name[1:])], name=name)
    return None


def _measured_or_joined(seen: LatentSpace | Layer, name: str) -> np.ndarray | None:
    """Return what is measured on the items, or an angle made of two columns, in degrees."""
    if not isinstance(seen, LatentSpace):
        found = next((one for one in angles_of_table(seen.data.table) if _name_of(one) == name), None)
        return None if found is None else degrees_in_table(seen.data.table, found)
    angle = next((one for one in angles_of_space(seen) if len(one.parts) == 2 and _name_of(one) == name), None)
    if angle is None:
        return measured_values(seen, name.removeprefix(MEASURED)) if name.startswith(MEASURED) else None
    return degrees_in_table(seen.data.table, angle) if angle.source == "table" else degrees_measured(seen, angle)


def with_others(values: pd.Series) -> pd.Series:
    """Return categories as they are, or the most frequent of very many and the rest as one."""
    counts = values.value_counts()
    if len(counts) <= MOST_CATEGORIES:
        return values
    frequent = [str(name) for name in counts.index[:SHOWN_CATEGORIES]]
    rest = f"others ({len(counts) - len(frequent)})"
    text = values.astype("object").map(lambda name: str(name) if str(name) in frequent else rest, na_action="ignore")
    return text.astype(pd.CategoricalDtype([*frequent, rest]))
