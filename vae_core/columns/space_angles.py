"""The angles among the columns of a space: found without measuring pictures, told in degrees for every item."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from vae_core.columns.angles import (
    TURN,
    angle_name,
    degrees_of_pair,
    on_the_circle,
    pairs_by_name,
    says_angle,
    turn_of_number,
    turn_of_pair,
)
from vae_core.columns.measured_values import measured_names, measured_values
from vae_core.columns.of_table import column_of_table, columns_of_table

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_known: weakref.WeakKeyDictionary[LatentSpace, tuple[Angle, ...]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


@dataclass(frozen=True)
class Angle:
    """An angle that is known of every item.

    Parameters
    ----------
    name : str
        As people read it; the same as `with_angles` gives it.
    source : {"table", "measured"}
        Whether it stands in the data set's table or is measured on the items.
    parts : tuple of str
        Names of the columns it is made of: sine and cosine, or the one of the angle itself.
    degrees : float
        After how many degrees it is the same again: 180 for an axis, else 360.
    turn : float
        How much of the unit of its one column that is; of a pair, `degrees`.
    """

    name: str
    source: Literal["table", "measured"]
    parts: tuple[str, ...]
    degrees: float
    turn: float


def angles_of_space(space: LatentSpace) -> tuple[Angle, ...]:
    """Return the angles of a space's table and of what is measured on its items; found once and kept.

    Directions and hues of pictures are taken for what their names say; anything else is looked at as `with_angles`
    does.
    """
    with _guard:
        found = _known.get(space)
    if found is None:
        found = (*angles_of_table(space.data.table), *_of_measures(space))
        with _guard:
            _known[space] = found
    return found


def angles_of_table(table: pd.DataFrame) -> tuple[Angle, ...]:
    """Return the angles of a table, of a layer's as well."""
    columns = columns_of_table(table)
    names = [name for name, values in columns if values.kind == "number" and not values.form.unit]
    return _among(names, [name for name, _ in columns], "table", lambda name: _numbers(table, name), look=True)


def degrees_in_table(table: pd.DataFrame, angle: Angle) -> np.ndarray:
    """Return an angle that a table has as sine and cosine, ``[n]`` in degrees, NaN where one of them is missing."""
    sine, cosine = (_numbers(table, part) for part in angle.parts)
    return degrees_of_pair(sine, cosine, angle.degrees)


def degrees_measured(space: LatentSpace, angle: Angle) -> np.ndarray | None:
    """Return an angle that is measured as sine and cosine, ``[n]`` in degrees, NaN where an item has none."""
    sine, cosine = (measured_values(space, part) for part in angle.parts)
    return None if sine is None or cosine is None else degrees_of_pair(sine, cosine, angle.degrees)


def _numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    found = column_of_table(table, name)
    return np.empty(0) if found is None else found.values


def _of_measures(space: LatentSpace) -> tuple[Angle, ...]:
    def values(name: str) -> np.ndarray:
        found = measured_values(space, name)
        return np.empty(0) if found is None else found

    # Pictures would all have to be measured, to find what is so by construction.
    names = measured_names(space)
    return _among(list(names), list(names), "measured", values, look=space.data.kind != "image")


def _among(
    names: list[str],
    others: list[str],
    source: Literal["table", "measured"],
    values: Callable[[str], np.ndarray],
    look: bool,
) -> tuple[Angle, ...]:
    found = []
    for common, pair in pairs_by_name(names).items():
        parts = names[pair[0]], names[pair[1]]
        if not look or on_the_circle(values(parts[0]), values(parts[1])):
            turn = turn_of_pair(common)
            found.append(Angle(angle_name(common, others), source, parts, turn, turn))
    joined = {part for angle in found for part in angle.parts}
    if look:
        found += [
            Angle(name, source, (name,), TURN, turn)
            for name in names
            if name not in joined and says_angle(name) and (turn := turn_of_number(name, values(name)))
        ]
    return tuple(found)
