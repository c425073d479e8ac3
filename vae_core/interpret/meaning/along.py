"""How a column is distributed along a latent dimension: what a click on one cell of the relations opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.columns.angles import sectors, with_angles
from vae_core.columns.item_columns import ItemColumn, columns_of_items
from vae_core.columns.measured_values import kept_columns
from vae_core.columns.number_form import PLAIN, NumberForm
from vae_core.columns.space_columns import most_items
from vae_core.data.sample_rows import sample_items
from vae_core.errors import InputError
from vae_core.interpret.meaning.quantile_codes import dense_codes, quantile_codes
from vae_core.progress import Progress, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Of a number, these quantiles are told.
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Along:
    """A column in each of b equally filled bins of a latent dimension.

    Attributes
    ----------
    column, source, kind : str
        Name of the column, "table" or "measured", "number", "category" or "angle".
    categories : tuple of str
        Of a category, what the columns of `shares` stand for; of an angle, its sectors.
    items : int
        Items for which the column is known; all figures are over these.
    low, middle, high : ndarray
        ``[b]`` smallest, median and largest value of the dimension in each bin.
    counts : ndarray
        ``[b]`` int64 items in each bin, never 0; fewer, fuller bins where values are tied.
    quantiles : ndarray
        ``[b, 3]`` the 10 %, 50 % and 90 % quantiles of a number in each bin; ``[0, 3]`` of a category or an angle.
    shares : ndarray
        ``[b, k]`` the share of each of k categories or sectors in each bin; ``[0, 0]`` of a number. The standard error
        of a share p is √(p (1 − p) / count).
    quantiles_of_all, shares_of_all : ndarray
        ``[3]`` and ``[k]`` the same over all items: what every bin has where nothing is related. ``[0]`` if it does
        not apply.
    form : NumberForm
        How the numbers of the column are written.
    """

    column: str
    source: str
    kind: str
    categories: tuple[str, ...]
    items: int
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    quantiles: np.ndarray
    shares: np.ndarray
    quantiles_of_all: np.ndarray
    shares_of_all: np.ndarray
    form: NumberForm = PLAIN


def along(mean_j: np.ndarray, column: ItemColumn, bins: int = 10) -> Along:
    """Return how a column is distributed along a dimension.

    Parameters
    ----------
    mean_j : ndarray
        ``[n]`` posterior means of one dimension.
    column : ItemColumn
        Of n items.
    bins : int
        Quantile bins of the dimension, 1 … 255, over the items for which the column is known.

    Raises
    ------
    InputError
        If sizes do not fit, `bins` is out of range, or no item has a value.
    """
    known = column.observed_mask
    if len(known) != len(mean_j):
        raise InputError(f"The column {column.name} is not one of {len(mean_j)} items.")
    if not 1 <= bins <= 255:
        raise InputError(f"A dimension can be cut into 1 to 255 bins, not {bins}.")
    if not known.any():
        raise InputError(f"The column {column.name} has no values along this dimension.")
    z = np.asarray(mean_j[known], dtype=np.float64)
    codes = quantile_codes(dense_codes(z), bins)
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    parts = np.split(order, np.cumsum(counts)[:-1])
    quantiles, quantiles_of_all = np.empty((0, len(QUANTILES))), np.empty(0)
    shares, shares_of_all = np.empty((0, 0)), np.empty(0)
    own, categories = sectors(column) if column.turn else (column.codes, column.categories)
    if column.kind == "number" and not column.turn:
        values = column.values[known]
        quantiles = np.stack([np.quantile(values[part], QUANTILES) for part in parts])
        quantiles_of_all = np.quantile(values, QUANTILES)
    else:
        k = len(categories)
        cells = np.bincount(codes.astype(np.intp) * k + own[known], minlength=len(counts) * k)
        shares = cells.reshape(len(counts), k) / counts[:, None]
        shares_of_all = cells.reshape(len(counts), k).sum(axis=0) / len(z)
    return Along(
        column=column.name,
        source=str(column.source),
        kind="angle" if column.turn else str(column.kind),
        categories=categories,
        items=len(z),
        low=np.array([z[part].min() for part in parts]),
        middle=np.array([np.median(z[part]) for part in parts]),
        high=np.array([z[part].max() for part in parts]),
        counts=counts,
        quantiles=quantiles,
        shares=shares,
        quantiles_of_all=quantiles_of_all,
        shares_of_all=shares_of_all,
        form=column.form,
    )


def along_dimension(
    space: LatentSpace,
    *,
    dimension: int,
    column: str,
    source: str = "table",
    items: int | None = None,
    seed: int = 0,
    bins: int = 10,
    progress: Progress = silent,
) -> Along:
    """Return how a column of a space's items is distributed along one of its dimensions.

    Parameters
    ----------
    space : LatentSpace
        The space.
    dimension : int
        Counting from 0.
    column, source : str
        As `Relations.columns` and `Relations.sources` name them.
    items, seed, progress
        As of `relations`; with the same items and seed these are the same items.
    bins : int
        As of `along`.

    Raises
    ------
    InputError
        If there is no such dimension, or no such column that can be used.
    Stopped
        If `progress` asks to stop.
    """
    if not 0 <= dimension < space.latent_dim:
        raise InputError(f"There is no dimension {dimension}; the last is {space.latent_dim - 1}.")
    index = sample_items(len(space), items, seed, most_items(space))
    # A touch must not measure all items each time.
    of_source = columns_of_items(space.data.table, index) if source == "table" else kept_columns(space, index, progress)
    columns = with_angles(of_source)
    # The sine of an angle is shown as the angle.
    found = [one for one in columns.columns if one.source == source and column in (one.name, *one.parts)]
    if not found:
        reasons = dict(zip(columns.left_out, columns.reasons, strict=True))
        raise InputError(f"The column {column} cannot be used: {reasons.get(column, 'there is none of this name')}.")
    return along(space.mean[index, dimension], found[0], bins)
