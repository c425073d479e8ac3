"""Which part of a column a dimension tells most of: a class, an end of a number, a sector of an angle."""

from __future__ import annotations

import numpy as np

from vae_core.columns.angles import sectors
from vae_core.columns.item_columns import ItemColumn

#: Of a number: its thirds, by the items.
THIRDS = ("low", "middle", "high")


def parts_of(column: ItemColumn) -> tuple[str, ...]:
    """Return the parts of a column in words: categories, thirds of a number, sectors of an angle."""
    if column.kind == "category":
        return column.categories
    return sectors(column)[1] if column.turn else THIRDS


def told_most_of(
    column: ItemColumn, own: np.ndarray, by_code: np.ndarray, by_dimension: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the part each dimension tells most of, ``[d]`` int64, and the share of what it tells, ``[d]``.

    Of an angle it is the sector in which the dimension is highest on average, as a dimension that goes round with an
    angle tells of all of it, and the share is 1.

    Parameters
    ----------
    column : ItemColumn
        The column.
    own : ndarray
        ``[m]`` codes of its known items, rising with the value of a number.
    by_code : ndarray
        ``[d, a]`` nats, as of `information_by_code`.
    by_dimension : ndarray
        ``[d, n]`` the means.
    """
    if column.turn:
        codes, names = sectors(column)
        inside = (codes[:, None] == np.arange(len(names))).astype(np.float32)
        counts = inside.sum(axis=0)
        means = np.where(counts > 0, by_dimension @ inside / np.maximum(counts, 1), -np.inf)
        return means.argmax(axis=1), np.ones(len(by_dimension))
    together = by_code
    if column.kind != "category":
        counts = np.bincount(own)
        third = (3 * (np.cumsum(counts) - counts / 2) / len(own)).astype(np.intp)
        together = by_code @ np.eye(len(THIRDS))[third]
    told = together.sum(axis=1)
    return together.argmax(axis=1), together.max(axis=1) / np.where(told > 0, told, 1.0)
