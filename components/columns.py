"""The columns a map can be coloured by and a row can be told with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from vae_core import LatentSpace, Projection
from vae_core.data.column_kinds import MOST_CATEGORIES, kind_of, settled
from vae_core.interpret.measured_values import measured_names, measured_values
from vae_core.space.layers import Layer

#: The column of what share of an item's nearest items in latent space is also nearest on the map.
KEPT = "kept"
#: What the names of columns begin with that are measured on the items.
MEASURED = "measured:"
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
    """

    name: str
    title: str
    kind: Literal["category", "number", "diverging", "text"]
    of_map: bool = False
    measured: bool = False


def columns(space: LatentSpace) -> list[Column]:
    """List the table's columns, rate and distortion if there are any, dimensions `by_rate`, measures of the items."""
    table = space.data.table
    listed = [
        Column(str(name), str(name), kind_of(table.iloc[:, at], str(name))) for at, name in enumerate(table.columns)
    ]
    taken = {column.name for column in listed}
    figures = [
        *([Column("rate", "rate (nats)", "number")] if space.model.can.variance else []),
        *([Column("distortion", "distortion (nats)", "number")] if space.model.can.encode else []),
        Column(KEPT, "neighbours kept", "number", of_map=True),
    ]
    listed += [figure for figure in figures if figure.name not in taken]
    listed += [Column(f"z{j}", f"z{j}", "diverging") for j in by_rate(space) if f"z{j}" not in taken]
    return listed + [Column(f"{MEASURED}{name}", name, "number", measured=True) for name in measured_names(space)]


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

    Whole numbers with gaps, and those of the label, come as pandas' nullable integers, mixed objects as text.
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
    if name.startswith(MEASURED) and isinstance(seen, LatentSpace):
        measured = measured_values(seen, name.removeprefix(MEASURED))
        return None if measured is None else pd.Series(measured, name=name)
    if name in (f"z{j}" for j in range(seen.mean.shape[1])):
        return pd.Series(seen.mean[:, int(name[1:])], name=name)
    return None


def with_others(values: pd.Series) -> pd.Series:
    """Return categories as they are, or the most frequent of very many and the rest as one."""
    counts = values.value_counts()
    if len(counts) <= MOST_CATEGORIES:
        return values
    frequent = [str(name) for name in counts.index[:SHOWN_CATEGORIES]]
    rest = f"others ({len(counts) - len(frequent)})"
    text = values.astype("object").map(lambda name: str(name) if str(name) in frequent else rest, na_action="ignore")
    return text.astype(pd.CategoricalDtype([*frequent, rest]))
