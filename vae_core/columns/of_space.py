"""The columns of a space: of its table, its figures, its dimensions and what is measured, each with its values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from vae_core.columns.column_values import ColumnValues
from vae_core.columns.measured_values import measured_names, measured_values
from vae_core.columns.number_form import DateStep
from vae_core.columns.of_table import column_of_table, columns_of_table
from vae_core.columns.reading import read_column
from vae_core.columns.space_angles import (
    Angle,
    angles_of_space,
    angles_of_table,
    degrees_in_table,
    degrees_measured,
)

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace
    from vae_core.space.maps.projection import Projection
    from vae_core.space.overlays.files import Layer

#: What a column is, in the order in which they are offered.
Group = Literal["table", "figure", "map", "measured", "latent"]
#: The column of what share of an item's nearest items in latent space is also nearest on the map.
KEPT = "kept"
#: What the names of columns begin with that are measured on the items.
MEASURED = "measured:"
#: What the names of columns begin with that are angles, made of a sine and a cosine of the table.
ANGLE = "angle:"


@dataclass(frozen=True)
class Column:
    """One thing an item can be coloured by.

    Parameters
    ----------
    name : str
        As the URL names it.
    title : str
        As people read it.
    kind : {"category", "number", "date", "diverging", "text", "nothing"}
        Diverging numbers have a meaningful zero. Text and nothing cannot colour.
    group : {"table", "figure", "map", "measured", "latent"}
        Where it comes from: the table, the figures of the items (nats), the map on show, the items themselves, a
        latent dimension.
    of_map : bool
        Whether it tells of an item's point on the map on show, which has to be measured first.
    measured : bool
        Whether it is measured on the item itself.
    turn, degrees : float
        Of an angle, after how much of its own unit, and after how many degrees, it is the same again; 0 of any other.
    parts : tuple of str
        The columns that an angle measured on the items stands for: its sine and cosine, as the URL named them.
    step : str
        How far its dates are written, see `NumberForm`; "" of what is no date.
    """

    name: str
    title: str
    kind: Literal["category", "number", "date", "diverging", "text", "nothing"]
    group: Group = "table"
    of_map: bool = False
    measured: bool = False
    turn: float = 0.0
    degrees: float = 0.0
    parts: tuple[str, ...] = ()
    step: DateStep = ""

    @property
    def colours(self) -> bool:
        """Whether it can colour a map, and tell a part of the items."""
        return self.kind not in ("text", "nothing")

    @property
    def orders(self) -> bool:
        """Whether items can be put into its order."""
        return self.kind in ("number", "date", "diverging")

    def to_json(self) -> dict[str, Any]:
        """Return what a page is told of it."""
        return {**asdict(self), "colours": self.colours}

    def in_degrees(self, values: np.ndarray) -> np.ndarray:
        """Return values of an angle in degrees, from 0 to `degrees`."""
        return np.asarray(values * (self.degrees / self.turn) % self.degrees)


def columns(space: LatentSpace) -> list[Column]:
    """List the table's columns, rate and distortion if there are any, dimensions `by_rate`, measures of the items."""
    angles = {_name_of(angle): angle for angle in angles_of_space(space) if angle.source == "table"}
    listed = [_turning(_of_table(name, one), angles.get(name)) for name, one in columns_of_table(space.data.table)]
    taken = {column.name for column in listed}
    listed += [_turning(Column(at, one.name, "number"), one) for at, one in angles.items() if at not in taken]
    figures = [
        *([Column("rate", "rate (nats)", "number", "figure")] if space.model.can.variance else []),
        *([Column("distortion", "distortion (nats)", "number", "figure")] if space.model.can.encode else []),
        Column(KEPT, "neighbours kept", "number", "map", of_map=True),
    ]
    listed += [figure for figure in figures if figure.name not in taken]
    listed += [Column(f"z{j}", f"z{j}", "diverging", "latent") for j in by_rate(space) if f"z{j}" not in taken]
    return [*listed, *_measured(space)]


def column_called(space: LatentSpace, name: str) -> Column | None:
    """Return the column of this name, None if there is none."""
    return next((column for column in columns(space) if column.name == name), None)


def name_in_space(column: str, source: str, made_of: tuple[str, ...]) -> str:
    """Return the name, as `columns` has it, of a column that a study looked at; of an angle that of the angle itself.

    Parameters
    ----------
    column, source : str
        Its name, and whether it is of the "table" or "measured".
    made_of : tuple of str
        The columns it was made from, where there are several.
    """
    if source != "table":
        return f"{MEASURED}{column}"
    return f"{ANGLE}{column}" if made_of else column


def _of_table(name: str, values: ColumnValues) -> Column:
    unit = values.form.unit
    return Column(name, f"{name} ({unit})" if unit else name, values.kind, step=values.form.step)


def _measured(space: LatentSpace) -> list[Column]:
    """List what is measured on the items, an angle in the place of its sine and cosine."""
    angles = {angle.parts[0]: angle for angle in angles_of_space(space) if angle.source == "measured"}
    joined = {part for angle in angles.values() for part in angle.parts[1:]}
    listed = []
    for name in measured_names(space):
        if (angle := angles.get(name)) is not None:
            parts = tuple(f"{MEASURED}{part}" for part in angle.parts if part != angle.name)
            column = Column(_name_of(angle), angle.name, "number", "measured", measured=True, parts=parts)
            listed.append(_turning(column, angle))
        elif name not in joined:
            listed.append(Column(f"{MEASURED}{name}", name, "number", "measured", measured=True))
    return listed


def _name_of(angle: Angle) -> str:
    return name_in_space(angle.name, angle.source, angle.parts if len(angle.parts) > 1 else ())


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
    if "label" in [column.name for column in listed if column.colours]:
        return "label"
    if categories:
        return categories[0]
    offered = [column.name for column in listed if column.orders and not column.of_map]
    return next((name for name in ("rate", "distortion") if name in offered), offered[0])


def values_of(space: LatentSpace, name: str, projection: Projection | None = None) -> ColumnValues | None:
    """Return a column's values, one per item; None if there is no such column, or its map has not been measured.

    An angle that is one column of the table comes in its own unit, made of a sine and a cosine in degrees.
    """
    own = column_of_table(space.data.table, name)
    if own is not None:
        return own
    if name == KEPT and projection is not None:
        quality = space.cached_quality(projection)
        return None if quality is None else ColumnValues.of_numbers(quality.kept)
    if name.startswith((MEASURED, ANGLE)):
        told = _measured_or_joined(space, name)
        return None if told is None else ColumnValues.of_numbers(told)
    return _of_encodings(space, name)


def values_of_layer(space: LatentSpace, layer: Layer, name: str) -> ColumnValues | None:
    """Return a column of the space as a layer has it, in the same units; None if it has none."""
    table = layer.data.table
    names = [str(column) for column in table.columns]
    if name in names:
        return read_column(table.iloc[:, names.index(name)], name, column_of_table(space.data.table, name))
    if name.startswith(ANGLE):
        found = next((one for one in angles_of_table(table) if _name_of(one) == name), None)
        return None if found is None else ColumnValues.of_numbers(degrees_in_table(table, found))
    return _of_encodings(layer, name)


def _of_encodings(seen: LatentSpace | Layer, name: str) -> ColumnValues | None:
    if name == "rate":
        return ColumnValues.of_numbers(seen.rate.sum(axis=1))
    if name == "distortion":
        return ColumnValues.of_numbers(seen.distortion)
    if name in (f"z{j}" for j in range(seen.mean.shape[1])):
        return ColumnValues.of_numbers(seen.mean[:, int(name[1:])])
    return None


def _measured_or_joined(space: LatentSpace, name: str) -> np.ndarray | None:
    """Return what is measured on the items, or an angle made of two columns, in degrees."""
    angle = next((one for one in angles_of_space(space) if len(one.parts) == 2 and _name_of(one) == name), None)
    if angle is None:
        return measured_values(space, name.removeprefix(MEASURED)) if name.startswith(MEASURED) else None
    return degrees_in_table(space.data.table, angle) if angle.source == "table" else degrees_measured(space, angle)
