"""The columns of some items of a space: of its table, and measured on the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae_core.columns.item_columns import ItemColumns, columns_of_items
from vae_core.columns.measures import measured_columns, most_measured
from vae_core.data.sample_rows import sample_items
from vae_core.progress import Progress, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Of larger sets so many drawn items are looked at; fewer where they have more latent values together than this.
MOST_ITEMS = 100_000
MOST_LATENTS = 2**23


def most_items(space: LatentSpace, measured: bool = True) -> int:
    """Return how many items of a space are looked at at most; with `measured`, if they are measured as well."""
    most = min(MOST_ITEMS, MOST_LATENTS // space.latent_dim)
    return min(most, most_measured(space.data)) if measured else most


def columns_of_space(
    space: LatentSpace, items: int | None, seed: int, measured: bool = True, progress: Progress = silent
) -> tuple[np.ndarray, ItemColumns]:
    """Draw items of a space and return their columns.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items : int or None
        So many are drawn; None for all. Never more than 100,000, and fewer where these have more than 2²³ latent values
        or, with `measured`, 2²⁸ pixels.
    seed : int
        Of the draw.
    measured : bool
        Whether pictures, series and vectors are measured as well, see `measures`.
    progress : Progress
        Hears of measured items.

    Returns
    -------
    index : ndarray
        ``[m]`` the items, rising.
    columns : ItemColumns
        Of these items, those of the table first.

    Raises
    ------
    InputError
        If fewer than two items are wanted or there.
    Stopped
        If `progress` asks to stop.
    """
    index = sample_items(len(space), items, seed, most_items(space, measured))
    columns = columns_of_items(space.data.table, index)
    return index, columns + measured_columns(space.data, index, progress) if measured else columns
